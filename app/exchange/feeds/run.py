"""One file on its way: kept, told from those that came before, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Connection

from app.core.clock import business_date
from app.core.errors import NotFound, Refusal
from app.core.label import Label
from app.exchange.feeds import day as days
from app.exchange.feeds.day import WrongFile
from app.exchange.feeds.profile import Profile, demand
from app.exchange.upload import Stored
from app.records.context import Context

COLUMNS = (
    "id, uuid, profile_id, way, file_name, file_hash, file_size, day, sequence, header, state, reached, repeats,"
    " counts, problem, work_id, created_by, created_at, finished_at"
)
NAME = 200  # characters of a file's name
SWITCHED_OFF = Label("这个导入方案已停用。", "This profile is switched off.")


class State(StrEnum):
    """Where a run stands."""

    READING = "reading"
    WRITING = "writing"
    DONE = "done"
    REFUSED = "refused"  # the file as a whole
    UNDOING = "undoing"
    UNDONE = "undone"


RUNNING = frozenset({State.READING, State.WRITING, State.UNDOING})


@dataclass(frozen=True, slots=True)
class Run:
    """One run; `sequence` is the version of its day's file, `reached` the last group of lines written."""

    id: int
    uuid: UUID
    profile: int
    way: str
    file: str
    hash: bytes
    size: int
    day: date
    sequence: int
    header: tuple[str, ...]
    state: State
    reached: int
    repeats: int
    counts: Mapping[str, Any]
    problem: Label | None
    work: int | None
    by: int | None
    at: datetime
    finished: datetime | None

    @property
    def left(self) -> int:
        """How many records of it were refused or wait."""
        return int(self.counts.get("refused", 0)) + int(self.counts.get("waiting", 0))


def get(connection: Connection, number: int, *, lock: bool = False) -> Run:
    """The run of that number as far as the announced actor reaches; NotFound otherwise."""
    if not 0 < number < 2**63:
        raise NotFound
    sql = f"SELECT {COLUMNS} FROM feed_run WHERE id = %s{' FOR UPDATE' if lock else ''}"
    row = connection.exec_driver_sql(sql, (number,)).one_or_none()
    if row is None:
        raise NotFound
    return of(row)


def of(row: Any) -> Run:
    """The Run of a row that holds COLUMNS."""
    head = (row.id, row.uuid, row.profile_id, row.way, row.file_name, bytes(row.file_hash), row.file_size)
    problem = Label(*row.problem) if row.problem else None
    return Run(
        *head, row.day, row.sequence, tuple(row.header), State(row.state), row.reached, row.repeats, row.counts,
        problem, row.work_id, row.created_by, row.created_at, row.finished_at,
    )  # fmt: skip


def change(connection: Connection, run: int, **values: object) -> None:
    """Changes columns of a run."""
    given = {name: _column(value) for name, value in values.items()}
    sets = ", ".join(f"{name} = %s" for name in given)
    sql = f"UPDATE feed_run SET {sets}, updated_at = now(), version = version + 1 WHERE id = %s"
    connection.exec_driver_sql(sql, (*given.values(), run))


def _column(value: object) -> object:
    match value:
        case Label():
            return orjson.dumps([value.zh, value.en]).decode()
        case dict() | list() | tuple():
            return orjson.dumps(value).decode()
    return value


@dataclass(frozen=True, slots=True)
class Arrival:
    """A kept file that came: under which name, by which way."""

    uuid: UUID
    stored: Stored
    name: str
    way: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The run of a file that came; `repeated` when it had been taken whole before, so that nothing is to be done."""

    run: int
    uuid: UUID
    repeated: bool = False


def begin(context: Context, profile: Profile, came: Arrival) -> Begun:
    """Tells the file from those before it; answers its run. Raises WrongFile, which `refuse` then notes."""
    demand(context, profile)
    if not profile.active:
        raise WrongFile(SWITCHED_OFF, "switched_off")
    name = file_name(came.name)
    named = days.read_name(profile.spec.name, name)
    if named is None:
        raise WrongFile(days.OTHER_NAME.format(name=name, pattern=profile.spec.name), "other_name")
    days.demand(named, None, business_date(context.clock.now()))
    if known := same(context.connection, profile, came.stored.hash):
        return _again(context.connection, known, named, came.uuid)
    return Begun(_add(context, profile, came, named.day, named.sequence, State.READING), came.uuid)


def same(connection: Connection, profile: Profile, content: bytes) -> Run | None:
    """The run that took a file of this very content, or None."""
    sql = f"SELECT {COLUMNS} FROM feed_run WHERE profile_id = %s AND file_hash = %s AND state <> 'refused' FOR UPDATE"
    row = connection.exec_driver_sql(sql, (profile.id, content)).one_or_none()
    return of(row) if row else None


def _again(connection: Connection, known: Run, named: days.Named, uuid: UUID) -> Begun:
    """The same file once more: nothing to do, unless some of it is left or was rolled back."""
    if known.day != named.day:
        raise WrongFile(days.SAME_AS.format(day=known.day, name=known.file), "same_as_other_day")
    whole = known.state is State.DONE and not known.left
    if whole or known.state in RUNNING:
        change(connection, known.id, repeats=known.repeats + 1)
        return Begun(known.id, known.uuid, repeated=whole)
    again = {"state": State.READING.value, "repeats": known.repeats + 1, "reached": 0, "problem": None}
    change(connection, known.id, uuid=uuid, **again)
    return Begun(known.id, uuid)


def refuse(context: Context, profile: Profile, came: Arrival, why: Refusal) -> int:
    """Notes that a file as a whole was not taken; answers the number of that run."""
    named = days.read_name(profile.spec.name, file_name(came.name))
    today = business_date(context.clock.now())
    day, sequence = (named.day, named.sequence) if named else (today, 0)
    return _add(context, profile, came, day, sequence, State.REFUSED, problem=why.label)


def _add(  # noqa: PLR0917  # what a run is made of
    context: Context, profile: Profile, came: Arrival, day: date, sequence: int, state: State, **more: object
) -> int:
    values = {
        "uuid": uuid4() if state is State.REFUSED else came.uuid,
        "profile_id": profile.id,
        "way": came.way,
        "file_name": file_name(came.name),
        "file_hash": came.stored.hash,
        "file_size": came.stored.size,
        "day": day,
        "sequence": sequence,
        "state": state.value,
        "created_by": context.actor.id,
    } | {name: _column(value) for name, value in more.items()}
    marks = ", ".join(["%s"] * len(values))
    sql = f"INSERT INTO feed_run ({', '.join(values)}) VALUES ({marks}) RETURNING id"
    return int(context.connection.exec_driver_sql(sql, tuple(values.values())).scalar_one())


def file_name(name: str) -> str:
    """A file's name without folders."""
    return Path(name.replace("\\", "/")).name[-NAME:] or "file"
