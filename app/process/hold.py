"""One installation, one start: the lock on a home, and what a killed start left running."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.label import Label
from app.db.embedded.place import make_home
from app.db.embedded.spawn import born, end

STRAYS = [(signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)]


class Held(Exception):
    """Somebody else runs on this home; `label` says who."""

    def __init__(self, label: Label, holder: "Record") -> None:
        super().__init__(label.en)
        self.label = label
        self.holder = holder


@dataclass(slots=True)
class Record:
    """What a start notes about itself in home/run.json."""

    path: Path
    pid: int = 0
    address: str = ""
    since: str = ""
    children: tuple[tuple[int, str], ...] = ()  # process numbers and births

    @classmethod
    def read(cls, home: Path) -> "Record":
        """The note in `home`; an empty one where there is none or it was cut short."""
        path = home / "run.json"
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            children = tuple((int(pid), str(birth)) for pid, birth in told["children"])
            return cls(path, int(told["pid"]), str(told["address"]), str(told["since"]), children)
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path)

    def note(self, pids: list[int]) -> None:
        """Write the note anew with these children."""
        self.children = tuple((pid, birth) for pid in pids if (birth := born(pid)))
        told = {"pid": self.pid, "address": self.address, "since": self.since, "children": self.children}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(told), encoding="utf-8")
        new.replace(self.path)

    def end_strays(self) -> int:
        """End the children a killed start left behind, and count them."""
        strays = [pid for pid, birth in self.children if born(pid) == birth]
        for pid in strays:
            end(pid, STRAYS)
        return len(strays)


@contextmanager
def hold(home: Path) -> Iterator[tuple[Record, int]]:
    """The home for this process alone: a fresh record and the lock's descriptor, which children must close; or Held."""
    make_home(home)
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(home) from None
        before = Record.read(home)
        before.end_strays()
        record = Record(before.path, os.getpid(), since=time.strftime("%Y-%m-%d %H:%M:%S"))
        record.note([])
        yield record, descriptor
        record.path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _held(home: Path) -> Held:
    holder = Record.read(home)
    at = f" ({holder.address})" if holder.address else ""
    zh = f"{home} 正在被进程 {holder.pid} 使用，自 {holder.since} 起{at}。"
    en = f"{home} is in use by process {holder.pid} since {holder.since}{at}."
    todo = Label(
        "请先停止它，或用 FORECOURT_HOME 指定另一个目录。", "Stop that first, or name another folder in FORECOURT_HOME."
    )
    return Held(Label(zh + todo.zh, f"{en} {todo.en}"), holder)
