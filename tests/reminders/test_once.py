"""Nobody is told twice and nothing is forgotten, whatever dies in between and however many run at once."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.jobs.announced import as_system
from app.jobs.importing import tools_of
from app.outbox import enqueue
from app.reminders.decide import Office
from app.reminders.deliver import claim
from app.reminders.dispatch import Dispatch
from app.reminders.mail import MailServer, Result
from tests.cast import PUDONG
from tests.reminders.conftest import Desk
from tests.reminders.mailbox import Box, mailbox
from tests.reminders.test_send import alone, consent, send, trace


@pytest.fixture
def box(desk: Desk) -> Iterator[Box]:
    """A mail server that the settings name."""
    with mailbox() as made:
        desk.settings = replace(
            desk.settings, smtp_host="127.0.0.1", smtp_port=made.port, smtp_security="none",
            smtp_from="service@dealer.cn", smtp_timeout_seconds=2,
        )  # fmt: skip
        yield made


def queue(desk: Desk) -> int:
    """A message that waits: decided, not sent."""
    alone(desk)
    desk.insured(30, email="guest@example.cn")
    desk.plan()
    with as_system(desk.engine) as connection:
        Dispatch(connection, sealer(desk), desk.premises.stores[PUDONG], office(desk)).run()
    return desk.premises.one("SELECT id FROM message")


def sealer(desk: Desk):
    return tools_of(desk.settings.as_process("reminder")).sealer


def office(desk: Desk) -> Office:
    return Office(desk.clock.now(), mail=True)


def state(desk: Desk) -> tuple[str, str]:
    """Of the one message, and its reminder."""
    return desk.premises.run(
        "SELECT m.status, r.status FROM message m JOIN reminder r ON r.id = m.reminder_id"
    )[0]  # fmt: skip


def test_a_worker_that_dies_after_the_claim_leaves_it_for_somebody_to_look(desk: Desk, box: Box) -> None:
    number = queue(desk)
    with as_system(desk.engine) as connection:
        assert claim(connection, sealer(desk), number, office(desk))
    for minutes, found in ((14, ("sending", "sending")), (2, ("unknown", "failed")), (600, ("unknown", "failed"))):
        desk.clock.at += timedelta(minutes=minutes)
        send(desk)
        assert state(desk) == found
    assert box.letters == []
    assert trace(desk, "R04a", -30)[:3] == ("failed", "unknown", "lost_track")
    assert desk.premises.run("SELECT href FROM work.inbox") == [(f"/data/message/{number}",)]


@pytest.mark.parametrize(("code", "found"), [("mark_sent", ("sent", "sent")), ("give_up", ("failed", "failed"))])
def test_somebody_says_what_became_of_it(desk: Desk, box: Box, code: str, found: tuple[str, str]) -> None:
    number = queue(desk)
    with as_system(desk.engine) as connection:
        claim(connection, sealer(desk), number, office(desk))
    desk.clock.at += timedelta(minutes=16)
    send(desk)
    version = desk.premises.one("SELECT version FROM message")
    answer = desk.premises.caller("manager").post(f"/api/v1/data/message/{number}/do/{code}", json={"version": version})
    assert answer.status_code == 200, answer.text
    assert state(desk) == found
    send(desk)
    assert box.letters == []


def test_what_was_sent_and_not_noted_is_never_sent_again(desk: Desk, box: Box) -> None:
    number = queue(desk)
    with as_system(desk.engine) as connection:
        claimed = claim(connection, sealer(desk), number, office(desk))
    assert claimed is not None
    server = MailServer.of(desk.settings.as_process("reminder"))
    assert server is not None
    assert server.send(claimed.letter).result is Result.SENT  # and the worker dies here
    for _ in range(5):
        desk.clock.at += timedelta(minutes=30)
        send(desk)
    assert len(box.letters) == 1
    assert state(desk) == ("unknown", "failed")


def test_only_one_of_many_claims_a_message(desk: Desk, box: Box) -> None:
    number = queue(desk)
    won: list[object] = []

    def go() -> None:
        with as_system(desk.engine) as connection:
            won.append(claim(connection, sealer(desk), number, office(desk)))

    threads = [threading.Thread(target=go) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(one is not None for one in won) == 1


def test_two_dispatchers_decide_once(desk: Desk, box: Box) -> None:
    for _ in range(5):
        desk.insured(30)
    desk.plan()
    with as_system(desk.engine) as first:
        turn = Dispatch(first, sealer(desk), desk.premises.stores[PUDONG], office(desk))
        turn.run()
        with as_system(desk.engine) as second:
            other = Dispatch(second, sealer(desk), desk.premises.stores[PUDONG], office(desk))
            assert not other.run()
            assert other.counts == {}
    send(desk)
    send(desk)
    assert len(box.letters) == 5
    assert len(set(box.recipients)) == 5


def test_a_server_that_is_away_is_tried_again_thrice(desk: Desk) -> None:
    with mailbox() as gone:
        port = gone.port
    desk.settings = replace(
        desk.settings, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", smtp_from="s@dealer.cn"
    )
    queue(desk)
    for minutes, found in ((0, "queued"), (1, "queued"), (5, "queued"), (24, "queued"), (1, "failed"), (60, "failed")):
        desk.clock.at += timedelta(minutes=minutes)
        send(desk)
        assert state(desk)[0] == found, minutes
    assert desk.premises.one("SELECT attempts FROM message") == 4
    assert trace(desk, "R04a", -30)[:3] == ("failed", "failed", "gave_up")


def test_a_refusal_for_now_is_tried_again_and_arrives(desk: Desk, box: Box) -> None:
    box.answers["DATA"] = "451 later"
    queue(desk)
    send(desk)
    assert state(desk) == ("queued", "queued")
    box.answers.clear()
    desk.clock.at += timedelta(minutes=1)
    send(desk)
    assert state(desk) == ("sent", "sent")
    assert len(box.letters) == 1


def test_a_server_that_dies_after_the_text_is_not_asked_again(desk: Desk, box: Box) -> None:
    box.dies = "DATA"
    queue(desk)
    send(desk)
    assert state(desk) == ("unknown", "failed")
    box.dies = ""
    desk.clock.at += timedelta(hours=3)
    send(desk)
    assert len(box.letters) == 1


@pytest.mark.parametrize("what", ["consent", "suppression", "renewed", "owner", "silence", "by_hand"])
def test_what_changes_while_it_waits_stops_it_at_once(desk: Desk, box: Box, what: str) -> None:
    number = queue(desk)
    person, car = desk.premises.run("SELECT customer_id, vehicle_id FROM reminder WHERE stage = -30")[0]
    if what == "consent":
        consent(desk, person, "service", "withdraw")
        assert state(desk)[0] == "cancelled"
    elif what == "suppression":
        desk.make.record(
            "suppression", contact="guest@example.cn", scope="email", customer=None, since=None, until=None
        )
        assert state(desk) == ("cancelled", "cancelled")
    elif what == "renewed":
        desk.policy(car, 395, starts_on=desk.day(31))
    elif what == "owner":
        desk.premises.run("UPDATE vehicle SET customer_id = %s WHERE id = %s", desk.customer(), car)
    elif what == "silence":
        desk.premises.run("UPDATE customer SET do_not_contact = true, no_contact_reason = 'x' WHERE id = %s", person)
    else:
        version = desk.premises.one("SELECT version FROM message")
        path = f"/api/v1/data/message/{number}/do/cancel"
        assert desk.premises.caller("manager").post(path, json={"version": version}).status_code == 200
    send(desk)
    send(desk)
    assert box.letters == []
    assert state(desk)[0] == "cancelled"
    assert state(desk)[1] in ("cancelled", "suppressed")


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from config import Config
from app.core.clock import FixedClock
from app.jobs import entry, registry
import app.reminders.{module} as module
import app.jobs.reminding as reminding
from tests.jobs.processes import HURRY
calls = 0
def killed(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if "{where}" == "before":
    setattr({owner}, "{name}", killed)
else:
    real = getattr({owner}, "{name}")
    def after(*args, **kwargs):
        real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr({owner}, "{name}", after)
registry.load()
home, secrets, database, port, at, work = sys.argv[1:]
config = Config(home=Path(home), secrets=Path(secrets), database=database, smtp_host="127.0.0.1", smtp_port=int(port),
                smtp_security="none", smtp_from="service@dealer.cn", smtp_timeout_seconds=5)
entry.take_post(entry.Post(config.as_process("reminder"), "reminder", HURRY, FixedClock(datetime.fromisoformat(at))))
entry.execute(int(work))
"""
STEPS = [
    ("reminder.plan", "plan", "reminding", "plan", "before"),
    ("reminder.plan", "plan", "reminding", "plan", "after"),
    ("reminder.send", "dispatch", "module.Dispatch", "_tell", "before"),
    ("reminder.send", "dispatch", "module.Dispatch", "_tell", "after"),
    ("reminder.send", "deliver", "reminding", "claim", "before"),
    ("reminder.send", "deliver", "reminding", "claim", "after"),
    ("reminder.send", "mail", "module.MailServer", "send", "before"),
    ("reminder.send", "mail", "module.MailServer", "send", "after"),
    ("reminder.send", "deliver", "reminding", "settle", "after"),
]


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.parametrize("step", STEPS, ids="-".join)
def test_killed_at_any_step(desk: Desk, box: Box, step: tuple[str, str, str, str, str]) -> None:
    """The worker is killed by a signal it cannot catch; others go on, and each customer has one letter or none."""
    job, module, owner, name, where = step
    alone(desk)
    for _ in range(3):
        desk.insured(30)
    if job == "reminder.send":
        desk.plan()
    with as_system(desk.engine) as connection:
        work = enqueue(connection, job, {}, queue="reminder")
    program = KILLED.format(module=module, owner=owner, name=name, where=where)
    config = desk.premises.config
    given = (config.home, config.secrets_dir, config.database, box.port, desk.clock.at.isoformat(), work)
    run = subprocess.run(
        [sys.executable, "-c", program, *map(str, given)], cwd=Path(__file__).parents[2], timeout=60, check=False
    )
    assert run.returncode == -signal.SIGKILL
    for _ in range(4):
        desk.plan()
        send(desk)
        desk.clock.at += timedelta(minutes=10)
    assert len(box.recipients) == len(set(box.recipients))
    rows = dict(desk.premises.run("SELECT status, count(*) FROM reminder WHERE stage = -30 GROUP BY 1"))
    left = [("send", "after"), ("settle", "after")]  # its text had left; settle died before its transaction ended
    unknown = (name, where) in [("send", "before"), *left]
    assert rows == {"sent": 3 - unknown} | ({"failed": 1} if unknown else {})
    assert len(box.letters) == 3 - unknown + ((name, where) in left)
