"""Where the trail is reached: the sealer's connection, and the folders its notes are exported to."""

from pathlib import Path

import psycopg
from psycopg import Connection
from sqlalchemy.engine import make_url

from config import Config


def checkpoint_places(config: Config) -> tuple[Path, ...]:
    """Where notes are exported: beside the data, and in every folder the settings name."""
    return (config.home / "checkpoints", *config.checkpoint_dirs)


def connect(config: Config) -> Connection:
    """A connection of the sealer's role."""
    return psycopg.connect(conninfo(config.url("sealer")), autocommit=True, application_name="forecourt sealer")


def conninfo(url: str) -> str:
    """The libpq form of an SQLAlchemy URL."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
