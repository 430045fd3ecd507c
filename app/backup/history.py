"""What is known about backups, as those who look after the system read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from app.backup.ledger import Alarm, alarms
from app.core.label import Label

READERS = frozenset({"administrator", "security_officer"})  # the roles the tables' policies let read
SHOWN = 60
_BACKUPS = text("""
    SELECT name, made_at, seconds, bytes, rows, restored_at, restore_seconds, gone, gone_at FROM work.backup
     WHERE gone IS NULL OR gone_at > now() - interval '30 days'
     ORDER BY made_at DESC, name DESC LIMIT :limit""")
_ACTS = text("""
    SELECT act, backup, began_at, ended_at, ok, reason, details FROM work.backup_act ORDER BY id DESC LIMIT :limit""")
_DAYS = text("""
    SELECT (made_at AT TIME ZONE :zone)::date AS day, max(bytes) AS bytes, max(seconds) AS seconds, count(*) AS number
      FROM work.backup WHERE made_at >= :since GROUP BY 1""")
_STANDING = text("""
    SELECT now(), max(made_at) FILTER (WHERE gone IS NULL), max(restored_at), count(*) FILTER (WHERE gone IS NULL),
           count(*) FILTER (WHERE gone IS NULL AND restored_at IS NOT NULL) FROM work.backup""")
_WAITS = text("SELECT EXISTS (SELECT FROM work.outbox WHERE kind = 'backup.now' AND state IN ('pending', 'enqueued'))")
_ASK = text("SELECT work.back_up_now()")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup; it is good once `restored_at` says that it was restored whole."""

    name: str
    made_at: datetime
    seconds: float
    bytes: int
    rows: int
    restored_at: datetime | None
    restore_seconds: float | None
    gone: str | None  # pruned or lost
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to make, drill, restore or prune backups; `ok` is None while it goes on, or where it was killed."""

    act: str
    backup: str | None
    began_at: datetime
    ended_at: datetime | None
    ok: bool | None
    reason: Label | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """The largest and the slowest backup of a day, and how many there were."""

    bytes: int = 0
    seconds: float = 0.0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How backups stand: the database's now, the newest that is there, the last that was restored, how many of each."""

    now: datetime
    newest: datetime | None
    proven: datetime | None
    kept: int
    good: int
    waits: bool  # whether one that the reader asked for has not begun
    alarms: tuple[Alarm, ...]


def standing(connection: Connection) -> Standing:
    """How backups stand."""
    waits = bool(connection.execute(_WAITS).scalar())
    now, newest, proven, kept, good = connection.execute(_STANDING).one()
    return Standing(now, newest, proven, kept, good, waits, tuple(alarms(connection)))


def backups(connection: Connection) -> list[Backup]:
    """The backups that are there and those gone within thirty days, newest first."""
    return [Backup(*row) for row in connection.execute(_BACKUPS, {"limit": SHOWN})]


def attempts(connection: Connection) -> list[Attempt]:
    """The last attempts, newest first."""
    rows = connection.execute(_ACTS, {"limit": SHOWN}).mappings()
    return [Attempt(**{**row, "reason": _words(row["reason"])}) for row in rows]


def _words(kept: Mapping[str, str] | None) -> Label | None:
    return Label(kept["zh"], kept["en"]) if kept else None


def days(connection: Connection, since: datetime, zone: str) -> Mapping[Any, Day]:
    """What each day of a zone had, by its date; days without a backup are left out."""
    found = connection.execute(_DAYS, {"since": since, "zone": zone})
    return {row.day: Day(row.bytes, row.seconds, row.number) for row in found}


def ask(connection: Connection) -> bool:
    """Asks for a backup in the actor's name; False while one is due or at work."""
    return connection.execute(_ASK).scalar() is not None
