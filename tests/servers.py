"""The PostgreSQL of one test session: shared by its workers, started by the first, gone after the last.

A keeper process holds it. Every worker has a shared lock on one file; when the keeper gets that lock, nobody
is left, however the workers ended, and it stops the server and removes its folders.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import create_engine, pool

from app.db.embedded import Place, Postgres
from app.db.embedded.postgres import FAST
from app.db.embedded.spawn import stop
from app.process import secrets
from app.process.servers import migrate
from config import ROOT, Config

TEMPLATE = "forecourt_template"


@contextmanager
def shared(session: str) -> Iterator[Config]:
    """The administrator's settings of the session's cluster, whose database is the migrated template."""
    home = Path(tempfile.gettempdir()) / f"fct-{session[:12]}"
    home.mkdir(exist_ok=True)
    with (home / "users").open("a") as users:
        with _locked(home / "starting"):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not (home / "ready").exists():
                _start_keeper(home)
        yield settings(home)


def settings(home: Path) -> Config:
    """The settings of a test installation in `home`."""
    return replace(Config(home=home, database=TEMPLATE), process="administrator")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_keeper(home: Path) -> None:
    log = home / "keeper.log"
    with log.open("w+") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", str(home)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        while not (home / "ready").exists():
            if keeper.poll() is not None:
                output.seek(0)  # the keeper has removed the file, and this still reads it
                raise RuntimeError(f"the tests' database did not start:\n{output.read()}")
            time.sleep(0.02)


def _bring(config: Config) -> None:
    """Make the tables in code, as every start does; a clone finds them made."""
    import app.rules  # noqa: F401
    from app.models import ENTITIES
    from app.studio.bring import bring

    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        bring(connection, list(ENTITIES.values()))


def keep(home: Path) -> None:
    """Run the cluster until no worker is left."""
    place = Place.prepare(home)
    postgres = Postgres(place, memory_mb=128, durable=False)
    secrets.write_missing(home / "secrets")
    config = settings(home)
    if not postgres.exists:
        postgres.create(config.secret("password_administrator").decode())
    server = postgres.start()
    try:
        postgres.wait(server)
        migrate(config)
        _bring(config)
        (home / "ready").touch()
        with (home / "users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
    finally:
        stop(server, FAST)
        shutil.rmtree(place.sockets, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    os.umask(0o077)
    keep(Path(sys.argv[1]))
