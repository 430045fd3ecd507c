"""A database with the gate and the trail, a sealer's key and a folder of checkpoints, new for each test."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql
from sqlalchemy.engine import make_url

from app.audit.checkpoint import Folder
from app.audit.sealer import conninfo, work
from app.audit.verdict import Verdict
from app.audit.verify import verify

SQL = Path(__file__).parents[2] / "migrations" / "sql"
TABLES = """
CREATE TABLE thing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uuid uuid DEFAULT gen_random_uuid(), version int DEFAULT 1,
    created_at timestamptz DEFAULT now(), created_by bigint, updated_at timestamptz DEFAULT now(), updated_by bigint,
    store_id bigint, name text, note text, price bigint, extra jsonb, secret text, phone bytea
);
CREATE TABLE pair (a int, b int);
SELECT trail.attach('thing', 'thing', '{secret}', 'store_id');
SELECT trail.attach('pair', 'pair', '{}', '');
GRANT SELECT, INSERT, UPDATE, DELETE ON thing, pair TO forecourt_web, forecourt_worker;
GRANT USAGE ON SCHEMA public TO forecourt_web, forecourt_worker;
"""
GUARDED = ("entry", "value", "seal", "batch", "refused")
TICKET = "SELECT gate.punch(%s::jsonb, %s)"


@dataclass
class Trail:
    """One database and everything needed to write, seal, tamper and verify."""

    url: Callable[[str], str]
    folder: Path
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def connect(self, role: str = "administrator") -> psycopg.Connection:
        return psycopg.connect(conninfo(self.url(role)), autocommit=True)

    def run(self, statement: str, *values: Any) -> list[tuple]:
        """Runs a statement as the superuser, in a transaction of its own."""
        with self.connect() as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def seal(self) -> int:
        with self.connect("sealer") as connection:
            return work(connection, self.key, [Folder(self.folder)])

    def verify(self, *, anchored: bool = True) -> Verdict:
        with self.connect("sealer") as connection:
            return verify(connection, self.folder if anchored else None, self.key.public_key())

    def write(self, things: int = 3) -> None:
        """Some inserts in one statement, an update and a delete, each a statement of its own."""
        self.run("INSERT INTO thing (store_id, name) SELECT 1, '张三' || g FROM generate_series(1, %s) g", things)
        self.run("UPDATE thing SET name = name || '𠮷', price = 5 WHERE id = (SELECT max(id) FROM thing)")
        self.run("DELETE FROM thing WHERE id = (SELECT min(id) FROM thing)")

    def tamper(self, *statements: str) -> None:
        """What a superuser can do who switches every trigger off."""
        with self.connect() as connection, connection.transaction():
            for table in GUARDED:
                connection.execute(f"ALTER TABLE trail.{table} DISABLE TRIGGER refuse")
            for statement in statements:
                connection.execute(statement)
            for table in GUARDED:
                connection.execute(f"ALTER TABLE trail.{table} ENABLE ALWAYS TRIGGER refuse")

    def start_over(self) -> None:
        """Forgets what migrations and the making of the tables wrote."""
        self.tamper(*(f"DELETE FROM trail.{table}" for table in (*GUARDED, "queue")))
        self.run("ALTER SEQUENCE trail.entry_id_seq RESTART")

    def ids(self) -> list[int]:
        return [row[0] for row in self.run("SELECT id FROM trail.entry ORDER BY id")]


@pytest.fixture
def trail(request: pytest.FixtureRequest, tmp_path: Path) -> Trail:
    """A trail without entries; on the server FORECOURT_TEST_ADMIN names, or in a clone of the suite's template."""
    if os.environ.get("FORECOURT_TEST_ADMIN"):
        url = request.getfixturevalue("scratch")
    else:
        url = request.getfixturevalue("database").url
    made = Trail(url, tmp_path / "checkpoints")
    with made.connect() as connection, connection.transaction():
        connection.execute("SET LOCAL ROLE forecourt_owner")
        connection.execute(TABLES)
    made.start_over()
    return made


@pytest.fixture
def scratch(stock: str) -> Iterator[Callable[[str], str]]:
    """A copy of the stock database, as URLs by role on a server that trusts everybody."""
    administrator = os.environ["FORECOURT_TEST_ADMIN"]
    name = f"trail_{uuid4().hex[:12]}"
    _on_server(administrator, f"CREATE DATABASE {{}} TEMPLATE {stock}", name)
    names = {"administrator": make_url(administrator).username}
    url = make_url(administrator).set(database=name)
    yield lambda role: url.set(username=names.get(role, f"forecourt_{role}")).render_as_string(hide_password=False)
    _on_server(administrator, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def stock() -> Iterator[str]:
    """The name of a database with nothing but accounts, gate and trail."""
    administrator = os.environ["FORECOURT_TEST_ADMIN"]
    name = f"trail_{uuid4().hex[:12]}"
    _on_server(administrator, "CREATE DATABASE {}", name)
    url = make_url(administrator).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(conninfo(url)) as connection:
        for file, role in (
            ("roles", "postgres"),
            ("fab", "forecourt_owner"),
            ("gate", "postgres"),
            ("trail", "postgres"),
        ):
            connection.execute(f"SET LOCAL ROLE {role}")
            connection.execute((SQL / f"{file}.sql").read_text(encoding="utf-8"))
    yield name
    _on_server(administrator, "DROP DATABASE {} WITH (FORCE)", name)


def _on_server(administrator: str, statement: str, name: str) -> None:
    with psycopg.connect(conninfo(administrator), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
