"""Backups: each one, each attempt, and what somebody should look at."""

from collections.abc import Mapping
from typing import Any

from app.backup.ledger import alarms
from app.console import words as w
from app.console.cells import between, code, duration, number, plain, sheet, tag, told, weight, when, whole
from app.console.reading import rows
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.core.label import Label
from app.heads.pages import Cell, Link, Notice
from app.records.context import Context

PAGE, MOST = 25, 100
BACKUPS, ACTS = Label("备份", "Backups"), Label("每次尝试", "Attempts")
BACKUP, SIZE, ROWS, DIGEST = (
    Label("备份", "Backup"),
    Label("大小", "Size"),
    Label("行数", "Rows"),
    Label("清单摘要", "Manifest's digest"),
)
MADE = Label("建于", "Made at")
PROVEN, THERE = Label("演练恢复", "Restored in a drill"), Label("在不在", "There")
HELD, PRUNED, LOST = Label("在", "there"), Label("已清理", "pruned"), Label("不见了", "lost")
BEGAN, ACT, RESULT = Label("开始于", "Began"), Label("做什么", "What"), Label("结果", "Result")
GOOD, FAILED, GOING = Label("成功", "good"), Label("失败", "failed"), Label("没有结束", "did not end")
OLDER = Label("更早的尝试", "Older attempts")
NO_BACKUP, NO_ACT = Label("还没有备份。", "There is no backup yet."), Label("还没有尝试过。", "Nothing was tried yet.")
WORDS: Mapping[str, Label] = {
    "create": Label("备份", "back up"),
    "drill": Label("恢复演练", "rehearse a restore"),
    "restore": Label("恢复", "restore"),
    "prune": Label("清理", "prune"),
}


class BackupsView(ConsoleView):
    """Backups and what was done with them."""

    code = "backups"
    askable = ("act",)

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:
        """What is known about backups."""
        made = [row(one) for one in rows(context.connection, "backups", MOST)]
        columns = (BACKUP, MADE, THERE, SIZE, ROWS, w.TOOK, PROVEN, DIGEST)
        return Told(
            notices=tuple(Notice(text=text(one.label), state="bad") for one in alarms(context.connection)),
            sheets=(
                sheet(BACKUPS, columns, made, empty=NO_BACKUP, ends=(3, 4)),
                self._acts(context, whole(asked.get("act"))),
            ),
        )

    def _acts(self, context: Context, before: int | None) -> Any:
        found = rows(context.connection, "backup_acts", before, PAGE + 1)
        more = Link(text=text(OLDER), href=f"{self.here}?act={found[PAGE - 1]['id']}") if len(found) > PAGE else None
        columns = (BEGAN, ACT, RESULT, w.TOOK, BACKUP, w.FAULT)
        return sheet(ACTS, columns, [act(one) for one in found[:PAGE]], more=more, empty=NO_ACT)


def row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One backup as a line."""
    held = {None: tag(HELD, "ok"), "pruned": tag(PRUNED, "neutral")}.get(one["gone"], tag(LOST, "bad"))
    return (
        code(one["name"]),
        when(one["made_at"]),
        held,
        weight(one["bytes"]),
        number(one["rows"]),
        duration(one["seconds"]),
        when(one["restored_at"]),
        Cell(text=one["digest"][:12], look="code", tip=one["digest"]),
    )


def act(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One attempt as a line."""
    result = {None: tag(GOING, "neutral"), True: tag(GOOD, "ok")}.get(one["ok"], tag(FAILED, "bad"))
    return (
        when(one["began_at"]),
        plain(text(WORDS.get(one["act"], Label(one["act"], one["act"])))),
        result,
        between(one["began_at"], one["ended_at"]),
        code(one["backup"]),
        plain(told(one["reason"])),
    )
