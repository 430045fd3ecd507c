"""The worker's road to the database: every transaction announced as the system or as a job's requester."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from app.db.engine import Database
from app.outbox import Work
from config import Config


class RequesterLeft(Exception):
    """Whoever asked for the work has been deactivated since."""


def open_engine(config: Config) -> Engine:
    """An engine of the worker's role that connects at first use, with room for two transactions and a lease keeper."""
    return Database(config.url("worker"), pool_size=3, statement_timeout_ms=config.statement_timeout_ms).engine


@contextmanager
def as_system(engine: Engine, request: str = "work") -> Iterator[Connection]:
    """A transaction of the system."""
    with engine.begin() as connection:
        connection.execute(text("SELECT gate.announce_system(:request)"), {"request": request})
        yield connection


@contextmanager
def as_requester(engine: Engine, work: Work) -> Iterator[Connection]:
    """A transaction of whoever asked for `work`, with his rights of now; raises RequesterLeft.

    What was asked for by an API token stays within its scopes, and is not done once somebody ended the token.
    """
    if work.requested_by is None:
        with as_system(engine, told(work)) as connection:
            yield connection
        return
    with engine.begin() as connection:
        values = {"user": work.requested_by, "request": told(work), "token": work.requested_token}
        if not connection.execute(text("SELECT gate.announce_job(:user, :request, :token)"), values).scalar():
            raise RequesterLeft(f"user {work.requested_by} left")
        yield connection


def told(work: Work) -> str:
    """What the trail is told about the request: the one that asked, and the kind of work, by which readers name it."""
    return f"{work.request_id or f'work-{work.id}'} {work.kind}"
