"""Why somebody may or may not do something, in words he can act on, from what the gate and the row policy answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.access.rights import Given
from app.access.roles import label_of
from app.core.action import Action
from app.core.entity import Entity
from app.core.label import Label
from app.core.scope import Reach

VERBS: Mapping[Action, Label] = {
    Action.LIST: Label("列表", "List"),
    Action.READ: Label("查看", "Read"),
    Action.CREATE: Label("新增", "Create"),
    Action.UPDATE: Label("修改", "Update"),
    Action.DELETE: Label("删除", "Delete"),
    Action.EXPORT: Label("导出", "Export"),
    Action.IMPORT: Label("导入", "Import"),
    Action.REVEAL: Label("看完整号码", "Reveal"),
    Action.SEARCH: Label("整号查找", "Find by whole"),
}
REACHES: Mapping[Reach, Label] = {
    Reach.GROUP: Label("全集团", "Group"),
    Reach.COMPANY: Label("本公司", "Company"),
    Reach.STORE: Label("本店", "Store"),
    Reach.TEAM: Label("本组", "Team"),
    Reach.OWN: Label("本人", "Own"),
    Reach.GRANTED: Label("单独授权", "Granted"),
}
ENTERS = Label("账号有效，可以登录。", "The account is open and may sign in.")
STAYS_OUT = Label("账号已停用、离职或未启用，什么都不能做。", "The account is closed or has left: nothing is allowed.")
BY_ROLE = Label("角色“{role}”：{verbs}，范围{reach}。", "Role “{role}”: {verbs}, reach: {reach}.")
BY_NONE = Label("没有任何角色允许“{action}{entity}”。", "None of his roles grants {action} on {entity}.")
WITHIN = Label("这条记录在范围内（由行级策略判定）。", "The record is within reach, as the row policy says.")
BEYOND = Label(
    "这条记录不在范围内（由行级策略判定），对他等于不存在。",
    "The row policy keeps the record from him: to him it does not exist.",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision: a stable code, whether it speaks for or against, and words."""

    code: str
    allows: bool
    label: Label


def explain(
    action: Action, entity: Entity, *, enters: bool, grants: Sequence[Given], within: bool | None = None
) -> tuple[Reason, ...]:
    """The reasons for and against; the deed is allowed when all of them allow.

    `enters` says whether the account may sign in, `grants` what his roles grant on the entity, both from
    `rights.profile`; `within` whether the row policy shows him the record asked about, from `rights.reaches`.
    """
    reasons = [Reason("enters", True, ENTERS) if enters else Reason("closed", False, STAYS_OUT)]
    fitting = [one for one in grants if action in one.right.actions]
    reasons += [Reason("granted", True, _by_role(one)) for one in fitting]
    if not fitting:
        names = {"action": VERBS[action], "entity": entity.plural}
        reasons.append(Reason("not_granted", False, BY_NONE.format(**names)))
    if within is not None:
        reasons.append(Reason("within", True, WITHIN) if within else Reason("out_of_reach", False, BEYOND))
    return tuple(reasons)


def allowed(reasons: tuple[Reason, ...]) -> bool:
    """Whether the reasons together allow."""
    return all(reason.allows for reason in reasons)


def listed(actions: frozenset[Action]) -> Label:
    """Verbs in their order, in both languages."""
    held = [word for one, word in VERBS.items() if one in actions]
    return Label("、".join(word.zh for word in held), ", ".join(word.en for word in held))


def _by_role(given: Given) -> Label:
    right = given.right
    return BY_ROLE.format(role=label_of(given.role), verbs=listed(right.actions), reach=REACHES[right.reach])
