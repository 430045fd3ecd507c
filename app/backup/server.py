"""PostgreSQL's own tools and plain connections, for backups of the live database and for the one a restore makes."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from app.backup.refusals import FAILED, Unusable
from app.db.embedded import Place
from app.db.embedded.postgres import install
from config import ROOT, Config

ROLES = (
    "roles.sql",
    "backup_role.sql",
    "monitor_role.sql",
)  # the cluster's roles; each statement tolerates that they exist


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server as one role signs in to one of its databases."""

    url: URL

    @classmethod
    def of(cls, config: Config, role: str) -> Self:
        """The installation's database as one of its roles."""
        return cls(make_url(config.url(role)).set(drivername="postgresql"))

    @property
    def database(self) -> str:
        """The database's name."""
        return self.url.database or ""

    def beside(self, database: str) -> "Server":
        """Another database of the same server."""
        return Server(self.url.set(database=database))

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection:
        """A connection without limits of time, whose text forms depend on nobody's settings."""
        return psycopg.connect(
            self.url.render_as_string(hide_password=False),
            autocommit=autocommit,
            application_name="forecourt backup",
            options="-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=60s"
            " -c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1",
        )

    def run(
        self, tool: str, *arguments: str, stdin: int = subprocess.DEVNULL, errors: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """A started tool of PostgreSQL's that signs in here; its password stands on no command line."""
        shown = self.url._replace(password=None).render_as_string()
        return subprocess.Popen(
            [binary(tool), *arguments, "--no-password", f"--dbname={shown}"],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,
            env=_environment(str(self.url.password or "")),
        )

    def exists(self) -> bool:
        """Whether the database is there."""
        with self.beside("postgres").connect() as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (self.database,)).fetchone()
        return row is not None

    def make(self) -> None:
        """Makes the database, empty, and the roles where the server has none of them yet."""
        with self.beside("postgres").connect() as connection:
            statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
            connection.execute(sql.SQL(statement).format(sql.Identifier(self.database)))
        self.know_roles()

    def know_roles(self) -> None:
        """Makes the cluster's roles where they are missing, and lets them into the database."""
        with self.connect(autocommit=False) as connection:
            for name in ROLES:
                text = (ROOT / "migrations" / "sql" / name).read_bytes()
                connection.execute(text)

    def drop(self) -> None:
        """Drops the database where it is there, whoever is connected."""
        with self.beside("postgres").connect() as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(statement.format(sql.Identifier(self.database)))


def binary(name: str) -> Path:
    """One of the embedded server's programs; run as whoever runs this process."""
    return install(Place(Path(), Path(), None)) / "bin" / name


def _environment(password: str) -> Mapping[str, str]:
    """What libpq may know: the operator's own PG… variables for certificates, and the password."""
    given = {name: value for name, value in os.environ.items() if name.startswith("PG") or name == "HOME"}
    return {**given, "LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin", "PGPASSWORD": password}


def last_words(errors: IO[bytes]) -> str:
    """The end of what a tool complained about."""
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    told = [line for line in lines if "error" in line.lower()] or lines or ["?"]
    return told[0][:300]


def demand_success(tool: str, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    """Waits for a tool and raises Unusable with its own words when it failed."""
    if process.wait() != 0:
        raise Unusable(FAILED.format(tool=tool, why=last_words(errors)), f"{tool}_failed")


def reap(tool: subprocess.Popen[bytes]) -> None:
    """Leaves nothing of a tool behind, also one that still runs."""
    for stream in (tool.stdin, tool.stdout):
        if stream is not None:
            stream.close()
    if tool.poll() is None:
        tool.kill()
    tool.wait()
