"""A database of its own for each test, a Valkey server for the session, and processes that may be killed."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, create_engine, pool, text

from app.db.embedded.place import Place
from app.db.embedded.spawn import stop
from app.db.embedded.valkey import GRACEFUL, Valkey
from app.jobs import entry
from app.jobs.announced import open_engine
from app.jobs.pace import Pace
from config import Config
from tests.jobs import samples
from tests.jobs.acts import kill
from tests.jobs.processes import HURRY, Running, begin


@pytest.fixture
def admin(database: Config) -> Engine:
    """The administrator's engine on this test's own database, which also holds the samples' tables."""
    engine = create_engine(database.url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(samples.TABLES)
    return engine


class QueueServer:
    """A Valkey server that a test may stop, start and wipe."""

    def __init__(self, home: Path) -> None:
        self.server = Valkey(Place.prepare(home))
        self.server.admit("sample")
        with (self.server.data / "users.acl").open("a") as acl:
            acl.write("user tester on >tester ~* &* +@all\n")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self.process = self.server.start()
        self.server.wait(self.process)

    def stop(self) -> None:
        if self.process:
            stop(self.process, GRACEFUL)

    def forget(self) -> None:
        """Loses everything it kept on disk; it must be stopped."""
        shutil.rmtree(self.server.data / "appendonlydir", ignore_errors=True)

    def url(self, user: str = "forecourt", password: str = "sample") -> str:
        return f"unix://{user}:{password}@{self.server.socket}?db=0"

    def attacker(self) -> redis.Redis:
        """Somebody who may do anything on the server, but holds no key of ours."""
        return redis.Redis.from_url(self.url("tester", "tester"))


@pytest.fixture(scope="session")
def _queue_server(template: Config) -> Iterator[QueueServer]:
    server = QueueServer(template.home / f"jobs-queue-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    yield server
    server.stop()
    shutil.rmtree(server.server.place.sockets, ignore_errors=True)


@pytest.fixture
def queue_server(_queue_server: QueueServer) -> QueueServer:
    """The session's server of messages, empty."""
    _queue_server.attacker().flushall()
    return _queue_server


@pytest.fixture
def config(database: Config, admin: Engine, queue_server: QueueServer) -> Config:
    """A worker's settings for this test's servers."""
    return replace(database, redis_url=queue_server.url()).as_process("worker")


@pytest.fixture
def worker(config: Config) -> Iterator[Engine]:
    """The worker role's engine; this process takes the post of a worker on the default queue."""
    engine = open_engine(config)
    entry.take_post(entry.Post(config, "default", HURRY))
    yield engine
    engine.dispose()


@pytest.fixture
def people(admin: Engine) -> dict[str, int]:
    """User ids of two people who hold no grants."""
    with admin.begin() as connection:
        names = ("advisor", "outsider")
        insert = text("INSERT INTO ab_user (first_name, last_name, username) VALUES ('x', 'y', :n) RETURNING id")
        return {name: connection.execute(insert, {"n": name}).scalar_one() for name in names}


@pytest.fixture
def as_web(admin: Engine) -> Callable[[int], Iterator]:
    """Opens a transaction of the web role, announced as a person by his session."""

    @contextmanager
    def opened(user: int):
        token = secrets.token_hex(16)
        with admin.begin() as connection:
            values = {"u": user, "h": token}
            connection.execute(
                text("""INSERT INTO gate.session (token_hash, user_id, idle, expires_at)
                        VALUES (sha256(convert_to(:h, 'UTF8')), :u, '1 hour', now() + interval '1 hour')"""),
                values,
            )
        with admin.begin() as connection:
            connection.execute(text("SET LOCAL SESSION AUTHORIZATION forecourt_web"))
            connection.execute(text("SELECT gate.announce(:t, 'request-1')"), {"t": token})
            yield connection

    return opened


@pytest.fixture
def launch(config: Config) -> Iterator[Callable[..., Running]]:
    """Starts `relay`, `ticker` or `worker` as a process that ends with the test."""
    running: list[Running] = []

    def launched(part: str, queue: str = "default", pace: Pace = HURRY) -> Running:
        running.append(begin(part, queue, config, pace))
        return running[-1]

    yield launched
    for process in running:
        if process.poll() is None:
            kill(process)
