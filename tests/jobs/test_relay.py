"""From the outbox through the queue to a worker, on a real Valkey under the product's own access list."""

import json
import pickle
import threading
from datetime import UTC, datetime

import pytest
from rq.job import Job
from sqlalchemy import text

from app.jobs import entry
from app.jobs.announced import open_engine
from app.jobs.message import connect, open_queue, send, waiting
from app.jobs.relay import hand_over
from app.jobs.worker import OneQueueWorker
from app.outbox import State
from tests.jobs.acts import ask, count, look, until
from tests.jobs.processes import HURRY

DONE = "SELECT count(*) FROM work.outbox WHERE state = 'done'"
NOTES = "SELECT count(*) FROM sample_note"
LONG_AGO = "UPDATE work.outbox SET enqueued_at = clock_timestamp() - interval '1 minute'"


@pytest.fixture
def messages(config):
    return open_queue("default", connect(config), config)


def test_due_work_gets_one_message(worker, messages):
    work_id = ask(worker, "sample.note", {"number": 1})
    assert (hand_over(worker, [messages]), hand_over(worker, [messages])) == (1, 0)
    assert waiting(messages) == [work_id]
    assert look(worker, work_id).state is State.ENQUEUED


def test_work_waits_for_its_time_and_for_its_own_queue(worker, messages):
    ask(worker, "sample.note", run_after=datetime(2099, 1, 1, tzinfo=UTC))
    ask(worker, "sample.schema", queue="schema")
    assert hand_over(worker, [messages]) == 0


def test_a_lost_message_is_sent_again_and_a_waiting_one_is_not(admin, worker, messages, queue_server):
    ask(worker, "sample.note", {"number": 1})
    hand_over(worker, [messages])
    with admin.begin() as connection:
        connection.execute(text(LONG_AGO))
    assert hand_over(worker, [messages]) == 0
    queue_server.attacker().flushall()
    assert hand_over(worker, [messages]) == 1


def test_work_whose_worker_vanished_is_handed_over_again(admin, worker, messages):
    work_id = ask(worker, "sample.note", {"number": 1})
    with admin.begin() as connection:
        connection.execute(
            text("""UPDATE work.outbox SET state = 'running', attempts = 1, lease_token = gen_random_uuid(),
                    lease_until = clock_timestamp() - interval '1 second'""")
        )
    assert hand_over(worker, [messages]) == 1
    assert look(worker, work_id).state is State.ENQUEUED


def test_a_queue_is_kept_shallow(worker, messages):
    for number in range(HURRY.depth + 5):
        ask(worker, "sample.note", {"number": number})
    assert hand_over(worker, [messages], HURRY) == HURRY.depth
    assert hand_over(worker, [messages], HURRY) == 0


def test_two_relays_at_once_send_nothing_twice(worker, config, messages):
    for number in range(150):
        ask(worker, "sample.note", {"number": number})
    sent, barrier = [], threading.Barrier(2)

    def relay():
        engine, own = open_engine(config), open_queue("default", connect(config), config)
        barrier.wait()
        sent.extend(hand_over(engine, [own]) for _ in range(5))
        engine.dispose()

    relays = [threading.Thread(target=relay) for _ in range(2)]
    for thread in relays:
        thread.start()
    for thread in relays:
        thread.join()
    assert sum(sent) == 150 == len(set(waiting(messages))) == len(waiting(messages))


def test_work_goes_all_the_way_on_both_queues(admin, worker, launch):
    for part, name in (("relay", ""), ("worker", "default"), ("worker", "schema")):
        launch(part, name)
    numbers = [ask(worker, "sample.note", {"number": n}) for n in range(5)]
    altered = ask(worker, "sample.schema", queue="schema")
    until(lambda: count(admin, DONE) == 6)
    assert look(worker, altered).result == "altered"
    assert count(admin, NOTES) == len(numbers)


def test_a_worker_stops_when_told(admin, worker, launch):
    process = launch("worker", "default")
    relay = launch("relay")
    ask(worker, "sample.note", {"number": 1})
    until(lambda: count(admin, DONE) == 1)
    for each in (process, relay):
        each.terminate()
        assert each.ends(8) == 0


FORGED = [
    ["os.system", None, ["touch {trap}"], {}],
    ["app.jobs.entry.execute", None, [1], {}],
]


def plant(attacker, messages, name, data, **more):
    """What somebody who can write to the queue's server would put there."""
    now = "2026-11-21T08:00:00.000000Z"
    fields = {
        "data": data,
        "origin": "default",
        "status": "queued",
        "created_at": now,
        "enqueued_at": now,
        "timeout": "60",
    }
    attacker.hset(f"rq:job:{name}", mapping={**fields, **more})
    attacker.lpush(messages.key, name)


def run_once(messages):
    """One worker in this process's child empties the messages."""
    stop = threading.Event()
    threading.Timer(2.5, stop.set).start()
    OneQueueWorker(messages, stop, 1).work()


def test_planted_messages_do_not_run_and_hold_up_nothing(admin, worker, messages, queue_server, tmp_path):
    trap = tmp_path / "trap"
    attacker = queue_server.attacker()
    for n, call in enumerate(FORGED):
        plant(attacker, messages, f"work-{n}-deadbeef", json.dumps(call).replace("{trap}", str(trap)))
    plant(attacker, messages, "work-7-deadbeef", pickle.dumps(("os.system", None, (f"touch {trap}",), {})))
    plant(attacker, messages, "work-8-deadbeef", b"\x00")
    plant(attacker, messages, "work-6-deadbeef", json.dumps(FORGED[0]), created_at="yesterday", status="odd")
    attacker.set("rq:job:work-9-deadbeef", "no hash")
    attacker.lpush(messages.key, "work-9-deadbeef", "../etc passwd", b"\xff\xfe", "")
    work_id = ask(worker, "sample.note", {"number": 1})
    for _ in range(2):  # a foreign message may stand in the way of one's own until it is refused
        hand_over(worker, [messages])
        run_once(messages)
    assert not trap.exists()
    assert look(worker, work_id).state is State.DONE
    assert count(admin, NOTES) == 1


def test_an_old_message_under_a_new_name_runs_nothing(admin, worker, messages, queue_server):
    first = ask(worker, "sample.note", {"number": 1})
    hand_over(worker, [messages])
    (name,) = messages.get_job_ids()
    data = queue_server.attacker().hget(Job.key_for(name), "data")
    messages.empty()
    plant(queue_server.attacker(), messages, "work-99-deadbeef", data)
    run_once(messages)
    assert look(worker, first).state is State.ENQUEUED


def test_a_replayed_message_finds_its_work_done(admin, worker, messages):
    work_id = ask(worker, "sample.note", {"number": 1})
    send(messages, [(work_id, 60), (work_id, 60), (work_id, 60)])
    run_once(messages)
    assert (look(worker, work_id).attempts, count(admin, NOTES)) == (1, 1)


def test_callbacks_beside_a_signed_call_are_not_read(worker, messages, queue_server, tmp_path):
    ask(worker, "sample.note", {"number": 1})
    hand_over(worker, [messages])
    (name,) = messages.get_job_ids()
    hook = json.dumps([{"url": "http://127.0.0.1:9/", "statuses": ["finished"]}])
    planted = {"success_callback_name": "os.abort", "failure_callback_name": "os.abort", "webhooks": hook}
    queue_server.attacker().hset(Job.key_for(name), mapping={**planted, "retries_left": "9", "repeats_left": "9"})
    job = messages.fetch_job(name)
    assert (job.success_callback, job.failure_callback, job.webhooks) == (None, None, [])
    assert (job.retries_left, job.repeats_left) == (None, None)


def test_a_process_without_a_post_runs_nothing(monkeypatch):
    monkeypatch.setattr(entry, "_post", None)
    with pytest.raises(RuntimeError, match="no worker"):
        entry.execute(1)


def test_a_replayed_message_of_another_day_runs_nothing(admin, worker, messages, queue_server):
    """Whoever reads the queue's server keeps a signed message and puts it back when its work is long done."""
    work_id = ask(worker, "sample.note", {"number": 1})
    hand_over(worker, [messages])
    (name,) = messages.get_job_ids()
    kept = queue_server.attacker().hgetall(Job.key_for(name))
    entry.execute(work_id)
    for _ in range(3):
        queue_server.attacker().hset(Job.key_for(name), mapping=kept)
        queue_server.attacker().lpush(messages.key, name)
    run_once(messages)
    assert (look(worker, work_id).attempts, count(admin, NOTES)) == (1, 1)
