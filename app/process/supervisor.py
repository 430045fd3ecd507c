"""Keeps processes alive, restarts the dead with patience, and stops all of them in order."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from app.db.embedded import Unusable
from app.process.child import Forked, until_told

LONGEST_PAUSE = 30.0
STEADY = 60.0  # seconds alive after which earlier deaths no longer count
log = structlog.get_logger(__name__)


class Running(Protocol):
    """A child process, forked or started."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code, or None while it lives."""
        ...

    def send_signal(self, sign: signal.Signals) -> None:
        """Send it a signal."""
        ...


@dataclass(slots=True)
class Member:
    """A process that shall always run: how to start it, how to stop it, and how it has fared."""

    name: str
    start: Callable[[], Running]
    stage: int  # members of a lower stage are stopped first
    patience: float  # seconds it may take to stop before it is killed
    ask: signal.Signals = signal.SIGTERM
    force: signal.Signals = signal.SIGKILL
    running: Running | None = None
    pause: float = 1.0
    began: float = field(default=0.0)
    again: float = field(default=0.0)  # when to start it again

    def tend(self, now: float) -> bool:
        """Start it when it is due, notice when it has died; whether its process changed."""
        if self.running is None:
            if now < self.again:
                return False
            return self._begin(now)
        code = self.running.poll()
        if code is None:
            return False
        if now - self.began > STEADY:
            self.pause = 1.0
        log.error("a process ended, it starts again", name=self.name, code=code, seconds=self.pause)
        self._rest(now)
        return True

    def _begin(self, now: float) -> bool:
        try:
            self.running, self.began = self.start(), now
        except (OSError, Unusable) as error:
            log.error("a process cannot start", name=self.name, error=str(error), seconds=self.pause)  # noqa: TRY400
            self._rest(now)
        return self.running is not None

    def _rest(self, now: float) -> None:
        self.running, self.again = None, now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.running is not None and self.running.poll() is None


class Supervisor:
    """The members of one installation; `changed` hears the process numbers whenever they change."""

    def __init__(self, changed: Callable[[list[int]], None]) -> None:
        self.members: list[Member] = []
        self.changed = changed
        self.told = until_told()
        self.hurried = False
        self.polite = False  # told by a machine, behind which others may still send requests here
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._hear)

    def _hear(self, sign: int, _: object) -> None:
        self.hurried = self.told.is_set()
        self.polite = sign == signal.SIGTERM and not self.hurried
        self.told.set()

    def add(self, member: Member) -> None:
        """Take `member` in; one that runs already is kept as it is."""
        self.members.append(member)
        member.began = time.monotonic()
        self._report()

    def attend(self, child: Forked) -> int:
        """The exit code of a child that is no member; a request to stop is passed on to it."""
        passed = False
        while child.poll() is None:
            if self.told.is_set() and not passed:
                child.send_signal(signal.SIGTERM)
                passed = True
            time.sleep(0.02)
        return child.wait()

    def run(self) -> None:
        """Tend the members until somebody asks to stop."""
        while not self.tend(0.2):
            pass

    def tend(self, seconds: float) -> bool:
        """Restart what has died after waiting `seconds`; whether somebody asked to stop meanwhile."""
        if self.told.wait(seconds):
            return True
        now = time.monotonic()
        if sum(member.tend(now) for member in self.members):  # all of them, where any() would stop at the first
            self._report()
        return False

    def drain(self, seconds: float) -> None:
        """Waits while balancers take their requests elsewhere; a second signal, or a person's Ctrl-C, does not."""
        until = time.monotonic() + seconds
        while self.polite and time.monotonic() < until:
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop all, stage by stage; who does not obey in time is killed."""
        for stage in sorted({member.stage for member in self.members}):
            self._stop([member for member in self.members if member.stage == stage])

    def _stop(self, members: list[Member]) -> None:
        began = time.monotonic()
        for member in members:
            if member.running is not None:
                member.running.send_signal(member.ask)
        waiting = [member for member in members if member.alive]
        while waiting:
            late = [member for member in waiting if self._is_late(member, time.monotonic() - began)]
            for member in late:
                log.warning("a process did not stop in time, it is killed", name=member.name)
                _kill(member)
            time.sleep(0.05)
            waiting = [member for member in waiting if member.alive]

    def _is_late(self, member: Member, seconds: float) -> bool:
        return seconds > (min(member.patience, 1.0) if self.hurried else member.patience)

    def _report(self) -> None:
        self.changed([member.running.pid for member in self.members if member.running])


def _kill(member: Member) -> None:
    if member.running is not None:
        member.running.send_signal(member.force)
