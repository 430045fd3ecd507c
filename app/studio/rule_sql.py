"""Rules as SQL: the constraints and triggers by which the database keeps what a description and its rules demand.

Triggers see past row policies. People (the web role) take one step of a life cycle at a time; jobs, several unseen.
"""

import re
from collections.abc import Iterator

from app.core.entity import Entity
from app.core.rules import Apart, Ban, Check, Derive, Event, Lifecycle, Once, Then, View
from app.core.scope import Belongs
from app.models.table import index_column
from app.records.rulebook import RULEBOOK
from app.studio.consequence_sql import consequence
from app.studio.statement import Statement, listed


def statements(entity: Entity) -> Iterator[Statement]:
    """Every rule of an entity as SQL, in the order they are to be made."""
    yield kept(entity)
    for check in entity.checks:
        yield constraint(entity, check)
    if body := list(refusals(entity)):
        yield trigger(entity, body)
    if entity.ledger:
        yield ledger(entity)
    for rule in RULEBOOK.of(entity.name, Then):
        yield consequence(entity, rule)
    for view in RULEBOOK.of(entity.name, View):
        yield shown(view)


def kept(entity: Entity) -> Statement:
    """The trigger that keeps what is deleted in the recycle bin."""
    table = f'"{entity.name}"'
    make = (
        (
            f"CREATE OR REPLACE TRIGGER keep_deleted AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone"
            f" FOR EACH STATEMENT EXECUTE FUNCTION gate.keep('{entity.name}')"
        ),
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER keep_deleted",
    )
    return Statement("bin", make, f"DROP TRIGGER IF EXISTS keep_deleted ON {table}")


def constraint(entity: Entity, check: Check | Apart | Once) -> Statement:
    """A check, an exclusion or a partial key."""
    table, name = f'"{entity.name}"', f'"{entity.name}_{check.name}"'
    drop = f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"
    match check:
        case Check(sql=sql):
            return Statement(check.name, (f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({sql})",), drop)
        case Apart():
            return Statement(
                check.name, (f"ALTER TABLE {table} ADD CONSTRAINT {name} {exclusion(entity, check)}",), drop
            )
        case Once():
            place = ["store_id"] if entity.belongs is Belongs.STORE else []
            fields = [entity.by_name[one] for one in check.fields]
            columns = ", ".join(f'"{one}"' for one in (*place, *(index_column(f) or f.column for f in fields)))
            make = f"CREATE UNIQUE INDEX {name} ON {table} ({columns}) WHERE {check.where}"
            return Statement(check.name, (make,), f"DROP INDEX IF EXISTS {name}")


def exclusion(entity: Entity, apart: Apart) -> str:
    """The exclusion constraint; one number as a range of itself needs no extension of the server."""
    span = "daterange" if entity.by_name[apart.start].kind.sql == "date" else "tstzrange"
    same = [f'int8range("{c}", "{c}", \'[]\') WITH &&' for c in (entity.by_name[one].column for one in apart.by)]
    return (
        f'EXCLUDE USING gist ({", ".join(same)}, {span}("{apart.start}", "{apart.end}") WITH &&) WHERE ({apart.where})'
    )


def refusals(entity: Entity) -> Iterator[str]:
    """What the row trigger fills in and then asks, as PL/pgSQL."""
    for derive in RULEBOOK.of(entity.name, Derive):
        yield derived(entity, derive)
    if life := RULEBOOK.lifecycle(entity.name):
        yield from life_sql(entity, life)
    for ban in RULEBOOK.of(entity.name, Ban):
        events = ", ".join(f"'{event.upper()}'" for event in ban.on)
        row, rest = parted(ban.when)
        yield (
            f"IF TG_OP IN ({events}) THEN IF {row} THEN IF {rest} THEN {refuse(entity, ban.name)};"
            " END IF; END IF; END IF;"
        )


def parted(when: str) -> tuple[str, str]:
    """A condition as what the row alone tells, asked first, and the rest of it.

    An expression that holds a query costs one for each row, however soon its first words decide it.
    """
    alone, depth, asks = 0, 0, False
    for found in re.finditer(r"[()]|\b(?:AND|OR|BETWEEN|CASE|SELECT)\b", when):
        word = found.group()
        depth += {"(": 1, ")": -1}.get(word, 0)
        asks = asks or word == "SELECT"
        if depth == 0 and word in ("OR", "BETWEEN", "CASE"):
            return "true", when
        if depth == 0 and word == "AND" and not asks:
            alone = found.start()
    return (when[:alone].strip(), when[alone + len("AND") :].strip()) if alone else ("true", when)


def derived(entity: Entity, derive: Derive) -> str:
    """The statement that works out the fields of a rule, all from the row as it was written."""
    columns = ", ".join(f'NEW."{entity.by_name[name].column}"' for name in derive.values)
    return f"IF TG_OP <> 'DELETE' THEN SELECT {', '.join(derive.values.values())} INTO {columns}; END IF;"


def refuse(entity: Entity, rule: str, column: str | None = None) -> str:
    """The statement that refuses a row in the name of a rule."""
    at = f", COLUMN = '{column}'" if column else ""
    return (
        f"RAISE check_violation USING MESSAGE = '{entity.name}: {rule}', TABLE = '{entity.name}', "
        f"CONSTRAINT = '{entity.name}_{rule}'{at}"
    )


# A feed that is the records' own system takes back what it said before, whatever way leads there.
OF_RECORD = (
    "(session_user = 'forecourt_worker'"
    " AND coalesce(pg_catalog.current_setting('forecourt.of_record', true), '') = 'on')"
)


def life_sql(entity: Entity, life: Lifecycle) -> Iterator[str]:
    """The life cycle: where records begin, which steps there are and who takes them, what states need and lock."""
    state = life.field
    yield (
        f"IF TG_OP = 'INSERT' AND person AND NEW.{state} NOT IN ({listed(life.begins)}) THEN"
        f" {refuse(entity, 'begin', state)}; END IF;"
    )
    direct = ", ".join(f"('{a}', '{b}')" for a, b in sorted(life.pairs))
    ways = ", ".join(f"('{a}', '{b}')" for a, b in sorted(life.ways))
    yield (
        f"IF TG_OP = 'UPDATE' THEN IF OLD.{state} IS DISTINCT FROM NEW.{state} AND"
        f" (OLD.{state}, NEW.{state}) NOT IN ({direct}) AND (person OR ((OLD.{state}, NEW.{state}) NOT IN ({ways})"
        f" AND NOT {OF_RECORD})) THEN"
        f" {refuse(entity, 'move', state)}; END IF; END IF;"
    )
    yield from who(entity, life)
    for where, needed in life.needs.items():
        for name in needed:
            column = entity.by_name[name].column
            yield (
                f"IF TG_OP <> 'DELETE' THEN IF NEW.{state} = '{where}' AND NEW.\"{column}\" IS NULL THEN"
                f" {refuse(entity, 'needs', column)}; END IF; END IF;"
            )
    for where, locked in life.locks.items():
        for name in locked:
            column = entity.by_name[name].column
            changed = f'OLD."{column}" IS DISTINCT FROM NEW."{column}"'
            yield (
                f"IF TG_OP = 'UPDATE' AND person THEN IF OLD.{state} = '{where}' AND {changed}"
                f" THEN {refuse(entity, 'locks', column)}; END IF; END IF;"
            )


def who(entity: Entity, life: Lifecycle) -> Iterator[str]:
    """Steps that only some roles take; a step open to everybody leaves its pair of states free."""
    free = {(source, move.target) for move in life.moves if not move.by for source in move.sources}
    for pair in sorted(life.pairs - free):
        roles = sorted(
            {role for move in life.moves for role in move.by if (pair[1] == move.target and pair[0] in move.sources)}
        )
        yield (
            f"IF TG_OP = 'UPDATE' AND person THEN IF OLD.{life.field} = '{pair[0]}' AND NEW.{life.field} = '{pair[1]}'"
            f" AND NOT gate.has_role(ARRAY[{listed(roles)}]) THEN {refuse(entity, 'role', life.field)}; END IF; END IF;"
        )


RULES = """
CREATE OR REPLACE FUNCTION public."{name}"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $rules$
DECLARE
    person boolean := TG_ARGV[0] = 'person';
BEGIN
    {same}
    {lines}
    RETURN coalesce(NEW, OLD);
END $rules$"""  # noqa: E501
# A row that only holds a value under another key was judged when it was written, and says nothing new.
SAME = """IF TG_OP = 'UPDATE' AND pg_catalog.current_setting('forecourt.resealing', true) <> '' THEN
        IF gate.only_resealed(pg_catalog.to_jsonb(OLD), pg_catalog.to_jsonb(NEW)) THEN RETURN NEW; END IF;
    END IF;"""
LEDGER = """
CREATE OR REPLACE FUNCTION public."{name}"() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $rules$
BEGIN
    {same}
    IF current_user IN ('forecourt_web', 'forecourt_worker') THEN
        {refusal};
    END IF;
    RETURN coalesce(NEW, OLD);
END $rules$"""


def trigger(entity: Entity, body: list[str]) -> Statement:
    """The row trigger that refuses."""
    name, table = f"{entity.name}_rules", f'"{entity.name}"'
    going = any(Event.DELETE in ban.on for ban in RULEBOOK.of(entity.name, Ban))
    events = "INSERT OR UPDATE OR DELETE" if going else "INSERT OR UPDATE"
    make = [
        RULES.format(name=name, same=SAME, lines="\n    ".join(body)),
        f'REVOKE ALL ON FUNCTION public."{name}"() FROM PUBLIC',
    ]
    # Judged before the function takes the owner's place: a person writes as the web role, and then only himself.
    for own, when, who_ in (("obey_rules", "=", "person"), ("obey_rules_else", "<>", "")):
        rows = f"{table} FOR EACH ROW WHEN (current_user {when} 'forecourt_web')"
        make.append(f"CREATE TRIGGER {own} BEFORE {events} ON {rows} EXECUTE FUNCTION public.\"{name}\"('{who_}')")
        make.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {own}")
    return Statement("rules", tuple(make), f'DROP FUNCTION IF EXISTS public."{name}"() CASCADE')


def ledger(entity: Entity) -> Statement:
    """The trigger that keeps rows as they were written; only functions of the tables' owner (a merge) pass it."""
    name, table = f"{entity.name}_ledger", f'"{entity.name}"'
    rows = f"{table} FOR EACH ROW"
    make = (
        LEDGER.format(name=name, same=SAME, refusal=refuse(entity, "ledger")),
        f'REVOKE ALL ON FUNCTION public."{name}"() FROM PUBLIC',
        f'CREATE TRIGGER keep_ledger BEFORE UPDATE OR DELETE ON {rows} EXECUTE FUNCTION public."{name}"()',
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER keep_ledger",
    )
    return Statement("ledger", make, f"DROP TRIGGER IF EXISTS keep_ledger ON {table}")


def shown(view: View) -> Statement:
    """The view, which reads with the rights of whoever asks."""
    make = (
        f'CREATE VIEW "{view.name}" WITH (security_invoker = true) AS {view.sql}',
        f'GRANT SELECT ON "{view.name}" TO forecourt_web, forecourt_worker',
    )
    return Statement(f"view_{view.name}", make, f'DROP VIEW IF EXISTS "{view.name}"')
