"""What is wrong with a description before anything is done with it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.catalog import Snapshot
from app.core.entity import Entity, Origin
from app.core.errors import Refusal, Unfit
from app.core.field import Field
from app.core.label import Label
from app.core.scope import Belongs
from app.models.table import common_columns, field_columns, index_column
from app.studio.ddl import bare_table, links, relations
from app.studio.names import LONGEST, taken_entity, taken_field

MOST_FIELDS = 200
INDEXED_TEXT, INDEXED_NAME = 600, 300  # characters that fit an index entry in every script
TITLES = frozenset({"text", "choice", "phone", "email", "plate", "vin", "uscc", "date", "datetime", "integer"})
WORD = re.compile(r"[\w -]{1,60}\Z")
ICON = re.compile(r"[a-z0-9-]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: the field it is about ("" for the entity as a whole) and what to do."""

    where: str
    label: Label


class Unpublishable(Refusal):
    """A description that cannot be published; `problems` says why."""

    status = 422
    code = "unpublishable"

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        field = Label(f"{first.where}：", f"{first.where}: ") if first.where else None
        super().__init__(Label(field.zh + first.label.zh, field.en + first.label.en) if field else first.label)
        self.problems = problems


def problems(entity: Entity, snapshot: Snapshot) -> list[Problem]:
    """Everything wrong with the description of an entity that is to stand beside those of `snapshot`."""
    found = [Problem("", label) for check in WHOLE for label in check(entity, snapshot)]
    for field in entity.fields:
        found += [Problem(field.name, label) for check in EACH for label in check(field, entity, snapshot)]
    if not found:
        found += [Problem("", label) for label in too_long(entity, snapshot)]
    return found


# The entity as a whole ----------------------------------------------------------------------------


def name(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:
    """The name is free and no word of the system."""
    if taken_entity(entity.name):
        yield Label(
            "“{name}”是系统或 SQL 的用词，请换个名称，例如加一个词。",
            "“{name}” is a word of the system or of SQL; choose another name, for example by adding a word.",
        ).format(name=entity.name)
    known = snapshot.get(entity.name)
    if known is not None and known.origin is not Origin.STUDIO:
        yield Label(
            "“{name}”是产品自带的表，不能在这里改；请换个名称。",
            "“{name}” comes with the product and is not changed here; choose another name.",
        ).format(name=entity.name)


def labels(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:
    """No two fields and no two entities are called alike."""
    for zh, times in Counter(field.label.zh for field in entity.fields).items():
        if times > 1:
            yield Label("有 {n} 个字段都叫“{zh}”，请区分开。", "{n} fields are called “{zh}”; tell them apart.").format(
                n=times, zh=zh
            )
    for other in snapshot.entities.values():
        if other.name != entity.name and entity.plural in (other.plural, other.label):
            yield Label(
                "已经有一个叫“{what}”的表，请换个叫法。", "There is already “{what}”; call it otherwise."
            ).format(what=entity.plural)


def size(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001  # every check takes the same
    """There are fields, and not too many."""
    if not 1 <= len(entity.fields) <= MOST_FIELDS:
        yield Label("字段应有 1 到 {n} 个。", "There must be 1 to {n} fields.").format(n=MOST_FIELDS)


def place(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """Rows belong to a store or to the group; menu group and icon are plain words."""
    if entity.belongs is Belongs.SELF:
        yield Label(
            "只有门店自己可以这样归属，请选“门店”或“集团”。", "Only stores belong to themselves; choose store or group."
        )
    if not WORD.match(entity.group):
        yield Label("菜单分组请用 1 到 60 个字。", "Give the menu group in 1 to 60 letters.")
    if not ICON.match(entity.icon):
        yield Label(
            "图标名只用小写字母、数字和连字符。", "An icon's name has lower-case letters, digits and hyphens only."
        )


def title(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """The title, and what stands in for it, are fields everybody may read and that read as names."""
    for field in (entity.by_name[one] for one in entity.naming):
        if field.sealed:
            yield Label("标题不能是加密字段，请另选一个。", "A sealed field cannot be the title; choose another.")
        elif field.kind.code not in TITLES:
            yield Label(
                "标题要能当名称读，请选一个文字、编号、选项或日期字段。",
                "The title must read as a name; choose a text, number, choice or date field.",
            )


def order(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """The default order is the id or a field that sorts."""
    wanted = entity.order.removeprefix("-")
    field = entity.field(wanted)
    if wanted != "id" and (field is None or field.sealed or not field.kind.sortable):
        yield Label("默认排序请选 id 或一个能排序的字段。", "Choose the id or a field that sorts as the default order.")


def owners(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """Owners are employees and the team is a team, of records that belong to a store."""
    if any(entity.by_name[one].target != "employee" for one in entity.owners):
        yield Label("负责人字段必须关联员工。", "A field that names an owner must refer to employees.")
    team = entity.field(entity.team) if entity.team else None
    if entity.team and (team is None or team.target != "team"):
        yield Label("小组字段必须关联小组。", "The team's field must refer to teams.")
    if (entity.owners or entity.team) and entity.belongs is not Belongs.STORE:
        yield Label("只有归属门店的记录才有负责人和小组。", "Only records of a store have owners and a team.")


def groups(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """Fields that are unique together can be compared."""
    for group in entity.unique:
        fields = [entity.by_name[one] for one in group]
        if len(set(group)) != len(group) or any(bad_key(field) for field in fields):
            yield Label("这些字段不能一起设为唯一：{names}。", "These cannot be unique together: {names}.").format(
                names=", ".join(group)
            )


def too_long(entity: Entity, snapshot: Snapshot) -> Iterator[Label]:
    """The names the table's keys and indexes would get fit into PostgreSQL's."""
    table = bare_table(entity, snapshot.belongs)
    for one in sorted(relations(table) | links(table)):
        if len(one) > LONGEST:
            yield Label(
                "名称太长：“{one}”，请缩短表名或字段名。",
                "Too long a name: “{one}”; shorten the table's or the field's.",
            ).format(one=one)


# Each field ---------------------------------------------------------------------------------------


def field_name(field: Field, entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """The name is free, also for the columns that go with it."""
    if taken_field(field.name):
        yield Label("这个名称系统要用，请换一个。", "The system needs this name; choose another.")
        return
    others = [one.name for other in entity.fields if other is not field for one in field_columns(other)]
    common = [column.name for column in common_columns(entity)]
    if clash := {column.name for column in field_columns(field)} & {*others, *common}:
        yield Label("列“{name}”已被占用，请换个名称。", "The column “{name}” is taken; choose another name.").format(
            name=min(clash)
        )


def reference(field: Field, entity: Entity, snapshot: Snapshot) -> Iterator[Label]:
    """A reference says where it points, and that exists."""
    if getattr(field.kind, "target", None) != field.target:
        yield Label("关联的表写得不一致，请重新选择。", "The reference names two targets; choose it again.")
    elif field.target and field.target != entity.name and snapshot.get(field.target) is None:
        yield Label("关联的表“{name}”不存在。", "The table “{name}” it refers to does not exist.").format(
            name=field.target
        )


def sealing(field: Field, entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """What is sealed holds a value of its own; a file's bytes lie outside the database, where nothing seals them."""
    if field.sealed and field.kind.code == "file":
        yield Label(
            "文件不能设为加密：文件内容不存放在数据库里，不会被加密。请改为“个人”，再按角色限定谁能看到。",
            "A file cannot be sealed: its bytes lie outside the database and are not encrypted. Make it personal and"
            " let roles decide who sees it.",
        )
    elif field.sealed and (field.target or field.kind.code in ("multi_choice", "boolean")):
        yield Label(
            "这种字段不能加密，请改用其他保密级别。", "This kind of field cannot be sealed; choose another privacy."
        )


def keys(field: Field, entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """What is indexed fits an index."""
    if (field.index or field.unique) and bad_key(field):
        yield Label(
            "这样的字段不能唯一或排序：请改短（{most} 字以内）或换类型。",
            "Such a field cannot be unique or indexed: make it shorter (at most {most} letters) or of another kind.",
        ).format(most=INDEXED_TEXT)


def default(field: Field, entity: Entity, snapshot: Snapshot) -> Iterator[Label]:  # noqa: ARG001
    """The default is a value of its kind; what nobody may fill in has one."""
    if field.default is None:
        if field.required and field.readonly:
            yield Label("必填又不能填写的字段要有默认值。", "A required field that nobody fills in needs a default.")
        return
    try:
        if field.kind.read(field.default) is None:
            yield Label("默认值是空的，请去掉或填上。", "The default is blank; remove it or give one.")
    except Unfit as unfit:
        yield Label("默认值不合适：{why}", "The default does not fit: {why}").format(why=unfit.label)


def bad_key(field: Field) -> bool:
    """Whether the field's values do not fit an index."""
    if field.sealed:
        return index_column(field) is None
    if field.kind.code == "long_text":
        return True
    longest = int(getattr(field.kind, "max", None) or 0) if field.kind.code == "text" else 0
    return longest > (INDEXED_NAME if getattr(field.kind, "names", False) else INDEXED_TEXT)


WHOLE: tuple[Callable[[Entity, Snapshot], Iterator[Label]], ...] = (
    name,
    labels,
    size,
    place,
    title,
    order,
    owners,
    groups,
)
EACH: tuple[Callable[[Field, Entity, Snapshot], Iterator[Label]], ...] = (field_name, reference, sealing, keys, default)
