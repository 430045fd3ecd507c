"""Fills a database with customers and cars: COPY past the triggers, sealed with the installation's own keys."""

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg import sql

from app import first_data
from app.access.key_file import sealer_of
from app.access.seal import Sealer
from app.core.entity import Entity
from app.fields.sorting import sort_key
from app.models import ENTITIES
from app.models.table import index_column, key_column
from app.records.search import tokens_of
from bench import ground, people

CHUNK = 5_000
STAFF = 10  # a store's
CARS = 0.3  # for each customer
TABLES = ("customer", "vehicle", "search_token")
TOKENS = ("store_id", "token", "record_id", "entity")


@dataclass(frozen=True, slots=True)
class Task:
    """Records `first` to `last` of a store, to be made by another process."""

    entity: str
    store: int  # its id
    first: int
    last: int
    begin: int  # the first customer of the store
    staff: list[int]


def name_of(size: int) -> str:
    """The database that holds `size` customers."""
    return f"bench_{size}"


def fill(size: int, database: str = "") -> None:
    """Makes a database of `size` customers with its first data, twenty stores and cars, indexed and analysed."""
    database = database or name_of(size)
    began, half = time.monotonic(), f"{database}_half"
    ground.create(half)
    ground.migrated(half)
    first_data.load(ground.settings(half))
    with ground.connect(half) as connection:
        stores, staff = organise(connection)
        tasks = [*work(size, stores, staff)]
        with past_triggers(connection) as indexes, multiprocessing.get_context("fork").Pool(2) as pool:
            for entity, rows, tokens in pool.imap(made, tasks):
                copy(connection, entity, columns(ENTITIES[entity]), rows)
                copy(connection, "search_token", TOKENS, tokens)
            indexes.restore()
        for entity in ("customer", "vehicle"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{entity}', 'id'), max(id)) FROM {entity}")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    ground.rename(half, database)
    print(f"{size:,} customers loaded in {time.monotonic() - began:.0f} s", flush=True)


def organise(connection: psycopg.Connection[Any]) -> tuple[list[int], dict[int, list[int]]]:
    """Stores up to twenty, the first data's two among them, and ten of staff in each; the ids of both."""
    stores = [row[0] for row in connection.execute("SELECT id FROM store ORDER BY id")]
    for number in range(len(stores) + 1, people.STORES + 1):
        name = f"第{number}店"
        row = connection.execute(
            "INSERT INTO store (code, name, name_key, company_id, city)"
            " SELECT %s, %s, %s, id, '上海' FROM company RETURNING id",
            (f"S{number:02}", name, sort_key(name)),
        ).fetchone()
        stores.append(row[0] if row else 0)
    staff: dict[int, list[int]] = {}
    for store in stores:
        sql = "SELECT id FROM employee WHERE store_id = %s ORDER BY job <> '销售顾问'"
        staff[store] = [row[0] for row in connection.execute(sql, (store,))]
        for number in range(len(staff[store]), STAFF):
            name = f"顾问{number}"
            row = connection.execute(
                "INSERT INTO employee (store_id, number, name, name_key, job) VALUES (%s, %s, %s, %s, '顾问')"
                " RETURNING id",
                (store, f"B{number:03}", name, sort_key(name)),
            ).fetchone()
            staff[store].append(row[0] if row else 0)
    return stores, staff


def work(size: int, stores: list[int], staff: dict[int, list[int]]) -> Iterator[Task]:
    """The pieces of the load, in the order of ids."""
    shares = people.slices(size)
    for share in shares:
        store = stores[share.store - 1]
        for first in range(share.first, share.first + share.count, CHUNK):
            last = min(first + CHUNK, share.first + share.count)
            yield Task("customer", store, first, last, share.first, staff[store])
    number = 1
    for share in shares:
        store, count = stores[share.store - 1], int(share.count * CARS)
        for first in range(number, number + count, CHUNK):
            begin = share.first - number
            yield Task("vehicle", store, first, min(first + CHUNK, number + count), begin, staff[store])
        number += count


def columns(entity: Entity) -> list[str]:
    """The columns that are loaded."""
    found = ["id", "uuid", "store_id"]
    for field in entity.fields:
        found += [name for name in (field.column, key_column(field), index_column(field)) if name]
    return found


def made(task: Task) -> tuple[str, bytes, bytes]:
    """The rows of a task and the tokens that find them, in COPY's text form."""
    entity, sealer = ENTITIES[task.entity], keys()
    rows, tokens = [], []
    for number in range(task.first, task.last):
        uuid = UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128), version=4)
        values = values_of(task, number)
        rows.append("\t".join((str(number), str(uuid), str(task.store), *cells(entity, sealer, values, uuid))))
        tokens += [f"{task.store}\t{token}\t{number}\t{entity.name}" for token in words(entity, sealer, values)]
    return entity.name, text(rows), text(tokens)


def values_of(task: Task, number: int) -> dict[str, Any]:
    """The values of one record."""
    if task.entity == "customer":
        given = people.customer(number, number - task.begin, task.staff)
    else:
        given = people.vehicle(number, number + task.begin, task.staff[number % STAFF])
    return defaults(task.entity) | given


@cache
def defaults(entity: str) -> dict[str, Any]:
    """What a record has where nothing is given."""
    return {one.name: one.kind.read(one.default) for one in ENTITIES[entity].fields if one.default is not None}


def cells(entity: Entity, sealer: Sealer, values: dict[str, Any], uuid: UUID) -> Iterator[str]:
    """A record's fields as COPY reads them, with their companions."""
    for field in entity.fields:
        value = values.get(field.name)
        if not field.sealed:
            yield r"\N" if value is None else str(value)
            if key_column(field):
                yield r"\N" if value is None else sorting(str(value))
            continue
        yield r"\N" if value is None else rf"\\x{sealer.seal(value, entity.name, field.name, uuid).hex()}"
        if index_column(field):
            yield r"\N" if value is None else rf"\\x{sealer.index(field.kind.code, value).hex()}"


def words(entity: Entity, sealer: Sealer, values: dict[str, Any]) -> set[int]:
    """The tokens of a record; those of a name are worked out once."""
    if entity.name != "customer":
        return tokens_of(sealer, entity, values)
    return tokens_of(sealer, entity, values | {"name": None}) | naming(str(values["name"]))


@cache
def naming(name: str) -> frozenset[int]:
    """The tokens of a customer's name."""
    return frozenset(tokens_of(keys(), ENTITIES["customer"], {"name": name}))


@cache
def sorting(name: str) -> str:
    """The sort key of a name."""
    return sort_key(name)


@cache
def keys() -> Sealer:
    """The installation's seals."""
    config = ground.settings("postgres")
    return sealer_of(config)


def text(lines: list[str]) -> bytes:
    """Lines as COPY's input."""
    return ("\n".join(lines) + "\n").encode() if lines else b""


def copy(connection: psycopg.Connection[Any], table: str, names: list[str] | tuple[str, ...], data: bytes) -> None:
    """Sends rows to a table."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor().copy(statement) as sink:
        sink.write(data)


class past_triggers:  # noqa: N801  # used as a statement
    """Loads without triggers and without the indexes that no constraint needs; both are as they were afterwards."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.indexes: list[str] = []
        self.triggers: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        run = self.connection.execute
        run("SET event_triggers = off")
        run("SET session_replication_role = replica")
        run("SET synchronous_commit = off")
        run("SET maintenance_work_mem = '512MB'")
        run("SET max_parallel_maintenance_workers = 1")
        for table in TABLES:
            found = run(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
                " WHERE tgrelid = %s::regclass AND tgenabled = 'A'",
                (table,),
            )
            self.triggers += found.fetchall()
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            found = run(
                "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
                " WHERE i.indrelid = %s::regclass"
                " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
                (table,),
            )
            for name, definition in found.fetchall():
                self.indexes.append(definition)
                run(f"DROP INDEX {name}")
        run("ALTER TABLE search_token DROP CONSTRAINT search_token_pkey")
        self.indexes.append("ALTER TABLE search_token ADD PRIMARY KEY (store_id, token, record_id)")
        return self

    def restore(self) -> None:
        """Makes the indexes again and switches the triggers on."""
        for definition in self.indexes:
            self.connection.execute(definition)
        for table, name in self.triggers:
            self.connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")

    def __exit__(self, *_: object) -> None:
        for name in ("event_triggers", "session_replication_role", "synchronous_commit"):
            self.connection.execute(f"RESET {name}")
