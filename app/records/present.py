"""Values as an actor may see them: clear, masked or not at all, decided in each record."""

from collections.abc import Iterable
from typing import Any

from app.access.state import state
from app.core.entity import Entity
from app.core.field import Field, Relation, State
from app.core.protected import Protected
from app.records.context import Context
from app.records.plan import plan_of
from app.records.read import Record


class Presenter:
    """Shows the records of one entity to one actor; `masked` keeps protected values masked even in one's own records (lists, files)."""

    def __init__(self, context: Context, entity: Entity, *, masked: bool = True) -> None:
        self.context = context
        self.entity = entity
        actor = context.actor
        at = plan_of(entity).at
        self._owners = [at[name] for name in entity.owners]
        self._mine = {field.name: state(actor, entity, field, Relation.MINE) for field in entity.fields}
        self._scope = {field.name: state(actor, entity, field, Relation.SCOPE) for field in entity.fields}
        if masked:
            for field in entity.fields:
                if field.sealed:
                    self._mine[field.name] = min(self._mine[field.name], State.MASKED)

    def relation(self, record: Record) -> Relation:
        """How the actor stands to the record."""
        me = self.context.actor.employee
        return Relation.MINE if me is not None and any(record.row[place] == me for place in self._owners) else Relation.SCOPE

    def state(self, field: Field, to: Relation) -> State:
        """How a field stands to the actor in records of that relation."""
        return (self._mine if to is Relation.MINE else self._scope)[field.name]

    def states(self, record: Record) -> dict[str, State]:
        """How each field of the record stands to the actor."""
        return self._mine if self.relation(record) is Relation.MINE else self._scope

    def value(self, record: Record, field: Field, shown: State) -> Any:
        """The field's value when it is clear, a Protected when it is masked, None when it is hidden or empty."""
        stored = record[field.name]
        if stored is None or shown is State.HIDDEN:
            return None
        plain = self.plain(record, field)
        return plain if shown is State.CLEAR else Protected(plain, field.kind.mask(plain))

    def plain(self, record: Record, field: Field) -> Any:
        """The value itself whatever the actor may see; for storage, comparison and reveals that were noted."""
        stored = record[field.name]
        if not field.sealed or stored is None:
            return stored
        text = self.context.sealer.open(bytes(stored), self.entity.name, field.name, record.row[1])
        return text if field.kind.sql == "text" else field.kind.read(text)

    def values(self, record: Record, fields: Iterable[Field] | None = None) -> dict[str, Any]:
        """The visible fields of a record by name."""
        states = self.states(record)
        wanted = self.entity.fields if fields is None else fields
        return {field.name: self.value(record, field, states[field.name]) for field in wanted if states[field.name] is not State.HIDDEN}

    def dump(self, record: Record, fields: Iterable[Field] | None = None) -> dict[str, Any]:
        """A record as JSON carries it: masks as text, hidden fields absent."""
        states = self.states(record)
        found: dict[str, Any] = {"id": record.id, "version": record.version}
        if record.store is not None and self.entity.scope_column == "store_id":
            found["store"] = record.store
        for field in self.entity.fields if fields is None else fields:
            shown = states[field.name]
            if shown is not State.HIDDEN:
                value = self.value(record, field, shown)
                found[field.name] = str(value) if isinstance(value, Protected) else None if value is None else field.kind.dump(value)
        found["created_at"] = record.row[4].isoformat()
        found["updated_at"] = record.row[6].isoformat()
        return found
