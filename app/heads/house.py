"""What one web process holds between requests: its database, its caches, its keys."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from flask import current_app
from sqlalchemy import Connection

from app.access.actor import actor_from
from app.access.seal import Sealer
from app.catalog import Catalog
from app.core.actor import NOBODY, Actor, ActorKind
from app.core.clock import Clock, SystemClock
from app.db.engine import Announced, Database
from app.heads.quota import Quota
from app.heads.vitals import Watch
from app.records.shelf import Shelf
from config import Config

KEPT = 2_000  # actors


class Actors:
    """The actors this process met, by user or API token and access stamp: a changed right is a changed stamp."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int | None], tuple[Actor, float]] = {}
        self._lock = Lock()

    def of(self, connection: Connection, announced: Announced, now: datetime) -> Actor:
        """The announced actor; his profile is read only when his rights may have changed, or one of them ran out."""
        if announced.user is None:
            return NOBODY
        # A person is the same by each of his sessions; what a token may do is its own.
        key = (announced.user, announced.door if announced.kind == ActorKind.TOKEN else None)
        actor, until = self._known.get(key, (NOBODY, 0.0))
        if actor.stamp != announced.access or until <= now.timestamp():
            profile = connection.exec_driver_sql("SELECT gate.my_profile()").scalar_one()
            actor = actor_from(profile, stamp=announced.access)
            with self._lock:
                if len(self._known) >= KEPT:
                    self._known.clear()
                self._known[key] = actor, float(profile.get("x") or "inf")
        return actor


@dataclass(frozen=True)
class House:
    """Everything the heads of one process share; `house()` finds it."""

    config: Config
    database: Database
    catalog: Catalog
    sealer: Sealer
    quota: Quota
    actors: Actors = field(default_factory=Actors)
    clock: Clock = field(default_factory=SystemClock)
    watch: Watch = field(default_factory=Watch)

    @property
    def shelf(self) -> Shelf:
        """Where this installation keeps uploaded bytes."""
        return Shelf(self.config.home / "files", self.config.disk_reserve_mb * 1024 * 1024)


def house() -> House:
    """The house of the application that serves this request."""
    found: House = current_app.extensions["forecourt"]
    return found
