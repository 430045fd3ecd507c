"""What the database tells the console: rows of its functions, in little time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.access.rights import refusals
from app.core.errors import Busy
from app.core.label import Label

PATIENCE_MS, LOCK_MS = 3_000, 500  # how long one look may take, and wait
SLOW = Label(
    "数据库正忙，这一页的查询超过三秒，已停止。请稍后再看。",
    "The database is busy: what this page asks took longer than three seconds and was stopped. Look again later.",
)


@contextmanager
def hurried(connection: Connection) -> Iterator[None]:
    """Statements within are stopped when they take long, as Busy; the console must not weigh on a server in need."""
    connection.exec_driver_sql(
        "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)",
        (str(PATIENCE_MS), str(LOCK_MS)),
    )
    try:
        with refusals():
            yield
    except DBAPIError as error:
        if isinstance(error.orig, pg.QueryCanceled | pg.LockNotAvailable):
            raise Busy(SLOW) from error
        raise


def rows(connection: Connection, function: str, *values: object) -> list[Mapping[str, Any]]:
    """What a function of the schema console answers, each row by its columns' names."""
    given = ", ".join(["%s"] * len(values))
    found = connection.exec_driver_sql(f"SELECT * FROM console.{function}({given})", values)
    return [dict(row) for row in found.mappings()]


def one(connection: Connection, function: str) -> Mapping[str, Any]:
    """The single row a function answers."""
    return rows(connection, function)[0]
