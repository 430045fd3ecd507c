"""Sealed values on their way through imports and feeds: rows that wait or failed, and what a rollback puts back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.core.entity import Entity
from app.exchange.steps import IMPORTED
from app.records.sealed import Place, Value

LINE = "'line ' || t.line"
BATCH = "public.{table} t JOIN public.import_batch b ON b.id = t.batch_id"
FEED = """public.feed_row t JOIN public.feed_run r ON r.id = t.run_id
          JOIN public.feed_profile p ON p.id = r.profile_id AND p.entities[t.level + 1] = '{entity}'"""
RUN = "public.feed_row t JOIN public.feed_run r ON r.id = t.run_id"
ROW = ("run_id", "grp", "line", "level")
# What a run changed in a record that is gone holds no uuid and is never put back, so nobody needs to open it.
LINK = """(SELECT l.* FROM public.feed_link l WHERE l.entity = '{entity}') t
          LEFT JOIN public."{entity}" x ON x.id = t.record_id"""


def staged_places(entities: Iterable[Entity]) -> Iterator[Place]:
    """Where imports and feeds hold sealed values of these entities."""
    preview = _put("import_batch", ("id",), "preview")
    told = ("'import_batch'", "'preview'", "t.uuid", "t.preview")
    yield Place("import_batch.preview", "public.import_batch t", ("t.id",), *told, preview, "preview")
    for table, column, place in (
        ("import_row", "kept", "import_kept"),
        ("import_row", "raw", "import_row"),
        ("import_kept", "kept", "import_kept"),
    ):
        put = _put(table, ("batch_id", "line"), column)
        told = (f"'{place}'", LINE, "b.uuid", f"t.{column}")
        yield Place(f"{table}.{column}", BATCH.format(table=table), ("t.batch_id", "t.line"), *told, put)
    told = ("'feed_row'", LINE, "r.uuid", "t.raw")
    yield Place("feed_row.raw", RUN, tuple(f"t.{key}" for key in ROW), *told, _put("feed_row", ROW, "raw"))
    for entity in entities:
        for field in entity.fields:
            if field.sealed:
                yield from _of(entity, field.name, field.column)


def _of(entity: Entity, field: str, column: str) -> Iterator[Place]:
    """Where rows of one entity wait with a value of one field, or would be put back."""
    name, at = entity.name, Cell(entity.name, field, column)
    if entity in IMPORTED:
        yield at.place("import_row", "public.import_row t", ("batch_id", "line"), name)
    yield at.place("feed_row", FEED.format(entity=name), ROW, "record")
    link = at.place("feed_link", LINK.format(entity=name), ("run_id", "record_id"), "before")
    uuid, put = f"coalesce({link.uuid}, x.uuid)", f"{link.put} AND t.entity = '{name}'"
    yield replace(link, uuid=uuid, put=put)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of an entity within JSON of columns."""

    entity: str
    field: str
    column: str

    def place(self, table: str, source: str, keys: tuple[str, ...], record: str) -> Place:
        """The place it is, where the JSON lies in the column `record` of the first table of `source`."""
        blob = f"(t.{record} ->> '{self.column}')::bytea"
        new = f"jsonb_set(t.{record}, '{{{self.column}}}', to_jsonb(g.new::text))"
        put = _put(table, keys, record, new, blob)
        told = (f"'{self.entity}'", f"'{self.field}'", f"(t.{record} ->> 'uuid')::uuid", blob)
        return Place(f"{table}: {self.entity}.{self.field}", source, tuple(f"t.{key}" for key in keys), *told, put)


def _put(table: str, keys: tuple[str, ...], column: str, new: str = "g.new", held: str = "") -> str:
    arrays = ", ".join(f"%(k{n})s::bigint[]" for n in range(len(keys)))
    names = ", ".join(f"k{n}" for n in range(len(keys)))
    same = " AND ".join(f"t.{key} = g.k{n}" for n, key in enumerate(keys))
    return f"""
        UPDATE public.{table} t SET {column} = {new}
          FROM unnest({arrays}, %(old)s::bytea[], %(new)s::bytea[]) AS g ({names}, old, new)
         WHERE {same} AND {held or f"t.{column}"} = g.old"""


def follow(connection: Connection, changed: Sequence[tuple[Value, bytes]]) -> None:
    """Lets what joins filled in records be recognised under the new key: a rollback compares digests of what stands."""
    of = {entity.name: entity for entity in IMPORTED}
    if not changed or changed[0][0].entity not in of:
        return
    first = changed[0][0]
    given = {
        "entity": first.entity,
        "column": of[first.entity].by_name[first.field].column,
        "records": [value.key[0] for value, _ in changed],
        "was": [f"\\x{value.blob.hex()}" for value, _ in changed],
        "is_now": [f"\\x{blob.hex()}" for _, blob in changed],
    }
    connection.exec_driver_sql(FOLLOW.format(table=first.entity), given)


FOLLOW = """
    UPDATE import_link l
       SET filled = jsonb_set(l.filled, ARRAY[%(column)s], to_jsonb(encode(sha256(convert_to(g.is_now, 'UTF8')), 'hex')))
      FROM unnest(%(records)s::bigint[], %(was)s::text[], %(is_now)s::text[]) AS g (record, was, is_now)
      JOIN public."{table}" t ON t.id = g.record AND to_jsonb(t) ->> %(column)s = g.is_now
     WHERE l.record_id = g.record AND l.entity = %(entity)s
       AND l.filled ->> %(column)s = encode(sha256(convert_to(g.was, 'UTF8')), 'hex')"""  # noqa: E501
