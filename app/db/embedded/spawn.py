"""Server processes: started with their parent's death in mind, known again after a crash, ended for certain."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from app.db.embedded.place import Place

PR_SET_PDEATHSIG = 1
LARGE_LOG = 5_000_000
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """A function for a new child to call: the kernel then sends it `sign` when its parent is gone (Linux only)."""
    parent = os.getpid()

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def spawn(
    argv: list[str], *, place: Place, folder: Path, log: Path, last: signal.Signals, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start a server in its own session as the place's account; it gets `last` when this process dies."""
    if log.exists() and log.stat().st_size > LARGE_LOG:
        log.replace(log.with_suffix(".old"))
    with log.open("ab") as output:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=dict(env),
            start_new_session=True,
            **place.identity,
            preexec_fn=die_with_parent(last),  # noqa: PLW1509  # one thread only; runs after the change of user, which would clear the signal
        )


def born(pid: int) -> str | None:
    """When process `pid` began, as text that no later process of that number shares; None when there is none."""
    try:
        if sys.platform == "linux":
            return (
                Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
            )
        told = subprocess.run(["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return told.stdout.strip() or None
    except (FileNotFoundError, ProcessLookupError):
        return None


def command(pid: int) -> str:
    """The command line of process `pid`; empty when there is none."""
    try:
        if sys.platform == "linux":
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        told = subprocess.run(
            ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return told.stdout.strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def inhabited(folder: Path) -> bool:
    """Whether a process works in `folder`; where that cannot be told, a pause stands for the answer."""
    if sys.platform != "linux":
        time.sleep(2)
        return False
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdigit() and (process / "cwd").readlink() == folder:
                return True
    return False


def end(pid: int, steps: list[tuple[signal.Signals, float]]) -> bool:
    """End a process that is not our child by signals, each with seconds to obey; False when it still lives."""
    birth = born(pid)
    for sign, seconds in steps:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if birth is None or born(pid) != birth or is_zombie(pid):
                return True
            time.sleep(0.05)
    return False


def is_zombie(pid: int) -> bool:
    """Whether `pid` has ended and only waits to be collected by its parent."""
    if sys.platform != "linux":
        return False
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] == "Z"
        )
    except (FileNotFoundError, ProcessLookupError):
        return True


def stop(process: subprocess.Popen[bytes], steps: list[tuple[signal.Signals, float]]) -> int | None:
    """End our child by signals, each with seconds to obey; its exit code, or None when it still lives."""
    for sign, seconds in steps:
        if process.poll() is None:
            process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
    return process.poll()
