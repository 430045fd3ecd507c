"""Asking for work, and taking the request back."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from app.outbox.work import QUEUES

_INSERT = text("""
    INSERT INTO work.outbox (kind, queue, args, dedup_key, store_id, run_after)
    VALUES (:kind, :queue, CAST(:args AS jsonb), :key, :store, coalesce(:after, clock_timestamp()))
    ON CONFLICT (dedup_key) DO NOTHING RETURNING id""")


def enqueue(
    connection: Connection,
    kind: str,
    args: Mapping[str, Any],
    *,
    queue: str = "default",
    dedup_key: str | None = None,
    run_after: datetime | None = None,
    store_id: int | None = None,
) -> int:
    """The id of work written in the caller's transaction for its actor; the first's id where `dedup_key` is taken.

    `args` holds ids and small choices, never protected values: the row outlives the job.
    """
    if queue not in QUEUES:
        raise ValueError(f"no worker serves the queue {queue!r}")
    values = {"kind": kind, "queue": queue, "args": json.dumps(dict(args)), "key": dedup_key}
    made = connection.execute(_INSERT, {**values, "store": store_id, "after": run_after}).scalar()
    if made is None:
        made = connection.execute(text("SELECT work.holder(:key)"), {"key": dedup_key}).scalar_one()
    return int(made)


def cancel(connection: Connection, work_id: int) -> bool:
    """Whether the actor's own unfinished work was cancelled; running work stops at its next step."""
    return bool(connection.execute(text("SELECT work.cancel(:id)"), {"id": work_id}).scalar())
