"""Hands due work to the workers, and again what was lost; any number may run, and Redis may vanish."""

import threading
from collections.abc import Sequence

from rq import Queue
from sqlalchemy import Connection, Engine

from app.jobs import registry
from app.jobs.absence import persist
from app.jobs.announced import as_system, open_engine
from app.jobs.message import connect, open_queue, send, waiting
from app.jobs.pace import PACE, Pace
from app.outbox import QUEUES, sweep
from app.outbox.handing import Due, due, handed
from config import Config

DEFAULT_LIMIT = 180  # seconds for a kind nobody registered; the worker then says so


def run(config: Config, stop: threading.Event, *, pace: Pace = PACE) -> None:
    """Relays until `stop` is set, through absences of Redis and of the database."""
    registry.load()
    engine = open_engine(config)
    persist(lambda: _relay(engine, config, stop, pace), stop)
    engine.dispose()


def _relay(engine: Engine, config: Config, stop: threading.Event, pace: Pace) -> None:
    queues = [open_queue(name, connect(config), config) for name in QUEUES]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as ear:
        ear.exec_driver_sql("LISTEN forecourt_work")
        while not stop.is_set():
            hand_over(engine, queues, pace)
            _listen(ear, pace.poll)


def _listen(ear: Connection, seconds: float) -> None:
    """Returns when work was written, or after `seconds`."""
    driver = ear.connection.driver_connection
    if driver is not None:
        next(driver.notifies(timeout=seconds, stop_after=1), None)


def hand_over(engine: Engine, queues: Sequence[Queue], pace: Pace = PACE) -> int:
    """How many messages were sent: for due work, for leases that are over, and for messages that seem lost.

    A queue is kept shallow, so that what it holds can be known: work whose message waits there gets no second.
    """
    known = {queue.name: waiting(queue) for queue in queues}
    with as_system(engine) as connection:
        sweep(connection)
        return sum(_hand(connection, queue, known[queue.name], pace) for queue in queues)


def _hand(connection: Connection, queue: Queue, known: list[int], pace: Pace) -> int:
    room = pace.depth - len(known)
    found = due(connection, queue.name, room, known=known, stale=pace.stale) if room > 0 else []
    if found:
        # Sent before it is noted: should the note be lost, the message comes twice and the lease lets one run.
        send(queue, [(work.id, _limit(work)) for work in found])
        handed(connection, [work.id for work in found])
    return len(found)


def _limit(work: Due) -> int:
    job = registry.find(work.kind)
    return job.timeout if job else DEFAULT_LIMIT
