"""Running a piece of work, without the queue between."""

import threading

import pytest
from sqlalchemy import text

from app.jobs import entry, registry
from app.jobs.announced import RequesterLeft, as_requester, as_system
from app.outbox import ATTEMPTS, State, cancel, enqueue
from tests.jobs import samples
from tests.jobs.acts import ask, count, look, until

DUE = "UPDATE work.outbox SET run_after = clock_timestamp()"
NOTES = "SELECT count(*) FROM sample_note"


def asked_by(as_web, user, kind, args):
    with as_web(user) as connection:
        return enqueue(connection, kind, args)


def test_the_effect_and_done_are_one_transaction(admin, worker):
    work_id = ask(worker, "sample.note", {"number": 7})
    entry.execute(work_id)
    with admin.begin() as connection:
        (both,) = connection.execute(
            text("SELECT o.xmin = n.xmin FROM work.outbox o JOIN sample_note n ON o.id = n.by_work")
        ).one()
    assert both
    assert (look(worker, work_id).state, look(worker, work_id).result) == (State.DONE, {"number": 7})


def test_finished_work_does_not_run_again(admin, worker):
    work_id = ask(worker, "sample.note", {"number": 7})
    for _ in range(3):
        entry.execute(work_id)
    assert count(admin, NOTES) == 1


def test_what_a_job_returns_is_its_result(worker):
    work_id = ask(worker, "sample.system")
    entry.execute(work_id)
    assert look(worker, work_id).result == "tidied"


def test_a_failed_job_leaves_nothing_but_its_reason(admin, worker):
    work_id = ask(worker, "sample.fail")
    entry.execute(work_id)
    work = look(worker, work_id)
    assert (work.state, work.last_error) == (State.PENDING, "ValueError: the printer is out of paper")
    assert count(admin, NOTES) == 0


def test_a_reason_names_nobodys_number():
    told = entry.reason(KeyError("13912345678 of 11010519491231002X is unknown"))
    assert told.startswith("KeyError: ")
    assert "13912345678" not in told
    assert "11010519491231002X" not in told


def test_work_that_always_fails_is_dead_after_five_attempts_with_its_reason(admin, worker):
    work_id = ask(worker, "sample.fail")
    for _ in range(ATTEMPTS + 2):
        with admin.begin() as connection:
            connection.execute(text(DUE))
        entry.execute(work_id)
    work = look(worker, work_id)
    assert (work.state, work.attempts) == (State.DEAD, 5)
    assert work.last_error == "ValueError: the printer is out of paper"


def test_a_database_error_is_told_without_the_values(worker):
    work_id = ask(worker, "sample.clash", {"phone": "13800138000"})
    entry.execute(work_id)
    assert look(worker, work_id).last_error == "InsufficientPrivilege: must be owner of table sample_note"


@pytest.mark.parametrize(
    ("kind", "queue", "why"),
    [
        ("sample.unheard", "default", "no job is registered for the kind sample.unheard"),
        ("sample.schema", "default", "sample.schema belongs to the queue schema, not default"),
    ],
)
def test_work_that_can_never_run_is_dead_at_once(kind, queue, why, worker):
    work_id = ask(worker, kind, queue=queue)
    entry.execute(work_id)
    assert (look(worker, work_id).state, look(worker, work_id).last_error) == (State.DEAD, why)


def test_a_person_cannot_ask_for_the_systems_work(worker, people, as_web):
    work_id = asked_by(as_web, people["advisor"], "sample.system", {})
    entry.execute(work_id)
    assert look(worker, work_id).last_error == "sample.system may be asked for by the system alone"


def test_a_job_acts_with_its_requesters_rights_of_now(worker, people, as_web):
    work_id = asked_by(as_web, people["outsider"], "sample.cars", {})
    entry.execute(work_id)
    assert (look(worker, work_id).state, look(worker, work_id).result) == (State.DONE, 0)


def test_a_schedules_job_acts_as_the_system(worker):
    work_id = ask(worker, "sample.cars")
    entry.execute(work_id)
    assert look(worker, work_id).result == 1


def test_work_of_somebody_who_left_is_dead(admin, worker, people, as_web):
    work_id = asked_by(as_web, people["advisor"], "sample.note", {"number": 1})
    with admin.begin() as connection:
        connection.execute(text("UPDATE ab_user SET active = false"))
    entry.execute(work_id)
    assert (look(worker, work_id).state, look(worker, work_id).last_error) == (State.DEAD, "requester left")
    assert count(admin, NOTES) == 0


def test_nothing_at_all_runs_for_somebody_who_left(admin, people, as_web, worker):
    work_id = asked_by(as_web, people["advisor"], "sample.quiet", {})
    with admin.begin() as connection:
        connection.execute(text("UPDATE ab_user SET active = false"))
    entry.execute(work_id)
    assert work_id not in samples.ran


def test_a_transaction_of_somebody_who_left_is_never_opened(admin, worker, people, as_web):
    work = look(worker, asked_by(as_web, people["advisor"], "sample.note", {"number": 1}))
    with admin.begin() as connection:
        connection.execute(text("UPDATE ab_user SET active = false"))
    with pytest.raises(RequesterLeft), as_requester(worker, work):
        pytest.fail("nobody acts here")


def test_an_effect_with_a_key_happens_once(admin, worker):
    for _ in range(3):
        entry.execute(ask(worker, "sample.once", {"key": "birthday:7:2026"}))
    assert count(admin, NOTES) == 1


def test_cancelled_work_stops_and_leaves_nothing(admin, worker, people, as_web):
    work_id = asked_by(as_web, people["advisor"], "sample.slow", {"seconds": 20})
    running = threading.Thread(target=entry.execute, args=(work_id,))
    running.start()
    until(lambda: look(worker, work_id).note == {"step": "counting"})
    with as_web(people["advisor"]) as connection:
        assert cancel(connection, work_id)
    running.join(5)
    assert not running.is_alive()
    assert (look(worker, work_id).state, count(admin, NOTES)) == (State.CANCELLED, 0)


def test_a_long_job_keeps_its_lease(admin, worker):
    work_id = ask(worker, "sample.slow", {"seconds": 6})  # longer than the hurried lease of four seconds
    running = threading.Thread(target=entry.execute, args=(work_id,))
    running.start()
    while running.is_alive():
        with as_system(worker) as connection:
            over = "SELECT count(*) FROM work.outbox WHERE state = 'running' AND lease_until < clock_timestamp()"
            assert connection.execute(text(over)).scalar_one() == 0
        running.join(0.3)
    assert look(worker, work_id).attempts == 1
    assert count(admin, NOTES) == 1


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="registered twice"):
        registry.job("sample.note")(lambda context: None)


def test_a_kind_names_a_queue_that_is_served():
    with pytest.raises(ValueError, match="no worker serves"):
        registry.job("sample.nowhere", queue="nowhere")


def test_loading_finds_every_job_of_the_package():
    registry.load()
    assert registry.find("work.tidy").system


def test_old_finished_work_is_cleared_and_dead_work_kept(admin, worker):
    old, kept, dead = (ask(worker, "sample.note", {"number": n}) for n in range(3))
    with admin.begin() as connection:
        change = text("UPDATE work.outbox SET state = :s, finished_at = now() - CAST(:age AS interval) WHERE id = :id")
        for work_id, state, age in ((old, "done", "31 days"), (kept, "done", "29 days"), (dead, "dead", "90 days")):
            connection.execute(change, {"id": work_id, "s": state, "age": age})
    registry.load()
    tidy = ask(worker, "work.tidy")
    entry.execute(tidy)
    assert look(worker, tidy).result == {"work": 1, "slots": 0, "notices": 0}
    assert count(admin, f"SELECT count(*) FROM work.outbox WHERE id IN ({kept}, {dead})") == 2


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({}, "missing a required argument: 'number'"),
        ({"number": 1, "colour": "red"}, "got an unexpected keyword argument 'colour'"),
        ({"number": 1, "context": 2}, "multiple values for argument 'context'"),
    ],
)
def test_work_another_version_asked_for_is_dead_at_once_with_its_reason(args, why, admin, worker):
    work_id = ask(worker, "sample.note", args)
    entry.execute(work_id)
    work = look(worker, work_id)
    assert (work.state, work.attempts) == (State.DEAD, 1)
    assert work.last_error == f"sample.note of this version does not take what was asked: {why}"
    assert count(admin, NOTES) == 0


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("file", "OSError: [Errno 28] No space left on device"),
        ("database", "DiskFull: could not extend file"),
    ],
)
def test_a_full_disk_is_told_and_leaves_nothing_half_done(trouble, why, admin, worker):
    work_id = ask(worker, "sample.full", {"trouble": trouble})
    entry.execute(work_id)
    work = look(worker, work_id)
    assert (work.state, work.attempts) == (State.PENDING, 1)  # room may come: it is tried again
    assert work.last_error == why
    assert count(admin, NOTES) == 0


def test_how_each_attempt_went_is_timed_by_its_kind(worker):
    from app import metrics

    def seen(kind, result):
        return metrics.REGISTRY.get_sample_value("job_seconds_count", {"kind": kind, "result": result}) or 0

    before = {pair: seen(*pair) for pair in (("sample.system", "done"), ("sample.fail", "failed"), ("unknown", "dead"))}
    for kind in ("sample.system", "sample.fail", "sample.unheard"):
        entry.execute(ask(worker, kind))
    assert {pair: seen(*pair) - number for pair, number in before.items()} == dict.fromkeys(before, 1)
    assert seen("sample.unheard", "dead") == 0  # whoever writes rows makes no figures
