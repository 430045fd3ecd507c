"""A change of rights, looked at before it is made: what differs, what is odd, what somebody gains and loses."""

from collections.abc import Iterator

from app.access.rights import Right, Rights
from app.core.action import Action
from app.core.actor import Extent
from app.core.entity import Entity
from app.core.label import Label
from app.core.scope import Belongs, Reach


def changed(stands: Rights, wanted: Rights) -> Rights:
    """Those of the wanted rights that differ from what stands; without verbs the reach is no difference."""
    nothing = Right(frozenset(), Reach.STORE)
    return {
        name: right
        for name, right in wanted.items()
        if (right.actions or stands.get(name, nothing).actions) and right != stands.get(name)
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
