"""One piece of durable work as its row tells it, and where work may wait."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

QUEUES = (
    "default",
    "schema",
    "backup",
    "reminder",
    "report",
)  # each has one worker process; RQ loses jobs when a worker listens to more than one


class State(StrEnum):
    """Where a piece of work stands."""

    PENDING = "pending"  # waits for its time and the relay
    ENQUEUED = "enqueued"  # a message about it was sent
    RUNNING = "running"  # a worker holds its lease
    DONE = "done"
    DEAD = "dead"  # given up; `last_error` says why
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Work:
    """A row of the outbox; `requested_by` is None for the system's own work, times are aware.

    `requested_token` is the API token he asked by: its scopes hold for the work as well.
    """

    id: int
    kind: str
    queue: str
    args: Mapping[str, Any]
    dedup_key: str | None
    requested_by: int | None
    requested_token: int | None
    request_id: str | None
    store_id: int | None
    run_after: datetime
    state: State
    lease_until: datetime | None
    lease_token: UUID | None
    attempts: int
    last_error: str | None
    progress: int | None
    total: int | None
    note: Mapping[str, Any] | None
    created_at: datetime
    enqueued_at: datetime | None
    finished_at: datetime | None
    result: Any


COLUMNS = ", ".join(field.name for field in fields(Work))


def of(row: Row[Any]) -> Work:
    """The Work of a row that holds COLUMNS."""
    values = row._asdict()
    return Work(**{**values, "state": State(values["state"])})


def get(connection: Connection, work_id: int) -> Work | None:
    """The work of that id as far as the announced actor may read it, or None."""
    row = connection.execute(text(f"SELECT {COLUMNS} FROM work.outbox WHERE id = :id"), {"id": work_id}).first()
    return of(row) if row else None
