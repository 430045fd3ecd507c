"""What every reading or writing of records needs to know."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.access.seal import Sealer
from app.access.state import FieldPolicy, fields_for
from app.catalog import Snapshot
from app.core.action import Action
from app.core.actor import Actor
from app.core.clock import Clock, SystemClock
from app.core.entity import Entity
from app.core.errors import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Context:
    """One announced transaction: its connection, its actor, the descriptions it keeps to, the seals and the time."""

    connection: Connection
    actor: Actor
    snapshot: Snapshot
    sealer: Sealer
    clock: Clock = field(default_factory=SystemClock)

    def policy(self, entity: Entity) -> FieldPolicy:
        """How the actor stands to the entity's fields; worked out once for all who stand alike."""
        key = (FieldPolicy, self.actor.extent(entity.name), self.actor.employee is None)
        found: FieldPolicy | None = entity.kept.get(key)
        if found is None:
            found = entity.kept[key] = fields_for(self.actor, entity)
        return found

    def demand(self, action: Action, entity: Entity) -> None:
        """Refuses when no grant of the actor allows `action` on `entity`."""
        if not self.actor.may(action, entity.name):
            raise Forbidden(action=action.value)

    def entity(self, name: str) -> Entity:
        """The entity of that name; none is NotFound."""
        entity = self.snapshot.get(name)
        if entity is None:
            raise NotFound
        return entity
