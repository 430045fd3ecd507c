"""How fields stand to an actor: hidden, masked or clear, and what he may do with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from app.core.action import Action
from app.core.actor import Actor, Extent
from app.core.entity import Entity
from app.core.field import Field, Relation, State
from app.core.scope import Belongs

Said = tuple[int | None, ...]  # what each role says of a field in one relation
Settings = Mapping[str, Mapping[Relation, Said]]


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """What one kind of actor may do with an entity's fields; equal for all who stand alike, so it keys caches.

    A field is filtered, sorted or grouped by only when it is clear in every record within reach: otherwise the order or
    the count would tell what the mask hides.
    """

    entity: str
    # Name, in one's own records, in others; visible fields only. Not hashed: the sets below remember their hashes.
    states: tuple[tuple[str, State, State], ...] = attribute(hash=False)
    visible: frozenset[str]
    writable: frozenset[str]
    queryable: frozenset[str]  # may be filtered, grouped and computed by
    sortable: frozenset[str]
    findable: frozenset[str]  # sealed fields that may be searched by a whole value

    def state(self, name: str, relation: Relation) -> State:
        """How the named field stands in records of that relation; hidden when it is not visible at all."""
        for field, mine, scope in self.states:
            if field == name:
                return mine if relation is Relation.MINE else scope
        return State.HIDDEN


def state(actor: Actor, entity: Entity, field: Field, relation: Relation) -> State:
    """How the field stands to the actor in a record of that relation, before any reveal.

    A sealed field is clear at most in one's own records, whatever its description or anybody's grants say.
    """
    if not may_see(actor, entity):
        return State.HIDDEN
    return stand(actor.extent(entity.name), field, relation)


def stand(extent: Extent, field: Field, relation: Relation) -> State:
    """How the field stands in a record of that relation to whoever has this extent and may see records at all."""
    return _before_reveal(field, relation, _settings(extent).get(field.name))


def relation(actor: Actor, entity: Entity, row: Mapping[str, Any]) -> Relation:
    """How the actor stands to a row, given by column names: his own when an owner column names him."""
    if actor.employee is None:
        return Relation.SCOPE
    owns = any(row.get(column) == actor.employee for column in owner_columns(entity))
    return Relation.MINE if owns else Relation.SCOPE


def fields_for(actor: Actor, entity: Entity) -> FieldPolicy:
    """The field policy of the actor for the entity, over all relations his scope holds.

    Everybody who stands alike gets the very same object, so comparing it in a cache's key costs nothing.
    """
    within = relations(actor, entity)
    writes = actor.may(Action.CREATE, entity.name) or actor.may(Action.UPDATE, entity.name)
    finds = actor.may(Action.SEARCH, entity.name)
    extent = actor.extent(entity.name)
    key = (fields_for, within, writes, finds, extent.fields)
    known: FieldPolicy | None = entity.kept.get(key)
    if known is None:
        known = entity.kept.setdefault(key, _policy(entity, within, _settings(extent), writes=writes, finds=finds))
    return known


def relations(actor: Actor, entity: Entity) -> frozenset[Relation]:
    """The relations in which records within the actor's scope can stand to him; empty when he may see none."""
    if not may_see(actor, entity):
        return frozenset()
    extent = actor.extent(entity.name)
    owns = {Relation.MINE} if actor.employee is not None and entity.owners else set()
    return frozenset(owns | ({Relation.SCOPE} if _beyond_own(extent, entity) else set()))


def may_see(actor: Actor, entity: Entity) -> bool:
    """Whether any grant lets the actor list or read records of the entity."""
    return actor.may(Action.LIST, entity.name) or actor.may(Action.READ, entity.name)


def owner_columns(entity: Entity) -> tuple[str, ...]:
    """The columns that name an owner of a record."""
    return tuple(entity.by_name[name].column for name in entity.owners)


def _beyond_own(extent: Extent, entity: Entity) -> bool:
    shared = entity.belongs is Belongs.GROUP
    return bool(shared or extent.everywhere or extent.stores or extent.teams or extent.records)


def _settings(extent: Extent) -> Settings:
    return {name: {Relation.MINE: mine, Relation.SCOPE: scope} for name, mine, scope in extent.fields}


def _policy(
    entity: Entity, within: frozenset[Relation], settings: Settings, *, writes: bool, finds: bool
) -> FieldPolicy:
    stands = {
        item.name: {which: _before_reveal(item, which, settings.get(item.name)) for which in Relation}
        for item in entity.fields
    }
    seen = [item for item in entity.fields if any(stands[item.name][which] for which in within)]
    clear = [
        item for item in seen if not item.sealed and all(stands[item.name][which] is State.CLEAR for which in within)
    ]
    return FieldPolicy(
        entity=entity.name,
        states=tuple((item.name, stands[item.name][Relation.MINE], stands[item.name][Relation.SCOPE]) for item in seen),
        visible=frozenset(item.name for item in seen),
        writable=frozenset(item.name for item in seen if writes and not item.readonly),
        queryable=frozenset(item.name for item in clear),
        sortable=frozenset(item.name for item in clear if item.kind.sortable),
        findable=frozenset(item.name for item in seen if finds and item.sealed),
    )


def _before_reveal(field: Field, relation: Relation, said: Mapping[Relation, Said] | None = None) -> State:
    given = field.state(relation)
    if said and said[relation]:
        given = max(given if one is None else State(one) for one in said[relation])
    return min(given, State.MASKED) if field.sealed and relation is not Relation.MINE else given
