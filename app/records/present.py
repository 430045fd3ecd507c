"""Values as an actor may see them: clear, masked or not at all, decided in each record."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from app.access.seal import SealBroken, Sealer
from app.access.state import FieldPolicy, state
from app.core.entity import Entity
from app.core.field import Field, Relation, State
from app.core.kind import Kind
from app.core.protected import Protected
from app.core.scope import Belongs
from app.records.context import Context
from app.records.plan import plan_of
from app.records.row import Record, Values

UNREADABLE = "••••••"  # stands for a sealed value that does not open, so that one of them hides no list


class Presenter:
    """Shows the records of one entity to one actor.

    `masked` keeps protected values masked even in one's own records, as lists and files do.
    """

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

    def is_mine(self, row: Values) -> bool:
        """Whether an owner column of the row names the actor."""
        me = self.context.actor.employee
        if me is not None:
            for place in self._owners:  # a loop, since a file asks this of every row
                if row[place] == me:
                    return True
        return False

    def relation(self, record: Record) -> Relation:
        """How the actor stands to the record."""
        return Relation.MINE if record.near or self.is_mine(record.row) else Relation.SCOPE

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
        try:
            plain = self.plain(record, field)
        except SealBroken:
            return Protected("", UNREADABLE)
        return plain if shown is State.CLEAR else Protected(plain, field.kind.mask(plain))

    def title(self, record: Record, locale: str) -> str:
        """What people know the record by, as the actor may read it; its number where nothing names it."""
        states = self.states(record)
        for name in self.entity.naming:
            field = self.entity.by_name[name]
            value = self.value(record, field, states[name])
            if value is not None:
                return str(value) if isinstance(value, Protected) else field.kind.show(value, locale)
        return f"#{record.id}"

    def plain(self, record: Record, field: Field) -> Any:
        """The value itself whatever the actor may see; for storage, comparison and reveals that were noted."""
        stored = record[field.name]
        if not field.sealed or stored is None:
            return stored
        return unsealed(self.context.sealer, self.entity, field, record.row[1], stored)

    def values(self, record: Record, fields: Iterable[Field] | None = None) -> dict[str, Any]:
        """The visible fields of a record by name."""
        states = self.states(record)
        wanted = self.entity.fields if fields is None else fields
        return {
            field.name: self.value(record, field, states[field.name])
            for field in wanted
            if states[field.name] is not State.HIDDEN
        }


def unsealed(sealer: Sealer, entity: Entity, field: Field, uuid: UUID, stored: bytes) -> Any:
    """The value sealed in a field of the record of that uuid."""
    text = sealer.open(bytes(stored), entity.name, field.name, uuid)
    return text if field.kind.sql == "text" else field.kind.read(text)


def masked(sealer: Sealer, entity: Entity, field: Field, uuid: UUID, stored: bytes) -> str:
    """The mask of that value; a fixed one where it does not open."""
    try:
        return field.kind.mask(unsealed(sealer, entity, field, uuid, stored))
    except SealBroken:
        return UNREADABLE


class Shape:
    """How records of an entity become JSON for everybody who stands alike to its fields; worked out once, not a row.

    Sealed fields are masks even in one's own records, hidden fields are absent.
    """

    def __init__(self, entity: Entity, policy: FieldPolicy) -> None:
        self.entity = entity
        plan = plan_of(entity)
        self._owners = [plan.at[name] for name in entity.owners]
        self._in_store = entity.belongs is Belongs.STORE
        self._cells = {
            to: [
                (name, plan.at[name], _cell(entity, entity.by_name[name], shown))
                for name, *states in policy.states
                if (shown := states[place])
            ]
            for place, to in enumerate((Relation.MINE, Relation.SCOPE))
        }

    def dump(self, context: Context, record: Record, only: frozenset[str] | None = None) -> dict[str, Any]:
        """A record as JSON carries it: id, version, store, its visible fields (or those of `only`), its moments."""
        row, me, sealer = record.row, context.actor.employee, context.sealer
        mine = me is not None and any(row[place] == me for place in self._owners)
        found: dict[str, Any] = {"id": row[0], "version": row[2]}
        if self._in_store:
            found["store"] = row[3]
        for name, place, cell in self._cells[Relation.MINE if mine else Relation.SCOPE]:
            if only is None or name in only:
                value = row[place]
                found[name] = value if value is None or cell is None else cell(value, row[1], sealer)
        found["created_at"] = row[4]
        found["updated_at"] = row[6]
        return found


def _cell(entity: Entity, field: Field, state: State) -> Callable[[Any, UUID, Sealer], Any] | None:
    """How a stored value becomes JSON; None where it is carried as it is stored."""
    kind = field.kind
    if field.sealed:
        return lambda value, uuid, sealer: masked(sealer, entity, field, uuid, value)
    if state is State.MASKED:
        return lambda value, _uuid, _sealer: kind.mask(value)
    if type(kind).dump is Kind.dump:
        return None
    return lambda value, _uuid, _sealer: kind.dump(value)
