"""A change of rights, looked at before it is made: what differs, what is odd, what somebody gains and loses."""

from collections.abc import Iterator
from dataclasses import replace

from app.access.rights import NOUN, Right, Rights
from app.access.state import stand
from app.core.action import Action
from app.core.actor import Extent
from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.field import Field, Relation, State
from app.core.label import Label
from app.core.scope import Belongs, Reach

FIXED = Label(
    "{entity}·{field}：记录靠它识别、查找或排序，不能打码或隐藏。",
    "{entity}, {field}: records are known, found or sorted by it, so it is neither masked nor hidden.",
)
NEEDED = Label(
    "{entity}·{field}：新增时必填，隐藏后就无法新增。请允许打码，或不给“新增”。",
    "{entity}, {field}: a new record needs it, so who may create one must not have it hidden. Mask it instead.",
)
UPSIDE = Label(
    "{entity}·{field}：自己的记录不能比别人的看到的更少。",
    "{entity}, {field}: one sees no less in one's own records than in others.",
)
NOWHERE = Label("这类数据", "These records")
NO_FIELD = Label("{entity}没有字段“{field}”。", "{entity} has no field “{field}”.")
SEALED = Label(
    "{entity}·{field}：加密的内容在他人的记录里最多打码，要看须说明原因。",
    "{entity}, {field}: a sealed value is masked at most in others' records; it is opened for a reason.",
)


def changed(stands: Rights, wanted: Rights) -> Rights:
    """Those of the wanted rights that differ from what stands; without verbs the reach is no difference."""
    nothing = Right(frozenset(), Reach.STORE)
    return {
        name: right
        for name, right in wanted.items()
        if (right.actions or stands.get(name, nothing).actions) and right != stands.get(name)
    }


def keeping(ticked: Rights, stands: Rights) -> Rights:
    """The rights ticked, with the states of fields that stand: they are set on a page of their own."""
    return {
        noun: replace(right, fields=stands[noun].fields) if noun in stands else right for noun, right in ticked.items()
    }


def doubts(entity: Entity, right: Right) -> Iterator[Label]:
    """What is odd about a right, said before it is saved."""
    seen = {Action.LIST, Action.READ} & right.actions
    told = {"entity": entity.plural}
    if right.actions and not seen:
        yield Label(
            "{entity}：没有“列表”和“查看”，其余的权限用不上。", "{entity}: without list or read the rest is of no use."
        ).format(**told)
    if Action.IMPORT in right.actions and Action.CREATE not in right.actions:
        yield Label(
            "{entity}：导入需要同时允许新增。", "{entity}: importing needs the right to create as well."
        ).format(**told)
    if entity.belongs is Belongs.GROUP:
        return
    if right.reach is Reach.OWN and not entity.owners:
        yield Label(
            "{entity}：没有负责人一项，范围“本人”看不到任何记录。",
            "{entity}: its records name nobody, so the reach “own” holds none.",
        ).format(**told)
    if right.reach is Reach.TEAM and not (entity.team or entity.owners):
        yield Label(
            "{entity}：没有小组和负责人，范围“本组”看不到任何记录。",
            "{entity}: its records name no team, so the reach “team” holds none.",
        ).format(**told)


def gained(was: Extent, becomes: Extent) -> tuple[frozenset[Action], frozenset[Action]]:
    """The verbs somebody gets and loses on one entity."""
    return becomes.actions - was.actions, was.actions - becomes.actions


def settable(entity: Entity, field: Field) -> bool:
    """Whether roles may be shown less of a field: what names, finds, sorts or owns records stands as described."""
    found = field.search and not field.sealed
    sorts = entity.order.removeprefix("-") == field.name
    ours = field.name in (*entity.naming, *entity.owners, *entity.shelved, entity.team, entity.offered)
    return not (found or sorts or ours)


def demand_fitting(entity: Entity | None, right: Right) -> None:
    """Raises Invalid with everything that will not do about the states of a right's fields."""
    wrong = list(_misfits(entity, right))
    if wrong:
        zh, en = "".join(one.zh for one in wrong), " ".join(one.en for one in wrong)
        raise Invalid({NOUN: Unfit("fields", Label(zh, en))})


def _misfits(entity: Entity | None, right: Right) -> Iterator[Label]:
    for name, (mine, scope) in right.fields.items():
        field = entity.field(name) if entity else None
        if entity is None or field is None:
            yield NO_FIELD.format(entity=entity.plural if entity else NOWHERE, field=name)
            continue
        told = {"entity": entity.plural, "field": field.label}
        own = field.state(Relation.MINE) if mine is None else mine
        others = field.state(Relation.SCOPE) if scope is None else scope
        if not settable(entity, field):
            yield FIXED.format(**told)
        elif field.sealed and scope is State.CLEAR:
            yield SEALED.format(**told)
        elif own < others:
            yield UPSIDE.format(**told)
        elif needed(field, right) and own is State.HIDDEN:
            yield NEEDED.format(**told)


def needed(field: Field, right: Right) -> bool:
    """Whether somebody with this right could add no record without the field."""
    return field.required and field.default is None and not field.readonly and Action.CREATE in right.actions


def moved(entity: Entity, was: Extent, becomes: Extent) -> Iterator[tuple[Field, Relation, State, State]]:
    """The fields that would stand otherwise to somebody, in which relation, before and after."""
    names = {name for extent in (was, becomes) for name, *_ in extent.fields}
    for field in (one for one in entity.fields if one.name in names):
        for relation in Relation:
            before, after = (stand(extent, field, relation) for extent in (was, becomes))
            if before is not after:
                yield field, relation, before, after
