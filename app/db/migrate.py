"""Brings a database's schema up or down; the only code that signs in as the server's administrator."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as Alembic
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text

ROOT = Path(__file__).parents[2]
ONE_AT_A_TIME = 0x466F7265  # the advisory lock that keeps two starts from migrating at once


def settings() -> Alembic:
    """Alembic's configuration, made in code so that it works from any folder."""
    alembic = Alembic()
    alembic.set_main_option("path_separator", "os")
    alembic.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    alembic.set_main_option("prepend_sys_path", str(ROOT).replace("%", "%%"))
    return alembic


@cache
def newest() -> str | None:
    """The revision this version of the program was made for."""
    return ScriptDirectory.from_config(settings()).get_current_head()


def upgrade(url: str, revision: str = "head") -> None:
    """Migrates the database at the administrator's `url` up to `revision`; waits for another that is at it."""
    _run(url, revision, up=True)


def downgrade(url: str, revision: str) -> None:
    """Migrates the database at the administrator's `url` down to `revision` ("base" removes everything)."""
    _run(url, revision, up=False)


def _run(url: str, revision: str, *, up: bool) -> None:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
        connection.commit()
        alembic = settings()
        alembic.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(alembic, revision)
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ONE_AT_A_TIME})
        connection.commit()
