"""Consequences as SQL: the statement triggers by which one write lets others follow in the same transaction."""

from app.core.entity import Entity
from app.core.rules import Event, Then
from app.records.rulebook import RULEBOOK
from app.studio.statement import Statement, listed

CONSEQUENCE = """
CREATE OR REPLACE FUNCTION public."{name}"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $rules$
DECLARE
    "@reason" text := coalesce(pg_catalog.current_setting('forecourt.reason', true), '');
BEGIN
    {arms}
    END IF;
    RETURN NULL;
END $rules$"""  # noqa: E501
REASON = "PERFORM pg_catalog.set_config('forecourt.reason', '{}', true);\n        "
BACK = "PERFORM pg_catalog.set_config('forecourt.reason', \"@reason\", true);\n        "
NEWS = {
    Event.INSERT: "REFERENCING NEW TABLE AS fresh",
    Event.UPDATE: "REFERENCING OLD TABLE AS former NEW TABLE AS fresh",
    Event.DELETE: "REFERENCING OLD TABLE AS former",
}


def moved(entity: Entity, then: Then, event: Event) -> str:
    """The rows that take part in a consequence, as a SELECT."""
    life = RULEBOOK.lifecycle(entity.name)
    if event is Event.DELETE:
        return "SELECT n.* FROM former n"
    if not then.to or life is None:
        return "SELECT n.* FROM fresh n"
    here = f"n.{life.field} IN ({listed(then.to)})"
    if event is Event.INSERT:
        return f"SELECT n.* FROM fresh n WHERE {here}"
    before = f"o.{life.field} IS DISTINCT FROM n.{life.field}"
    return f"SELECT n.* FROM fresh n JOIN former o USING (id) WHERE {here} AND {before}"


def consequence(entity: Entity, then: Then) -> Statement:
    """The statement trigger that lets something follow."""
    name, table = f"{entity.name}_then_{then.name}", f'"{entity.name}"'
    rows_of = {event: f"WITH moved AS ({moved(entity, then, event)})" for event in then.on}
    # A statement that touched no row has no consequences, else two tables that follow each other would do so for ever.
    begun, ended = (REASON.format(then.because), BACK) if then.because else ("", "")
    arms = "\n    ELS".join(
        f"IF TG_OP = '{on.upper()}' THEN\n        IF EXISTS (SELECT FROM {'former' if on is Event.DELETE else 'fresh'})"
        f"{anew(then, on)} THEN\n        {begun}{rows}\n        {then.sql.strip()};\n        {ended}END IF;"
        for on, rows in rows_of.items()
    )
    make = [CONSEQUENCE.format(name=name, arms=arms), f'REVOKE ALL ON FUNCTION public."{name}"() FROM PUBLIC']
    for event in then.on:
        own, rows = f'"then_{then.name}_{event}"', f"{table} {NEWS[event]} FOR EACH STATEMENT"
        make.append(f'CREATE TRIGGER {own} AFTER {event.upper()} ON {rows} EXECUTE FUNCTION public."{name}"()')
        make.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {own}")
    return Statement(f"then_{then.name}", tuple(make), f'DROP FUNCTION IF EXISTS public."{name}"() CASCADE')


NOT_NEWS = {Event.INSERT: " AND NOT gate.coming_back()", Event.UPDATE: " AND NOT public.repointing()"}
SAME = {Event.UPDATE: " AND gate.resealing() IS NULL"}  # a value under another key is the same value


def anew(then: Then, event: Event) -> str:
    """What spares records that come back from the bin or that a merge re-points: neither is new.

    What follows from deletion too is a reckoning, which these change as well.
    """
    return SAME.get(event, "") + ("" if Event.DELETE in then.on else NOT_NEWS[event])
