"""Connections of one database role: pooled, short-tempered, and nobody until announced."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.pq import ConnStatus, TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

# Everything a session can hold beyond its transaction: a cursor WITH HOLD keeps the rows of whoever opened it.
FORGOTTEN = "CLOSE ALL; UNLISTEN *; RESET ALL; DISCARD SEQUENCES; SELECT pg_catalog.pg_advisory_unlock_all()"


# A role may change what its own future sessions begin with; what is said while connecting comes before that.
SETTLED: dict[str, object] = {
    "search_path": "public",
    "row_security": "on",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read\\ committed",
    "standard_conforming_strings": "on",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
}


# What rings for a person comes with the announcement, so that no page asks for it; for a token the function is not run.
_ANNOUNCE = (
    "SELECT a.user_id, a.kind, a.door, a.fresh, a.access, a.catalog, coalesce(b.unread, 0), coalesce(b.dead, 0)"
    " FROM gate.announce(%s, %s, %s) a, LATERAL work.bell(CASE WHEN a.kind = 'person' THEN a.user_id END) b"
)


@dataclass(frozen=True, slots=True)
class Announced:
    """What the gate answered: who acts in this transaction (`user` is None for nobody) and the shared stamps."""

    user: int | None
    kind: str | None  # of nobody: "elsewhere" for a token bound to other addresses, "crowded" for one in use too often
    door: int | None  # the session's or token's id
    fresh: datetime | None  # when the person last proved who he is
    access: int  # moves when anybody's rights may have changed
    catalog: int  # moves when any description changed
    unread: int = 0  # what a person was told and has not read, at most 100
    dead: int = 0  # work that was given up, for a person who tends it, at most 100


class Database:
    """One role's engine. Nothing is prepared: a changed column type would break each pooled connection for ever."""

    def __init__(self, url: str, *, pool_size: int = 5, statement_timeout_ms: int = 30_000) -> None:
        limits = {
            "statement_timeout": statement_timeout_ms,
            "lock_timeout": 5_000,
            "idle_in_transaction_session_timeout": 60_000,
            "timezone": "UTC",
        } | SETTLED
        options = " ".join(f"-c {name}={value}" for name, value in limits.items())
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=False,
            pool_recycle=1800,
            hide_parameters=True,  # an error names no value: proofs, hashes and people stay out of logs
            connect_args={"prepare_threshold": None, "options": options, "connect_timeout": 3},
        )
        event.listen(self.engine, "checkout", _look)
        event.listen(self.engine, "checkin", _forget)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection inside one transaction: committed at the end, rolled back when anything is raised."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def announced(self, token: str, request: str, address: str | None = None) -> Iterator[tuple[Connection, Announced]]:
        """A transaction announced as the holder of `token` (a session's or an API token), for the request so named.

        `address` is where the request comes from; a token bound to addresses is nobody's elsewhere.
        """
        with self.transaction() as connection:
            yield connection, announce(connection, token, request, address)

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self.engine.dispose()


def announce(connection: Connection, token: str, request: str, address: str | None = None) -> Announced:
    """Announces the transaction as the holder of `token`; an unknown, ended or empty token is nobody."""
    return Announced(*connection.exec_driver_sql(_ANNOUNCE, (token, request, address)).one())


def _look(dbapi: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """A connection the server has ended meanwhile is replaced before somebody's request finds that out.

    What the server said last lies in the socket's buffer, so looking asks nobody anything.
    """
    try:
        for _ in range(2):  # its last words first, then the end of the line
            dbapi.pgconn.consume_input()
        lives = dbapi.pgconn.status == ConnStatus.OK
    except psycopg.OperationalError:
        lives = False
    if not lives:
        raise DisconnectionError("the server ended it")


def _forget(dbapi: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    """A connection goes back without what somebody may have left on it; one that cannot do so is given up."""
    if dbapi is None or dbapi.closed:
        return
    try:
        if dbapi.info.transaction_status is not TransactionStatus.IDLE:
            dbapi.rollback()
        autocommit = dbapi.autocommit
        dbapi.autocommit = True
        dbapi.execute(FORGOTTEN)
        dbapi.autocommit = autocommit
    except psycopg.Error as error:  # raised from here, its place in the pool would be lost for ever
        record.invalidate(error)
