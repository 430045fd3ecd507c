"""Going on though a server is away."""

import logging
import threading
import time
from collections.abc import Callable

import psycopg
import redis
from sqlalchemy.exc import InterfaceError, OperationalError

log = logging.getLogger(__name__)

NO_REDIS = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
NO_DATABASE = (OperationalError, InterfaceError, psycopg.OperationalError)
FIRST_WAIT = 1.0
LONGEST_WAIT = 5.0  # seconds between attempts, so that work resumes soon after a server is back


def persist(attempt: Callable[[], object], stop: threading.Event) -> None:
    """Calls `attempt` again and again until `stop` is set, waiting a little longer each time a server is away."""
    wait = FIRST_WAIT
    while not stop.is_set():
        began = time.monotonic()
        try:
            attempt()
        except NO_REDIS as error:
            log.warning("redis is away: %s", error)
        except NO_DATABASE as error:
            log.warning("the database is away: %s", getattr(error, "orig", error))
        wait = FIRST_WAIT if time.monotonic() - began > LONGEST_WAIT else min(wait * 2, LONGEST_WAIT)
        stop.wait(wait)
