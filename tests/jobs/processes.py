"""The processes tests may kill, forked from the test's own: nothing is imported again."""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.jobs import relay, ticker, worker
from app.jobs.pace import Pace
from app.process.child import Forked, fork, until_told
from config import Config

HURRY = Pace(lease=4.0, renew=1.0, stale=3.0, poll=0.1, tick=0.1, dequeue=1)
PARTS = {"relay": relay.run, "ticker": ticker.run}


@dataclass(slots=True)
class Running(Forked):
    """A forked part of the product."""

    def terminate(self) -> None:
        """Asks it to stop."""
        self.send_signal(signal.SIGTERM)

    def ends(self, seconds: float) -> int | None:
        """Its exit code when it ends in time."""
        deadline = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.poll()

    def children(self) -> list[int]:
        """The processes it forked."""
        return children(self.pid)


def children(pid: int) -> list[int]:
    """The processes one forked."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def begin(part: str, queue: str, config: Config, pace: Pace = HURRY) -> Running:
    """Starts a part; `struck` is a worker that is killed between a message's leaving the queue and its start."""
    run: dict[str, Callable[..., None]] = {
        **PARTS,
        "worker": partial(worker.run, queue=queue),
        "struck": partial(_struck, queue=queue),
    }
    return Running(fork(partial(_be, run[part], config, pace)).pid)


def _be(run: Callable[..., None], config: Config, pace: Pace) -> None:
    logging.disable(logging.INFO)
    run(config, stop=until_told(), pace=pace)


def _struck(config: Config, queue: str, stop: object, pace: Pace) -> None:
    def strike(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    worker.OneQueueWorker.execute_job = strike  # type: ignore[method-assign]  # this process's class alone
    worker.run(config, queue, stop, pace=pace)
