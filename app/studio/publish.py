"""Publishing: a description, its table and its version change in one transaction, or not at all.

Every function runs inside a transaction of `forecourt_owner` that was announced as whoever asked.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.catalog import Snapshot, spec
from app.catalog.catalog import Catalog
from app.core.entity import Entity, Origin
from app.core.errors import InUse, NotFound, Refusal
from app.core.label import Label
from app.models import ENTITIES
from app.studio import ddl
from app.studio.change import Change, columns_and_types, obstacles, steps
from app.studio.check import Problem, Unpublishable, problems
from app.studio.install import install_once
from app.studio.later import LATER, Due, cancel, later, leaving, schedule, schedule_reindex

ONE_EDITOR = 0x73747564  # the advisory lock by which publications follow each other
FOREIGN = Label(
    "数据库里已有叫“{name}”的对象，请换个名称。",
    "The database already holds something called “{name}”; choose another name.",
)
EMPTY = Label(
    "有 {n} 条记录这里是空的，请先补上再设为必填。", "{n} records are blank here; fill them before it is required."
)
REPEATED = Label(
    "已有记录的值重复，不能设为唯一（{name}）。", "Records hold the same value, so it cannot be unique ({name})."
)
POINTED = Label(
    "“{what}”的字段还关联着它，请先删除那些字段。", "Fields of “{what}” still refer to it; remove those fields first."
)


class Stale(Refusal):
    """Somebody published a later version than the one this description was made from."""

    status = 409
    code = "stale_description"

    def __init__(self, version: int) -> None:
        label = Label(
            "别人刚发布了第 {n} 版，请重新打开后再改。", "Version {n} was just published; open it anew and change that."
        )
        super().__init__(label.format(n=version))
        self.version = version


def publish(connection: Connection, entity: Entity, *, after: timedelta = LATER) -> int:
    """Makes the description true, table and all, and answers its new version.

    `entity.version` is the version it was made from; raises Unpublishable or Stale. What is no longer described is
    hidden at once and dropped when `after` has passed.
    """
    snapshot = now(connection)
    if wrong := problems(entity, snapshot):
        raise Unpublishable(wrong)
    held = connection.exec_driver_sql(
        "SELECT version, spec, removed_at IS NOT NULL AS gone, next_id FROM catalog_entity WHERE name = %s",
        (entity.name,),
    ).one_or_none()
    if held is not None and not held.gone and held.version != entity.version:
        raise Stale(held.version)
    new = replace(entity, origin=Origin.STUDIO, version=held.version + 1 if held else 1)
    cancel(connection, new.name, "", "table")
    if held is None or (held.gone and not stands(connection, new.name)):
        make(connection, new, snapshot, held.next_id if held else 1)
    else:
        alter(connection, Change(spec.load(held.spec), new, snapshot.belongs, leaving(connection, new.name)), after)
    describe(connection, new)
    install_once(connection, new)
    finish(connection, new, "publish")
    return new.version


def remove(connection: Connection, name: str, *, after: timedelta = LATER) -> int:
    """Hides an entity at once and lets its table be dropped when `after` has passed; answers the version that ended.

    Publishing it again before then brings it back with all its records. Raises NotFound or InUse.
    """
    snapshot = now(connection)
    entity = snapshot.get(name)
    if entity is None or entity.origin is not Origin.STUDIO:
        raise NotFound
    if pointing := [child for child, _ in snapshot.children[name] if child.name != name]:
        raise InUse(POINTED.format(what=pointing[0].plural))
    connection.exec_driver_sql(
        "UPDATE catalog_entity SET removed_at = now(), changed_at = now() WHERE name = %s", (name,)
    )
    later(connection, Due(name, "", "table"), after)
    schedule(connection, after)
    finish(connection, entity, "remove")
    return entity.version


def now(connection: Connection) -> Snapshot:
    """The descriptions as they stand; until this transaction ends nobody else publishes."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (ONE_EDITOR,))
    return Catalog(ENTITIES.values()).now(connection)


def stands(connection: Connection, name: str) -> bool:
    """Whether the schema holds a relation of that name."""
    sql = "SELECT EXISTS (SELECT FROM pg_class WHERE relname = %s AND relnamespace = 'public'::regnamespace)"
    return bool(connection.exec_driver_sql(sql, (name,)).scalar_one())


def make(connection: Connection, entity: Entity, snapshot: Snapshot, first_id: int) -> None:
    """Makes the table of an entity, numbered from `first_id`."""
    table = ddl.bare_table(entity, snapshot.belongs)
    if taken := [name for name in sorted({entity.name, *ddl.relations(table)}) if stands(connection, name)]:
        raise Unpublishable([Problem("", FOREIGN.format(name=taken[0]))])
    ddl.run(connection, ddl.create(entity, snapshot.belongs))
    if first_id > 1:
        ddl.run(connection, [f"ALTER TABLE {ddl.quoted(entity.name)} ALTER COLUMN id RESTART WITH {int(first_id)}"])


def alter(connection: Connection, change: Change, after: timedelta) -> None:
    """Brings a table from one description to the next; what is no longer described stays until `after` has passed."""
    if wrong := list(obstacles(change)):
        raise Unpublishable(wrong)
    name = change.new.name
    fill(connection, change)
    with told():
        ddl.run(connection, steps(change))
    for field in change.removed:
        cancel(connection, name, field.name, "default")  # it goes with its column
        later(connection, Due(name, field.name, "columns", columns_and_types(field)), after)
    for one in change.returning.keys() & change.new.by_name.keys():
        cancel(connection, name, one, "columns")
    for field in change.defaulted:
        later(connection, Due(name, field.name, "default", tuple(ddl.filled(field))), after)
    if change.removed or change.defaulted:
        schedule(connection, after)
    if change.searched_otherwise:
        schedule_reindex(connection, name)


@contextmanager
def told() -> Iterator[None]:
    """Turns what PostgreSQL refuses about a table's records or names into words about the description."""
    try:
        yield
    except DBAPIError as error:
        detail = getattr(error.orig, "diag", None)
        named = (detail and (detail.constraint_name or detail.table_name)) or ""
        if isinstance(error.orig, pg.UniqueViolation):
            raise Unpublishable([Problem("", REPEATED.format(name=named))]) from error
        if isinstance(error.orig, pg.DuplicateTable | pg.DuplicateObject):
            raise Unpublishable([Problem("", FOREIGN.format(name=named))]) from error
        raise


def fill(connection: Connection, change: Change) -> None:
    """Gives records that stand empty the default of what becomes required; Unpublishable where there is none."""
    table = ddl.quoted(change.new.name)
    if change.demanded:  # or somebody adds an empty one between the filling and the demand
        connection.exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    for field in change.demanded:
        column = ddl.quoted(field.column)
        if field in change.defaulted:
            values = ", ".join(f"{ddl.quoted(name)} = {value}" for name, value in ddl.filled(field).items())
            ddl.run(connection, [f"UPDATE {table} SET {values} WHERE {column} IS NULL"])
            continue
        blank = connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE {column} IS NULL").scalar_one()
        if blank:
            raise Unpublishable([Problem(field.name, EMPTY.format(n=blank))])


def describe(connection: Connection, entity: Entity) -> None:
    """Stores the description."""
    sql = (
        "INSERT INTO catalog_entity (name, version, spec) VALUES (%s, %s, %s::jsonb) ON CONFLICT (name) DO UPDATE"
        " SET version = excluded.version, spec = excluded.spec, changed_at = now(), removed_at = NULL"
    )
    connection.exec_driver_sql(sql, (entity.name, entity.version, json.dumps(spec.dump(entity), ensure_ascii=False)))


def finish(connection: Connection, entity: Entity, act: str) -> None:
    """Notes the change in the trail and moves the stamp that every process compares its snapshot with."""
    sql = "SELECT trail.note('schema', %s, NULL, NULL, jsonb_build_object('act', %s::text, 'version', %s::int))"
    connection.exec_driver_sql(sql, (entity.name, act, entity.version))
    connection.exec_driver_sql("SELECT gate.bump_catalog()")
