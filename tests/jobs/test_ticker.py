"""Schedules become work, each moment once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.jobs import entry
from app.jobs.announced import as_system, open_engine
from app.jobs.context import JobContext
from app.jobs.schedules import SCHEDULES, CatchUp, Schedule, sync
from app.jobs.ticker import tick
from tests.jobs.acts import count

START = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
SLOTS = "SELECT count(*) FROM work.slot"


@pytest.fixture
def hourly(admin):
    """Declares an hourly schedule with a rule, in force since START."""

    def declare(rule, **options):
        schedule = Schedule(code=f"sample.{rule}", kind="sample.system", cron="0 * * * *", catch_up=rule, **options)
        with admin.begin() as connection:
            sync(connection, (schedule,))
            connection.execute(text("UPDATE work.schedule SET since = :since"), {"since": START})

    return declare


def ticked(worker, now):
    with as_system(worker) as connection:
        return tick(connection, now)


@pytest.mark.parametrize(("rule", "number"), [(CatchUp.NONE, 0), (CatchUp.LAST, 1), (CatchUp.ALL, 5)])
def test_after_a_silence_slots_are_made_by_the_rule_and_only_once(rule, number, admin, worker, hourly):
    hourly(rule)
    now = START + timedelta(hours=5, minutes=30)
    assert ticked(worker, now) == number
    assert ticked(worker, now + timedelta(seconds=1)) == 0
    assert count(admin, "SELECT count(*) FROM work.outbox WHERE requested_by IS NULL") == number


def test_a_run_by_hand_takes_no_missed_moment_away(admin, worker, hourly):
    hourly(CatchUp.ALL)
    with admin.begin() as connection:
        by_hand = "INSERT INTO work.slot (schedule_code, slot_at, extra) SELECT code, :at, true FROM work.schedule"
        connection.execute(text(by_hand), {"at": START + timedelta(hours=4, minutes=7)})
    assert ticked(worker, START + timedelta(hours=5, minutes=30)) == 5


def test_three_tickers_at_once_double_nothing(admin, worker, config, hourly):
    hourly(CatchUp.ALL)
    barrier = threading.Barrier(3)
    made = []

    def tick_through():
        engine = open_engine(config)
        for hour in range(1, 40):
            barrier.wait()
            made.append(ticked(engine, START + timedelta(hours=hour)))
        engine.dispose()

    tickers = [threading.Thread(target=tick_through) for _ in range(3)]
    for ticker in tickers:
        ticker.start()
    for ticker in tickers:
        ticker.join()
    assert sum(made) == 39 == count(admin, SLOTS) == count(admin, "SELECT count(*) FROM work.outbox")
    assert count(admin, "SELECT count(*) FROM work.slot WHERE outbox_id IS NULL") == 0


def test_a_schedule_that_was_off_is_not_caught_up(admin, worker, hourly):
    hourly(CatchUp.ALL)
    with admin.begin() as connection:
        connection.execute(text("UPDATE work.schedule SET enabled = false"))
    assert ticked(worker, datetime.now(UTC)) == 0
    with admin.begin() as connection:
        connection.execute(text("UPDATE work.schedule SET enabled = true"))
    assert ticked(worker, datetime.now(UTC)) == 0


def test_an_unreadable_schedule_holds_up_no_other(admin, worker, hourly):
    hourly(CatchUp.LAST)
    with admin.begin() as connection:
        connection.execute(
            text("INSERT INTO work.schedule VALUES ('a', 'sample.system', '{}', 'often', 'Asia/Shanghai', 'last')")
        )
        connection.execute(
            text("INSERT INTO work.schedule VALUES ('b', 'sample.system', '{}', '* * * * *', 'Mars/Phobos', 'last')")
        )
    assert ticked(worker, START + timedelta(hours=2)) == 1


def test_a_job_knows_its_moment(admin, worker, hourly, monkeypatch):
    hourly(CatchUp.LAST)
    ticked(worker, START + timedelta(hours=2, minutes=7))
    seen = []
    monkeypatch.setattr(entry, "_run", lambda job, context: seen.append(JobContext.slot(context)))
    entry.execute(count(admin, "SELECT outbox_id FROM work.slot"))
    assert seen == [START + timedelta(hours=2)]


def test_declaring_again_changes_what_is_declared_and_leaves_the_switch(admin):
    with admin.begin() as connection:
        sync(connection, SCHEDULES)
        connection.execute(text("UPDATE work.schedule SET enabled = false, cron = '1 1 * * *'"))
        sync(connection, SCHEDULES)
        rows = connection.execute(text("SELECT code, cron, enabled FROM work.schedule")).all()
    assert {tuple(row) for row in rows} == {(one.code, one.cron, False) for one in SCHEDULES}
