"""How the installation fares, read from the database seldom, however often somebody asks."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.db.engine import Database

KEPT = 5.0  # seconds a reading serves everybody who asks this process
LONGEST_MS = 1_000  # a monitor must not weigh on what it watches


@dataclass(frozen=True, slots=True)
class Vitals:
    """One reading: figures of work and of the trail by name, and how far the database's clock is ahead, in seconds."""

    work: Mapping[str, Any]
    trail: Mapping[str, Any]
    ahead: float


@dataclass(slots=True)
class Watch:
    """The last reading of one process, None after one that failed; and whether its database ever served it."""

    started: bool = False
    _last: Vitals | None = None
    _taken: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def look(self, database: Database) -> Vitals | None:
        """A reading at most KEPT seconds old, or None when the database did not answer in time."""
        with self._lock:  # who comes meanwhile waits for this reading instead of taking another
            if time.monotonic() - self._taken > KEPT:
                self._last = read(database)
                self._taken = time.monotonic()
            return self._last


def read(database: Database) -> Vitals | None:
    """What the database tells now, or None."""
    before = time.time()
    try:
        work, trail = ask(database, "SELECT work.vitals(), trail.vitals()")
    except SQLAlchemyError:
        return None
    return Vitals(work, trail, offset(float(work["now"]), before, time.time()))


def ask(database: Database, query: str) -> tuple[Any, ...]:
    """The row a query answers within LONGEST_MS; asked again when its connection was from before a restart."""
    try:
        return _ask(database, query)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return _ask(database, query)


def _ask(database: Database, query: str) -> tuple[Any, ...]:
    with database.transaction() as connection:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {LONGEST_MS}")
        return tuple(connection.exec_driver_sql(query).one())


def offset(theirs: float, before: float, after: float) -> float:
    """How far their clock, read at some moment between two of ours, is ahead for certain; 0 when it may be equal."""
    return theirs - min(max(theirs, before), after)
