"""Reading the trail as its officer: entries by person, record, act, time and way, how much happened, how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection

TRAIL = "trail"  # what the grants are called that let somebody review it
KINDS = ("opened", "exported", "refused", "rights", "sign_in")  # what the activity of days tells
_BROWSE = (
    "SELECT id, at, actor_id, actor_kind, actor_name, db_role, request_id, action, entity,"
    " record_id AS record, store_id AS store,"
    " version, count, columns, details FROM trail.browse(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are asked for; None is any."""

    since: datetime
    until: datetime
    person: str | None = None  # a login, a whole name or an account's number
    entity: str | None = None
    record: int | None = None
    action: str | None = None
    source: str | None = None  # the kind of actor: person, token, job, system, database
    risk: str | None = None  # a rule's kind: what it counted for `risk_key`
    risk_key: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the officer reads it: which columns changed, never their values."""

    id: int
    at: datetime
    actor_id: int | None
    actor_kind: str
    actor_name: str | None
    db_role: str
    request_id: str | None
    action: str
    entity: str | None
    record: int | None
    store: int | None
    version: int | None
    count: int | None
    columns: tuple[str, ...]
    details: dict[str, Any]  # what an event says of itself


@dataclass(frozen=True, slots=True)
class Standing:
    """What the last daily check of the chain found, and how many batches wait for their seal."""

    checked_at: datetime | None
    sound: bool | None
    entries: int | None
    first_damage: str | None
    unchecked: Sequence[str] | None
    waiting: int


def browse(connection: Connection, wanted: Wanted, *, before: int | None = None, most: int = 50) -> list[Line]:
    """The latest entries asked for, newest first, those before an entry's id."""
    given = (
        wanted.since,
        wanted.until,
        wanted.person,
        wanted.entity,
        wanted.record,
        wanted.action,
        wanted.source,
        wanted.risk,
        wanted.risk_key,
        before,
        most,
    )
    return [_line(**row) for row in connection.exec_driver_sql(_BROWSE, given).mappings()]


def activity(connection: Connection, since: datetime, until: datetime) -> dict[tuple[date, str], int]:
    """How many events of each kind each day of business saw."""
    sql = "SELECT day, kind, events FROM trail.activity(%s, %s)"
    return {(day, kind): count for day, kind, count in connection.exec_driver_sql(sql, (since, until))}


def standing(connection: Connection) -> Standing:
    """How the chain stands."""
    return Standing(*connection.exec_driver_sql("SELECT * FROM trail.standing()").one())


def newest_backup(connection: Connection) -> tuple[datetime | None, datetime | None]:
    """When the newest backup that is there was made, and when one was last restored whole."""
    sql = "SELECT max(made_at) FILTER (WHERE gone IS NULL), max(restored_at) FROM work.backup"
    made, restored = connection.exec_driver_sql(sql).one()
    return made, restored


def _line(*, columns: list[str] | None, details: str | None, **rest: Any) -> Line:
    return Line(**rest, columns=tuple(columns or ()), details=orjson.loads(details) if details else {})
