"""A database with the gate and the trail, a sealer's key and a folder of checkpoints, new for each test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.checkpoint import Folder
from app.audit.places import conninfo
from app.audit.sealer import work
from app.audit.verdict import Verdict
from app.audit.verify import verify
from config import Config

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
            return cursor.fetchall() if cursor.description is not None else []

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

    def refuses(self, statement: str, role: str = "administrator") -> bool:
        """Whether the server refuses a statement for want of rights."""
        with self.connect(role) as connection:
            connection.execute("SET lock_timeout = '2s'")
            try:
                connection.execute(statement)
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable):
                return True
            return False

    def start_over(self) -> None:
        """Forgets what migrations and the making of the tables wrote."""
        self.tamper(*(f"DELETE FROM trail.{table}" for table in (*GUARDED, "queue")))
        self.run("ALTER SEQUENCE trail.entry_id_seq RESTART")

    def ids(self) -> list[int]:
        return [row[0] for row in self.run("SELECT id FROM trail.entry ORDER BY id")]


@pytest.fixture
def trail(database: Config, tmp_path: Path) -> Trail:
    """A trail without entries."""
    made = Trail(database.url, tmp_path / "checkpoints")
    with made.connect() as connection, connection.transaction():
        connection.execute("SET LOCAL ROLE forecourt_owner")
        connection.execute(TABLES)
    made.start_over()
    return made
