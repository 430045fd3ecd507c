"""A worker of re-sealing alone, in a process a test may kill: python -m tests.keys.act HOME DATABASE QUEUE_SERVER."""

import logging
import sys
import time
from pathlib import Path

from sqlalchemy import Engine

from app.jobs import entry, registry, resealing
from app.jobs.announced import as_system, open_engine
from config import Config
from tests.jobs.processes import HURRY

DUE = (
    "SELECT id FROM work.outbox WHERE kind = 'keys.reseal' AND state IN ('pending', 'enqueued', 'running') ORDER BY id"
)


def due(engine: Engine) -> list[int]:
    """The work that waits or whose worker was killed."""
    with as_system(engine) as connection:
        return list(connection.exec_driver_sql(DUE).scalars())


def main(home: str, database: str, queue_server: str) -> None:
    """Works until it is killed, in small batches and short turns, so that a kill meets each step."""
    logging.basicConfig(level=logging.ERROR)
    resealing.BATCH, resealing.SLICE = 7, 0.5
    config = Config(home=Path(home), database=database, redis_url=queue_server).as_process("worker")
    registry.load()
    entry.take_post(entry.Post(config, "default", HURRY))
    engine = open_engine(config)
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    while True:
        for number in due(engine):
            entry.execute(number)
        time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
