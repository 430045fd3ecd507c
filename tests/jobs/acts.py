"""What the tests of jobs do again and again."""

import os
import signal
import subprocess
import time
from collections.abc import Callable

from sqlalchemy import Engine, text

from app.jobs.announced import as_system
from app.outbox import Work, enqueue, get
from tests.jobs.processes import Running, children


def kill(process: "Running | subprocess.Popen[bytes]") -> None:
    """Kills a process and its children at once, as a power cut would."""
    for pid in (process.pid, *children(process.pid)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def until(true: Callable[[], object], seconds: float = 90) -> None:
    """Waits until something holds; fails the test when it does not."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def count(engine: Engine, query: str) -> int:
    """The number an administrator's query answers."""
    with engine.begin() as connection:
        return int(connection.execute(text(query)).scalar_one())


def ask(engine: Engine, kind: str, args: dict | None = None, **options: object) -> int:
    """The id of work the system asks for."""
    with as_system(engine) as connection:
        return enqueue(connection, kind, args or {}, **options)


def look(engine: Engine, work_id: int) -> Work:
    """The work as the system sees it."""
    with as_system(engine) as connection:
        work = get(connection, work_id)
    assert work is not None
    return work
