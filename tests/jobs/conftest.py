"""A database of its own for each test, a Valkey server for the session, and processes that may be killed."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import Engine, create_engine, make_url, pool, text

from app.db.embedded.place import Place
from app.db.embedded.postgres import FAST, Postgres
from app.db.embedded.spawn import stop
from app.db.embedded.valkey import GRACEFUL, Valkey
from app.db.migrate import upgrade
from app.jobs import entry
from app.jobs.announced import open_engine
from config import Config
from tests.jobs import samples
from tests.jobs.acts import kill
from tests.jobs.processes import HURRY

ROOT = Path(__file__).parents[2]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "faults: kills processes and servers; slow")


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A folder that servers started by root may enter too."""
    folder = Path(tempfile.mkdtemp(prefix="fc-jobs-", dir="/var/lib" if os.geteuid() == 0 else None))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[str]:
    """An administrator's URL: of the server DATABASE_URL names, else of an embedded one."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    postgres = Postgres(Place.prepare(home / "database"), durable=False)
    password = secrets.token_hex(8)
    postgres.create(password)
    process = postgres.start()
    postgres.wait(process)
    yield f"postgresql://postgres:{password}@/postgres?host={postgres.place.sockets}"
    stop(process, FAST)


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """The name of a migrated database to clone."""
    name = f"work_template_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        upgrade(_named(server, name), "head")
        with psycopg.connect(_named(server, name, "postgresql"), autocommit=True) as inside:
            inside.execute(samples.TABLES + "GRANT USAGE ON SCHEMA public TO forecourt_guard;")
            if "DATABASE_URL" not in os.environ:
                for role in ("web", "worker", "owner"):
                    inside.execute(f"ALTER ROLE forecourt_{role} PASSWORD 'sample'")
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def admin(server: str, template: str) -> Iterator[Engine]:
    """The administrator's engine on this test's own database."""
    name = f"work_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        engine = create_engine(_named(server, name), poolclass=pool.NullPool)
        yield engine
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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

    def url(self, user: str = "forecourt", password: str = "sample") -> str:
        return f"unix://{user}:{password}@{self.server.socket}?db=0"

    def attacker(self) -> redis.Redis:
        """Somebody who may do anything on the server, but holds no key of ours."""
        return redis.Redis.from_url(self.url("tester", "tester"))


@pytest.fixture(scope="session")
def valkey_server(home: Path) -> Iterator[QueueServer]:
    server = QueueServer(home / "queue")
    yield server
    server.stop()


@pytest.fixture
def valkey(valkey_server: QueueServer) -> QueueServer:
    """The session's Valkey, empty."""
    valkey_server.attacker().flushall()
    return valkey_server


@pytest.fixture
def config(admin: Engine, valkey: QueueServer, tmp_path: Path) -> Config:
    """A worker's settings for this test's servers."""
    (tmp_path / "password_worker").write_text("sample")
    (tmp_path / "password_owner").write_text("sample")
    (tmp_path / "queue_key").write_bytes(bytes(range(32)))
    url = admin.url.render_as_string(hide_password=False)
    return Config(home=tmp_path, secrets=tmp_path, database_url=url, redis_url=valkey.url()).as_process("worker")


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
def launch(config: Config) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `relay`, `ticker` or `worker` as a process that ends with the test."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(part: str, queue: str = "default") -> subprocess.Popen[bytes]:
        settings = [config.database_url or "", config.redis_url or "", str(config.home)]
        argv = [sys.executable, "-m", "tests.jobs.processes", part, queue, *settings]
        running.append(subprocess.Popen(argv, cwd=ROOT))
        return running[-1]

    yield begin
    for process in running:
        if process.poll() is None:
            kill(process)


def _named(server: str, name: str, driver: str = "postgresql+psycopg") -> str:
    url = make_url(server).set(database=name, drivername=driver)
    return url.render_as_string(hide_password=False)
