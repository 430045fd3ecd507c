"""Keeps a lease alive while its job runs."""

import logging
import threading
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from app.jobs.announced import as_system
from app.jobs.pace import Pace
from app.outbox import Work, renew

log = logging.getLogger(__name__)


class Keeper:
    """Renews a lease every few seconds inside `with`; `lost` is set once the work is another's or cancelled."""

    def __init__(self, engine: Engine, work: Work, pace: Pace) -> None:
        self.lost = threading.Event()
        self._over = threading.Event()
        self._engine = engine
        self._work = work
        self._pace = pace
        self._thread = threading.Thread(target=self._keep, name=f"lease-{work.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(self._pace.renew):
            try:
                with as_system(self._engine) as connection:
                    held = renew(connection, self._work, lease=self._pace.lease)
            except OperationalError as error:
                # The lease lasts three renewals: a short absence of the database costs nothing.
                log.warning("lease of work %d not renewed: %s", self._work.id, error.orig)
                continue
            if not held:
                self.lost.set()
                return
