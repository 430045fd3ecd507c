"""Processes: children that stop when told, start again when they die, and leave when their parent is gone."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.db.embedded.spawn import born
from app.process import commands, secrets
from app.process.child import Forked, Told, fork
from app.process.hold import Held, Record, hold
from app.process.roles import ROLES
from app.process.supervisor import Member, Supervisor
from config import READABLE, ROOT


def ends_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if born(pid) is None:
            return True
        time.sleep(0.02)
    return False


def sleeper() -> Forked:
    return fork(lambda: time.sleep(60))


def test_the_first_run_writes_secrets_that_only_the_owner_reads(tmp_path: Path) -> None:
    written = secrets.write_missing(tmp_path / "secrets")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}
    given = {"smtp_password", "backup_s3"}  # by whoever runs the mail server and the store
    assert {name for names in READABLE.values() for name in names} - given <= set(written)


def test_a_later_run_changes_no_secret(tmp_path: Path) -> None:
    secrets.write_missing(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "queue_key").unlink()
    assert secrets.write_missing(tmp_path) == ["queue_key"]
    assert all(path.read_bytes() == content for path, content in before.items() if path.name != "queue_key")


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    for name in ("a", "b"):
        secrets.write_missing(tmp_path / name)
    assert not [
        path for path in (tmp_path / "a").iterdir() if path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    ]


def test_a_second_start_says_who_holds_the_home(tmp_path: Path) -> None:
    with hold(tmp_path) as (record, _):
        record.address = "http://127.0.0.1:8000"
        record.note([])
        with pytest.raises(Held, match=rf"process {os.getpid()} .*8000"), hold(tmp_path):
            pass


def test_a_home_is_free_again_when_its_holder_was_killed(tmp_path: Path) -> None:
    code = "import pathlib, sys, time; from app.process.hold import hold\n"
    code += "with hold(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.wait()
    with hold(tmp_path) as (record, _):
        assert record.pid == os.getpid()


def test_what_a_killed_start_left_running_is_ended(tmp_path: Path) -> None:
    stray = sleeper()
    Record(tmp_path / "run.json", pid=1).note([stray.pid])
    with hold(tmp_path):
        assert stray.poll() == -signal.SIGTERM


def test_a_process_that_took_over_a_strays_number_is_left_alone(tmp_path: Path) -> None:
    other = sleeper()
    (tmp_path / "run.json").write_text(
        f'{{"pid": 1, "address": "", "since": "", "children": [[{other.pid}, "earlier"]]}}'
    )
    with hold(tmp_path):
        assert other.poll() is None
    other.send_signal(signal.SIGKILL)
    other.wait()


def test_a_child_ends_when_its_parent_is_killed() -> None:
    read, write = os.pipe()

    def parent() -> None:
        os.write(write, f"{sleeper().pid}\n".encode())
        time.sleep(60)

    middle = fork(parent)
    child = int(os.read(read, 32))
    middle.send_signal(signal.SIGKILL)
    middle.wait()
    assert ends_within(child, 5)


def test_an_event_set_while_waited_for_wakes_at_once() -> None:
    stop = Told()
    signal.signal(signal.SIGALRM, lambda *_: stop.set())
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    began = time.monotonic()
    assert stop.wait(10)
    assert time.monotonic() - began < 1


@pytest.fixture
def supervisor() -> Supervisor:
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    yield Supervisor(lambda _pids: None)
    for sign, handler in before.items():
        signal.signal(sign, handler)


def test_a_dead_member_starts_again_after_a_pause(supervisor: Supervisor) -> None:
    member = Member("one", sleeper, 0, 1.0, running=sleeper(), pause=0.05)
    supervisor.add(member)
    first = member.running
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert member.tend(100.0)
    assert not member.tend(100.01)
    assert member.tend(100.1)
    assert member.running.pid != first.pid
    supervisor.stop()


def test_the_pause_grows_up_to_thirty_seconds() -> None:
    member = Member("one", lambda: fork(lambda: 1), 0, 1.0)
    pauses = []
    for now in range(0, 1000, 100):
        member.tend(float(now))
        member.running.wait()
        member.tend(now + 1.0)
        pauses.append(member.again - now - 1)
    assert pauses[:6] == [1, 2, 4, 8, 16, 30]
    assert max(pauses) == 30


def test_members_stop_stage_by_stage_and_who_does_not_obey_is_killed(supervisor: Supervisor) -> None:
    def deaf() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)

    stubborn, last = (
        Member("deaf", sleeper, 0, 0.3, running=fork(deaf)),
        Member("last", sleeper, 1, 5, running=sleeper()),
    )
    supervisor.add(stubborn)
    supervisor.add(last)
    time.sleep(0.1)
    began = time.monotonic()
    supervisor.stop()
    assert (stubborn.running.poll(), last.running.poll()) == (-signal.SIGKILL, -signal.SIGTERM)
    assert 0.3 <= time.monotonic() - began < 2


def test_every_role_and_command_names_something_that_exists() -> None:
    assert all(callable(role.load()) for role in ROLES)
    assert {role.process for role in ROLES} <= set(READABLE)
    for command in commands.COMMANDS:
        assert commands.find([*command.words.split(), "x"]) == (command, ["x"])
        assert callable(command.load())
