"""Profiles as their rows tell them: found, saved, and judged before they may be used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection

from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden, Invalid, NotFound, Unfit
from app.core.label import Label
from app.core.scope import Belongs
from app.exchange.feeds.spec import Column, Constant, Missing, Spec, Use
from app.models.table import index_column
from app.records.context import Context

COLUMNS = "id, version, code, label, brand_system, entities, stores, spec, of_record, watched, daily, active"
UNKNOWN_ENTITY = Label("没有“{name}”这种资料。", "There is no entity {name}.")
UNKNOWN_FIELD = Label("“{entity}”没有“{name}”这一项。", "{entity} has no field {name}.")
NO_KEY = Label("请为“{entity}”选定主键栏目，并为它选一列。", "Choose the natural key of {entity}, and columns for it.")
SEALED_KEY = Label(
    "加密的栏目“{name}”不能按整值查找，不能作主键。",
    "The sealed field {name} is not found by its whole, so it cannot be part of a key.",
)
REQUIRED = Label("“{name}”是必填项，请选一列或填一个固定值。", "{name} is required: choose a column or a fixed value.")
NO_STORE = Label("请选择写入的门店。", "Choose the stores it writes to.")
NO_STORE_COLUMN = Label("写入多家门店时，请指定门店列。", "A profile of several stores needs the column of the store.")
NO_WHOLE = Label("请指明“{entity}”属于哪一张单。", "Say which reference of {entity} names its whole.")
NO_DAY = Label("文件名里要有 {day}。", "The names of files need {day}.")
NOT_MADE = Label("缺少时不能自动新建“{name}”，请改为等待。", "A missing {name} cannot be made from a row; let it wait.")
MADE = {"vehicle": "vin", "customer": "name"}  # what may be made from a row, and what it takes


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile; `stores` are the only ones it writes to."""

    id: int
    version: int
    code: str
    label: str
    brand_system: str
    stores: tuple[int, ...]
    spec: Spec
    of_record: bool
    watched: bool
    daily: bool
    active: bool


def get(connection: Connection, code: str) -> Profile:
    """The profile of that code as far as the announced actor may import what it writes; NotFound otherwise."""
    row = connection.exec_driver_sql(f"SELECT {COLUMNS} FROM feed_profile WHERE code = %s", (code,)).one_or_none()
    if row is None:
        raise NotFound
    return _of(row)


def listed(connection: Connection) -> list[Profile]:
    """Every profile within reach, by code."""
    return [_of(row) for row in connection.exec_driver_sql(f"SELECT {COLUMNS} FROM feed_profile ORDER BY code")]


def by_id(connection: Connection, number: int) -> Profile:
    """The profile of that number; NotFound when it is out of reach."""
    row = connection.exec_driver_sql(f"SELECT {COLUMNS} FROM feed_profile WHERE id = %s", (number,)).one_or_none()
    if row is None:
        raise NotFound
    return _of(row)


def _of(row: Any) -> Profile:
    return Profile(
        id=row.id,
        version=row.version,
        code=row.code,
        label=row.label,
        brand_system=row.brand_system,
        stores=tuple(row.stores),
        spec=Spec.from_json(row.spec),
        of_record=row.of_record,
        watched=row.watched,
        daily=row.daily,
        active=row.active,
    )


def save(context: Context, profile: Profile) -> int:
    """Adds the profile (id 0) or changes it; Invalid where it cannot work, Forbidden where the actor may not import."""
    if wrong := dict(problems(context, profile)):
        raise Invalid(wrong)
    demand(context, profile)
    values = {
        "code": profile.code,
        "label": profile.label,
        "brand_system": profile.brand_system,
        "entities": list(profile.spec.entities),
        "stores": list(profile.stores),
        "spec": orjson.dumps(profile.spec.to_json()).decode(),
        "of_record": profile.of_record,
        "watched": profile.watched,
        "daily": profile.daily,
        "active": profile.active,
    }
    if profile.id:
        sets = ", ".join(f"{name} = %s" for name in values)
        sql = f"UPDATE feed_profile SET {sets} WHERE id = %s RETURNING id"
        found = context.connection.exec_driver_sql(sql, (*values.values(), profile.id)).scalar_one_or_none()
        if found is None:
            raise NotFound
        return int(found)
    marks = ", ".join(["%s"] * len(values))
    sql = f"INSERT INTO feed_profile ({', '.join(values)}) VALUES ({marks}) RETURNING id"
    return int(context.connection.exec_driver_sql(sql, tuple(values.values())).scalar_one())


def demand(context: Context, profile: Profile) -> None:
    """Refuses unless the actor may bring in every entity of the profile and write every field it fills."""
    for name in profile.spec.entities:
        entity = context.entity(name)
        # What is only ever added to is never changed by a feed either, so nobody needs the right to.
        for action in (Action.IMPORT, Action.CREATE, *(() if entity.ledger else (Action.UPDATE,))):
            context.demand(action, entity)
        visible = context.policy(entity).visible
        if any(one.field not in visible for _, one in profile.spec.of(name)):
            raise Forbidden
    sql = "SELECT gate.feeds(%s, %s)"
    if not context.connection.exec_driver_sql(sql, (list(profile.spec.entities), list(profile.stores))).scalar_one():
        raise Forbidden


def problems(context: Context, profile: Profile) -> Iterator[tuple[str, Unfit]]:
    """What keeps a profile from working, by where it stands."""
    spec = profile.spec
    if "{day}" not in spec.name:
        yield "name", Unfit("no_day", NO_DAY)
    for name in spec.entities or ("",):
        entity = context.snapshot.get(name)
        if entity is None:
            yield "entity", Unfit("unknown_entity", UNKNOWN_ENTITY.format(name=name))
            continue
        yield from _columns(context, entity, spec)
        yield from _whole(entity, spec)
        if entity.belongs is Belongs.STORE and not profile.stores:
            yield "stores", Unfit("no_store", NO_STORE)
    if len(profile.stores) > 1 and spec.used(Use.STORE) is None:
        yield "stores", Unfit("no_store_column", NO_STORE_COLUMN)
    if spec.part and not spec.within:
        yield "within", Unfit("no_whole", NO_WHOLE.format(entity=spec.part))


def _columns(context: Context, entity: Entity, spec: Spec) -> Iterator[tuple[str, Unfit]]:
    """Columns and constants that fit no field."""
    fills: list[Column | Constant] = [
        *(one for _, one in spec.of(entity.name)),
        *(one for one in spec.constants if one.entity == entity.name),
    ]
    for one in fills:
        known = entity.field(one.field)
        if known is None:
            yield one.field, Unfit("unknown_field", UNKNOWN_FIELD.format(entity=entity.label, name=one.field))
        elif known.target:
            other = context.snapshot.get(known.target)
            if other is None or other.field(one.by) is None:
                yield one.field, Unfit("unknown_field", UNKNOWN_FIELD.format(entity=known.label, name=one.by or "—"))
    for name, policy in spec.missing.items():
        known = entity.field(name)
        if known and policy is Missing.MAKE:
            told = {one.by for _, one in spec.of(entity.name) if one.field == name}
            if MADE.get(known.target or "") not in told:
                yield name, Unfit("not_made", NOT_MADE.format(name=known.label))


def _whole(entity: Entity, spec: Spec) -> Iterator[tuple[str, Unfit]]:
    """A key that is none, and required fields that nothing fills."""
    filled = {one.field for _, one in spec.of(entity.name)} | {
        one.field for one in spec.constants if one.entity == entity.name
    }
    if entity.name == spec.part:
        filled |= {spec.within, spec.counted}
    key = spec.keys.get(entity.name, ())
    if not key or not set(key) <= filled:
        yield "keys", Unfit("no_key", NO_KEY.format(entity=entity.label))
    for name in key:
        known = entity.field(name)
        if known and known.sealed and not index_column(known):
            yield "keys", Unfit("sealed_key", SEALED_KEY.format(name=known.label))
    for one in entity.fields:
        if one.required and one.default is None and one.name not in filled:
            yield one.name, Unfit("required", REQUIRED.format(name=one.label))


def from_mapping(given: Mapping[str, Any], stores: tuple[int, ...], number: int = 0, version: int = 0) -> Profile:
    """A profile from JSON as files and forms carry it."""
    return Profile(
        id=number,
        version=version,
        code=str(given.get("code", "")),
        label=str(given.get("label") or given.get("code", "")),
        brand_system=str(given.get("brand_system") or "—"),
        stores=stores,
        spec=Spec.from_json(given),
        of_record=bool(given.get("of_record")),
        watched=bool(given.get("watched")),
        daily=bool(given.get("daily", True)),
        active=bool(given.get("active", True)),
    )
