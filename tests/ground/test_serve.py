"""One command, from nothing to a page and back, as an operator meets it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from config import ROOT
from tests.telling import tell

pytestmark = pytest.mark.faults
READY = re.compile(r"已就绪：http://127\.0\.0\.1:(\d+)")


@dataclass
class Installation:
    """A home and the `python run.py` on it."""

    home: Path
    output: Path
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def run(self, *words: str) -> subprocess.Popen[bytes]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("FORECOURT_")}
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "run.py", *words],
                cwd=ROOT,
                env=environ | {"FORECOURT_HOME": str(self.home)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self) -> str:
        """What it told until it was ready; one that runs already is left running."""
        if self.process and self.process.poll() is None:
            return self.told()
        self.process = self.run()
        deadline = time.monotonic() + 90
        while not (found := READY.search(self.told())):
            assert self.process.poll() is None, self.told()
            assert time.monotonic() < deadline, self.told()
            time.sleep(0.05)
        self.port = int(found[1])
        return self.told()

    def told(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def answers(self, path: str, seconds: float = 30) -> int:
        deadline = time.monotonic() + seconds
        while True:
            with suppress(OSError):
                wire = HTTPConnection("127.0.0.1", self.port, timeout=10)
                wire.request("GET", path)
                status = wire.getresponse().status
                wire.close()
                if status < 500 or time.monotonic() > deadline:
                    return status
            time.sleep(0.2)

    def read(self, path: str) -> str:
        wire = HTTPConnection("127.0.0.1", self.port, timeout=10)
        wire.request("GET", path)
        return wire.getresponse().read().decode()

    def family(self) -> list[int]:
        """Every process of this start, the parent first."""
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
        found = [self.process.pid]
        for parent in found:
            found += [pid for pid, above in pairs if above == parent]
        return found


def make() -> Installation:
    above = Path(tempfile.mkdtemp(prefix="fc s "))
    above.chmod(0o711)
    return Installation(above / "home", above / "output")


def remove(one: Installation) -> None:
    if one.process and one.process.poll() is None:
        one.process.terminate()
        one.process.wait(60)
    with suppress(FileNotFoundError):
        shutil.rmtree((one.home / "run.path").read_text().strip(), ignore_errors=True)
    shutil.rmtree(one.home.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    one = make()
    yield one
    remove(one)


@pytest.fixture
def neighbour() -> Iterator[Installation]:
    one = make()
    yield one
    remove(one)


def test_it_starts_from_nothing_stops_cleanly_and_finds_all_again(installation: Installation) -> None:
    assert len(re.findall(r"/welcome/\w{32,}", installation.start())) >= 7
    assert (installation.answers("/livez"), installation.answers("/sign-in")) == (200, 200)
    for sign in (signal.SIGINT, signal.SIGTERM):
        began = time.monotonic()
        installation.process.send_signal(sign)
        assert installation.process.wait(60) == 0
        assert time.monotonic() - began < 40
        assert "/welcome/" not in installation.start()
        assert installation.answers("/readyz") == 200


def test_it_recovers_when_everything_was_killed_at_once(installation: Installation) -> None:
    installation.start()
    for pid in installation.family():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    installation.process.wait()
    assert "/welcome/" not in installation.start()
    assert installation.answers("/readyz") == 200


def test_nothing_outlives_a_parent_that_was_killed_alone(installation: Installation) -> None:
    installation.start()
    family = installation.family()
    installation.process.kill()
    installation.process.wait()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    installation.start()
    assert installation.answers("/readyz") == 200


def test_a_killed_database_comes_back_by_itself(installation: Installation) -> None:
    installation.start()
    first = int((installation.home / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(first, signal.SIGKILL)
    time.sleep(1)
    assert installation.answers("/readyz") == 200
    assert int((installation.home / "postgres" / "postmaster.pid").read_text().split()[0]) != first


def test_told_to_stop_under_load_it_says_no_first_and_fails_nobody_who_listens(installation: Installation) -> None:
    installation.start()
    assert installation.answers("/readyz") == 200
    figures, patience = installation.read("/metrics"), time.monotonic() + 20
    while "database_up 1.0" not in figures and time.monotonic() < patience:  # a busy machine answers too late at first
        time.sleep(1)
        figures = installation.read("/metrics")
    assert 'http_request_seconds_count{code="200",method="GET",route="/readyz"}' in figures
    assert re.search(r"^database_up 1.0$", figures, re.MULTILINE)
    clients = [Client(installation) for _ in range(6)]
    time.sleep(1)
    began = time.monotonic()
    installation.process.terminate()
    for client in clients:
        client.join(30)
    code, taken = installation.process.wait(60), time.monotonic() - began
    answered, failed = sum(one.answered for one in clients), [one.failed for one in clients if one.failed]
    left = max(one.left for one in clients) - began
    tell(
        f"R19: {answered} requests, {len(failed)} failed; clients left after {left:.1f} s, all stopped in {taken:.1f} s"
    )
    assert (code, failed) == (0, [])
    assert answered > 20
    assert left < 5
    assert taken < 40


class Client(threading.Thread):
    """Asks for pages as long as the installation says that it is ready, as a balancer would."""

    def __init__(self, installation: Installation) -> None:
        super().__init__()
        self.port, self.answered, self.failed, self.left = installation.port, 0, "", 0.0
        self.start()

    def run(self) -> None:
        try:
            while self.ask("/readyz") == 200:
                for _ in range(3):
                    status = self.ask("/sign-in")
                    self.answered += 1
                    if status != 200:
                        self.failed = str(status)
        except OSError as error:
            self.failed = repr(error)
        self.left = time.monotonic()

    def ask(self, path: str) -> int:
        wire = HTTPConnection("127.0.0.1", self.port, timeout=15)
        wire.request("GET", path)
        answer = wire.getresponse()
        answer.read()
        wire.close()
        return answer.status


@pytest.mark.slow
def test_two_run_side_by_side_and_a_second_start_on_one_home_is_refused(
    installation: Installation, neighbour: Installation
) -> None:
    installation.start()
    neighbour.start()
    assert installation.port != neighbour.port
    assert (installation.answers("/livez"), neighbour.answers("/livez")) == (200, 200)
    intruder = Installation(installation.home, neighbour.home.parent / "intruder")
    assert intruder.run().wait(30) == 1
    assert f"in use by process {installation.process.pid}" in intruder.told()


def test_the_parent_holds_no_password_or_key(installation: Installation) -> None:
    installation.start()
    memory = Path(f"/proc/{installation.process.pid}/mem")
    held = regions(installation.process.pid, memory)
    kept = [
        path.name
        for path in (installation.home / "secrets").iterdir()
        if path.suffix != ".pub" and path.read_bytes() in held
    ]
    assert kept == []


def regions(pid: int, memory: Path) -> bytes:
    """All that the process has written in its memory."""
    found = []
    with memory.open("rb") as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            begin, _, end = line.split()[0].partition("-")
            if line.split()[1].startswith("rw") and "[v" not in line:
                with suppress(OSError):
                    file.seek(int(begin, 16))
                    found.append(file.read(int(end, 16) - int(begin, 16)))
    return b"".join(found)
