"""Locks in a store that knows none: an object that says who is at work, renewed while he is."""

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta
from itertools import count

import obstore
from obstore.store import S3Store

from app.backup import lock
from app.backup.refusals import LET_GO, Unusable, locked
from app.core.errors import Refusal

FOLDER = "marks"
LEASE = timedelta(seconds=90)  # a mark that was not renewed for so long is a dead writer's


class Marks:
    """The marks of one target: each puts its own first and looks for others' then, so that two never both pass.

    A store shows an object to whoever lists after it was put. Ages are told by the store's own clock.
    """

    def __init__(self, objects: S3Store, told: Callable[[], AbstractContextManager[None]]) -> None:
        self._objects, self._told = objects, told
        self._lost = threading.Event()

    @contextmanager
    def held(self, kind: str, against: Sequence[str]) -> Iterator[None]:
        """A mark of a kind while nobody holds one of those it is `against`; Busy when it is not had in time."""
        name = f"{FOLDER}/{kind}-{secrets.token_hex(8)}"
        try:
            self._take(name, against)
            with self._renewed(name):
                yield
        finally:
            with suppress(Refusal, FileNotFoundError), self._told():
                obstore.delete(self._objects, name)

    def demand(self) -> None:
        """Refuses to go on once a mark could not be renewed for its time: another may be at work by now."""
        if self._lost.is_set():
            raise Unusable(LET_GO, "mark_lost")

    def _take(self, name: str, against: Sequence[str]) -> None:
        deadline = time.monotonic() + lock.PATIENCE
        for tried in count(1):
            began = time.monotonic()
            self._put(name)
            if not self._others(name, against):
                return
            with self._told():
                obstore.delete(self._objects, name)
            if time.monotonic() > deadline:
                raise locked()
            took = time.monotonic() - began
            time.sleep(random.uniform(0.05, 0.2 + took * 2 ** min(tried, 4)))  # noqa: S311  # apart from each other

    def _put(self, name: str) -> None:
        with self._told():
            obstore.put(self._objects, name, b"forecourt\n")

    def _others(self, mine: str, against: Sequence[str]) -> list[str]:
        """Live marks of others that stand against this one."""
        with self._told():
            pages = obstore.list(self._objects, FOLDER)
            found: dict[str, datetime] = {str(one["path"]): one["last_modified"] for page in pages for one in page}
        now = found.get(mine)
        if now is None:
            return [mine]  # the store has not shown it yet, and so perhaps not others either
        kinds = tuple(f"{FOLDER}/{kind}-" for kind in against)
        return [name for name, at in found.items() if name != mine and name.startswith(kinds) and now - at < LEASE]

    @contextmanager
    def _renewed(self, name: str) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._renew, args=(name, ended), name="mark", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _renew(self, name: str, ended: threading.Event) -> None:
        last = time.monotonic()
        while not ended.wait(LEASE.total_seconds() / 4):
            with suppress(Refusal, FileNotFoundError):
                self._put(name)
                last = time.monotonic()
            if time.monotonic() - last > LEASE.total_seconds() * 3 / 4:
                self._lost.set()
