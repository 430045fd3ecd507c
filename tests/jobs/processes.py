"""The processes tests may kill: python -m tests.jobs.processes <part> <queue> <home> <database> <queue server>."""

import logging
import signal
import sys
import threading
from pathlib import Path

from app.jobs import relay, ticker, worker
from app.jobs.pace import Pace
from config import Config
from tests.jobs import samples  # noqa: F401 - registers the sample jobs

HURRY = Pace(lease=4.0, renew=1.0, stale=3.0, poll=0.1, tick=0.1, dequeue=1)


def main(part: str, queue: str, home: str, database: str, queue_server: str) -> None:
    """Runs one part of the product until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s %(process)d %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    config = Config(home=Path(home), database=database, redis_url=queue_server).as_process("worker")
    if part == "worker":
        worker.run(config, queue, stop, pace=HURRY)
    else:
        {"relay": relay, "ticker": ticker}[part].run(config, stop, pace=HURRY)


if __name__ == "__main__":
    main(*sys.argv[1:])
