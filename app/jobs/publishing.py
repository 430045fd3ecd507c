"""Schema changes as work: publishing a draft, dropping what was removed, making records findable anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from app.access.key_file import sealer_of
from app.catalog import Catalog
from app.core.errors import Busy, Refusal
from app.core.label import Label
from app.db.engine import Database
from app.jobs.announced import as_requester
from app.jobs.context import JobContext
from app.jobs.registry import Tells, Told, job
from app.models import ENTITIES
from app.outbox import Work
from app.records.reindex import reindex
from app.studio.check import Problem, Unpublishable
from app.studio.draft import PUBLISH, apply
from app.studio.later import REINDEX, SWEEP, Due, drop, due
from app.studio.patience import impatient, patiently
from app.studio.publish import now

T = TypeVar("T")
PUBLISHED = Label("表与字段的修改已发布", "Your changes of tables and fields are published")
VERSION = Label(
    "现在是第 {version} 版，所有页面已按新的结构工作。", "This is version {version}; every page works by it now."
)
REFUSED = Label("表与字段的修改没有发布", "Your changes of tables and fields were not published")


def outcome(_: Connection, __: Work, result: dict[str, Any]) -> Told:
    """What whoever published reads in his inbox."""
    if "version" in result:
        return Told(PUBLISHED, VERSION.format(version=result["version"]))
    first = result["problems"][0]
    return Told(REFUSED, Label(first["zh"], first["en"]), "danger")


@job(
    PUBLISH,
    queue="schema",
    timeout=300,
    label=Label("发布表与字段的修改", "Publish tables and fields"),
    tells=Tells(outcome),
)
def publish_draft(context: JobContext, draft: int) -> dict[str, Any]:
    """The version a draft became; or why it was refused, which ends the work too, since trying again would not help."""

    def act(connection: Connection) -> dict[str, Any]:
        result = {"version": apply(connection, draft)}
        context.finish(connection, result)
        return result

    try:
        with owner(context) as engine:
            return turn(context, engine, act)
    except Busy:
        raise
    except Refusal as refusal:
        result = told(refusal)
    with context.transaction() as connection:
        context.finish(connection, result)
    return result


@job(
    SWEEP,
    queue="schema",
    timeout=600,
    system=True,
    label=Label("清除到期的表与字段", "Drop tables and fields that are due"),
)
def sweep(context: JobContext) -> dict[str, int]:
    """How many columns, tables and defaults were dropped whose time had come."""
    with owner(context) as engine:
        waiting = turn(context, engine, due)
        return {"dropped": sum(turn(context, engine, partial(drop_one, one)) for one in waiting)}


@job(REINDEX, timeout=3600, system=True, label=Label("重建查找索引", "Make records findable anew"))
def make_findable(context: JobContext, entity: str) -> dict[str, int]:
    """How many records of an entity are now found by what its description says."""
    sealer = sealer_of(context.config)
    with context.transaction() as connection:
        found = Catalog(ENTITIES.values()).now(connection).get(entity)
        result = {"records": reindex(connection, sealer, found) if found else 0}
        context.finish(connection, result)
    return result


def drop_one(one: Due, connection: Connection) -> bool:
    """Drops one due thing while nobody publishes."""
    now(connection)
    return drop(connection, one)


@contextmanager
def owner(context: JobContext) -> Iterator[Engine]:
    """An engine of the role that owns the tables; only a worker of the schema queue may read its password."""
    database = Database(context.config.url("owner"), pool_size=1)
    try:
        yield database.engine
    finally:
        database.dispose()


def turn(context: JobContext, engine: Engine, act: Callable[[Connection], T]) -> T:
    """What `act` answers in one transaction, announced as whoever asked, that does not make others wait for locks."""

    def once() -> T:
        with as_requester(engine, context.work) as connection:
            impatient(connection)
            return act(connection)

    return patiently(once)


def told(refusal: Refusal) -> dict[str, Any]:
    """A refusal as the work's result, for whoever asked to read."""
    problems = refusal.problems if isinstance(refusal, Unpublishable) else [Problem("", refusal.label)]
    found = [{"field": one.where, "zh": one.label.zh, "en": one.label.en} for one in problems]
    return {"refused": refusal.code, "problems": found}
