"""Asking for work, holding it and ending it, on a real database."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.jobs.announced import as_system
from app.outbox import (
    ATTEMPTS,
    DELAYS,
    LeaseLost,
    State,
    cancel,
    claim,
    enqueue,
    fail,
    finish,
    get,
    progress,
    renew,
    sweep,
)
from tests.jobs.acts import ask, count, look

AGE = "UPDATE work.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'running'"
DUE = "UPDATE work.outbox SET run_after = clock_timestamp()"


def change(admin, statement):
    with admin.begin() as connection:
        connection.execute(text(statement))


def take(worker, work_id, queue="default"):
    with as_system(worker) as connection:
        return claim(connection, work_id, queue)


def test_work_vanishes_with_the_transaction_that_asked_for_it(admin, worker):
    with worker.connect() as connection, connection.begin() as transaction:
        connection.execute(text("SELECT gate.announce_system('test')"))
        assert enqueue(connection, "sample.note", {"number": 1})
        transaction.rollback()
    assert count(admin, "SELECT count(*) FROM work.outbox") == 0


def test_the_same_key_answers_the_first_work(worker, people, as_web):
    first = ask(worker, "sample.note", dedup_key="invoice:7")
    with as_web(people["advisor"]) as connection:
        assert enqueue(connection, "sample.note", {}, dedup_key="invoice:7") == first
        assert get(connection, first) is None


def test_work_wakes_whoever_listens(admin, worker):
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as ear:
        ear.exec_driver_sql("LISTEN forecourt_work")
        ask(worker, "sample.note")
        assert next(ear.connection.driver_connection.notifies(timeout=2, stop_after=1)).channel == "forecourt_work"


def test_a_person_asks_in_his_own_name_and_reads_only_his_own(people, as_web):
    with as_web(people["advisor"]) as connection:
        mine = enqueue(connection, "sample.note", {"number": 1})
        work = get(connection, mine)
        assert (work.requested_by, work.request_id, work.state) == (people["advisor"], "request-1", State.PENDING)
    with as_web(people["outsider"]) as connection:
        assert get(connection, mine) is None
        assert not cancel(connection, mine)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO work.outbox (kind, requested_by) VALUES ('sample.note', {other})",
        "INSERT INTO work.outbox (kind, state) VALUES ('sample.note', 'done')",
        "UPDATE work.outbox SET state = 'done'",
        "UPDATE work.outbox SET lease_until = now()",
        "DELETE FROM work.outbox",
        "INSERT INTO work.effect (key) VALUES ('x')",
        "INSERT INTO work.slot (schedule_code, slot_at) VALUES ('x', now())",
        "SELECT * FROM work.schedule",
        "SELECT gate.announce_system('x')",
        "SELECT gate.announce_job({other}, 'x')",
    ],
)
def test_a_web_process_may_not(statement, people, as_web):
    with as_web(people["advisor"]) as connection:
        enqueue(connection, "sample.note", {"number": 1})
        with pytest.raises(DBAPIError, match=r"permission denied|row-level security"), connection.begin_nested():
            connection.execute(text(statement.format(other=people["outsider"])))


def test_nobody_may_ask_for_work(admin):
    with admin.connect() as connection:
        connection.execute(text("SET LOCAL SESSION AUTHORIZATION forecourt_web"))
        with pytest.raises(DBAPIError, match="row-level security"):
            enqueue(connection, "sample.note", {})


def test_a_worker_that_announced_nobody_sees_no_work(worker):
    ask(worker, "sample.note")
    with worker.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM work.outbox")).scalar_one() == 0


def test_claimed_work_is_nobody_elses(worker):
    work_id = ask(worker, "sample.note")
    work = take(worker, work_id)
    assert (work.state, work.attempts) == (State.RUNNING, 1)
    assert take(worker, work_id) is None


def test_work_of_another_queue_is_not_claimed(worker):
    assert take(worker, ask(worker, "sample.schema", queue="schema")) is None


def test_work_is_not_claimed_before_its_time(admin, worker):
    work_id = ask(worker, "sample.note")
    change(admin, "UPDATE work.outbox SET run_after = clock_timestamp() + interval '1 minute'")
    assert take(worker, work_id) is None


def test_a_lease_ends_by_the_databases_clock_and_the_late_worker_keeps_nothing(admin, worker):
    work_id = ask(worker, "sample.note")
    late = take(worker, work_id)
    change(admin, AGE)
    second = take(worker, work_id)
    assert second.attempts == 2
    with pytest.raises(LeaseLost), as_system(worker) as connection:
        finish(connection, late)
    with as_system(worker) as connection:
        assert not renew(connection, late)
        assert renew(connection, second)
        finish(connection, second, {"ok": True})
    assert (look(worker, work_id).state, look(worker, work_id).result) == (State.DONE, {"ok": True})


def test_a_renewed_lease_lasts_from_the_databases_now(admin, worker):
    work = take(worker, ask(worker, "sample.note"))
    change(admin, "UPDATE work.outbox SET lease_until = clock_timestamp() + interval '1 second'")
    with as_system(worker) as connection:
        renew(connection, work)
    left = "SELECT extract(epoch FROM lease_until - clock_timestamp())::int FROM work.outbox"
    assert 28 <= count(admin, left) <= 30


def test_failures_wait_longer_each_time_and_the_fifth_is_the_last(admin, worker):
    work_id = ask(worker, "sample.note")
    waited = []
    for _ in range(ATTEMPTS):
        change(admin, DUE)
        work = take(worker, work_id)
        with as_system(worker) as connection:
            fail(connection, work, "the printer is out of paper")
        waited.append(count(admin, "SELECT round(extract(epoch FROM run_after - clock_timestamp())) FROM work.outbox"))
    end = look(worker, work_id)
    assert waited[:-1] == [pytest.approx(delay, abs=1) for delay in DELAYS]
    assert (end.state, end.attempts, end.last_error) == (State.DEAD, 5, "the printer is out of paper")
    assert take(worker, work_id) is None


def test_the_sweep_gives_back_what_vanished_workers_held_and_buries_what_kills_them(admin, worker):
    again, killer, held = (ask(worker, "sample.note") for _ in range(3))
    for work_id in (again, killer):
        take(worker, work_id)
    change(admin, AGE)
    change(admin, f"UPDATE work.outbox SET attempts = 5 WHERE id = {killer}")
    assert take(worker, killer) is None  # a message that comes again does not give it a sixth attempt
    take(worker, held)
    with as_system(worker) as connection:
        assert sweep(connection) == 2
    assert [look(worker, i).state for i in (again, killer, held)] == [State.PENDING, State.DEAD, State.RUNNING]
    assert look(worker, killer).last_error == "the worker vanished"


def test_progress_is_written_while_the_lease_holds(worker):
    work = take(worker, ask(worker, "sample.note"))
    with as_system(worker) as connection:
        assert progress(connection, work.id, 3, 10, {"row": 3}, token=work.lease_token)
        assert not progress(connection, work.id, 4, token="00000000-0000-0000-0000-000000000000")
    seen = look(worker, work.id)
    assert (seen.progress, seen.total, seen.note) == (3, 10, {"row": 3})


def test_cancelled_running_work_cannot_be_finished(worker, people, as_web):
    with as_web(people["advisor"]) as connection:
        work_id = enqueue(connection, "sample.note", {})
    work = take(worker, work_id)
    with as_web(people["advisor"]) as connection:
        assert cancel(connection, work_id)
    with pytest.raises(LeaseLost), as_system(worker) as connection:
        finish(connection, work)
    assert look(worker, work_id).state is State.CANCELLED
