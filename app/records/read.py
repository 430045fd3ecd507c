"""Reading records: one, a page by key, a capped count, titles of what they refer to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import NotFound
from app.core.field import Field
from app.core.kind import Operator
from app.core.scope import Belongs
from app.records.context import Context
from app.records.event import note
from app.records.plan import Plan, plan_of, within
from app.records.query import Condition, Cursor, Query
from app.records.refusals import worded
from app.records.search import matching, seeks_protected, tail_token

CAP = 10_000

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One row as stored: sealed fields are still sealed, `plan` says where each field stands."""

    plan: Plan
    row: Values

    @property
    def id(self) -> int:
        """Its id."""
        return int(self.row[0])

    @property
    def uuid(self) -> str:
        """Its uuid as text, to which its sealed values are bound."""
        return str(self.row[1])

    @property
    def version(self) -> int:
        """Its version, one more with each change."""
        return int(self.row[2])

    @property
    def store(self) -> int | None:
        """The store it belongs to."""
        return None if self.row[3] is None else int(self.row[3])

    def __getitem__(self, name: str) -> Any:
        """The stored value of a field."""
        return self.row[self.plan.at[name]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records in order, and the cursors of its neighbours where there are any."""

    records: tuple[Record, ...]
    before: Cursor | None
    after: Cursor | None


@dataclass(slots=True)
class Where:
    """Conditions in SQL with their parameters."""

    parts: list[str]
    values: list[Any]

    def add(self, part: str, *values: Any) -> "Where":
        """Adds one condition."""
        self.parts.append(part)
        self.values.extend(values)
        return self

    def copy(self) -> "Where":
        """An independent copy."""
        return Where(list(self.parts), list(self.values))

    @property
    def sql(self) -> str:
        """All conditions joined."""
        return " AND ".join(self.parts)


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
    sql = f"SELECT {plan.columns} FROM {plan.table} t WHERE t.id = %s AND {scope}"
    row = context.connection.exec_driver_sql(sql, (number,)).one_or_none()
    if row is None:
        raise NotFound
    return Record(plan, row)


def listing(context: Context, entity: Entity, query: Query) -> Page:
    """One page of what the actor may see and asked for; at most two statements, three with an offset."""
    context.demand(Action.LIST, entity)
    plan = plan_of(entity)
    where = conditions(context, entity, query)
    found: list[Record] = []
    skip = query.offset
    with worded(entity):
        for part in segments(plan, entity, query):
            sql, values = part.statement(plan, where, query.size + 1 - len(found), skip)
            found += [Record(plan, row) for row in context.connection.exec_driver_sql(sql, tuple(values))]
            if len(found) > query.size:
                break
            if skip:
                skip = 0 if found else skip - part.length(context, plan, where, skip)
    return paged(query, found)


def note_search(context: Context, entity: Entity, query: Query, found: int) -> None:
    """Writes to the trail that a protected value was searched for, where the question does that."""
    asked = {one.field.name for one in query.conditions if one.field.sealed and one.operator is not Operator.HAS}
    if query.words:
        asked.update(seeks_protected(context, entity, query.words))
    if asked:
        note(context.connection, "search", entity, details={"fields": sorted(asked)}, count=found)


def paged(query: Query, found: list[Record]) -> Page:
    """The page among one record more than asked for, in reading order."""
    cursor = query.cursor
    more = len(found) > query.size
    records = found[: query.size]
    back = cursor is not None and cursor.back
    if back:
        records.reverse()
    if not records:
        return Page((), None, None)
    first, last = place(query, records[0]), place(query, records[-1])
    has_before = more if back else cursor is not None or query.offset > 0
    has_after = True if back else more
    return Page(tuple(records), Cursor(*first, back=True) if has_before else None, Cursor(*last) if has_after else None)


def place(query: Query, record: Record) -> tuple[Any, int]:
    """Where a record stands in the order: its sort value and id."""
    if query.order == "id":
        return None, record.id
    return record.row[-1], record.id


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the ordered list: the records that have a sort value, or those that have none."""

    column: str | None  # None where the id alone orders
    null: bool
    start: tuple[Any, int] | None
    descending: bool

    def length(self, context: Context, plan: Plan, where: Where, cap: int) -> int:
        """How many records the stretch holds, counted up to `cap`."""
        wanted = where.copy()
        if self.column is not None:
            wanted.add(self.presence)
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {plan.table} t WHERE {wanted.sql} LIMIT {int(cap)}) AS capped"
        return int(context.connection.exec_driver_sql(sql, tuple(wanted.values)).scalar_one())

    @property
    def presence(self) -> str:
        """That the sort value stands there, or does not."""
        return f"{self.column} IS {'' if self.null else 'NOT '}NULL"

    def statement(self, plan: Plan, where: Where, limit: int, skip: int = 0) -> tuple[str, list[Any]]:
        """The SELECT of this stretch, and its parameters."""
        wanted = where.copy()
        sign = "<" if self.descending else ">"
        way = "DESC" if self.descending else "ASC"
        order = f"t.id {way}"
        extra = ""
        if self.column is not None:
            extra = f", {self.column}"
            wanted.add(self.presence)
        if self.column is not None and not self.null:
            order = f"{self.column} {way}, {order}"
            if self.start:
                wanted.add(f"({self.column}, t.id) {sign} (%s, %s)", *self.start)
        elif self.start:
            wanted.add(f"t.id {sign} %s", self.start[1])
        source = f"SELECT {plan.columns}{extra} FROM {plan.table} t WHERE {wanted.sql} ORDER BY {order}"
        return f"{source} LIMIT {int(limit)} OFFSET {int(skip)}", wanted.values


def segments(plan: Plan, entity: Entity, query: Query) -> Iterable[Segment]:
    """The stretches to read, in order. Records without a sort value come last whichever the direction."""
    cursor = query.cursor
    back = cursor is not None and cursor.back
    descending = query.descending != back
    start = (cursor.value, cursor.id) if cursor else None
    if query.order == "id":
        return (Segment(None, False, start, descending),)
    column = plan.order_columns[query.order]
    field = entity.by_name[query.order]
    if field.required and column == plan.column(field):
        return (Segment(column, False, start, descending),)
    in_nulls = cursor is not None and cursor.value is None
    filled = Segment(column, False, None if in_nulls else start, descending)
    empty = Segment(column, True, start if in_nulls else None, descending)
    if back:
        return (empty, filled) if in_nulls else (filled,)
    return (empty,) if in_nulls else (filled, empty)


def conditions(context: Context, entity: Entity, query: Query) -> Where:
    """Scope, filters and search words as SQL."""
    where = Where([within(entity, context.actor.extent(entity.name))], [])
    for one in query.conditions:
        compare(context, entity, one, where)
    if query.ids is not None:
        where.add("t.id = ANY (%s)", list(query.ids))
    if query.words:
        matching(context, entity, query.words, where)
    return where


SIGNS: Mapping[Operator, str] = {
    Operator.EQ: "=",
    Operator.NE: "IS DISTINCT FROM",
    Operator.LT: "<",
    Operator.LE: "<=",
    Operator.GT: ">",
    Operator.GE: ">=",
}


def compare(context: Context, entity: Entity, one: Condition, where: Where) -> None:
    """Adds one filter to `where`."""
    field, column = one.field, plan_of(entity).column(one.field)
    if one.operator is Operator.HAS:
        where.add(f"{column} IS {'NOT ' if one.value else ''}NULL")
    elif one.operator is Operator.TAIL:
        token = tail_token(context.sealer, entity, field, one.value)
        where.add("t.id IN (SELECT record_id FROM search_token WHERE token = %s)", token)
    elif field.sealed:
        blind = context.sealer.index(field.kind.code, sealable(field, one.value))
        where.add(f't."{field.name}_bidx" = %s', blind)
    elif one.operator is Operator.IN:
        where.add(f"{column} = ANY (%s)", list(one.value))
    elif field.kind.sql == "text[]":
        where.add(f"{column} @> %s" if one.operator is Operator.EQ else f"NOT {column} @> %s", list(one.value))
    else:
        where.add(f"{column} {SIGNS[one.operator]} %s", one.value)


def sealable(field: Field, value: Any) -> str:
    """A value as the text that is sealed and blind-indexed."""
    return str(field.kind.dump(value))


def count(context: Context, entity: Entity, query: Query, cap: int = CAP) -> int:
    """How many records the question finds, counted up to one more than `cap`."""
    where = conditions(context, entity, query)
    some = f"SELECT 1 FROM {plan_of(entity).table} t WHERE {where.sql} LIMIT {int(cap) + 1}"
    sql = f"SELECT count(*) FROM ({some}) AS capped"
    with worded(entity):
        return int(context.connection.exec_driver_sql(sql, tuple(where.values)).scalar_one())


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
        field = entity.by_name[entity.title]
        column = "NULL" if field.sealed else f't."{field.column}"'
        rows = context.connection.exec_driver_sql(
            f'SELECT t.id, {column} FROM "{name}" t WHERE t.id = ANY (%s)', (list(ids),)
        )
        found[name] = {
            number: field.kind.show(title, "zh") if title is not None else f"#{number}" for number, title in rows
        }
    return found


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
