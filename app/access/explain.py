"""Why an actor may or may not do something, in words he can act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.access.state import owner_columns
from app.core.action import Action
from app.core.actor import Actor, ActorKind, Extent
from app.core.entity import Entity
from app.core.label import Label
from app.core.scope import Belongs

VERBS = {
    Action.LIST: Label("列表", "list"),
    Action.READ: Label("查看", "read"),
    Action.CREATE: Label("新增", "create"),
    Action.UPDATE: Label("修改", "update"),
    Action.DELETE: Label("删除", "delete"),
    Action.EXPORT: Label("导出", "export"),
    Action.IMPORT: Label("导入", "import"),
    Action.REVEAL: Label("查看完整号码", "reveal"),
    Action.SEARCH: Label("按完整值查找", "search by whole value"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision: a stable code, whether it speaks for or against, and words."""

    code: str
    allows: bool
    label: Label


def explain(
    actor: Actor, action: Action, entity: Entity, record: Mapping[str, Any] | None = None
) -> tuple[Reason, ...]:
    """The reasons for and against; the deed is allowed when all of them allow. `record` is given by column names."""
    if actor.kind is ActorKind.NOBODY:
        return (Reason("nobody", False, Label("尚未登录。", "Nobody is signed in.")),)
    names = {"action": VERBS[action], "entity": entity.plural}
    if not actor.may(action, entity.name):
        label = Label("没有任何角色授予“{action}{entity}”。", "None of the roles held grants {action} on {entity}.")
        return (Reason("not_granted", False, label.format(**names)),)
    granted = Reason(
        "granted",
        True,
        Label("角色授予“{action}{entity}”。", "A role held grants {action} on {entity}.").format(**names),
    )
    return (granted,) if record is None else (granted, _reach(actor, entity, record))


def allowed(reasons: tuple[Reason, ...]) -> bool:
    """Whether the reasons together allow."""
    return all(reason.allows for reason in reasons)


def _reach(actor: Actor, entity: Entity, record: Mapping[str, Any]) -> Reason:
    extent = actor.extent(entity.name)
    if extent.everywhere or entity.belongs is Belongs.GROUP:
        return Reason("everywhere", True, Label("范围是全集团。", "The reach is the whole group."))
    if record.get(entity.scope_column or "") in extent.stores:
        return Reason("store", True, Label("记录属于范围内的门店。", "The record belongs to a store within reach."))
    return _personal_reach(extent, entity, record)


def _personal_reach(extent: Extent, entity: Entity, record: Mapping[str, Any]) -> Reason:
    team = record.get(entity.by_name[entity.team].column) if entity.team else None
    if team is not None and team in extent.teams:
        return Reason("team", True, Label("记录属于本小组。", "The record belongs to the team."))
    if extent.owner is not None and any(record.get(column) == extent.owner for column in owner_columns(entity)):
        return Reason("own", True, Label("记录归本人负责。", "The record is one's own."))
    if record.get("id") in extent.records:
        return Reason("shared", True, Label("这条记录已单独授权。", "This record was shared with the person."))
    return Reason(
        "out_of_reach",
        False,
        Label("记录不在任何授权的范围内，可申请查看。", "The record lies beyond every grant; access can be asked for."),
    )
