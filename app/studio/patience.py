"""Waiting for locks without making others wait."""

import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.core.errors import Busy
from app.core.label import Label

T = TypeVar("T")
PATIENCE = "80ms"  # how long a schema change may keep those behind it waiting for a lock
TRIES = 40
LONGEST = 0.5  # seconds between two tries
TAKEN = (pg.LockNotAvailable, pg.DeadlockDetected)
IN_USE = Label("表正被长时间占用，请稍后再发布。", "The table is in use for long; publish again later.")


def impatient(connection: Connection) -> None:
    """Makes the statements of this transaction give up a lock soon: whoever waits behind us is a person at a page."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")


def patiently(act: Callable[[], T], *, tries: int = TRIES, sleep: Callable[[float], None] = time.sleep) -> T:
    """What `act`, a whole transaction, answers; done again while others hold what it needs; Busy at last."""
    for pause in pauses(tries):
        try:
            return act()
        except DBAPIError as error:
            if not isinstance(error.orig, TAKEN):
                raise
        sleep(pause)
    raise Busy(IN_USE)


def pauses(tries: int) -> Iterator[float]:
    """Growing pauses, each a little by chance so that two who wait do not meet again and again."""
    for turn in range(tries):
        yield min(LONGEST, 0.02 * 1.4**turn) * random.uniform(0.7, 1.3)  # noqa: S311  # no secret
