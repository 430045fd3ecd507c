"""Where sealed values lie, and how those of one place are put under the newest key, a batch at a time."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from app.access.seal import HEADER, VERSION, SealBroken, Sealer
from app.core.entity import Entity
from app.models.table import index_column

TAG = 16
SEALED = f"octet_length({{0}}) >= {HEADER + TAG} AND substring({{0}} FROM 1 FOR 1) = '\\x{VERSION:02x}'::bytea"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Value:
    """One sealed value where it stands, and what it is bound to."""

    key: tuple[int, ...]
    entity: str
    field: str
    uuid: UUID
    blob: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A column, or a part of a JSON column, that holds sealed values; everything but the name is SQL over rows `t`.

    `put` takes the parameters k0, k1, … (the keys), old and new; it leaves alone what does not hold `old` any more.
    """

    name: str
    source: str
    keys: tuple[str, ...]
    entity: str
    field: str
    uuid: str
    blob: str
    put: str
    column: str = ""  # the column whose triggers are told that nothing but the key changes

    def batch(self, connection: Connection, newest: int, after: Sequence[int], most: int) -> list[Value]:
        """The next values under other keys than `newest`, in the order of their keys."""
        keys = ", ".join(self.keys)
        sql = f"""
            SELECT {self.entity}, {self.field}, {self.uuid}, {self.blob}, {keys} FROM {self.source}
             WHERE ({keys}) > ({", ".join(["%s"] * len(self.keys))}) AND {SEALED.format(self.blob)}
               AND substring({self.blob} FROM 2 FOR 2) <> %s AND {self.uuid} IS NOT NULL
             ORDER BY {keys} LIMIT %s"""
        rows = connection.exec_driver_sql(sql, (*after, newest.to_bytes(2, "big"), most))
        return [Value(tuple(key), entity, field, uuid, bytes(blob)) for entity, field, uuid, blob, *key in rows]

    def write(self, connection: Connection, values: Sequence[Value], blobs: Sequence[bytes]) -> int:
        """Puts `blobs` in the place of the values that still stand as they were read; answers how many."""
        if not values:
            return 0
        columns = {f"k{n}": [value.key[n] for value in values] for n in range(len(self.keys))}
        given = columns | {"old": [value.blob for value in values], "new": list(blobs)}
        connection.exec_driver_sql("SELECT set_config('forecourt.resealing', %s, true)", (self.column,))
        result = connection.exec_driver_sql(self.put, given)
        written = int(result.scalar_one()) if result.returns_rows else result.rowcount
        connection.exec_driver_sql("SELECT set_config('forecourt.resealing', '', true)")
        return written

    def under(self, connection: Connection) -> dict[int, int]:
        """How many values are under each key."""
        sql = f"""
            SELECT get_byte(s.blob, 1) * 256 + get_byte(s.blob, 2) AS number, count(*)
              FROM (SELECT {self.blob} AS blob FROM {self.source}
                     WHERE {SEALED.format(self.blob)} AND {self.uuid} IS NOT NULL) AS s GROUP BY 1"""
        return dict(map(tuple, connection.exec_driver_sql(sql)))


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch did, and the key of the last row it looked at; `reached` is None when nothing was left."""

    reached: tuple[int, ...] | None
    changed: tuple[tuple[Value, bytes], ...] = ()
    written: int = 0
    broken: int = 0


def step(connection: Connection, sealer: Sealer, place: Place, after: Sequence[int], most: int) -> Step:
    """Seals the next values of a place anew; what does not open stays as it is and is counted."""
    values = place.batch(connection, sealer.current, after, most)
    changed = [(value, blob) for value in values if (blob := _anew(sealer, value)) is not None]
    written = place.write(connection, [value for value, _ in changed], [blob for _, blob in changed])
    return Step(values[-1].key if values else None, tuple(changed), written, len(values) - len(changed))


def _anew(sealer: Sealer, value: Value) -> bytes | None:
    try:
        text = sealer.open(value.blob, value.entity, value.field, value.uuid)
    except SealBroken as broken:
        log.warning("%s: it stays under its key", broken)
        return None
    return sealer.seal(text, value.entity, value.field, value.uuid)


def record_places(connection: Connection, entities: Iterable[Entity]) -> Iterator[Place]:
    """The sealed columns of every entity, of removed fields and entities that wait to be dropped, and the bin's."""
    held = _columns(connection)
    described = {entity.name: entity for entity in entities}
    for table, columns in held.items():
        entity = described.get(table)
        names = {field.column: field.name for field in entity.fields if field.sealed} if entity else {}
        blind = {index_column(field) for field in entity.fields} if entity else set()
        for column in columns:
            if column not in blind:
                field = names.get(column, column)
                yield column_place(table, column, field)
                yield _bin_place(table, column, field)


def column_place(table: str, column: str, field: str) -> Place:
    """A column of records. What somebody is writing in is left for the next pass, so that nobody waits for a batch."""
    blob = f't."{column}"'
    put = f"""
        WITH free AS MATERIALIZED (
            SELECT t.id FROM public."{table}" t WHERE t.id = ANY (%(k0)s::bigint[])
             ORDER BY t.id FOR UPDATE SKIP LOCKED)
        UPDATE public."{table}" t SET "{column}" = g.new
          FROM unnest(%(k0)s::bigint[], %(old)s::bytea[], %(new)s::bytea[]) AS g (id, old, new)
         WHERE t.id = g.id AND {blob} = g.old AND t.id IN (SELECT f.id FROM free f)"""
    told = (f"'{table}'", f"'{field}'", "t.uuid", blob)
    return Place(f"{table}.{field}", f'public."{table}" t', ("t.id",), *told, put, column)


def _bin_place(table: str, column: str, field: str) -> Place:
    put = f"SELECT gate.reseal_bin('{table}', '{column}', %(k0)s::bigint[], %(old)s::bytea[], %(new)s::bytea[])"
    told = (f"'{table}'", f"'{field}'", "t.uuid", "t.blob")
    return Place(f"bin: {table}.{field}", f"gate.sealed_bin('{table}', '{column}') t", ("t.id",), *told, put)


def _columns(connection: Connection) -> dict[str, list[str]]:
    """The columns of bytes in the tables of records that there are, described or on their way out."""
    sql = """
        SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'bytea'::regtype
           AND a.attnum > 0 AND NOT a.attisdropped
           AND EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'keep_deleted')
         GROUP BY c.relname ORDER BY c.relname"""
    return {name: list(columns) for name, columns in connection.exec_driver_sql(sql)}
