"""The queue's server gone, wiped, set back or hung, and messages that vanish on the way: requests and work go on."""

import signal
import threading
import time
from dataclasses import replace

import pytest

from app import create_app
from app.jobs.announced import open_engine
from app.jobs.pace import PACE
from app.outbox import QUEUES, State, enqueue
from tests.appkit import Desk, Premises
from tests.jobs import samples
from tests.jobs.acts import ask, count, look, until
from tests.jobs.processes import HURRY, begin
from tests.telling import tell

pytestmark = pytest.mark.faults
DONE = "SELECT count(*) FROM work.outbox WHERE state = 'done'"
KIND = {"default": "sample.note", "schema": "sample.schema"}
FULL = [pytest.mark.slow, pytest.mark.timeout(400)]


# R2 ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pace", "within"), [(HURRY, 8), pytest.param(PACE, 45, marks=FULL)], ids=["hurried", "in earnest"]
)
def test_work_whose_message_died_with_its_worker_is_done_soon_on_each_queue(pace, within, admin, worker, launch):
    launch("relay", pace=pace)
    victims = [launch("struck", queue, pace) for queue in QUEUES]
    for queue in QUEUES:
        ask(worker, KIND.get(queue, f"sample.{queue}"), {"number": 1} if queue == "default" else {}, queue=queue)
    until(lambda: all(victim.poll() == -signal.SIGKILL for victim in victims), 15)
    struck = time.monotonic()
    assert count(admin, "SELECT count(*) FROM work.outbox WHERE state = 'enqueued'") == len(QUEUES)
    for queue in QUEUES:
        launch("worker", queue, pace)
    until(lambda: count(admin, DONE) == len(QUEUES), within + 20)
    taken = time.monotonic() - struck
    tell(f"R2: killed between message and start on {len(QUEUES)} queues: all done {taken:.1f} s later")
    assert taken < within


# R3, R4 --------------------------------------------------------------------------------------------------------------
class Load:
    """Pages, API calls, writes and requests for work, again and again; what failed and how long each took."""

    def __init__(self, premises: Premises, config) -> None:
        self.premises = premises
        self.app = create_app(config.as_process("web"))
        self.failed: list[str] = []
        self.taken: list[float] = []
        self.asked: list[int] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._go, args=(act,)) for act in (self.page, self.api, self.job)]

    def desk(self, part: str) -> Desk:
        desk = Desk(self.app, self.app.response_class)
        desk.set_cookie("sid", self.premises.session(part))
        return desk

    def page(self) -> int:
        return self.desk("manager").get("/data/customer/").status_code

    def api(self) -> int:
        caller = Desk(self.app, self.app.response_class)
        caller.bearer = self.premises.api_token("manager")
        return caller.get("/api/v1/data/customer/").status_code

    def job(self) -> int:
        with self.premises.acting("manager") as context:
            self.asked.append(enqueue(context.connection, "sample.quiet", {}))
        return 200

    def _go(self, act) -> None:
        while not self._over.is_set():
            began = time.perf_counter()
            status = act()
            self.taken.append(time.perf_counter() - began)
            if status != 200:
                self.failed.append(f"{act.__name__}: {status}")
            time.sleep(0.15 if act == self.job else 0.03)

    def __enter__(self):
        for warm in (self.page, self.api):
            assert warm() == 200
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def slowest(self, since: int = 0) -> float:
        """The 99th of a hundred requests, in milliseconds."""
        taken = sorted(self.taken[since:])
        return taken[int(len(taken) * 0.99)] * 1000


@pytest.fixture
def served(premises, queue_server):
    """The premises' database with this test's queue server, and a relay and a worker on it."""
    assert samples.quiet
    config = replace(premises.config, redis_url=queue_server.url())
    premises.run("DELETE FROM work.outbox")
    parts = [begin(part, "default", config.as_process("worker")) for part in ("relay", "worker")]
    yield config
    for part in parts:
        part.send_signal(signal.SIGKILL)
        part.wait()
    premises.run("DELETE FROM work.outbox")


def wait_for_work(load: Load, premises: Premises, seconds: float) -> float:
    """How long it took until everything asked for was done."""
    began = time.monotonic()
    ids = list(load.asked)
    left = "SELECT count(*) FROM work.outbox WHERE id = ANY (%s) AND state <> 'done'"
    until(lambda: premises.one(left, ids) == 0, seconds)
    return time.monotonic() - began


@pytest.mark.parametrize("away", [1.5, pytest.param(60, marks=FULL)], ids=["briefly", "a minute"])
@pytest.mark.parametrize("comes_back", ["as it was", "wiped", "set back"])
def test_requests_do_not_notice_that_the_queue_is_away_and_work_waits(comes_back, away, premises, served, queue_server):
    with Load(premises, served) as load:
        time.sleep(0.5)
        if comes_back == "set back":  # what it kept on disk ends here: it will repeat what was done since
            queue_server.attacker().config_set("appendonly", "no")
        wait_for_work(load, premises, 60)
        queue_server.stop()
        try:
            time.sleep(away)
            if comes_back == "wiped":
                queue_server.forget()
        finally:
            queue_server.start()
    back = wait_for_work(load, premises, 90)
    tell(
        f"R3: queue away {away} s, comes back {comes_back}: {len(load.taken)} requests, {len(load.failed)} failed,"
        f" {len(load.asked)} jobs, all done {back:.1f} s after its return"
    )
    assert load.failed == []
    assert len(load.asked) > 5
    twice = premises.one("SELECT count(*) FROM work.outbox WHERE id = ANY (%s) AND attempts > 1", load.asked)
    assert twice == 0


@pytest.mark.parametrize("hung", [2.0, pytest.param(30.0, marks=FULL)], ids=["briefly", "half a minute"])
def test_requests_do_not_wait_for_a_hung_queue(hung, premises, served, queue_server):
    with Load(premises, served) as load:
        time.sleep(max(1.0, hung / 3))
        before, usual = len(load.taken), load.slowest()
        queue_server.process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(hung)
        finally:
            queue_server.process.send_signal(signal.SIGCONT)
        slow = load.slowest(before)
    back = wait_for_work(load, premises, 60)
    tell(
        f"R4: queue hung {hung} s: p99 {usual:.0f} ms before, {slow:.0f} ms meanwhile, {len(load.failed)} failed;"
        f" work done {back:.1f} s later"
    )
    assert load.failed == []
    assert slow < usual * 1.2 + 100  # one request a process and five seconds waits 50 ms for the shared count


def test_a_screen_tells_work_that_waits(premises, queue_server):
    queue_server.stop()
    try:
        engine = open_engine(replace(premises.config, redis_url=queue_server.url()).as_process("worker"))
        work_id = ask(engine, "sample.quiet")
        assert look(engine, work_id).state is State.PENDING
        assert premises.desk("admin").get("/readyz").status_code == 200
        engine.dispose()
    finally:
        queue_server.start()
