"""Rows by field on their way into tables: sealed, keyed and findable as `records` would make them, by COPY."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import Connection

from app.access.seal import Sealer
from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from app.fields.sorting import sort_key
from app.models import ENTITIES
from app.models.table import index_column, key_column
from app.records.search import tokens_of
from app.records.where import sealable

Row = dict[str, Any]
REMEMBERED = 100_000
AT_ONCE = 500
named = lru_cache(REMEMBERED)(sort_key)


class Numbers:
    """Numbers of records to be, taken from the tables' own sequences so that nobody else gets them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection  # one of its own: numbers are taken while rows are written
        self._kept: dict[str, list[int]] = {}

    def take(self, entity: str, count: int) -> list[int]:
        """The next `count` numbers of an entity."""
        query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return list(self._connection.exec_driver_sql(query, (f"public.{entity}", count)).scalars())

    def one(self, entity: str) -> int:
        """The next number of an entity, from some taken at once; those nobody asks for are left out."""
        kept = self._kept.get(entity)
        if not kept:
            kept = self._kept[entity] = self.take(entity, AT_ONCE)[::-1]
        return kept.pop()


@dataclass(slots=True)
class Batch:
    """Rows of one entity, in the order they are to be written; one with an `id` was numbered before."""

    entity: str
    rows: Sequence[Row]


@dataclass(slots=True)
class Shape:
    """How rows of one entity with certain fields become lines of COPY."""

    entity: Entity
    fields: list[Field]
    defaults: Row
    columns: list[str]
    sealed: bool

    @classmethod
    def of(cls, entity: Entity, names: Iterable[str]) -> "Shape":
        """The shape of rows that give these fields; required ones they leave out have their defaults."""
        given = set(names)
        left = [one for one in entity.fields if one.required and one.name not in given and one.default is not None]
        fields = [one for one in entity.fields if one.name in given or one in left]
        head = ["id"] if "id" in given else []
        sealed = any(one.sealed for one in fields)
        head += ["uuid"] if sealed else []
        head += ["store_id"] if entity.belongs is Belongs.STORE else []
        columns = head + [name for one in fields for name in columns_of(one)]
        return cls(entity, fields, {one.name: one.kind.read(one.default) for one in left}, columns, sealed)


def columns_of(one: Field) -> Iterator[str]:
    """The column of a field and its companions."""
    yield one.column
    if key := key_column(one):
        yield key
    if blind := index_column(one):
        yield blind


@dataclass(slots=True)
class Writer:
    """Writes batches into one announced transaction."""

    connection: Connection
    sealer: Sealer
    uuids: Random
    counts: dict[str, int] = field(default_factory=dict)
    _tokens: dict[tuple[str, str, Any], frozenset[int]] = field(default_factory=dict)

    def write(self, batch: Batch, store: int | None = None) -> None:
        """Adds the rows and makes them findable; what rules let follow follows."""
        if not batch.rows:
            return
        entity = ENTITIES[batch.entity]
        shape = Shape.of(entity, batch.rows[0])
        findable = [one for one in shape.fields if one.search or one.sealed]
        words: list[tuple[int, int, int]] = []
        with self._copy(entity.name, shape.columns) as copy:
            for row in batch.rows:
                copy.write_row(self._line(shape, row, store))
                if findable and "id" in row:
                    words += self._words(entity, findable, row, store)
        self._make_findable(entity, words)
        self.counts[entity.name] = self.counts.get(entity.name, 0) + len(batch.rows)

    def _copy(self, table: str, columns: Sequence[str]) -> Any:
        driver: Any = self.connection.connection.driver_connection
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        return driver.cursor().copy(sql.SQL("COPY public.{} ({}) FROM STDIN").format(sql.Identifier(table), names))

    def _line(self, shape: Shape, row: Row, store: int | None) -> list[Any]:
        """The row's columns, sealed values bound to its uuid."""
        uuid = UUID(int=self.uuids.getrandbits(128), version=4) if shape.sealed else None
        line: list[Any] = [row["id"]] if "id" in row else []
        if uuid:
            line.append(uuid)
        if shape.entity.belongs is Belongs.STORE:
            line.append(store)
        for one in shape.fields:
            value = row[one.name] if one.name in row else shape.defaults[one.name]
            if one.sealed and uuid:
                line += self._sealed(shape.entity, one, value, uuid)
                continue
            line.append(value)
            if getattr(one.kind, "names", False):
                line.append(None if value is None else named(value))
        return line

    def _sealed(self, entity: Entity, one: Field, value: Any, uuid: UUID) -> Iterator[bytes | None]:
        text = None if value is None else sealable(one, value)
        yield None if text is None else self.sealer.seal(text, entity.name, one.name, uuid)
        if index_column(one):
            yield None if text is None else self.sealer.index(one.kind.code, text)

    def _words(
        self, entity: Entity, findable: Sequence[Field], row: Row, store: int | None
    ) -> Iterator[tuple[int, int, int]]:
        place = row["id"] if entity.belongs is Belongs.SELF else store or 0
        found: set[int] = set()
        for one in findable:
            value = row.get(one.name)
            if value is not None:
                found |= self._tokens_of(entity, one, value)
        return ((place, token, row["id"]) for token in found)

    def _tokens_of(self, entity: Entity, one: Field, value: Any) -> frozenset[int]:
        """A field's tokens; what lines are called is said again and again."""
        key = (entity.name, one.name, value)
        known = self._tokens.get(key)
        if known is None:
            known = frozenset(tokens_of(self.sealer, entity, {one.name: value}))
            if len(self._tokens) >= REMEMBERED:
                self._tokens.clear()
            self._tokens[key] = known
        return known

    def _make_findable(self, entity: Entity, words: list[tuple[int, int, int]]) -> None:
        if not words:
            return
        words.sort()  # as their index stands
        with self._copy("search_token", ("store_id", "token", "record_id", "entity")) as copy:
            for word in words:
                copy.write_row((*word, entity.name))
