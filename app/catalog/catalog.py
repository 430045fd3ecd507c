"""Descriptions of every origin as one frozen, versioned snapshot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from types import MappingProxyType

from sqlalchemy import Connection

from app.catalog.spec import load
from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs

# One statement, so that the stamp and the descriptions are of one moment; what is known already is not sent again.
_READ = """
    SELECT gate.catalog_stamp(), e.name, e.version, CASE WHEN known.name IS NULL THEN e.spec END
      FROM (VALUES (1)) AS always
      LEFT JOIN catalog_entity e ON e.removed_at IS NULL
      LEFT JOIN unnest(%s::text[], %s::int[]) AS known (name, version)
             ON known.name = e.name AND known.version = e.version
     ORDER BY e.name"""


@dataclass(frozen=True)
class Snapshot:
    """Every entity as it stood at one stamp of the catalog; never changes, so a request keeps the one it began with."""

    stamp: int
    entities: Mapping[str, Entity] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, name: str) -> Entity | None:
        """The entity of that name, or None."""
        return self.entities.get(name)

    @cached_property
    def children(self) -> Mapping[str, tuple[tuple[Entity, Field], ...]]:
        """For each entity, the entities that point to it and by which field."""
        found: dict[str, list[tuple[Entity, Field]]] = {name: [] for name in self.entities}
        for entity in self.entities.values():
            for reference in entity.references:
                found.setdefault(reference.target or "", []).append((entity, reference))
        return MappingProxyType({name: tuple(pairs) for name, pairs in found.items()})

    @cached_property
    def belongs(self) -> dict[str, Belongs]:
        """What each entity's rows belong to, by name."""
        return {name: entity.belongs for name, entity in self.entities.items()}


class Catalog:
    """One process's view of the descriptions: those in code and those in the database, reread when the stamp moves."""

    def __init__(self, code: Iterable[Entity]) -> None:
        self._code = {entity.name: entity for entity in code}
        self._snapshot: Snapshot | None = None
        self._lock = Lock()

    def at(self, connection: Connection, stamp: int) -> Snapshot:
        """The snapshot of `stamp`, or of now when descriptions changed since: its own `stamp` then differs."""
        snapshot = self._snapshot
        return snapshot if snapshot is not None and snapshot.stamp == stamp else self.now(connection)

    def now(self, connection: Connection) -> Snapshot:
        """The snapshot as the database stands at this moment."""
        with self._lock:
            known = self._snapshot
            stamp, stored = _stored(connection, known)
            if known is None or known.stamp != stamp:
                known = self._snapshot = Snapshot(stamp, MappingProxyType(self._code | stored))
            return known


def _stored(connection: Connection, known: Snapshot | None) -> tuple[int, dict[str, Entity]]:
    held = list(known.entities.values()) if known else []
    rows = connection.exec_driver_sql(_READ, ([one.name for one in held], [one.version for one in held])).all()
    found: dict[str, Entity] = {}
    for _, name, _, spec in rows:
        if spec is not None:
            found[name] = load(spec)
        elif name is not None and known is not None:
            found[name] = known.entities[name]
    return int(rows[0][0]), found
