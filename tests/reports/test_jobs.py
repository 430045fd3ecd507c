"""The road of a monthly report: measured, kept, printed for its reader, told, published."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from app.core.clock import FixedClock
from app.jobs import entry, registry
from app.outbox import enqueue
from tests.appkit import Premises
from tests.jobs.processes import HURRY

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.pdf


@pytest.fixture
def post(premises: Premises, reporter: Engine) -> Callable[..., tuple[str, str | None, object]]:
    """Runs work on the queue of reports; its state, error and result."""
    registry.load()
    entry.take_post(entry.Post(premises.config.as_process("worker"), "report", HURRY, FixedClock(NOW)))

    def run(kind: str, user: int | None = None, **args: object) -> tuple[str, str | None, object]:
        with reporter.begin() as connection:
            if user is None:
                connection.exec_driver_sql("SELECT gate.announce_system('r-job')")
            else:
                connection.exec_driver_sql("SELECT gate.announce_job(%s, 'r-job', NULL)", (user,))
            number = enqueue(connection, kind, args, queue="report")
        entry.execute(number)
        return premises.run("SELECT state, last_error, result FROM work.outbox WHERE id = %s", number)[0]

    return run


def test_a_month_is_measured_printed_and_told(premises: Premises, post: Callable[..., tuple]) -> None:
    state, error, result = post("report.snapshot")
    assert (state, error) == ("done", None)
    assert result["stores"] == premises.one("SELECT count(*) FROM store")
    state, error, result = post(
        "report.monthly", premises.users["boss"], store=premises.stores["PD"], month="2026-10-01"
    )
    assert (state, error) == ("done", None)
    path = premises.house.shelf.path(result["sha256"])
    assert path.read_bytes().startswith(b"%PDF-")
    import shutil

    shutil.copy(path, "/tmp/h4exp/report.pdf")
