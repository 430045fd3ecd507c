"""From one description of an entity to the next: what may change, and by which statements."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TypeVar

from sqlalchemy import Index, Table, UniqueConstraint

from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.core.scope import Belongs
from app.models.table import field_columns
from app.studio import ddl
from app.studio.check import Problem

T = TypeVar("T")
WIDER = frozenset({"text", "long_text"})  # kinds that take any text another kind stored

SEALING = Label(
    "不能改为加密，也不能取消加密：请新建一个字段，把内容迁过去，再删除这个。",
    "It cannot become sealed or stop being so: make a new field, move the values there, then remove this one.",
)
STORAGE = Label(
    "这样修改会改变存储方式：请新建一个字段，把内容迁过去，再删除这个。",
    "This change would store it differently: make a new field, move the values there, then remove this one.",
)
TARGET = Label(
    "关联的表不能更换：请新建一个字段，再删除这个。",
    "What it refers to cannot change: make a new field, then remove this one.",
)
BELONGS = Label(
    "已有的表不能更换归属（门店或集团）：请新建一张表。",
    "What the rows of a table belong to cannot change: make a new table.",
)
NEEDS_DEFAULT = Label(
    "新增的必填字段要有默认值，已有的记录会填上它。",
    "A required field that is added needs a default; records that exist get it.",
)
SEALED_DEFAULT = Label(
    "新增的加密字段不能必填：已有的记录没有内容可加密。",
    "A sealed field that is added cannot be required: records that exist have nothing to seal.",
)
LEAVING = Label(
    "同名的旧字段正在清除，约十分钟后才能用另一种类型重建；也可以换个名称。",
    "The old field of this name is being cleared away; wait ten minutes, or choose another name.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """The way from `old` to `new`; `returning` are fields removed a moment ago, whose columns still stand."""

    old: Entity
    new: Entity
    targets: Mapping[str, Belongs]
    returning: Mapping[str, tuple[str, ...]] = attribute(default_factory=dict)  # field → its columns that stand

    @property
    def added(self) -> list[Field]:
        """Fields whose columns are to be made."""
        return [one for one in self.new.fields if one.name not in self.old.by_name and one.name not in self.returning]

    @property
    def removed(self) -> list[Field]:
        """Fields that are no longer described."""
        return [one for one in self.old.fields if one.name not in self.new.by_name]

    @property
    def kept(self) -> list[tuple[Field, Field]]:
        """Fields of both descriptions, as they were and as they become."""
        return [(self.old.by_name[one.name], one) for one in self.new.fields if one.name in self.old.by_name]

    @property
    def demanded(self) -> list[Field]:
        """Fields whose columns stand and may hold nothing so far, but must from now on."""
        back = [one for one in self.new.fields if one.name in self.returning and one.required]
        return back + [new for old, new in self.kept if new.required and not old.required]

    @property
    def defaulted(self) -> list[Field]:
        """Fields whose columns carry their default for a while: requests that began before do not know them yet."""
        return [
            one for one in (*self.added, *self.demanded) if one.required and one.default is not None and not one.sealed
        ]

    @property
    def searched_otherwise(self) -> bool:
        """Whether records are found by other words than before."""
        return words(self.old) != words(self.new)


def words(entity: Entity) -> set[tuple[str, str, object]]:
    """The fields whose values are found, and how."""
    found = [one for one in entity.fields if one.search or one.sealed]
    return {(one.name, one.kind.code, getattr(one.kind, "names", None)) for one in found}


def storage(field: Field) -> list[tuple[str, str]]:
    """The columns of a field as they are stored: name and type."""
    return [(str(one.name), one.type.compile(dialect=ddl.DIALECT)) for one in field_columns(field)]


def obstacles(change: Change) -> Iterator[Problem]:
    """What stands in the way of a change, each with what to do instead."""
    if change.old.belongs is not change.new.belongs:
        yield Problem("", BELONGS)
    for old, new in change.kept:
        if label := hindrance(old, new):
            yield Problem(new.name, label)
    for field in change.new.fields:
        stands = change.returning.get(field.name)
        if stands is not None and stands != columns_and_types(field):
            yield Problem(field.name, LEAVING)
    for field in change.added:
        if field.required and field.sealed:
            yield Problem(field.name, SEALED_DEFAULT)
        elif field.required and field.default is None:
            yield Problem(field.name, NEEDS_DEFAULT)


def columns_and_types(field: Field) -> tuple[str, ...]:
    """How a field is stored, as `catalog_later` keeps it; the target of a reference is part of it."""
    return tuple(f"{name} {type_} {field.target or ''}".strip() for name, type_ in storage(field))


def hindrance(old: Field, new: Field) -> Label | None:
    """Why a field cannot become another, or None."""
    if old.sealed != new.sealed:
        return SEALING
    if old.target != new.target:
        return TARGET
    recast = old.kind.code != new.kind.code and (new.kind.code not in WIDER or new.sealed)
    return STORAGE if recast or storage(old) != storage(new) else None


def steps(change: Change) -> Iterator[str]:
    """The statements of a change, in order; none where only words, order or privacy change."""
    before, after = ddl.bare_table(change.old, change.targets), ddl.bare_table(change.new, change.targets)
    table = f"ALTER TABLE {ddl.quoted(change.new.name)}"
    for constraint in missing(uniques(before), uniques(after)):
        yield f"{table} DROP CONSTRAINT {ddl.quoted(str(constraint.name))}"
    for index in missing(indexes(before), indexes(after)):
        yield f"DROP INDEX {ddl.quoted(str(index.name))}"
    for field in change.added:
        yield from ddl.add_columns(change.new, field, after)
    yield from loosened(change, table)
    for field in change.demanded:
        defaults = ddl.filled(field) if field in change.defaulted else {}
        acts = [f"ALTER COLUMN {ddl.quoted(name)} SET DEFAULT {value}" for name, value in defaults.items()]
        yield f"{table} {', '.join((*acts, f'ALTER COLUMN {ddl.quoted(field.column)} SET NOT NULL'))}"
    yield from joined(change, after)
    for constraint in missing(uniques(after), uniques(before)):
        yield ddl.add_constraint(constraint)
    for index in missing(indexes(after), indexes(before)):
        yield ddl.create_index(index)
    if list(ddl.renew(change.old)) != list(ddl.renew(change.new)):
        yield from ddl.renew(change.new)


def loosened(change: Change, table: str) -> Iterator[str]:
    """What lets columns stand empty: those no longer required, and those no longer described, which nobody fills."""
    relaxed = [new for old, new in change.kept if old.required and not new.required]
    for field in relaxed + [one for one in change.removed if one.required]:
        yield f"{table} ALTER COLUMN {ddl.quoted(field.column)} DROP NOT NULL"


def joined(change: Change, after: Table) -> Iterator[str]:
    """The foreign keys of added references."""
    wanted = {f"{change.new.name}_{one.name}_fk" for one in change.added}
    for constraint in after.foreign_key_constraints:
        if constraint.name in wanted:
            yield ddl.add_constraint(constraint)


def uniques(table: Table) -> dict[tuple[str, ...], UniqueConstraint]:
    """A table's unique keys by name and columns."""
    named = [one for one in table.constraints if isinstance(one, UniqueConstraint) and one.name]
    return {(str(one.name), *(str(column.name) for column in one.columns)): one for one in named}


def indexes(table: Table) -> dict[tuple[str, ...], Index]:
    """A table's indexes by name and columns."""
    return {(str(one.name), *(str(column.name) for column in one.columns)): one for one in table.indexes}


def missing(these: dict[tuple[str, ...], T], others: dict[tuple[str, ...], T]) -> list[T]:
    """Those of `these` that `others` lack, by name."""
    return [these[key] for key in sorted(these.keys() - others.keys())]
