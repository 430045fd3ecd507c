"""Mistakes planted in a running installation and taken back: each must be seen by the heads it names.

Nothing here is reachable from the product: functions are replaced in the test's process, statements run as the
administrator of the test's own database.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from app.access.state import FieldPolicy
from app.api import asked, find, reveal
from app.core.action import Action
from app.core.actor import NOBODY, Actor
from app.core.entity import Entity
from app.core.field import Field, State
from app.heads.house import Actors
from app.records import export, present, query, read, write
from app.records.context import Context
from app.records.present import Presenter
from app.records.row import Record
from app.views import history, lookup, record_page
from tests.model.stage import Stage

Plant = Callable[[Stage], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Defect:
    """How a mistake is planted, and which heads must see it."""

    plant: Plant
    heads: tuple[str, ...]


DEFECTS: dict[str, Defect] = {}


def replaced(name: str, owner: Any, attribute: str, value: Any, *heads: str) -> None:
    """A defect that is one function of the process in another's place."""
    DEFECTS[name] = Defect(lambda _stage: patch.object(owner, attribute, value), heads)


def in_database(name: str, plant: str, undo: str, *heads: str) -> None:
    """A defect that is a statement of the database's administrator."""

    @contextmanager
    def planted(stage: Stage) -> Iterator[None]:
        stage.admin.execute(plant)
        try:
            yield
        finally:
            stage.admin.execute(undo)

    DEFECTS[name] = Defect(planted, heads)


def in_function(name: str, function: str, text: str, instead: str, *heads: str) -> None:
    """A defect that is another text in a function of the gate; everybody's rights are computed anew with it."""

    @contextmanager
    def planted(stage: Stage) -> Iterator[None]:
        whole = str(stage.one("SELECT pg_get_functiondef(%s::regproc)", function))
        assert text in whole, "the text is no longer there: the defect plants nothing"
        defined(stage, whole.replace(text, instead))
        try:
            yield
        finally:
            defined(stage, whole)

    DEFECTS[name] = Defect(planted, heads)


def defined(stage: Stage, body: str) -> None:
    """Puts a function in the place of the one of its name."""
    stage.admin.execute(body.encode())
    stage.admin.execute("UPDATE gate.stamp SET access = access + 1")


# In the database -----------------------------------------------------------------------------------------------------
@contextmanager
def without_check(stage: Stage) -> Iterator[None]:
    """The customers' policy lets anything be written."""
    policy = "polrelid = 'customer'::regclass AND polname = 'scope'"
    check = stage.one(f"SELECT pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE {policy}")
    stage.admin.execute("ALTER POLICY scope ON customer WITH CHECK (true)")
    try:
        yield
    finally:
        stage.admin.execute(f"ALTER POLICY scope ON customer WITH CHECK ({check})")


DEFECTS["no WITH CHECK"] = Defect(without_check, ("sql_changes",))
in_database(
    "a stale version stamp",
    # Setting rights touches both, and each moves the stamp.
    "ALTER TABLE role_grant DISABLE TRIGGER bump_access; ALTER TABLE gate.role_field DISABLE TRIGGER bump_access",
    "ALTER TABLE role_grant ENABLE TRIGGER bump_access; ALTER TABLE gate.role_field ENABLE TRIGGER bump_access",
    "api_list",
)
in_database(
    "a view without invoker",
    "CREATE VIEW every_customer AS SELECT * FROM customer; GRANT SELECT ON every_customer TO forecourt_web",
    "DROP VIEW every_customer",
    "sql_views",
)
in_database(
    "row security switched off",
    "ALTER TABLE key_loan DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE key_loan ENABLE ROW LEVEL SECURITY",
    "sql_reads",
)
in_function("a revoked session still announced", "gate.announce", "AND s.ended_at IS NULL", "", "sql_reads")
in_function("an ended token still announced", "gate.announce", "AND x.ended_at IS NULL", "", "api_list")
in_function(
    "token scope ignored",
    "gate.admit",
    "CASE WHEN token IS NULL THEN p.reach ELSE gate.reach_of_token(token, p) END",
    "p.reach",
    "narrow_token",
)
in_function(
    "own reach taken as the store's",
    "gate.compute",
    "(h.reach = 'store' AND s.id = post.store_id)",
    "(h.reach IN ('store', 'own') AND s.id = post.store_id)",
    "api_list",
)
in_function(
    "the company taken as the group",
    "gate.compute",
    "(h.reach = 'company' AND s.company_id = post.company_id)",
    "(h.reach = 'company')",
    "screen_list",
)
in_function(
    "a shared record that never ends",
    "gate.compute",
    "r.entity = h.entity AND r.expires_at > pg_catalog.now()",
    "r.entity = h.entity",
    "api_get",
)
in_function(
    "verbs nobody asks about", "gate.check_verb", "AND NOT gate.may(TG_ARGV[0], verb)", "AND false", "sql_changes"
)


@contextmanager
def counting_all(stage: Stage) -> Iterator[None]:
    """A list's count is that of the table."""

    def count(_context: Context, entity: Entity, *_rest: object) -> int:
        return int(stage.one(f'SELECT count(*) FROM "{entity.name}"'))

    with patch.object(read, "count", count):
        yield


@contextmanager
def finding_all(stage: Stage) -> Iterator[None]:
    """A car of any store counts as one's own."""

    def cars(_context: Context, _kind: str, value: str) -> list[Any]:
        rows = stage.admin.execute("SELECT id, store_id FROM vehicle WHERE vin = %s", (value,)).fetchall()
        return [SimpleNamespace(id=number, store=store) for number, store in rows]

    with patch.object(find, "cars", cars):
        yield


DEFECTS["a count past the policy"] = Defect(counting_all, ("api_count",))
DEFECTS["cars of other stores told by number"] = Defect(finding_all, ("find",))


# In the process ------------------------------------------------------------------------------------------------------
class Bare(Presenter):
    """Shows everything as it is."""

    def value(self, record: Record, field: Field, shown: State) -> Any:
        return super().value(record, field, State.CLEAR)

    def states(self, record: Record) -> dict[str, State]:
        return dict.fromkeys(super().states(record), State.CLEAR)


def unmasked(sealer: Any, entity: Entity, field: Field, uuid: Any, stored: bytes) -> str:
    return str(present.unsealed(sealer, entity, field, uuid, stored))


def listed_is_read(context: Context, entity: Entity, number: int) -> Record:
    context.demand(Action.LIST, entity)
    return read.fetch(context, entity, number)


def but(action: Action) -> Callable[[Context, Action, Entity], None]:
    """The demand for a right that one verb passes without."""
    demand = Context.demand

    def demanded(self: Context, wanted: Action, entity: Entity) -> None:
        if wanted is not action:
            demand(self, wanted, entity)

    return demanded


def any_order(entity: Entity, policy: FieldPolicy, text: str) -> tuple[str, bool]:
    sortable = frozenset(field.name for field in entity.fields if field.kind.sortable and not field.sealed)
    return query.ordering(entity, replace(policy, sortable=sortable), text)


def all_found(self: Context, entity: Entity) -> FieldPolicy:
    """The field policy of somebody who may look for every protected value."""
    policy = POLICY(self, entity)
    return replace(policy, findable=frozenset(one.name for one in entity.fields if one.sealed) & policy.visible)


def every_child(self: record_page.Shower) -> list[tuple[Entity, Field]]:
    return list(self.context.snapshot.children.get(self.entity.name, ()))


def first_met(self: Actors, connection: Any, announced: Any, now: Any) -> Actor:
    """The actor as the process met him first, whatever changed since."""
    if announced.user is None:
        return NOBODY
    known = self.__dict__.setdefault("met", {})
    if announced.user not in known:
        known[announced.user] = ACTORS_OF(self, connection, announced, now)
    return known[announced.user]  # type: ignore[no-any-return]


ACTORS_OF, POLICY = Actors.of, Context.policy
replaced("the picker unmasked", lookup, "Presenter", Bare, "picker")
replaced(
    "filter on a masked field",
    query,
    "operators",
    lambda _policy, field: field.kind.operators,
    "api_filter",
    "api_compare",
)
replaced("order by a hidden field", asked, "ordering", any_order, "api_sort")
replaced("export unmasked", export, "masked", unmasked, "export")
replaced("lists unmasked", present, "masked", unmasked, "api_list")
replaced("history unmasked", history, "Presenter", Bare, "history")
replaced("a hidden field opened", reveal, "Presenter", Bare, "reveal")
replaced("relation ignored", Presenter, "is_mine", lambda *_: True, "screen_show")
replaced(
    "a mask accepted as input", write, "read_one", lambda field, raw, writable: field.kind.read(raw), "mask_as_value"
)
replaced("reading by the right to list", read, "get", listed_is_read, "api_get", "screen_show")
replaced("export without its verb", Context, "demand", but(Action.EXPORT), "export", "bulk_export")
replaced("lists without their verb", Context, "demand", but(Action.LIST), "api_list", "picker")
replaced("related lists of what may not be listed", record_page.Shower, "children", every_child, "related")
replaced("search without its right", Context, "policy", all_found, "search")
replaced("a process that forgets to look at the stamp", Actors, "of", first_met, "api_get")
