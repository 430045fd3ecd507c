"""Scheduled jobs, run as the worker does at a fixed moment."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, pool

from app.core.clock import FixedClock
from app.jobs import entry, registry
from app.outbox import enqueue
from tests.appkit import Premises
from tests.jobs.processes import HURRY

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def worker(premises: Premises) -> Engine:
    """The worker's engine; this process takes the post of a worker."""
    entry.take_post(entry.Post(premises.config.as_process("worker"), "default", HURRY, FixedClock(NOW)))
    return create_engine(premises.config.url("worker"), poolclass=pool.NullPool)


@pytest.fixture
def run(worker: Engine) -> Callable[[str], None]:
    """Runs a scheduled job as the worker does."""
    registry.load()

    def job(kind: str, **args: object) -> None:
        with worker.begin() as connection:
            connection.exec_driver_sql("SELECT gate.announce_system('r-job')")
            number = enqueue(connection, kind, args)
        entry.execute(number)
        with worker.begin() as connection:
            connection.exec_driver_sql("SELECT gate.announce_system('r-job')")
            row = connection.exec_driver_sql("SELECT state, last_error FROM work.outbox WHERE id = %s", (number,)).one()
        assert row[0] == "done", row[1]

    return job
