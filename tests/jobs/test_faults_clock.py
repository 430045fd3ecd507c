"""Clocks that are wrong, leap, or are set back; tickers that die and come again: each moment once, each effect once."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.jobs import entry
from app.jobs.announced import as_system, open_engine
from app.jobs.moments import due
from app.jobs.schedules import CatchUp, Schedule, sync
from app.jobs.ticker import tick
from app.outbox import claim, sweep
from tests.jobs.acts import ask, count, look
from tests.telling import tell

SHANGHAI, BERLIN, LORD_HOWE = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe"))
SLOTS, WORK = "SELECT count(*) FROM work.slot", "SELECT count(*) FROM work.outbox"


@pytest.fixture
def declare(admin):
    """Declares a schedule in force since a moment."""

    def declared(cron: str, since: datetime, rule: CatchUp = CatchUp.ALL, zone: str = "Asia/Shanghai") -> None:
        schedule = Schedule(code="sample.clock", kind="sample.system", cron=cron, catch_up=rule, tz=zone)
        with admin.begin() as connection:
            sync(connection, (schedule,))
            connection.execute(text("UPDATE work.schedule SET since = :since"), {"since": since})

    return declared


def tick_at(engine, now: datetime) -> int:
    with as_system(engine) as connection:
        return tick(connection, now)


# R17 -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("slots", [200, pytest.param(2_000, marks=pytest.mark.slow)])
def test_three_tickers_that_die_at_any_step_and_stay_away_for_hours_make_each_moment_once(
    slots, admin, worker, config, declare
):
    """Each ticker has its own clock, up to two minutes wrong, dies in every fifth transaction, and sleeps for hours."""
    start = datetime(2026, 2, 27, 20, 0, tzinfo=UTC)
    declare("*/5 * * * *", start)
    end = start + timedelta(minutes=5 * slots)
    deaths = []

    def run(number: int) -> None:
        dice, now = Random(number), start
        while now < end:
            now += timedelta(minutes=dice.choice((1, 4, 5, 7, 11, 300)))
            wrong = timedelta(seconds=dice.choice((-120, 0, 120)))
            engine = open_engine(config)  # a ticker that starts anew
            with suppress(DBAPIError), as_system(engine) as connection:
                tick(connection, min(now + wrong, end))
                if dice.random() < 0.2:
                    deaths.append(number)
                    connection.connection.driver_connection.close()  # killed before its transaction ended
            engine.dispose()

    tickers = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for ticker in tickers:
        ticker.start()
    for ticker in tickers:
        ticker.join()
    while tick_at(worker, end):
        pass
    made, filled = count(admin, SLOTS), count(admin, f"{SLOTS} WHERE outbox_id IS NOT NULL")
    tell(f"R17: 3 tickers, {len(deaths)} deaths, {slots} moments: {made} slots, {filled} with work")
    assert made == filled == count(admin, WORK) == slots
    assert count(admin, "SELECT count(DISTINCT slot_at) FROM work.slot") == slots


@pytest.mark.parametrize(("rule", "number"), [(CatchUp.NONE, 0), (CatchUp.LAST, 1), (CatchUp.ALL, 60)])
def test_after_five_hours_away_what_was_missed_is_caught_up_as_declared(rule, number, admin, worker, declare):
    start = datetime(2026, 12, 31, 13, 2, tzinfo=UTC)  # into the new year of Shanghai
    declare("*/5 * * * *", start, rule)
    back = start + timedelta(hours=5)
    assert sum(tick_at(worker, back + timedelta(seconds=second)) for second in range(3)) == number
    assert count(admin, WORK) == number


# R16 -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wrong", [-120, 120, -7200, 7200])
def test_a_clock_that_is_wrong_and_put_right_neither_doubles_nor_loses_a_moment(wrong, admin, worker, declare):
    start = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    declare("*/2 * * * *", start)
    for minute in range(60):
        skew = timedelta(seconds=wrong) if 20 <= minute < 30 else timedelta()
        tick_at(worker, start + timedelta(minutes=minute) + skew)
    tick_at(worker, start + timedelta(hours=4))
    tick_at(worker, start + timedelta(hours=4))
    assert count(admin, SLOTS) == count(admin, WORK) == 100 + 20  # 120 moments in four hours, MOST at a look
    assert count(admin, "SELECT count(DISTINCT slot_at) FROM work.slot") == 120


@pytest.mark.parametrize(
    ("cron", "zone", "begin", "end", "walls"),
    [
        ("0 9 29 2 *", SHANGHAI, (2027, 1, 1), (2032, 12, 31), ["2028-02-29 09:00", "2032-02-29 09:00"]),
        ("0 9 28-31 2 *", SHANGHAI, (2028, 2, 1), (2028, 3, 5), ["2028-02-28 09:00", "2028-02-29 09:00"]),
        ("59 23 31 12 *", SHANGHAI, (2026, 12, 30), (2027, 1, 2), ["2026-12-31 23:59"]),
        ("0 0 1 1 *", SHANGHAI, (2026, 12, 30), (2027, 1, 2), ["2027-01-01 00:00"]),
        ("0 8 31 * *", SHANGHAI, (2026, 1, 1), (2026, 6, 1),
         [f"2026-{month} 08:00" for month in ("01-31", "03-31", "05-31")]),
        ("15 2 * * *", LORD_HOWE, (2026, 10, 2), (2026, 10, 6),
         [f"2026-10-{at}" for at in ("03 02:15", "04 02:30", "05 02:15", "06 02:15")]),
        ("45 1 * * *", LORD_HOWE, (2026, 4, 3, 20), (2026, 4, 5, 20), ["2026-04-05 01:45", "2026-04-06 01:45"]),
    ],
    ids=["leap day", "end of february", "last minute", "first minute", "31st", "half an hour forward", "half back"],
)  # fmt: skip
def test_odd_days_have_their_moments_once(cron, zone, begin, end, walls):
    first, last = datetime(*begin, tzinfo=UTC), datetime(*end, tzinfo=UTC)
    found = due(cron, zone, first, last, CatchUp.ALL)
    assert [f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in found] == walls
    # Looked at hour by hour it is the same: where one looks from does not matter.
    stepwise, after, now, step = [], first, first, max(timedelta(hours=5), (last - first) / 200)
    while now < last:
        now = min(now + step, last)
        stepwise += due(cron, zone, after, now, CatchUp.ALL)
        after = stepwise[-1] if stepwise else after
    assert stepwise == found


@pytest.mark.parametrize("year", [2026, 2027, 2028])
@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, LORD_HOWE], ids=str)
def test_every_hour_of_a_year_has_its_moment_once(zone, year):
    first = datetime(year, 1, 1, tzinfo=UTC)
    after, found = first, []
    while batch := due("0 * * * *", zone, after, first + timedelta(days=366), CatchUp.ALL):
        found += batch
        after = batch[-1]
    assert len(found) == len(set(found))
    assert {b - a for a, b in pairwise(found)} <= {timedelta(hours=h) for h in (0.5, 1, 1.5)}


@pytest.mark.parametrize("wrong", [-120, 120])
def test_a_worker_whose_clock_is_wrong_takes_nothing_that_another_holds(wrong, admin, worker, monkeypatch):
    """RQ alone ran such a job twice at once; a lease is judged by the database's clock and no other."""
    work_id = ask(worker, "sample.note", {"number": 1})
    with as_system(worker) as connection:
        held = claim(connection, work_id, "default", lease=5)
    monkeypatch.setattr("time.time", lambda: datetime.now(UTC).timestamp() + wrong)
    with as_system(worker) as connection:
        assert sweep(connection) == 0
    entry.execute(work_id)
    assert (look(worker, work_id).lease_token, look(worker, work_id).attempts) == (held.lease_token, 1)
    assert count(admin, "SELECT count(*) FROM sample_note") == 0
