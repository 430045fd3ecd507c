"""The recycle bin: what was deleted, seen and brought back by whoever may delete it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Invalid, NotFound, Refusal
from app.core.label import Label
from app.core.scope import Belongs
from app.records.context import Context
from app.records.past import past_value
from app.records.plan import plan_of
from app.records.refusals import refusal_of
from app.records.reindex import reindex
from app.records.row import Record, select

SIZE = 50
GONE = Label(
    "{entity}引用的“{field}”已不存在；请先恢复那条记录，再恢复它。",
    "The “{field}” this {entity} refers to is gone; bring that record back first.",
)
TAKEN = Label(
    "“{field}”的值已被另一条记录使用；请先改掉那一条，再恢复。",
    "The value of “{field}” is now used by another record; change that one first.",
)
RULED = Label("现在不能恢复：{why}", "It cannot come back now: {why}")


class Blocked(Refusal):
    """A deleted record that cannot come back as things stand; the words say what to do first."""

    status = 409
    code = "cannot_come_back"


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record in the bin; its sealed values lie there too and are not told."""

    id: int  # its number in the bin
    at: datetime
    kind: str  # of the actor who deleted it
    by: str | None
    parts: int  # how many records went with it
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which part of the bin: by a part of a name, between two moments, older than an entry."""

    by: str | None = None
    first: datetime | None = None
    last: datetime | None = None
    until: int | None = None
    size: int = SIZE


@dataclass(frozen=True, slots=True)
class Back:
    """What came back: the record's id, how many of its parts, and how many stay in the bin."""

    record: int
    parts: int
    left: int


def listing(context: Context, entity: Entity, asked: Asked) -> tuple[list[Deleted], int | None]:
    """What of an entity lies in the bin within the actor's reach, newest first, and where older entries go on."""
    context.demand(Action.DELETE, entity)
    sql = "SELECT * FROM gate.binned(%s, %s, %s, %s, %s, %s)"
    values = (entity.name, asked.size + 1, asked.until, asked.by, asked.first, asked.last)
    found = [of(entity, *row) for row in select(context.connection, sql, values)]
    return found[: asked.size], found[asked.size - 1].id if len(found) > asked.size else None


def of(  # noqa: PLR0917  # a row
    entity: Entity, number: int, at: datetime, _record: int, kind: str, by: str | None, parts: int, content: Any
) -> Deleted:
    """An entry of the bin from its row."""
    return Deleted(number, at, kind, by, parts, record_of(entity, content))


def record_of(entity: Entity, content: Mapping[str, Any]) -> Record:
    """The record that was deleted, as far as it is told."""
    store = {Belongs.STORE: content.get("store_id"), Belongs.SELF: content["id"], Belongs.GROUP: None}[entity.belongs]
    born, changed = (datetime.fromisoformat(content[name]) for name in ("created_at", "updated_at"))
    head = (content["id"], UUID(content["uuid"]), content["version"], store)
    stamps = (born, content.get("created_by"), changed, content.get("updated_by"))
    fields = (past_value(field, content.get(field.column)) for field in entity.fields)
    return Record(plan_of(entity), (*head, *stamps, *fields))


def bring_back(context: Context, entity: Entity, number: int) -> Back:
    """Brings back what lies in the bin under a number, with its parts, findable again.

    Raises NotFound for what is not there, not the actor's, or back already; Blocked with what to do first.
    """
    context.demand(Action.DELETE, entity)
    if not 0 < number < 2**63:
        raise NotFound
    sql = "SELECT of_entity, of_record, part, back FROM public.bring_back(%s, %s)"
    try:
        with context.connection.begin_nested():
            rows = context.connection.exec_driver_sql(sql, (entity.name, number)).all()
    except DBAPIError as error:
        refusal = blocked(context, entity, error)
        if refusal is None:
            raise
        raise refusal from error
    if not rows:
        raise NotFound
    found_again(context, [(name, record) for name, record, _, back in rows if back])
    parts = [back for _, _, part, back in rows if part]
    return Back(next(record for _, record, part, _ in rows if not part), sum(parts), len(parts) - sum(parts))


def found_again(context: Context, back: list[tuple[str, int]]) -> None:
    """Makes what came back findable by its words."""
    for name in dict(back):
        described = context.snapshot.get(name)
        if described is not None:
            ids = [record for of_entity, record in back if of_entity == name]
            reindex(context.connection, context.sealer, described, ids)


def blocked(context: Context, entity: Entity, error: DBAPIError) -> Refusal | None:
    """Why it cannot come back, in words that say what to do first; None for a fault of ours."""
    diagnosis = error.orig.diag if isinstance(error.orig, pg.Error) else None
    about = context.snapshot.get((diagnosis and diagnosis.table_name) or "") or entity
    refusal = refusal_of(error.orig, about)
    if not isinstance(refusal, Invalid):
        return refusal
    name, unfit = next(iter(refusal.fields.items()))
    field = about.field(name)
    words = {"field": field.label if field else about.label, "entity": about.label, "why": unfit.label}
    match error.orig:
        case pg.ForeignKeyViolation():
            sentence = GONE
        case pg.UniqueViolation():
            sentence = TAKEN
        case _:
            sentence = RULED
    return Blocked(sentence.format(**words))
