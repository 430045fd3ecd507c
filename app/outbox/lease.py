"""Holding work while it runs: a lease by the database's clock, and the ways it ends.

Every function wants a connection announced as the system or as a job.
"""

import json
from typing import Any

from sqlalchemy import Connection, text

from app.outbox.work import COLUMNS, Work, of

LEASE = 30.0  # seconds a worker may be silent before its work is given to another
ATTEMPTS = 5
DELAYS = (10, 60, 300, 1800)  # seconds to wait after the first failure, the second, …

_CLAIM = text(f"""
    UPDATE work.outbox
       SET state = 'running', attempts = attempts + 1, lease_token = gen_random_uuid(), worker = :worker,
           lease_until = clock_timestamp() + make_interval(secs => :lease)
     WHERE id = :id AND queue = :queue AND attempts < :most AND run_after <= clock_timestamp()
       AND (state IN ('pending', 'enqueued') OR (state = 'running' AND lease_until < clock_timestamp()))
    RETURNING {COLUMNS}""")
_RENEW = text("""
    UPDATE work.outbox SET lease_until = clock_timestamp() + make_interval(secs => :lease)
     WHERE id = :id AND lease_token = :token""")
_PROGRESS = text("""
    UPDATE work.outbox
       SET progress = :done, total = coalesce(:total, total), note = coalesce(CAST(:note AS jsonb), note)
     WHERE id = :id AND state = 'running' AND (CAST(:token AS uuid) IS NULL OR lease_token = :token)""")
_END = """
    UPDATE work.outbox
       SET lease_until = NULL, lease_token = NULL, {changes}
     WHERE id = :id AND lease_token = :token"""
_DONE = text(
    _END.format(
        changes="""state = 'done', finished_at = clock_timestamp(), last_error = NULL,
           result = CAST(:result AS jsonb)"""
    )
)
_RETRY = text(
    _END.format(
        changes="""state = 'pending', last_error = :why,
           run_after = clock_timestamp() + make_interval(secs => :delay)"""
    )
)
_DEAD = text(_END.format(changes="state = 'dead', finished_at = clock_timestamp(), last_error = :why"))
_SWEEP = text("""
    UPDATE work.outbox o
       SET lease_until = NULL, lease_token = NULL,
           state = CASE WHEN attempts < :most THEN 'pending' ELSE 'dead' END,
           finished_at = CASE WHEN attempts < :most THEN NULL ELSE clock_timestamp() END,
           last_error = 'the worker vanished'
      FROM (SELECT id FROM work.outbox WHERE state = 'running' AND lease_until < clock_timestamp()
            FOR UPDATE SKIP LOCKED) AS over
     WHERE o.id = over.id""")


class LeaseLost(Exception):
    """The work is no longer this worker's: it was cancelled, or given to another after a silence."""


def claim(
    connection: Connection, work_id: int, queue: str, *, lease: float = LEASE, worker: str | None = None
) -> Work | None:
    """The work, now leased to the caller; None when it is finished, not due, another's or of another queue.

    `worker` is the name under which its attempt is kept.
    """
    values = {"id": work_id, "queue": queue, "lease": lease, "most": ATTEMPTS, "worker": worker}
    row = connection.execute(_CLAIM, values).first()
    return of(row) if row else None


def renew(connection: Connection, work: Work, *, lease: float = LEASE) -> bool:
    """Whether the lease was still the caller's and now lasts `lease` seconds from the database's now."""
    return connection.execute(_RENEW, {"id": work.id, "token": work.lease_token, "lease": lease}).rowcount == 1


def progress(
    connection: Connection,
    work_id: int,
    done: int,
    total: int | None = None,
    note: dict[str, Any] | None = None,
    *,
    token: object = None,
) -> bool:
    """Whether the work is still running (under `token`, when given) and its progress was written."""
    values = {"id": work_id, "done": done, "total": total, "note": _json(note), "token": token}
    return connection.execute(_PROGRESS, values).rowcount == 1


def finish(connection: Connection, work: Work, result: object = None) -> None:
    """Marks the work done in the caller's transaction: effect and `done` commit together; raises LeaseLost."""
    _end(connection, work, _DONE, result=_json(result))


def fail(connection: Connection, work: Work, why: str) -> bool:
    """Gives the work back to be tried again later; False, and buried, after ATTEMPTS attempts; raises LeaseLost."""
    if work.attempts >= ATTEMPTS:
        return bury(connection, work, why)
    _end(connection, work, _RETRY, why=why, delay=DELAYS[work.attempts - 1])
    return True


def bury(connection: Connection, work: Work, why: str) -> bool:
    """Gives the work up at once, for trying again would not help: it has no further attempt; raises LeaseLost."""
    _end(connection, work, _DEAD, why=why)
    return False


def sweep(connection: Connection) -> int:
    """How many leases were over: their work waits again, or is dead after ATTEMPTS attempts."""
    return connection.execute(_SWEEP, {"most": ATTEMPTS}).rowcount


def _end(connection: Connection, work: Work, statement: Any, **values: object) -> None:
    if connection.execute(statement, {"id": work.id, "token": work.lease_token, **values}).rowcount != 1:
        raise LeaseLost(f"work {work.id} is no longer held by this worker")


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)
