"""Work as its operators see and tend it; the database asks for their right, and says when it moved on meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.core.errors import Forbidden, NotFound, Refusal
from app.core.label import Label
from app.outbox.work import State

JOB = "job"  # what the grants are called: `list` sees, `update` retries, hastens, runs and switches, `delete` discards
LARGEST = 2**63 - 1
REFUSED: Mapping[str, Label] = {
    "job_moved": Label(
        "这项任务的状态已经变化（可能别人刚处理过），这次没有改动。请看现在的状态。",
        "This moved on meanwhile, perhaps somebody else tended it, so nothing was done. See how it stands now.",
    ),
    "job_reason": Label("请写明放弃的原因。", "Say why it is given up."),
    "schedule_kept": Label(
        "这个定时任务负责看守其他任务，不能关闭。", "This schedule watches over others and cannot be switched off."
    ),
    "schedule_busy": Label(
        "它的上一次运行还没有结束，请等结束后再运行。", "Its last run has not ended; run it again when it has."
    ),
}


class Moved(Refusal):
    """What was asked for does not fit how the work or the schedule stands by now."""

    status = 409
    code = "job_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which work is asked for; None is any, the person "-" is the system."""

    states: Sequence[State]
    kind: str | None = None
    person: str | None = None  # a login or a whole name
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One piece of work as an operator sees it: `schedule` when the clock asked, `began_at` of its newest attempt."""

    id: int
    kind: str
    queue: str
    state: str
    requested_by: int | None
    who: str | None
    schedule: str | None
    created_at: datetime
    run_after: datetime
    began_at: datetime | None
    finished_at: datetime | None
    attempts: int
    progress: int | None
    total: int | None
    last_error: str | None
    args: Mapping[str, Any] | None = None  # ids, counts, switches and codes alone
    result: Mapping[str, Any] | None = None
    request_id: str | None = None
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: `outcome` is None while it goes on; `steps` are what its progress told, with their times."""

    number: int
    worker: str | None
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None
    reason: str | None
    steps: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did with work that was not his."""

    at: datetime
    who: str | None
    deed: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, of what is done those of the last day."""

    running: int
    waiting: int
    done: int
    dead: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class Timed:
    """A schedule with its newest moment, the work that became of it, and who switched it last."""

    code: str
    kind: str
    cron: str
    tz: str
    catch_up: str
    enabled: bool
    kept: bool
    slot_at: datetime | None
    work: int | None
    state: str | None
    finished_at: datetime | None
    last_error: str | None
    switched_at: datetime | None
    switched_by: str | None


_BRIEF = (
    "id, kind, queue, state, requested_by, who, schedule, created_at, run_after, began_at, finished_at,"
    " attempts, progress, total, last_error"
)


def jobs(connection: Connection, wanted: Wanted, *, before: int | None = None, most: int = 50) -> list[Seen]:
    """The newest work asked for, before a number."""
    sql = f"SELECT {_BRIEF} FROM work.jobs(%s, %s, %s, %s, %s, %s, %s)"
    states = [state.value for state in wanted.states]
    given = (states, wanted.kind, wanted.person, wanted.since, wanted.until, before, most)
    with refusals():
        return [Seen(*row) for row in connection.exec_driver_sql(sql, given)]


def counts(connection: Connection) -> Counts:
    """How many wait, run, are done, dead and cancelled."""
    with refusals():
        return Counts(
            *connection.exec_driver_sql("SELECT running, waiting, done, dead, cancelled FROM work.job_counts()").one()
        )


def job(connection: Connection, number: int) -> Seen:
    """One piece of work; NotFound for none within reach."""
    sql = f"SELECT {_BRIEF}, args, result, request_id, store FROM work.job(%s)"
    with refusals():
        row = connection.exec_driver_sql(sql, (known(number),)).first()
    if row is None:
        raise NotFound
    return Seen(*row)


def attempts(connection: Connection, number: int) -> list[Attempt]:
    """The newest attempts at it, newest first."""
    sql = "SELECT number, worker, began_at, ended_at, outcome, reason, steps FROM work.attempts_at(%s)"
    with refusals():
        return [Attempt(*row) for row in connection.exec_driver_sql(sql, (known(number),))]


def deeds(connection: Connection, number: int) -> list[Deed]:
    """What people did with it, newest first."""
    with refusals():
        rows = connection.exec_driver_sql("SELECT at, who, deed, reason FROM work.deeds_on(%s)", (known(number),))
        return [Deed(*row) for row in rows]


def schedules(connection: Connection) -> list[Timed]:
    """Every schedule, by its code."""
    sql = (
        "SELECT code, kind, cron, tz, catch_up, enabled, kept, slot_at, work_id, state, finished_at, last_error,"
        " switched_at, switched_by FROM work.schedules()"
    )
    with refusals():
        return [Timed(*row) for row in connection.exec_driver_sql(sql)]


def retry(connection: Connection, number: int) -> None:
    """Begins dead work anew with all its attempts; raises Moved."""
    _act(connection, "SELECT work.retry_job(%s)", known(number))


def hasten(connection: Connection, number: int) -> None:
    """Makes work due that waits for a later moment; raises Moved."""
    _act(connection, "SELECT work.hasten_job(%s)", known(number))


def discard(connection: Connection, number: int, why: str) -> None:
    """Gives up work that is dead or not begun, for a reason; raises Moved."""
    _act(connection, "SELECT work.discard_job(%s, %s)", known(number), why)


def switch(connection: Connection, code: str, *, on: bool) -> None:
    """Switches a schedule; raises Moved when it stands so already or is one that stays on."""
    _act(connection, "SELECT work.switch_schedule(%s, %s)", code, on)


def run_now(connection: Connection, code: str, queue: str) -> int:
    """The id of a schedule's work, asked for now; raises Moved while its last has not ended."""
    return int(_act(connection, "SELECT work.run_schedule(%s, %s)", code, queue))


def _act(connection: Connection, sql: str, *given: object) -> Any:
    with refusals():
        return connection.exec_driver_sql(sql, given).scalar()


@contextmanager
def refusals() -> Iterator[None]:
    """What the database refuses, in words."""
    try:
        yield
    except DBAPIError as error:
        match error.orig:
            case pg.InsufficientPrivilege():
                raise Forbidden from error
            case pg.NoDataFound():
                raise NotFound from error
            case pg.CheckViolation(diag=diag) if (code := diag.constraint_name or "") in REFUSED:
                raise Moved(REFUSED[code], code) from error
        raise


def known(number: int) -> int:
    """A number as work has them; NotFound beyond."""
    if not 0 < number <= LARGEST:
        raise NotFound
    return number
