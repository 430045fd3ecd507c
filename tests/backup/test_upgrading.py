"""What an upgrade does about an installation that runs: it asks it to stop, and does not upgrade under it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from app.process import commands, upgrading
from app.process.hold import Held
from app.process.upgrading import stop_running
from config import ROOT, Config

HOLDER = """
import signal, sys, time
from pathlib import Path
from app.process.hold import hold
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with hold(Path(sys.argv[1])) as (record, _):
    record.address = sys.argv[2]
    record.note([])
    print("holds", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Starts a process that holds the home as an installation does, at an address or, as commands do, at none."""
    made = []

    def start(*words: str) -> "subprocess.Popen[bytes]":
        argv = [sys.executable, "-c", HOLDER, str(tmp_path), *words]
        process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE)
        made.append(process)
        assert process.stdout.readline() == b"holds\n"
        return process

    yield start
    for process in made:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_running_installation_is_asked_to_stop(holder, tmp_path, capsys):
    process = holder("http://127.0.0.1:8000")
    stop_running(tmp_path, 20)
    assert process.wait(5) == -signal.SIGTERM
    assert f"process {process.pid}" in capsys.readouterr().out


def test_one_that_does_not_stop_is_not_upgraded_under(holder, tmp_path):
    process = holder("http://127.0.0.1:8000", "stubborn")
    with pytest.raises(Held):
        stop_running(tmp_path, 0.5)
    assert process.poll() is None


def test_a_command_at_work_is_left_alone(holder, tmp_path):
    process = holder("")
    with pytest.raises(Held):
        stop_running(tmp_path, 0.5)
    assert process.poll() is None


def test_it_starts_only_after_an_upgrade_that_succeeded_and_only_when_wanted(tmp_path, monkeypatch):
    config, codes, started = Config(home=tmp_path), [1, 0, 0], []
    monkeypatch.setattr(commands, "run", lambda *_: codes.pop(0))
    monkeypatch.setattr(os, "execv", lambda _, argv: started.append(argv[1]))
    assert upgrading.run(config, []) == 1
    assert upgrading.run(config, ["--no-start"]) == 0
    assert started == []
    upgrading.run(config, [])
    assert started == [str(ROOT / "run.py")]
    assert upgrading.run(config, ["--nonsense"]) == os.EX_USAGE


def test_the_command_is_found_by_its_word():
    found = commands.find(["upgrade", "--no-start"])
    assert found[0].load() is upgrading.run
    assert found[1] == ["--no-start"]
