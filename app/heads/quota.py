"""How many requests an API token makes in a minute: counted here, and through Valkey with the other processes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

LOG = structlog.get_logger("forecourt.heads")
STEP = 10  # requests after which the others are told
PATIENCE = 0.05  # seconds Valkey may take
RETRY = 5.0  # seconds after which it is asked again
MINUTE = 60
KEPT = 10_000  # tokens a process remembers
_FAILURES = (redis.RedisError, OSError, ValueError)


@dataclass(slots=True)
class _Count:
    """One token's requests in one minute: those everybody knows of, and those not told yet."""

    minute: int
    known: int = 0
    untold: int = 0


class Quota:
    """Counts requests by token and minute of the clock; nothing is stored for one, and a database is not asked.

    While Valkey answers, the processes share one count and together let through at most STEP - 1 each above `most`;
    while it is away each counts for itself. Nobody is refused before he made `most` requests in the minute.
    """

    def __init__(self, url: Callable[[], str], most: int) -> None:
        self._url = url
        self._most = most
        self._counts: dict[int, _Count] = {}
        self._lock = Lock()
        self._client: redis.Redis | None = None
        self._away_until = 0.0

    def take(self, token: int, now: float) -> int:
        """Counts a request at `now` (epoch seconds): 0 when it may go on, otherwise the seconds until one may."""
        minute = int(now // MINUTE)
        with self._lock:
            count = self._of(token, minute)
            if count.known + count.untold >= self._most:
                return int((minute + 1) * MINUTE - now) + 1
            count.untold += 1
            if count.untold < STEP:
                return 0
            untold, count.untold = count.untold, 0
            count.known += untold
        told = self._tell(f"forecourt:quota:{token}:{minute}", untold)
        with self._lock:
            count.known = max(count.known, told)
        return 0

    def _of(self, token: int, minute: int) -> _Count:
        count = self._counts.get(token)
        if count is None or count.minute != minute:
            if len(self._counts) >= KEPT:
                self._counts.clear()
            count = self._counts[token] = _Count(minute)
        return count

    def _tell(self, key: str, requests: int) -> int:
        """Adds to what all processes know; their sum, or 0 while Valkey is away."""
        if time.monotonic() < self._away_until:
            return 0
        try:
            pipe = self._valkey().pipeline(transaction=False)
            pipe.incrby(key, requests)
            pipe.expire(key, 2 * MINUTE)
            return int(pipe.execute()[0])
        except _FAILURES as error:
            self._away_until = time.monotonic() + RETRY
            LOG.warning("quota_unshared", error=type(error).__name__)
            return 0

    def _valkey(self) -> redis.Redis:
        if self._client is None:
            self._client = redis.Redis.from_url(
                self._url(), socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
            )
        return self._client
