"""Every attempt is kept: when it began and ended, who worked, and why it did not succeed, whichever way it ended."""

import os

from sqlalchemy import text

from app.jobs import entry
from app.jobs.announced import as_system
from app.outbox import State, cancel, claim, enqueue, progress, sweep
from tests.jobs.acts import ask, look

DUE = "UPDATE work.outbox SET run_after = clock_timestamp()"
AGE = "UPDATE work.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'running'"
ATTEMPTS = (
    "SELECT number, outcome, reason, worker, ended_at >= began_at, jsonb_path_query_array(steps, '$[*].step')"
    " FROM work.attempt WHERE work_id = :id ORDER BY id"
)


def kept(admin, work_id):
    with admin.begin() as connection:
        return [tuple(row) for row in connection.execute(text(ATTEMPTS), {"id": work_id})]


def change(admin, statement):
    with admin.begin() as connection:
        connection.execute(text(statement))


def test_each_attempt_has_its_worker_and_its_reason(admin, worker):
    work_id = ask(worker, "sample.fail")
    for _ in range(2):
        change(admin, DUE)
        entry.execute(work_id)
    first, second = kept(admin, work_id)
    assert first[:3] == (1, "failed", "ValueError: the printer is out of paper")
    assert second[0] == 2
    assert first[4]
    assert first[3].endswith(f"default {os.getpid()}")


def test_what_succeeds_or_is_given_up_at_once_says_so(admin, worker):
    done, strange = ask(worker, "sample.note", {"number": 1}), ask(worker, "sample.gone")
    entry.execute(done)
    entry.execute(strange)
    assert [row[1:3] for row in kept(admin, done)] == [("done", None)]
    assert [row[1:3] for row in kept(admin, strange)] == [("dead", "no job is registered for the kind sample.gone")]


def test_a_worker_that_vanished_is_told_from_one_that_failed(admin, worker):
    work_id = ask(worker, "sample.quiet")
    with as_system(worker) as connection:
        assert claim(connection, work_id, "default", worker="first")
    change(admin, AGE)
    with as_system(worker) as connection:
        assert claim(connection, work_id, "default", worker="second")  # before anybody swept
    change(admin, AGE)
    with as_system(worker) as connection:
        assert sweep(connection) == 1
    assert [row[:4] for row in kept(admin, work_id)] == [
        (1, "vanished", "the worker vanished", "first"),
        (2, "vanished", "the worker vanished", "second"),
    ]


def test_what_is_cancelled_while_it_runs_ends_its_attempt(admin, worker, people, as_web):
    with as_web(people["advisor"]) as connection:
        work_id = enqueue(connection, "sample.quiet", {})
    with as_system(worker) as connection:
        assert claim(connection, work_id, "default")
    with as_web(people["advisor"]) as connection:
        assert cancel(connection, work_id)
    assert [row[1:3] for row in kept(admin, work_id)] == [("cancelled", None)]


def test_each_step_is_kept_once_and_at_most_a_hundred(admin, worker):
    work_id = ask(worker, "sample.quiet")
    with as_system(worker) as connection:
        assert claim(connection, work_id, "default")
    for number in range(130):
        with as_system(worker) as connection:
            assert progress(
                connection, work_id, number, note={"step": f"table {number // 2}" if number < 4 else f"t{number}"}
            )
    (one,) = kept(admin, work_id)
    assert one[5][:4] == ["table 0", "table 1", "t4", "t5"]
    assert len(one[5]) == 100


def test_attempts_go_with_their_work(admin, worker):
    work_id = ask(worker, "sample.note", {"number": 1})
    entry.execute(work_id)
    assert look(worker, work_id).state is State.DONE
    change(admin, f"DELETE FROM work.outbox WHERE id = {work_id}")
    assert kept(admin, work_id) == []
