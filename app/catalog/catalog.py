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


class Catalog:
    """One process's view of the descriptions: those in code and those in the database, reread when the stamp moves."""

    def __init__(self, code: Iterable[Entity]) -> None:
        self._code = {entity.name: entity for entity in code}
        self._snapshot: Snapshot | None = None
        self._lock = Lock()

    def at(self, connection: Connection, stamp: int) -> Snapshot:
        """The snapshot of `stamp`, read through `connection` when this process does not hold it yet."""
        snapshot = self._snapshot
        if snapshot is not None and snapshot.stamp == stamp:
            return snapshot
        with self._lock:
            snapshot = self._snapshot
            if snapshot is None or snapshot.stamp != stamp:
                fresh = Snapshot(stamp, MappingProxyType(self._code | self._stored(connection, snapshot)))
                if snapshot is None or snapshot.stamp < stamp:
                    self._snapshot = fresh
                snapshot = fresh
        return snapshot

    def _stored(self, connection: Connection, known: Snapshot | None) -> dict[str, Entity]:
        rows = connection.exec_driver_sql(
            "SELECT name, version, spec FROM catalog_entity WHERE removed_at IS NULL"
        ).all()
        found: dict[str, Entity] = {}
        for name, version, spec in rows:
            old = known.get(name) if known else None
            found[name] = old if old is not None and old.version == version else load(spec)
        return found
