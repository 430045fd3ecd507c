"""The trail as an operator sees it: its seals, its own checks, and what operations left in it."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.audit.review import TRAIL
from app.console import words as w
from app.console.cells import at, code, duration, number, plain, sheet, tag, when, whole
from app.console.reading import rows
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.core.action import Action
from app.core.label import Label
from app.heads.pages import Button, Cell, Count, Link, Notice
from app.records.context import Context

PAGE, CHECKS = 25, 10
APART = Label(
    "这里只有封存情况和运维动作。谁看了、改了哪条客户数据，由安全官在审计轨迹里看：管系统的人不审自己。",
    "Here are seals and what operations did. Who read or changed whose data is the security officer's to read:"
    " who runs the system does not review it.",
)
READ_ALL = Label("打开审计轨迹", "Open the trail")
SEALS, SEALS_NOTE = (
    Label("封存批次", "Seals"),
    Label("每批都签名，并记住前一批。", "Each is signed and holds the one before."),
)
CHECKED, OPERATIONS = Label("每日自检", "Daily checks"), Label("运维动作", "What operations did")
BATCH, ENTRIES, SEALED, HEAD, KEY = (
    Label("批次", "Batch"),
    Label("条数", "Entries"),
    Label("封存于", "Sealed at"),
    Label("链头", "Head"),
    Label("签名密钥", "Key"),
)
SO_FAR, RESULT, WAITING = Label("累计", "So far"), Label("结果", "Result"), Label("待封存", "Unsealed")
SOUND, DAMAGED, REFUSED = Label("完好", "sound"), Label("已损坏", "damaged"), Label("拒绝封存", "Refused to seal")
DAMAGE = Label("说明", "What of it")
ACT, ABOUT, WHO = Label("动作", "Act"), Label("对象", "Of"), Label("谁", "Who")
DETAILS = Label("内容", "What of it")
OLDER_SEALS = Label("更早的批次", "Older seals")
OLDER_ACTS = Label("更早的动作", "Older acts")
NO_SEALS, NO_CHECKS = Label("还没有封存过。", "Nothing was sealed yet."), Label("还没有检查过。", "Not checked yet.")
NO_ACTS = Label("九十天内没有运维动作。", "Nothing in ninety days.")
ACTS: Mapping[str, Label] = {
    "schema": Label("表结构变更", "schema changed"),
    "attach": Label("开始留痕", "trail attached"),
    "detach": Label("停止留痕", "trail taken off"),
    "backup": Label("备份", "backup"),
    "restore": Label("恢复", "restored"),
    "drill": Label("恢复演练", "restore rehearsed"),
    "job_failed": Label("任务失败", "job failed"),
    "audit_verify": Label("校验轨迹", "verified the trail"),
}
SINCE = Label("最早 {at}", "since {at}")


class TrailView(ConsoleView):
    """Seals, checks and operations."""

    code = "trail"
    askable = ("seal", "act")

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:
        """How the trail stands; its entries are told elsewhere, to who may review it."""
        stands = rows(context.connection, "standing")[0]
        may_review = context.actor.may(Action.LIST, TRAIL)
        return Told(
            notices=() if may_review else (Notice(text=text(APART)),),
            buttons=(Button(text=text(READ_ALL), href="/trail/", icon="shield-check"),) if may_review else (),
            counts=counts(stands),
            sheets=(self._seals(context, asked), self._checks(context), self._operations(context, asked)),
        )

    def _seals(self, context: Context, asked: Mapping[str, str]) -> Any:
        found = rows(context.connection, "seals", whole(asked.get("seal")), PAGE + 1)
        more = None
        if len(found) > PAGE:
            more = Link(text=text(OLDER_SEALS), href=f"{self.here}?seal={found[PAGE - 1]['no']}")
        columns = (BATCH, ENTRIES, SO_FAR, SEALED, HEAD, KEY)
        made = [seal(one) for one in found[:PAGE]]
        return sheet(SEALS, columns, made, note=SEALS_NOTE, more=more, empty=NO_SEALS, ends=(1, 2))

    def _checks(self, context: Context) -> Any:
        columns = (w.WHEN, RESULT, ENTRIES, w.TOOK, DAMAGE)
        made = [check(one) for one in rows(context.connection, "checks", CHECKS)]
        return sheet(CHECKED, columns, made, empty=NO_CHECKS, ends=(2,))

    def _operations(self, context: Context, asked: Mapping[str, str]) -> Any:
        found = rows(context.connection, "operations", whole(asked.get("act")), PAGE + 1)
        more = None
        if len(found) > PAGE:
            more = Link(text=text(OLDER_ACTS), href=f"{self.here}?act={found[PAGE - 1]['id']}")
        columns = (w.WHEN, WHO, ACT, ABOUT, DETAILS)
        return sheet(OPERATIONS, columns, [operation(one) for one in found[:PAGE]], more=more, empty=NO_ACTS)


def counts(stands: Mapping[str, Any]) -> tuple[Count, ...]:
    """How the trail stands, in numbers."""
    since = text(SINCE, at=at(stands["unsealed_since"])) if stands["unsealed_since"] else None
    sound = stands["sound"]
    return (
        Count(text=text(WAITING), value=f"{stands['unsealed']:,}", note=since),
        Count(
            text=text(CHECKED),
            value=text(NO_CHECKS if sound is None else SOUND if sound else DAMAGED),
            state="neutral" if sound is None else "ok" if sound else "bad",
            note=at(stands["checked_at"]) if stands["checked_at"] else None,
        ),
        Count(text=text(REFUSED), value=f"{stands['refused']:,}", state="bad" if stands["refused"] else "ok"),
    )


def seal(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One batch as a line."""
    head = Cell(text=one["head"][:16], look="code", tip=one["head"])
    size, entries = number(one["size"]), number(one["entries"])
    return (plain(one["no"]), entries, size, when(one["sealed_at"]), head, code(one["key_id"]))


def check(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One check as a line."""
    found = tag(SOUND, "ok") if one["sound"] else tag(DAMAGED, "bad")
    said = "; ".join(filter(None, (one["first_damage"], *(one["unchecked"] or ()))))
    return (when(one["at"]), found, number(one["entries"]), duration(one["seconds"]), plain(said))


def operation(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One act of operations as a line."""
    who = text(w.SYSTEM) if one["actor_kind"] == "system" else one["actor_name"]
    act = text(ACTS.get(one["action"], Label(one["action"], one["action"])))
    return (when(one["at"]), plain(who), plain(act), plain(one["entity"]), code(spelled(one["details"])))


def spelled(details: str | None) -> str:
    """What an event says of itself, in a line; what has parts of its own stays with the event."""
    held = orjson.loads(details) if details else {}
    plain_ones = {name: value for name, value in held.items() if not isinstance(value, dict | list)}
    return ", ".join(f"{name}={value}" for name, value in plain_ones.items())[:300]
