"""A forked child: its own session, its own secrets, a stop it can wait for, and an end with its parent."""

import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from app.db.embedded.spawn import die_with_parent

FAILED = 70  # sysexits: an internal error
QUIT = (signal.SIGTERM, signal.SIGINT)


@dataclass(slots=True)
class Forked:
    """A forked child as its parent sees it."""

    pid: int
    code: int | None = field(default=None)

    def poll(self) -> int | None:
        """Its exit code (negative: the signal that ended it), or None while it lives."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def send_signal(self, sign: signal.Signals) -> None:
        """Send it a signal; an ended child is left alone."""
        if self.poll() is None:
            os.kill(self.pid, sign)

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        if self.code is None:
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
        return self.code


def fork(run: Callable[[], int | None], *, close: tuple[int, ...] = (), apart: bool = True) -> Forked:
    """Run `run` in a forked child without the parent's descriptors `close`; its answer is the exit code.

    It stands `apart` in a session of its own, where Ctrl-C does not reach it, unless it reads there.
    """
    dying = die_with_parent(signal.SIGTERM)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return Forked(pid)
    code = FAILED
    try:
        if apart:
            os.setsid()
        for sign in (*QUIT, signal.SIGCHLD, signal.SIGHUP):
            signal.signal(sign, signal.SIG_DFL)
        dying()
        for descriptor in close:
            os.close(descriptor)
        code = run() or 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else FAILED if exit_.code else 0
    except BaseException:  # noqa: BLE001  # told in full, then the child ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Told(threading.Event):
    """An event that a signal handler may set.

    The library's own deadlocks when a handler sets it in the very thread that is about to wait on it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._inlet, self._outlet = os.pipe()
        os.set_blocking(self._outlet, False)
        self._told = False

    def is_set(self) -> bool:
        """Whether it was set."""
        return self._told

    def set(self) -> None:
        """Let everyone who waits go on; there is no way back."""
        if not self._told:
            self._told = True
            os.write(self._outlet, b".")

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it was set within `timeout` seconds."""
        return self._told or bool(select.select([self._inlet], [], [], timeout)[0])


def until_told() -> Told:
    """An event that SIGTERM and SIGINT set from now on."""
    stop = Told()
    for sign in QUIT:
        signal.signal(sign, lambda *_: stop.set())
    return stop
