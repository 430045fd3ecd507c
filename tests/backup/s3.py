"""A real S3 server on loopback over a folder, which a test may kill and start again."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from setting import Store

KEY, SECRET = "AKIAFORECOURTTEST", "a-secret-of-the-tests"


def rclone() -> str:
    """The server's program, as the development requirements install it."""
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    assert found, "rclone is missing: make .venv/ready-dev"
    return found


class S3:
    """The server; every folder in `data` is a bucket, and what lies in it are its objects."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, bucket: str, prefix: str = "") -> Store:
        return Store(bucket, prefix, f"http://127.0.0.1:{self.port}")

    def start(self) -> None:
        quick = ("--vfs-cache-mode", "off", "--dir-cache-time", "20ms", "--log-level", "ERROR")
        given = ("--addr", f"127.0.0.1:{self.port}", "--auth-key", f"{KEY},{SECRET}", *quick)
        env = {"HOME": str(self.data.parent), "PATH": "/usr/bin:/bin"}
        argv = [rclone(), "serve", "s3", *given, str(self.data)]
        self._process = subprocess.Popen(argv, env=env, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as wire:
                if wire.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("the S3 server does not answer")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])
