"""What every test may stand on: real servers, a migrated template, clones of it, and a browser where there is one."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
import redis
from playwright.sync_api import Browser, Page, sync_playwright
from psycopg import sql
from sqlalchemy import Connection, create_engine, pool
from sqlalchemy.engine import make_url

from app.db.embedded import Place, Valkey
from app.db.embedded.spawn import stop
from app.db.embedded.valkey import GRACEFUL
from config import Config
from tests.servers import shared

if TYPE_CHECKING:  # the whole application takes seconds to import, and most tests do without it
    from tests.appkit import Premises
    from tests.make import Make

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest) -> Iterator[Config]:
    """Settings whose database is the migrated template; never connect to it, clones are made of it."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID") or getattr(request.config, "workerinput", {}).get("testrunuid")
    with shared(session or uuid4().hex) as config:
        yield config


@pytest.fixture(scope="session")
def clone(template: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Config]]:
    """Makes a database of one's own as the migrations leave it, with the settings for it; all go with the session."""
    made: list[str] = []
    url = make_url(template.url("administrator")).set(drivername="postgresql", database="postgres")

    def make() -> Config:
        name = f"t_{uuid4().hex[:12]}"
        _clone(administrator, template.database, name)
        made.append(name)
        # A home of its own as well: workers that shared one would clear each other's uploads.
        home = homes / name
        home.mkdir()
        (home / "run.path").symlink_to(template.home / "run.path")
        (home / "secrets").symlink_to(template.secrets_dir)
        return replace(template, database=name, home=home, secrets=template.secrets_dir)

    homes = tmp_path_factory.mktemp("homes")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as administrator:
        yield make
        for name in made:
            administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _clone(administrator: psycopg.Connection, source: str, name: str) -> None:
    """Copy a database whole: CREATE DATABASE alone leaves out its rights and settings."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    administrator.execute(statement.format(sql.Identifier(name), sql.Identifier(source)))
    administrator.execute(
        "UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = %s) WHERE datname = %s",
        (source, name),
    )
    administrator.execute(
        "INSERT INTO pg_db_role_setting SELECT (SELECT oid FROM pg_database WHERE datname = %s), setrole, setconfig "
        "FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = %s)",
        (name, source),
    )


@pytest.fixture(scope="session")
def config(clone: Callable[[], Config], queue: Config) -> Config:
    """An administrator's settings of this worker's database; what a test writes there it must roll back."""
    return replace(clone(), redis_url=queue.redis_url)


@pytest.fixture
def database(clone: Callable[[], Config], template: Config) -> Iterator[Config]:
    """An administrator's settings of a database that is this test's alone, dropped after it."""
    made = clone()
    yield made
    url = make_url(template.url("administrator")).set(drivername="postgresql", database="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as administrator:
        administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(made.database)))


@pytest.fixture
def db(config: Config) -> Iterator[Connection]:
    """A connection as administrator whose transaction is rolled back."""
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool)
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture(scope="session")
def queue(template: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """Settings that name this worker's Valkey."""
    home = template.home / f"queue-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    place = Place.prepare(home)
    valkey = Valkey(place)
    valkey.admit("test")
    server = valkey.start()
    valkey.wait(server)
    yield replace(template, redis_url=f"unix://forecourt:test@{valkey.socket}?db=0")
    stop(server, GRACEFUL)
    shutil.rmtree(place.sockets, ignore_errors=True)


@pytest.fixture
def valkey(queue: Config) -> Iterator[redis.Redis]:
    """A client of this worker's Valkey, empty before and after."""
    client = redis.Redis.from_url(queue.redis())
    _empty(client)
    yield client
    _empty(client)
    client.close()


def _empty(client: redis.Redis) -> None:
    for key in client.scan_iter("*", count=1000):
        client.delete(key)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The machine's Chromium; where there is none CI fails and other machines say the test was not run."""
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return Path(found)
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if mac.exists():
        return mac
    if os.environ.get("CI") == "true":
        pytest.fail("no Chromium on this machine, and CI must run the browser's tests")
    pytest.skip("not run: no Chromium")


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """A running browser."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser profile of its own, speaking Chinese."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 820})
    yield context.new_page()
    context.close()


# One installation a worker ------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def premises(clone: Callable[[], Config], queue: Config) -> "Iterator[Premises]":
    """This worker's installation: first data, the cast signed in, the application; what tests write there stays."""
    from tests.appkit import install

    made = install(replace(clone(), redis_url=queue.redis_url))
    yield made
    made.house.database.dispose()


@pytest.fixture(scope="session")
def make(premises: "Premises") -> "Make":
    """Makes records there."""
    from tests.make import Make

    return Make(premises)
