"""The whole web group killed, or told to stop, while people write: what was answered stays, and stands in the trail."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from app.audit import sealer
from app.audit.checkpoint import Folder
from app.audit.note import private_key
from app.audit.verify import verify
from app.process import web
from app.process.child import Forked, fork, until_told
from config import Config
from tests.appkit import Premises, install
from tests.telling import tell

pytestmark = pytest.mark.faults
FULL = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def own(clone: Callable[[], Config], queue: Config) -> Iterator[Premises]:
    """An installation of this file's own, whose trail nobody else touches."""
    made = install(replace(clone(), redis_url=queue.redis_url, web_processes=2, web_threads=4))
    yield made
    made.house.database.dispose()


class Group:
    """The web's processes on a socket that outlives them, as the supervisor holds it."""

    def __init__(self, premises: Premises) -> None:
        self.config = replace(premises.config, stop_seconds=8).as_process("web")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.running: Forked | None = None

    def start(self) -> None:
        self.running = fork(lambda: web.run(self.config, self.listener.fileno(), until_told()))

    def kill(self) -> None:
        """All of them at once: they share a session."""
        assert self.running is not None
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def answers(self) -> bool:
        with suppress(OSError, HTTPException):
            wire = HTTPConnection("127.0.0.1", self.port, timeout=10)
            wire.request("GET", "/livez")
            return wire.getresponse().status == 200
        return False


class Writers:
    """Programs that add customers one after the other; `acked` are those an answer said were saved."""

    def __init__(self, group: Group, token: str, number: int = 4) -> None:
        self.group, self.token = group, token
        self.acked: list[int] = []
        self.sent = 0
        self.odd: list[int] = []
        self.cut: list[float] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(number)]

    def _write(self, writer: int) -> None:
        turn = 0
        wire = HTTPConnection("127.0.0.1", self.group.port, timeout=10)
        while not self._over.is_set():
            turn += 1
            self.sent += 1
            try:
                self._one(wire, f"R5 {writer}-{turn}")
            except (OSError, HTTPException):
                self.cut.append(time.monotonic())
                wire.close()
                wire = HTTPConnection("127.0.0.1", self.group.port, timeout=10)
                time.sleep(0.01)
        wire.close()

    def _one(self, wire: HTTPConnection, name: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        wire.request("POST", "/api/v1/data/customer/", json.dumps({"name": name, "kind": "person"}), headers)
        answer = wire.getresponse()
        body = answer.read()
        if answer.status == 201:
            self.acked.append(json.loads(body)["id"])
        else:
            self.odd.append(answer.status)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def group(own: Premises) -> Iterator[Group]:
    made = Group(own)
    made.start()
    until(made.answers)
    yield made
    with suppress(ProcessLookupError):
        made.kill()
    made.listener.close()


def until(true: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_sound(premises: Premises, folder: Path) -> bool:
    """Whether the trail, sealed to its end, verifies against its notes."""
    key = private_key(premises.config.secret("seal_key"))
    with premises.connect("sealer", autocommit=True) as connection:
        while sealer.work(connection, key, [Folder(folder)]):
            pass
        verdict = verify(connection, folder, key.public_key())
    return verdict.exit_code == 0 and verdict.pending == 0


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=FULL)])
def test_the_web_killed_whole_while_programs_write_loses_nothing_it_answered(
    kills: int, own: Premises, group: Group, tmp_path: Path
) -> None:
    with Writers(group, own.api_token("manager")) as writers:
        for _ in range(kills):
            wanted = len(writers.acked) + 12
            until(lambda wanted=wanted: len(writers.acked) >= wanted)
            group.kill()
            group.start()
        until(group.answers)
    kept = own.one("SELECT count(*) FROM customer WHERE id = ANY (%s)", writers.acked)
    rows = own.one("SELECT count(*) FROM customer WHERE name LIKE 'R5 %%'")
    audited = own.one(
        "SELECT count(DISTINCT e.record_id) FROM trail.entry e JOIN customer c ON c.id = e.record_id"
        " WHERE e.entity = 'customer' AND e.action = 'insert' AND c.name LIKE 'R5 %%'"
    )
    told = f"{writers.sent} writes, {len(writers.acked)} acknowledged, {len(writers.cut)} cut"
    tell(f"R5: {kills} kills of the web group, {told}: {kept} kept, {rows} rows, {audited} audited")
    assert kept == len(writers.acked) == len(set(writers.acked))
    assert set(writers.odd) <= {503}
    assert rows == audited
    assert is_sound(own, tmp_path / "notes")


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=FULL)])
def test_the_web_told_to_stop_answers_what_it_began(times: int, own: Premises, group: Group) -> None:
    """Nothing is answered by a fault; what was saved was answered, but for what came as the door closed."""
    for _ in range(times):
        before = own.one("SELECT count(*) FROM customer WHERE name LIKE 'R5 %%'")
        with Writers(group, own.api_token("manager")) as writers:
            until(lambda writers=writers: len(writers.acked) >= 20)
            told = time.monotonic()
            group.running.send_signal(signal.SIGTERM)
            code = group.running.wait()
            taken = time.monotonic() - told
            group.start()
            until(group.answers)
        after = own.one("SELECT count(*) FROM customer WHERE name LIKE 'R5 %%'")
        saved, told_so = after - before, len(writers.acked)
        tell(f"R19: web told to stop under load: exit {code} in {taken:.1f} s, {saved} saved, {told_so} answered")
        assert (code, writers.odd) == (0, [])
        assert taken < 10
        assert after - before == len(writers.acked)
