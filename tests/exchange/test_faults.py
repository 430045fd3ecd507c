"""An import that dies anywhere goes on, and writes nothing twice."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.exchange import joining, loading, staging, undoing
from app.jobs import entry
from tests.exchange.conftest import CSV, lines

ROOT = Path(__file__).parents[2]
SMALL = 80  # rows in one transaction, so that a file has several


SLICE = b"\n".join(CSV.read_bytes().splitlines()[:603]) + b"\n"  # 600 rows: 581 good ones about 567 people


class Died(RuntimeError):
    """What stands for a power cut inside this process."""


@pytest.fixture
def small(monkeypatch):
    """Chunks of SMALL rows."""
    from app.jobs import importing

    tools = importing.tools_of
    monkeypatch.setattr(importing, "tools_of", lambda config: replace(tools(config), rows=SMALL))


def dies(monkeypatch, module, name, at):
    """Makes the `at`-th call of a function fail after it has done its work."""
    calls = {"n": 0}
    real = getattr(module, name)

    def wrapped(*args, **kwargs):
        result = real(*args, **kwargs)
        calls["n"] += 1
        if calls["n"] == at:
            raise Died
        return result

    monkeypatch.setattr(module, name, wrapped)


def again(manager):
    """Lets failed work be due at once, and does it."""
    manager.premises.run("UPDATE work.outbox SET run_after = now() WHERE state = 'pending'")
    manager.run_due()


@pytest.mark.parametrize(
    ("module", "name", "at"),
    [(staging, "_copy", 1), (staging, "_copy", 4), (staging.Tally, "counts", 1)],
    ids=["first chunk", "fourth chunk", "before the counts"],
)
@pytest.mark.usefixtures("small")
def test_a_dry_run_that_dies_starts_over(manager, monkeypatch, module, name, at):
    number = manager.begun(SLICE)
    with monkeypatch.context() as patch:
        dies(patch, module, name, at)
        manager.desk.post(f"/import/{number}/mapping")
        manager.run_due()
    assert manager.state(number) == "checking"
    again(manager)
    assert manager.state(number) == "checked"
    assert (manager.counts(number)["ready"], manager.counts(number)["failing"]) == (581, 19)
    assert manager.premises.one("SELECT count(*) FROM import_row") == 600


POINTS = [
    (loading, "_lines", 1), (loading, "_make", 1), (loading, "_make", 2), (loading, "_make", 5), (loading, "join", 3),
    (loading, "_keep", 4), (loading, "_write", 1), (loading, "_write", 6), (loading, "_advance", 2),
    (loading, "_advance", 7), (loading, "_advance", 8), (loading, "note", 1), (loading, "_finish", 1),
    (joining, "_patches", 1),
]  # fmt: skip


@pytest.mark.parametrize("point", POINTS, ids=[f"{name}-{at}" for _, name, at in POINTS])
@pytest.mark.usefixtures("small")
def test_an_import_that_dies_goes_on_and_doubles_nothing(manager, numbers, monkeypatch, point):
    module, name, at = point
    number = manager.begun(SLICE)
    manager.check(number)
    with monkeypatch.context() as patch:
        dies(patch, module, name, at)
        manager.desk.post(f"/import/{number}/run")
        manager.run_due()
    assert manager.state(number) == "importing"
    assert numbers()[0] == numbers()[1]  # a row's customer and car came together
    again(manager)
    assert manager.state(number) == "done"
    assert numbers() == (567, 567)
    one = manager.premises.one
    assert one("SELECT count(*) FROM trail.entry WHERE action = 'insert' AND entity IN ('customer', 'vehicle')") == 1134
    assert one("SELECT count(*) FROM trail.entry WHERE action = 'import'") == 1
    assert one("SELECT count(*) FROM import_link WHERE action = 'created'") == 1134


@pytest.mark.parametrize(
    ("name", "at"), [("_restore", 1), ("_remove", 1), ("_remove", 2), ("_remove", 5), ("_finish", 1)]
)
def test_a_rolling_back_that_dies_goes_on(manager, numbers, monkeypatch, name, at):
    number = manager.through(SLICE)
    with monkeypatch.context() as patch:
        dies(patch, undoing, name, at)
        manager.desk.post(f"/import/{number}/rollback")
        manager.run_due()
    assert manager.state(number) == "undoing"
    again(manager)
    assert manager.state(number) == "undone"
    assert numbers() == (0, 0)
    assert manager.premises.one("SELECT count(*) FROM trail.entry WHERE action = 'import_undone'") == 1


def test_work_that_was_given_up_can_be_taken_up_again_by_the_importer(manager, numbers):
    number = manager.begun(lines("张三,,,,"))
    manager.check(number)
    manager.desk.post(f"/import/{number}/run")
    manager.premises.run("UPDATE work.outbox SET state = 'dead', finished_at = now() WHERE state = 'pending'")
    page = manager.desk.get(f"/import/{number}").text
    assert "从中断处继续" in page
    manager.run(number)
    assert manager.state(number) == "done"
    assert numbers() == (1, 0)


CHILD = """
import sys
from dataclasses import replace
from pathlib import Path
from config import Config
from app.jobs import entry, registry, importing
from tests.jobs.processes import HURRY
tools = importing.tools_of
importing.tools_of = lambda config: replace(tools(config), rows=10)
registry.load()
entry.take_post(entry.Post(Config(home=Path(sys.argv[1]), database=sys.argv[2]).as_process("worker"), "default", HURRY))
entry.execute(int(sys.argv[3]))
"""


@pytest.mark.faults
def test_a_killed_worker_process_loses_and_doubles_nothing(manager, numbers):
    """A real SIGKILL in the middle of the writing; another worker takes the work when the lease has ended."""
    number = manager.begun(SLICE)
    manager.check(number)
    manager.desk.post(f"/import/{number}/run")
    premises = manager.premises
    work = premises.one("SELECT max(id) FROM work.outbox")
    argv = [sys.executable, "-c", CHILD, str(premises.config.home), premises.config.database, str(work)]
    child = subprocess.Popen(argv, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    until = time.monotonic() + 60
    while not 20 < numbers()[0] < 500:
        assert time.monotonic() < until
        assert child.poll() is None
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert 0 < numbers()[0] < 567
    premises.run("UPDATE work.outbox SET lease_until = now() - interval '1 second' WHERE id = %s", work)
    entry.execute(work)
    assert manager.state(number) == "done"
    assert numbers() == (567, 567)
    assert (
        premises.one("SELECT count(*) FROM trail.entry WHERE action = 'insert' AND entity IN ('customer', 'vehicle')")
        == 1134
    )
