"""Processes killed and servers gone while work is under way: nothing is lost, nothing happens twice."""

import signal
import time

import pytest
from sqlalchemy import text

from app.db.embedded.spawn import born, is_zombie
from app.outbox import State
from tests.jobs.acts import ask, count, kill, look, until
from tests.telling import tell

pytestmark = pytest.mark.faults

DONE = "SELECT count(*) FROM work.outbox WHERE state = 'done'"
NOTES = "SELECT count(*) FROM sample_note"
DIFFERENT = "SELECT count(DISTINCT number) FROM sample_note"
HALF_WAY = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
               AND state = 'idle in transaction' AND query LIKE 'INSERT INTO sample_note%'"""
RUNNING = "SELECT count(*) FROM work.outbox WHERE state = 'running' AND lease_until > clock_timestamp() + '3.9 s'"
FULL = [pytest.mark.slow, pytest.mark.timeout(1500)]


@pytest.mark.parametrize("scale", [(200, 8, 120), pytest.param((5_000, 100, 1_400), marks=FULL)], ids=["200", "5000"])
def test_workers_killed_and_the_queue_wiped_lose_and_double_nothing(scale, admin, worker, launch, queue_server):
    (jobs, strikes, within), began = scale, time.monotonic()
    for number in range(jobs):
        ask(worker, "sample.note", {"number": number, "pause": 0.01})
    launch("relay"), launch("relay")
    for strike in range(strikes):
        victim = launch("worker")
        wanted = count(admin, DONE) + 4
        until(lambda wanted=wanted: count(admin, DONE) >= wanted)
        if strike % 2:  # every second one while a job runs, the others wherever they are
            until(lambda: count(admin, RUNNING))
        kill(victim)
        if strike == strikes // 2:
            queue_server.attacker().flushall()
    launch("worker")
    until(lambda: count(admin, DONE) == jobs, within)
    effects, different = count(admin, NOTES), count(admin, DIFFERENT)
    again = count(admin, "SELECT count(*) FROM work.outbox WHERE attempts > 1")
    tell(
        f"R1: {strikes} kills of worker and child, 1 FLUSHALL, {jobs} jobs: {effects} effects, {different} different,"
        f" {again} begun again, {time.monotonic() - began:.0f} s"
    )
    assert effects == jobs == different


def test_a_job_ends_with_its_worker_that_was_killed_alone(admin, worker, launch):
    work_id = ask(worker, "sample.slow", {"seconds": 60})
    launch("relay")
    victim = launch("worker")
    until(lambda: look(worker, work_id).state is State.RUNNING)
    (child,) = victim.children()
    victim.send_signal(signal.SIGKILL)
    until(lambda: born(child) is None or is_zombie(child), 3)
    assert count(admin, NOTES) == 0


def test_a_worker_killed_between_effect_and_commit_is_followed_by_another(admin, worker, launch):
    work_id = ask(worker, "sample.note", {"number": 1, "pause": 1})
    launch("relay")
    victim = launch("worker")
    until(lambda: count(admin, HALF_WAY) == 1)
    kill(victim)
    assert count(admin, NOTES) == 0
    launch("worker")
    until(lambda: count(admin, DONE) == 1)
    assert (look(worker, work_id).attempts, count(admin, NOTES)) == (2, 1)


def test_while_the_queue_server_is_away_work_is_taken_on_and_later_done(admin, worker, launch, queue_server):
    parts = [launch("relay"), launch("worker")]
    ask(worker, "sample.note", {"number": 0})
    until(lambda: count(admin, DONE) == 1)
    queue_server.stop()
    try:
        for number in range(1, 20):
            ask(worker, "sample.note", {"number": number})
        time.sleep(3)
    finally:
        queue_server.start()
    until(lambda: count(admin, DONE) == 20, 30)
    assert count(admin, NOTES) == 20 == count(admin, DIFFERENT)
    assert [part.poll() for part in parts] == [None, None]


def test_a_running_job_survives_the_queue_server(admin, worker, launch, queue_server):
    launch("relay"), launch("worker")
    work_id = ask(worker, "sample.note", {"number": 1, "pause": 2})
    until(lambda: look(worker, work_id).state is State.RUNNING)
    queue_server.stop()
    try:
        until(lambda: look(worker, work_id).state is State.DONE)
    finally:
        queue_server.start()
    after = ask(worker, "sample.note", {"number": 2})
    until(lambda: look(worker, after).state is State.DONE, 90)
    assert (look(worker, work_id).attempts, count(admin, NOTES)) == (1, 2)


def test_relay_and_ticker_come_back_after_the_database(admin, worker, launch):
    parts = [launch("relay"), launch("ticker"), launch("worker")]
    until(lambda: count(admin, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'forecourt_worker'") >= 2)
    with admin.begin() as connection:
        connection.execute(
            text("""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE usename = 'forecourt_worker' AND datname = current_database()""")
        )
    worker.dispose()
    with admin.begin() as connection:
        connection.execute(
            text("""INSERT INTO work.schedule (code, kind, cron, catch_up, since)
                    VALUES ('sample', 'sample.system', '* * * * *', 'last', '2026-01-01')""")
        )
    until(lambda: count(admin, DONE) >= 1, 30)
    assert count(admin, "SELECT count(*) FROM work.schedule WHERE code = 'work.tidy'") == 1
    assert [part.poll() for part in parts] == [None, None, None]


@pytest.mark.parametrize("times", [4, pytest.param(20, marks=FULL)])
def test_a_worker_told_to_stop_finishes_its_job_and_the_next_goes_on(times, admin, worker, launch):
    jobs = times * 5
    for number in range(jobs):
        ask(worker, "sample.note", {"number": number, "pause": 0.1})
    launch("relay")
    longest = 0.0
    for _ in range(times):
        told = launch("worker")
        until(lambda: count(admin, RUNNING))
        began = time.monotonic()
        told.terminate()
        assert told.ends(10) == 0
        longest = max(longest, time.monotonic() - began)
    launch("worker")
    until(lambda: count(admin, DONE) == jobs, 120)
    begun_again = count(admin, "SELECT count(*) FROM work.outbox WHERE attempts > 1")
    tell(f"R19: {times} workers told to stop while a job ran: {begun_again} begun again, at most {longest:.1f} s each")
    assert begun_again == 0
    assert count(admin, NOTES) == jobs == count(admin, DIFFERENT)
