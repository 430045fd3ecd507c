"""The one function a message may name: it runs a piece of work and records how that went."""

import logging
import os
import socket
import time
from dataclasses import dataclass
from inspect import signature

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

import app.rules  # noqa: F401  # registers what records obey
from app import metrics
from app.core.clock import Clock, SystemClock
from app.core.errors import Refusal
from app.jobs import registry
from app.jobs.announced import RequesterLeft, as_system, open_engine
from app.jobs.context import JobContext
from app.jobs.keeper import Keeper
from app.jobs.pace import PACE, Pace
from app.jobs.telling import tell_failure
from app.log import clean
from app.outbox import ATTEMPTS, LeaseLost, Work, bury, claim, fail
from config import Config

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Post:
    """What a worker process is: its settings, its queue, its rhythm and its clock."""

    config: Config
    queue: str
    pace: Pace = PACE
    clock: Clock = SystemClock()  # noqa: RUF009 - frozen and without state


_post: Post | None = None  # a message carries one number, so the process itself must know the rest


def take_post(post: Post) -> None:
    """Says what this process works on; once, before its first message."""
    global _post  # noqa: PLW0603
    _post = post


def name(post: Post) -> str:
    """What this process is called in the log of attempts: its machine, its queue, its number there."""
    return f"{socket.gethostname()[:80]} {post.queue} {os.getpid()}"


def execute(work_id: int) -> None:
    """Runs the work if it is due, of this queue and not another's; records success or the reason of failure."""
    if _post is None:
        raise RuntimeError("this process is no worker")
    engine = open_engine(_post.config)
    try:
        with as_system(engine) as connection:
            work = claim(connection, work_id, _post.queue, lease=_post.pace.lease, worker=name(_post))
        if work is not None:
            _perform(work, engine, _post)
    finally:
        engine.dispose()


def _perform(work: Work, engine: Engine, post: Post) -> None:
    job, began = registry.find(work.kind), time.monotonic()
    result = _attempt(work, job, engine, post)
    metrics.JOBS.labels(job.kind if job else "unknown", result).observe(time.monotonic() - began)


def _attempt(work: Work, job: registry.Job | None, engine: Engine, post: Post) -> str:
    """How one attempt went: done, failed, dead, or lost to a cancellation or another worker."""
    refusal = _refusal(work, job)
    if job is None or refusal:
        return _record(engine, work, refusal or "", for_good=True)
    with Keeper(engine, work, post.pace) as keeper:
        context = JobContext(work, engine, post.config, post.clock, keeper)
        try:
            _run(job, context)
        except LeaseLost as lost:
            log.warning("%s", lost)
            return "lost"
        except RequesterLeft:
            return _record(engine, work, "requester left", for_good=True)
        except Exception as error:  # whatever a job raises is the work's failure, kept with its reason
            log.exception("work %d (%s) failed", work.id, work.kind)
            return _record(engine, work, reason(error))
    return "done"


def _run(job: registry.Job, context: JobContext) -> None:
    if context.work.requested_by is not None:
        with context.transaction():
            pass  # nothing runs for a requester who has left
    result = job.run(context, **context.work.args)
    if not context.finished:
        with context.transaction() as connection:
            context.finish(connection, result)


def _refusal(work: Work, job: registry.Job | None) -> str | None:
    """Why the work must not run here, or None. Rows are written by web processes, so a row proves nothing."""
    if job is None:
        return f"no job is registered for the kind {work.kind}"
    if job.queue != work.queue:
        return f"{work.kind} belongs to the queue {job.queue}, not {work.queue}"
    if job.system and work.requested_by is not None:
        return f"{work.kind} may be asked for by the system alone"
    try:
        signature(job.run).bind(None, **work.args)
    except TypeError as error:  # asked for by another version: it would fail the same way each time
        return f"{work.kind} of this version does not take what was asked: {error}"
    return None


def _record(engine: Engine, work: Work, why: str, *, for_good: bool = False) -> str:
    for_good = for_good or work.attempts >= ATTEMPTS
    try:
        with as_system(engine) as connection:
            if not (bury if for_good else fail)(connection, work, why):
                tell_failure(connection, work)
    except LeaseLost as lost:
        log.warning("%s; not recorded: %s", lost, why)
        return "lost"
    return "dead" if for_good else "failed"


def reason(error: Exception) -> str:
    """What an operator reads about a failure, without numbers of people; of database errors the message alone.

    Their details quote values, and so may what other errors say.
    """
    if isinstance(error, Refusal):
        return f"{error.code}: {error.label.en}"
    if isinstance(error, DBAPIError):
        diagnosis = getattr(error.orig, "diag", None)
        primary = getattr(diagnosis, "message_primary", None) or "the connection was lost"
        return f"{type(error.orig).__name__}: {primary}"[:500]
    return clean(f"{type(error).__name__}: {error}"[:5_000])[:500]
