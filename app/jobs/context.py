"""What a running job is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from app.core.clock import Clock
from app.jobs.announced import as_requester, as_system
from app.jobs.keeper import Keeper
from app.jobs.telling import tell_end
from app.outbox import LeaseLost, Work, finish, progress
from config import Config


class JobContext:
    """One run of one piece of work: its row, the settings, the clock, and transactions in its requester's name."""

    def __init__(self, work: Work, engine: Engine, config: Config, clock: Clock, keeper: Keeper) -> None:
        self.work = work
        self.engine = engine
        self.config = config
        self.clock = clock
        self.finished = False  # whether the job's own last transaction marked the work done
        self._keeper = keeper

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction with the requester's rights of now (schedules: the system's); LeaseLost, RequesterLeft."""
        self._check()
        with as_requester(self.engine, self.work) as connection:
            yield connection

    def progress(self, done: int, total: int | None = None, note: dict[str, Any] | None = None) -> None:
        """Shows how far the job is, at once and apart from its transactions; raises LeaseLost when it was cancelled.

        Call it between transactions, not inside the one that finishes the work.
        """
        self._check()
        with as_system(self.engine) as connection:
            if not progress(connection, self.work.id, done, total, note, token=self.work.lease_token):
                raise LeaseLost(f"work {self.work.id} was cancelled or given to another worker")

    def effect(self, connection: Connection, key: str) -> bool:
        """True the first time this key is met; commits or vanishes with the caller's transaction."""
        statement = text("INSERT INTO work.effect (key) VALUES (:key) ON CONFLICT DO NOTHING RETURNING true")
        return bool(connection.execute(statement, {"key": key}).scalar())

    def finish(self, connection: Connection, result: object = None) -> None:
        """Marks the work done in the job's last transaction: effect, `done` and the notice commit together or not."""
        finish(connection, self.work, result)
        tell_end(connection, self.work, result)
        self.finished = True

    def slot(self) -> datetime | None:
        """The moment its schedule called for it, which may be earlier than now; None for work a person asked for."""
        with as_system(self.engine) as connection:
            statement = text("SELECT slot_at FROM work.slot WHERE outbox_id = :id")
            found: datetime | None = connection.execute(statement, {"id": self.work.id}).scalar()
            return found

    def _check(self) -> None:
        if self._keeper.lost.is_set():
            raise LeaseLost(f"work {self.work.id} was cancelled or given to another worker")
