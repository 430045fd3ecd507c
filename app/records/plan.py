"""The SQL names of an entity, worked out once per description."""

from dataclasses import dataclass

from app.core.actor import Extent
from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from app.models.table import key_column

MOST = 5_000  # things kept with one description: a scope or two for everybody who works with it
# What stands before the fields in every row read.
HEAD = ("id", "uuid", "version", "store_id", "created_at", "created_by", "updated_at", "updated_by")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to select an entity: `columns` as SQL, `at` the place of each field in a row."""

    entity: Entity
    table: str
    columns: str
    at: dict[str, int]
    order_columns: dict[str, str]  # field → column that sorts it

    def column(self, field: Field) -> str:
        """The field's column in SQL."""
        return f't."{field.column}"'


def plan_of(entity: Entity) -> Plan:
    """The plan of an entity; every name in it was checked by the description."""
    found: Plan | None = entity.kept.get(Plan)
    if found is None:
        found = entity.kept[Plan] = _plan(entity)
    return found


def _plan(entity: Entity) -> Plan:
    store = {Belongs.STORE: "t.store_id", Belongs.SELF: "t.id", Belongs.GROUP: "NULL::bigint"}[entity.belongs]
    head = ["t.id", "t.uuid", "t.version", store, "t.created_at", "t.created_by", "t.updated_at", "t.updated_by"]
    fields = [f't."{field.column}"' for field in entity.fields]
    return Plan(
        entity=entity,
        table=f'"{entity.name}"',
        columns=", ".join((*head, *fields)),
        at={field.name: len(HEAD) + place for place, field in enumerate(entity.fields)},
        order_columns={
            field.name: f't."{key_column(field) or field.column}"'
            for field in entity.fields
            if field.kind.sortable and not field.sealed
        },
    )


def within(entity: Entity, extent: Extent) -> str:
    """The actor's scope as literals, for the planner only: the policy decides, this lets an index be chosen."""
    key = (within, extent)
    found: str | None = entity.kept.get(key)
    if found is None:
        if len(entity.kept) >= MOST:
            entity.kept.clear()
        found = entity.kept[key] = _within(entity, extent)
    return found


def _within(entity: Entity, extent: Extent) -> str:
    if extent.everywhere or entity.belongs is Belongs.GROUP:
        return "true"
    place = "t.store_id" if entity.belongs is Belongs.STORE else "t.id"
    parts = []
    if extent.stores:
        parts.append(
            f"{place} = {extent.stores[0]}" if len(extent.stores) == 1 else f"{place} IN ({numbers(extent.stores)})"
        )
    if extent.teams and entity.team:
        parts.append(f't."{entity.by_name[entity.team].column}" IN ({numbers(extent.teams)})')
    if extent.owner is not None:
        parts.extend(f't."{entity.by_name[name].column}" = {int(extent.owner)}' for name in entity.owners)
    if extent.records:
        parts.append(f"t.id IN ({numbers(extent.records)})")
    return f"({' OR '.join(parts)})" if parts else "false"


def whole_stores(entity: Entity, extent: Extent) -> tuple[int, ...]:
    """The stores that are all of the scope; () where an owner's, a team's or a granted record may stand elsewhere."""
    alone = not (extent.teams or extent.records) and extent.owner is None
    return extent.stores if entity.belongs is Belongs.STORE and alone else ()


def numbers(values: tuple[int, ...]) -> str:
    """Whole numbers as SQL literals, by commas."""
    return ", ".join(str(int(value)) for value in values)


def named(entity: Entity) -> str:
    """SQL over `t`: the text that names a record, NULL where nothing does."""
    columns = (f't."{entity.by_name[one].column}"::text' for one in entity.naming)
    return f"coalesce({', '.join(columns)})"
