"""Where the measurements live: a cluster and databases of their own, kept between runs."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from app.db.embedded import Place, Postgres
from app.db.embedded.spawn import stop
from app.process import secrets
from app.process.servers import migrate
from config import Config

MEMORY_MB = 256
LARGE, SMALL = 1_000_000, 10_000
FAST = [(signal.SIGINT, 60.0), (signal.SIGQUIT, 5.0)]


def home() -> Path:
    """The bench's own home: BENCH_HOME, or one beside the installation's."""
    named = os.environ.get("BENCH_HOME")
    usual = Config().home
    return Path(named) if named else usual.with_name(f"{usual.name}-bench")


def settings(database: str, process: str = "administrator") -> Config:
    """The settings of one of the bench's databases."""
    # A measured program asks faster than any program may.
    return replace(
        Config(home=home(), database=database, database_memory_mb=MEMORY_MB, api_requests_per_minute=10**9),
        process=process,
    )


@contextmanager
def cluster() -> Iterator[None]:
    """The bench's PostgreSQL, running inside the block; one that runs already is used and left running."""
    place = Place.prepare(home())
    if answers():
        yield
        return
    postgres = Postgres(place, memory_mb=MEMORY_MB)
    secrets.write_missing(home() / "secrets")
    if not postgres.exists:
        postgres.create(settings("postgres").secret("password_administrator").decode())
    server = postgres.start()
    try:
        postgres.wait(server)
        yield
    finally:
        stop(server, FAST)


def answers() -> bool:
    """Whether the bench's PostgreSQL runs."""
    try:
        connect("postgres").close()
    except (psycopg.OperationalError, FileNotFoundError):
        return False
    return True


def connect(database: str, role: str = "administrator", *, autocommit: bool = True) -> psycopg.Connection[Any]:
    """A bare connection to a database of the bench as one of the product's roles."""
    return psycopg.connect(conninfo(database, role), autocommit=autocommit)


def conninfo(database: str, role: str = "administrator") -> str:
    """The libpq form of a database's address."""
    url = make_url(settings(database).url(role)).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def exists(database: str) -> bool:
    """Whether the database is there."""
    with connect("postgres") as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone())


def create(database: str) -> None:
    """Makes an empty database, in place of one of that name."""
    with connect("postgres") as connection:
        name = sql.Identifier(database)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def rename(database: str, to: str) -> None:
    """Gives a finished database its name, so that a half-loaded one is never measured."""
    with connect("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(to)))
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(database), sql.Identifier(to))
        )


def migrated(database: str) -> None:
    """Brings a database to the present schema; its roles get their passwords."""
    migrate(settings(database))
