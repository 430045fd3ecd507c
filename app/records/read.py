"""Reading records: one, a page by key, a capped count, titles of what they refer to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import NotFound
from app.core.field import Field
from app.core.scope import Belongs
from app.records.context import Context
from app.records.event import note, note_all
from app.records.guess import protected, spend_search
from app.records.near import nearness
from app.records.paging import Page, paged, segments
from app.records.plan import plan_of, whole_stores, within
from app.records.query import Query
from app.records.refusals import worded
from app.records.row import Record, select
from app.records.search import seeks_protected
from app.records.where import conditions, one_each

CAP = 10_000


def get(context: Context, entity: Entity, number: int) -> Record:
    """The record of that id within the actor's scope; anything else is NotFound."""
    context.demand(Action.READ, entity)
    return fetch(context, entity, number)


def fetch(context: Context, entity: Entity, number: int) -> Record:
    """The record of that id as the row policy lets it be seen, whatever the verb is for."""
    if not 0 < number < 2**63:
        raise NotFound
    plan = plan_of(entity)
    scope = within(entity, context.actor.extent(entity.name))
    columns = f"{plan.columns}, {near}" if (near := nearness(context, entity)) else plan.columns
    sql = f"SELECT {columns} FROM {plan.table} t WHERE t.id = %s AND {scope}"
    rows = select(context.connection, sql, (number,))
    if not rows:
        raise NotFound
    return Record(plan, rows[0])


def listing(context: Context, entity: Entity, query: Query) -> Page:
    """One page of what the actor may see and asked for; at most two statements, three with an offset."""
    context.demand(Action.LIST, entity)
    plan = plan_of(entity)
    where = conditions(context, entity, query)
    stores = whole_stores(entity, context.actor.extent(entity.name))
    found: list[Record] = []
    skip = query.offset
    with worded(entity):
        for part in segments(plan, entity, query):
            sql, values = part.statement(plan, where, query.size + 1 - len(found), skip, stores)
            found += [Record(plan, row) for row in select(context.connection, sql, tuple(values))]
            if len(found) > query.size:
                break
            if skip:
                skip = 0 if found else skip - part.length(context, plan, where, skip)
    return paged(query, found)


def note_search(context: Context, entity: Entity, query: Query, found: int) -> None:
    """Writes to the trail that a protected value was searched for, and counts that, where the question does so."""
    if asked := protected(context, entity, query):
        if any(asked.values()):
            spend_search(context)
        note(context.connection, "search", entity, details={"fields": sorted(asked)}, count=found)


def note_searches(context: Context, words: str, found: Sequence[tuple[Entity, int]]) -> None:
    """Writes to the trail, in one statement, where these words may be a protected value and how many records had it.

    It counts as one question.
    """
    asked = [(entity, seeks_protected(context, entity, words), n) for entity, n in found]
    notes = [(entity, {"fields": sorted(fields)}, n) for entity, fields, n in asked if fields]
    if any(any(fields.values()) for _, fields, _ in asked):
        spend_search(context)
    note_all(context.connection, "search", notes)


def count(context: Context, entity: Entity, query: Query, cap: int = CAP) -> int:
    """How many records the question finds, counted up to one more than `cap`."""
    rows, values = one_each(context, entity, query)
    sql = f"SELECT count(*) FROM ({rows} LIMIT {int(cap) + 1}) AS capped"
    with worded(entity):
        return int(select(context.connection, sql, tuple(values))[0][0])


def counts(context: Context, questions: Sequence[tuple[Entity, Query]], cap: int = CAP) -> list[int]:
    """How many records each question finds, each counted up to one more than `cap`; one statement for all."""
    if not questions:
        return []
    asked = [one_each(context, entity, query) for entity, query in questions]
    sql = ", ".join(f"(SELECT count(*) FROM ({rows} LIMIT {int(cap) + 1}) AS capped)" for rows, _ in asked)
    values = tuple(value for _, given in asked for value in given)
    return [int(number) for number in select(context.connection, f"SELECT {sql}", values)[0]]


def titles(context: Context, wanted: Mapping[str, set[int]]) -> dict[str, dict[int, str]]:
    """The titles of records by entity and id, of those the actor may see; one statement for each entity."""
    found: dict[str, dict[int, str]] = {}
    for name, ids in wanted.items():
        entity = context.snapshot.get(name)
        if (
            entity is None
            or not ids
            or not (context.actor.may(Action.READ, name) or context.actor.may(Action.LIST, name))
        ):
            continue
        policy = context.policy(entity)
        naming = [entity.by_name[one] for one in entity.naming if one in policy.queryable]
        columns = "".join(f', t."{field.column}"' for field in naming)
        rows = context.connection.exec_driver_sql(
            f'SELECT t.id{columns} FROM "{name}" t WHERE t.id = ANY (%s)', (list(ids),)
        )
        found[name] = {number: _named(number, zip(naming, values, strict=True)) for number, *values in rows}
    return found


def _named(number: int, values: Iterable[tuple[Field, Any]]) -> str:
    """The first value that is there, as it is read; else the record's number."""
    return next((field.kind.show(value, "zh") for field, value in values if value is not None), f"#{number}")


def referred(entity: Entity, records: Iterable[Record], names: Iterable[str] | None = None) -> dict[str, set[int]]:
    """The ids each referred-to entity is needed for, in the given records and fields; stores among them."""
    wanted: dict[str, set[int]] = {}
    fields = [field for field in entity.references if names is None or field.name in names]
    for record in records:
        for field in fields:
            if (value := record[field.name]) is not None:
                wanted.setdefault(field.target or "", set()).add(value)
        if entity.belongs is Belongs.STORE and record.store is not None:
            wanted.setdefault("store", set()).add(record.store)
    return wanted
