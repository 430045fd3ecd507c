"""`python run.py upgrade`: what runs is stopped, the database upgraded or left as it was, and the program started."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from app.core.label import Label
from app.process import commands
from app.process.hold import Held, hold
from app.process.say import say
from config import ROOT, Config

STEP = commands.Command(
    "upgrade",
    "app.backup.upgrade_command:upgrade_command",
    Label("升级数据库", "upgrade the database"),
    "administrator",
    follow=False,
)
GRACE = 30.0  # seconds beyond what requests and jobs may take at a stop


def run(config: Config, arguments: list[str]) -> int:
    """Upgrades and then becomes the running program; a failure leaves the old database, stopped, and says so."""
    parser = argparse.ArgumentParser(prog="run.py upgrade")
    parser.add_argument("--no-start", action="store_true", help="升级后不启动 · leave it stopped")
    try:
        given = parser.parse_args(arguments)
    except SystemExit as done:
        return os.EX_USAGE if done.code else 0
    stop_running(config.home, config.stop_seconds + GRACE)
    code = commands.run(STEP, config, [])
    if code == 0 and not given.no_start:
        say("正在启动", "Starting")
        os.execv(sys.executable, [sys.executable, str(ROOT / "run.py")])  # noqa: S606  # the same program, from its start
    return code


def stop_running(home: Path, patience: float) -> None:
    """Asks an installation that runs on this home to stop, and returns when it has; Held when it does not.

    A command at work there, a backup or a drill, is not stopped but waited for by whoever called.
    """
    try:
        with hold(home):
            return
    except Held as held:
        if not held.holder.address:
            raise
        say(
            f"系统正在运行（进程 {held.holder.pid}），先停止它",
            f"It is running (process {held.holder.pid}); stopping it first",
        )
        os.kill(held.holder.pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while True:
        try:
            with hold(home):
                return
        except Held:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
