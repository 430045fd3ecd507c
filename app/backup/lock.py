"""Keeping acts apart: a lock on a file that ends with whoever holds it, however that ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.backup.refusals import locked

PATIENCE = 10.0  # seconds one waits for another


@contextmanager
def alone(path: Path, *, shared: bool = False, patience: float | None = None) -> Iterator[None]:
    """The lock on `path`, which is made; `shared` with others who share it. Busy when it is not had in time."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + (PATIENCE if patience is None else patience)
        while not _had(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise locked()
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _had(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
