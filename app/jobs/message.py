"""RQ's job and queue as we use them: a message about one piece of work, believed only as far as it is signed."""

import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Self, cast

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.job import Job

from app.jobs.serializer import ENTRY, Refused, SignedJSON
from config import Config

log = logging.getLogger(__name__)

NAME = re.compile(r"work-([0-9]{1,18})-[0-9a-f]{8}")

# Callbacks, webhooks, dependents, retries and repeats stand outside the signature, so they are not read.
_READ = frozenset(
    {"data", "origin", "description", "worker_name", "timeout", "result_ttl", "failure_ttl", "status"}
) | {"created_at", "enqueued_at", "started_at", "ended_at", "last_heartbeat", "exc_info"}
_KEEP = 3600  # seconds a message stays in RQ's own list of failures


class Message(Job):
    """A job that forgets what its hash says beside the signed call, and is no job when the signature is not ours."""

    @classmethod
    def fetch(cls, id: str, connection: redis.Redis | None = None, serializer: Any = None) -> Self:  # noqa: A002 - RQ's
        """The job of that name; NoSuchJobError also for names and values that are none of ours."""
        try:
            return cast("Self", super().fetch(id, connection, serializer))
        except (ValueError, redis.exceptions.ResponseError) as error:
            log.warning("message %.80r refused: %s", id, error)
            raise NoSuchJobError(f"not a message of ours: {id!r:.80}") from error

    def restore(self, raw_data: Mapping[Any, Any]) -> None:
        """Reads the hash; NoSuchJobError, which RQ passes over, for one we did not write."""
        kept = {key: value for key, value in raw_data.items() if _text(key) in _READ}
        try:
            super().restore(kept)
            self._check_name()
        except (ValueError, TypeError, DeserializationError) as error:
            log.warning("message %s refused: %s", self.id, error.__cause__ or error)
            raise NoSuchJobError(f"not a message of ours: {self.id}") from error

    def _check_name(self) -> None:
        """An old message under a new name would stand for other work than its name says."""
        if self.args != [work_of(self.id)]:
            raise Refused(f"a message about work {self.args}")


def connect(config: Config) -> redis.Redis:
    """A client of the queue's server that gives up on it quickly; every caller has a loop of its own."""
    return redis.Redis.from_url(config.redis(), socket_connect_timeout=3, retry=Retry(ConstantBackoff(0.1), 1))


def open_queue(name: str, connection: redis.Redis, config: Config) -> Queue:
    """The queue of that name, speaking signed messages only."""
    return Queue(name, connection=connection, serializer=SignedJSON(config.secret("queue_key")), job_class=Message)


def send(queue: Queue, work: Iterable[tuple[int, int]]) -> None:
    """Sends a message for each (id, limit in seconds), all or none."""
    with queue.connection.pipeline() as pipeline:
        for work_id, timeout in work:
            name = f"work-{work_id}-{secrets.token_hex(4)}"
            queue.enqueue_call(
                ENTRY, (work_id,), timeout=timeout, result_ttl=0, failure_ttl=_KEEP, job_id=name, pipeline=pipeline
            )
        pipeline.execute()


def waiting(queue: Queue) -> list[int]:
    """The work that messages in the queue are about; 0 for a foreign one."""
    return [work_of(name) for name in _names(queue.connection, queue.key)]


def discard_foreign(queue: Queue) -> None:
    """Drops names we did not give, which RQ would stumble over each time it looks."""
    for key in (queue.key, queue.intermediate_queue_key):
        for name in _names(queue.connection, key):
            if not work_of(name):
                log.warning("message %.80r discarded", name)
                queue.connection.lrem(key, 0, name)  # type: ignore[arg-type]


def work_of(name: str | bytes) -> int:
    """The work a message's name speaks of, or 0."""
    match = NAME.fullmatch(_text(name))
    return int(match[1]) if match else 0


def _names(connection: redis.Redis, key: str) -> list[bytes]:
    return cast("list[bytes]", connection.lrange(key, 0, -1))


def _text(key: Any) -> str:
    return key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
