"""Pages by key: the stretches of an ordered list, and the cursors between pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.entity import Entity
from app.records.context import Context
from app.records.plan import Plan, numbers
from app.records.query import Cursor, Query
from app.records.row import Record, select
from app.records.search import Where

KEY = "<key>"  # the sort value's name in a statement; no field can have it
MOST_APART = 8_000  # rows read from all stores together for one page; beyond that they are sorted at once


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records in order, and the cursors of its neighbours where there are any."""

    records: tuple[Record, ...]
    before: Cursor | None
    after: Cursor | None


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
        return int(select(context.connection, sql, tuple(wanted.values))[0][0])

    @property
    def presence(self) -> str:
        """That the sort value stands there, or does not."""
        return f"{self.column} IS {'' if self.null else 'NOT '}NULL"

    def statement(
        self, plan: Plan, where: Where, limit: int, skip: int = 0, stores: tuple[int, ...] = ()
    ) -> tuple[str, list[Any]]:
        """The SELECT of this stretch, and its parameters; `stores` are read one by one where that stays short."""
        wanted = where.copy()
        sign = "<" if self.descending else ">"
        way = "DESC" if self.descending else "ASC"
        order, merging = f"t.id {way}", f"found.id {way}"
        extra = ""
        if self.column is not None:
            extra = f', {self.column} AS "{KEY}"'
            wanted.add(self.presence)
        if self.column is not None and not self.null:
            order, merging = f"{self.column} {way}, {order}", f'found."{KEY}" {way}, {merging}'
            if self.start:
                wanted.add(f"({self.column}, t.id) {sign} (%s, %s)", *self.start)
        elif self.start:
            wanted.add(f"t.id {sign} %s", self.start[1])
        apart = len(stores) > 1 and len(stores) * (limit + skip) <= MOST_APART
        if apart:
            wanted.scope = "t.store_id = reach.id"
        source = f"SELECT {plan.columns}{extra} FROM {plan.table} t WHERE {wanted.sql} ORDER BY {order}"
        if apart:
            source = merged(source, stores, int(limit + skip), merging)
        return f"{source} LIMIT {int(limit)} OFFSET {int(skip)}", wanted.values


def merged(source: str, stores: tuple[int, ...], last: int, order: str) -> str:
    """The lists of several stores as one: each read in its index's order and no further than the page may need."""
    reach = f"unnest(ARRAY[{numbers(stores)}]::bigint[]) AS reach(id)"
    return f"SELECT found.* FROM {reach} CROSS JOIN LATERAL ({source} LIMIT {last}) AS found ORDER BY {order}"


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
