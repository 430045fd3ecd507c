"""Turns schedules into work; any number may run, since each moment is a row that only one of them can write."""

import logging
import threading
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Row, text

from app.jobs import registry
from app.jobs.absence import persist
from app.jobs.announced import as_system, open_engine
from app.jobs.moments import due
from app.jobs.pace import PACE, Pace
from app.jobs.schedules import CatchUp, sync
from app.outbox import enqueue
from config import Config

log = logging.getLogger(__name__)

# Each in the order of its code, so that tickers at the same moment wait for each other and never in a circle.
_SCHEDULES = text("""
    SELECT code, kind, args, cron, tz, catch_up,
           greatest(since, (SELECT max(slot_at) FROM work.slot WHERE schedule_code = code AND NOT extra)) AS after
      FROM work.schedule WHERE enabled ORDER BY code""")
_SLOT = text("""
    INSERT INTO work.slot (schedule_code, slot_at) VALUES (:code, :at) ON CONFLICT DO NOTHING RETURNING true""")
_FILL = text("UPDATE work.slot SET outbox_id = :work WHERE schedule_code = :code AND slot_at = :at")


def run(config: Config, stop: threading.Event, *, pace: Pace = PACE) -> None:
    """Declares the schedules, then ticks by the database's clock, on which all machines agree, until `stop` is set."""
    registry.load()
    engine = open_engine(config)
    persist(lambda: _tick_on(engine, stop, pace), stop)
    engine.dispose()


def _tick_on(engine: Engine, stop: threading.Event, pace: Pace) -> None:
    with as_system(engine) as connection:
        sync(connection)
    while not stop.is_set():
        with as_system(engine) as connection:
            tick(connection, connection.execute(text("SELECT clock_timestamp()")).scalar_one())
        stop.wait(pace.tick)


def tick(connection: Connection, now: datetime) -> int:
    """How many moments became work: those until `now` that no ticker had written, as each schedule's catch-up says."""
    return sum(_fill(connection, schedule, now) for schedule in connection.execute(_SCHEDULES).all())


def _fill(connection: Connection, schedule: Row[Any], now: datetime) -> int:
    try:
        moments = due(schedule.cron, ZoneInfo(schedule.tz), schedule.after, now, CatchUp(schedule.catch_up))
    except (ValueError, KeyError) as error:  # one unreadable schedule must not hold up the others
        log.warning("schedule %s is not read: %s", schedule.code, error)
        return 0
    return sum(_make(connection, schedule, moment) for moment in moments)


def _make(connection: Connection, schedule: Row[Any], moment: datetime) -> int:
    slot = {"code": schedule.code, "at": moment}
    if not connection.execute(_SLOT, slot).scalar():
        return 0
    job = registry.find(schedule.kind)
    work = enqueue(connection, schedule.kind, schedule.args, queue=job.queue if job else "default")
    connection.execute(_FILL, {**slot, "work": work})
    return 1
