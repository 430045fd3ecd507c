"""Processes killed and servers gone while work is under way: nothing is lost, nothing happens twice."""

import time

import pytest
from sqlalchemy import text

from app.outbox import State
from tests.jobs.acts import ask, count, kill, look, until

pytestmark = pytest.mark.faults

DONE = "SELECT count(*) FROM work.outbox WHERE state = 'done'"
NOTES = "SELECT count(*) FROM sample_note"
DIFFERENT = "SELECT count(DISTINCT number) FROM sample_note"
HALF_WAY = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
               AND state = 'idle in transaction' AND query LIKE 'INSERT INTO sample_note%'"""
JOBS = 80


def test_workers_killed_and_the_queue_wiped_lose_and_double_nothing(admin, worker, launch, queue_server):
    for number in range(JOBS):
        ask(worker, "sample.note", {"number": number, "pause": 0.02})
    launch("relay"), launch("relay")
    for strike in range(5):
        victim = launch("worker")
        wanted = count(admin, DONE) + 4
        until(lambda wanted=wanted: count(admin, DONE) >= wanted)
        kill(victim)
        if strike == 2:
            queue_server.attacker().flushall()
    launch("worker")
    until(lambda: count(admin, DONE) == JOBS, 40)
    assert count(admin, NOTES) == JOBS == count(admin, DIFFERENT)


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
