"""Asking for a report in the name of whoever acts, and how far what was asked for is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.outbox import enqueue

QUEUE = "report"
_UNDER_WAY = text("""
    SELECT id, kind, args, progress, total FROM work.outbox
     WHERE requested_by = gate.my_id() AND kind IN ('report.monthly', 'report.publish')
       AND state IN ('pending', 'enqueued', 'running') ORDER BY id DESC LIMIT 50""")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A report of the actor's that is being printed."""

    work: int
    kind: str
    args: dict[str, Any]
    progress: int | None
    total: int | None


def under_way(connection: Connection) -> list[UnderWay]:
    """What the actor asked for and does not have yet, newest first."""
    return [UnderWay(*row) for row in connection.execute(_UNDER_WAY)]


def ask(connection: Connection, store: int, month: date, *, reader: int | None = None, key: str | None = None) -> int:
    """The work that prints a month of a store for a reader, or for whoever asks."""
    args: dict[str, Any] = {"store": store, "month": month.isoformat()} | ({"reader": reader} if reader else {})
    return _once(connection, "report.monthly", args, store, key)


def ask_to_publish(connection: Connection, report: int, store: int) -> int:
    """The work that publishes a draft."""
    return _once(connection, "report.publish", {"report": report}, store, None)


def _once(connection: Connection, kind: str, args: dict[str, Any], store: int, key: str | None) -> int:
    """The work; the one under way where the same was asked for a moment ago."""
    if key is None:
        for one in under_way(connection):
            if (one.kind, one.args) == (kind, args):
                return one.work
    return enqueue(connection, kind, args, queue=QUEUE, dedup_key=key, store_id=store)
