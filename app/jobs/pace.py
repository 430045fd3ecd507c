"""How often and how long: the rhythm of leases, relay, ticker and workers."""

from dataclasses import dataclass

from app.outbox.handing import STALE
from app.outbox.lease import LEASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Intervals in seconds; the defaults are the product's, tests hurry."""

    lease: float = LEASE  # how long a silent worker keeps its work
    renew: float = 10.0  # how often a live one says so
    stale: float = STALE  # after which a message nobody acted on is sent again
    poll: float = 0.5  # how often the relay looks though nothing woke it
    tick: float = 1.0  # how often schedules are looked at
    dequeue: int = 2  # how long a worker waits for a message before it looks whether to stop
    depth: int = 200  # messages kept waiting in one queue; the rest waits in the database


PACE = Pace()
