"""One moment of the database: its dump, its counts, its sums and its trail's head, all of the same snapshot."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile

from psycopg import Connection, sql

from app.backup.manifest import Head, Rows
from app.backup.parts import Source
from app.backup.server import Server, demand_success, reap
from config import Config

UNKEPT = "gate.secret"  # keys of tickets and sign-ins: made anew, never carried
_TABLES = f"""
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND n.nspname || '.' || c.relname <> '{UNKEPT}'
 ORDER BY 1, 2
"""
_SUM = """
SELECT pg_catalog.count(*),
       coalesce(pg_catalog.sum(pg_catalog.hashtextextended(_row::text COLLATE "C", 0)::numeric), 0)::text
  FROM ONLY {} AS _row
"""
_HEAD = "SELECT no, size, pg_catalog.encode(head, 'hex') FROM trail.batch ORDER BY no DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A read-only transaction that others can join by its `name`."""

    server: Server
    connection: Connection
    name: str
    at: datetime
    major: int

    @contextmanager
    def dump(self) -> Iterator[Source]:
        """The dump as a stream; leaving the block raises when the tool failed."""
        options = ("--format=custom", "--compress=gzip:1", f"--snapshot={self.name}", "--lock-wait-timeout=60s")
        with TemporaryFile() as errors:
            tool = self.server.run("pg_dump", *options, f"--exclude-table-data={UNKEPT}", errors=errors)
            try:
                assert tool.stdout is not None  # noqa: S101  # it was asked for
                yield tool.stdout
                demand_success("pg_dump", tool, errors)
            finally:
                reap(tool)

    def size(self) -> int:
        """The bytes the database takes on its server's disk."""
        row = self.connection.execute("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())").fetchone()
        return int(row[0]) if row else 0

    def revision(self) -> str:
        """The schema's revision."""
        row = self.connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
        return str(row[0]) if row else ""

    def tables(self) -> Mapping[str, Rows]:
        """Every table's rows and their sum."""
        return tables(self.connection)

    def head(self) -> Head | None:
        """The trail's last batch; None before the first seal."""
        return head(self.connection)


@contextmanager
def snapshot(config: Config) -> Iterator[Snapshot]:
    """A moment of the live database, held as the role that reads everything and writes nothing."""
    server = Server.of(config, "backup")
    with server.connect(autocommit=False) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL search_path = ''")
        row = connection.execute("SELECT pg_catalog.pg_export_snapshot(), pg_catalog.now()").fetchone()
        assert row is not None  # noqa: S101  # a SELECT without FROM
        yield Snapshot(server, connection, row[0], row[1], connection.info.server_version // 10_000)
        connection.rollback()


def tables(connection: Connection) -> Mapping[str, Rows]:
    """Every table but those of keys, with its rows and the sum of their hashes."""
    connection.execute("SET search_path = ''")
    found = connection.execute(_TABLES).fetchall()
    return {f"{schema}.{name}": _rows(connection, schema, name) for schema, name in found}


def _rows(connection: Connection, schema: str, name: str) -> Rows:
    row = connection.execute(sql.SQL(_SUM).format(sql.Identifier(schema, name))).fetchone()
    assert row is not None  # noqa: S101  # an aggregate
    return Rows(*row)


def head(connection: Connection) -> Head | None:
    """The trail's last batch; None before the first seal."""
    row = connection.execute(_HEAD).fetchone()
    return Head(*row) if row else None
