"""What the relay hands to the workers: work that is due, and work whose message seems lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

STALE = 30.0  # seconds after which a message nobody acted on may have been lost

_DUE = text("""
    SELECT id, kind FROM work.outbox
     WHERE queue = :queue AND run_after <= clock_timestamp() AND id <> ALL (:known)
       AND (state = 'pending'
            OR (state = 'enqueued' AND enqueued_at < clock_timestamp() - make_interval(secs => :stale)))
     ORDER BY run_after, id LIMIT :room FOR UPDATE SKIP LOCKED""")
_HANDED = text("""
    UPDATE work.outbox SET state = 'enqueued', enqueued_at = clock_timestamp() WHERE id = ANY (:ids)""")


@dataclass(frozen=True, slots=True)
class Due:
    """Work to send a message about."""

    id: int
    kind: str


def due(
    connection: Connection, queue: str, room: int, *, known: Collection[int] = (), stale: float = STALE
) -> Sequence[Due]:
    """At most `room` pieces of due work, oldest first, without those in `known`; locked until the transaction ends."""
    values = {"queue": queue, "room": room, "known": list(known), "stale": stale}
    return [Due(*row) for row in connection.execute(_DUE, values)]


def handed(connection: Connection, ids: Collection[int]) -> None:
    """Notes that messages about these were sent."""
    connection.execute(_HANDED, {"ids": list(ids)})
