"""One record as it is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.records.plan import HEAD, Plan

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One row as stored: sealed fields are still sealed, `plan` says where each field stands."""

    plan: Plan
    row: Values

    @property
    def id(self) -> int:
        """Its id."""
        return int(self.row[0])

    @property
    def uuid(self) -> str:
        """Its uuid as text, to which its sealed values are bound."""
        return str(self.row[1])

    @property
    def version(self) -> int:
        """Its version, one more with each change."""
        return int(self.row[2])

    @property
    def store(self) -> int | None:
        """The store it belongs to."""
        return None if self.row[3] is None else int(self.row[3])

    @property
    def near(self) -> str | None:
        """What brought it close to the actor, like "task:7"; None where nothing did, or where that was not asked."""
        row, width = self.row, len(HEAD) + len(self.plan.at)
        return row[width] if len(row) > width else None

    def __getitem__(self, name: str) -> Any:
        """The stored value of a field."""
        return self.row[self.plan.at[name]]


def select(connection: Connection, sql: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The rows of a SELECT as plain tuples; SQLAlchemy would describe each result anew, for more than the rows cost."""
    cursor = connection.connection.cursor()
    try:
        connection.dispatch.before_cursor_execute(connection, cursor, sql, values, None, False)
        cursor.execute(sql, values)
        return list(cursor.fetchall())
    except psycopg.Error as error:
        raise DBAPIError.instance(sql, None, error, psycopg.Error, hide_parameters=True) from error
    finally:
        cursor.close()


def stream(connection: Connection, sql: str, values: tuple[Any, ...], size: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a SELECT, `size` at a time, through a cursor of the server's: memory stays small."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    cursor = driver.cursor(name="stream")
    try:
        connection.dispatch.before_cursor_execute(connection, cursor, sql, values, None, False)
        cursor.execute(sql, values, binary=True)
        while chunk := cursor.fetchmany(size):
            yield chunk
    except psycopg.Error as error:
        raise DBAPIError.instance(sql, None, error, psycopg.Error, hide_parameters=True) from error
    finally:
        cursor.close()


def as_json(value: object) -> Any:
    """A column's value as JSON that PostgreSQL reads back into it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)
