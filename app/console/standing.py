"""The console's first page: how everything stands, each number leading to where more is told."""

from collections.abc import Mapping
from typing import Any

from app.backup.ledger import alarms
from app.console import words as w
from app.console.cells import at, plain, sheet, size
from app.console.reading import one as single
from app.console.view import FirstView, Told
from app.console.words import text
from app.core.label import Label
from app.heads.pages import Cell, Count, Link, Notice
from app.records.context import Context

NOTE = Label(
    "看安装本身怎么样：任务、备份、封存、数据库。只看不改；谁看了会留痕。",
    "How the installation itself does: work, backups, seals, database. Nothing is changed here, and looking is noted.",
)
WAITING, RUNNING, DEAD, OFF = (
    Label("等待的任务", "Work that waits"),
    Label("进行中的任务", "Work that runs"),
    Label("失败的任务", "Work that failed"),
    Label("停用的计划", "Schedules off"),
)
BACKUP, UNSEALED, CHECKED = (
    Label("最近的备份", "Newest backup"),
    Label("待封存", "Unsealed"),
    Label("每日自检", "Daily check"),
)
SIZE, SESSIONS = Label("数据库大小", "Size of the database"), Label("数据库连接", "Sessions")
SINCE, PROVEN = Label("最早应于 {at}", "due since {at}"), Label("演练恢复于 {at}", "restored in a drill {at}")
NONE, NEVER = Label("没有", "none"), Label("还没有检查过", "never")
SOUND, DAMAGED = Label("完好", "sound"), Label("已损坏", "damaged")
OF_MOST = Label("最多 {most}", "of {most}")
FAILED = Label("有 {n} 项任务失败，需要有人处理。", "Work that failed and needs somebody: {n}.")
TAMPERED = Label("审计轨迹自检发现损坏。", "The trail's own check found damage.")
LOOK = Label("查看", "Look")
WHERE = Label("到哪里看", "Where to look")
PAGE, TELLS = Label("页面", "Page"), Label("有什么", "What it tells")
ABOUT: Mapping[str, Label] = {
    "work": Label("每一项任务：谁要的、到哪一步、为什么没成", "Every piece of work: whose, how far, why it failed"),
    "schedules": Label("定时任务和下一次运行", "What runs by the clock, and when next"),
    "runs": Label("每次定时运行的结果", "What became of each run"),
    "dead": Label("放弃的任务，等人处理", "What was given up and waits for somebody"),
    "trail": Label("封存批次、每日自检、运维动作", "Seals, daily checks, what operations did"),
    "descriptions": Label("每张表的描述和版本", "Every table's description and version"),
    "backups": Label("备份、恢复演练、告警", "Backups, drills, alarms"),
    "database": Label("慢语句、锁、连接、缓存", "Slow statements, locks, sessions, cache"),
    "storage": Label("表和索引的大小、死行", "Sizes of tables and indexes, dead rows"),
    "valkey": Label("内存、连接、队列长度", "Memory, clients, lengths of queues"),
    "settings": Label("每项设置的值和来源，各部件版本", "Each setting with its source; versions of all parts"),
}


class StandingView(FirstView):
    """How everything stands."""

    code = "standing"

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:  # noqa: ARG002  # nothing is asked of it
        """Everything in numbers, then where more is told."""
        now = single(context.connection, "standing")
        pages = [(Cell(text=text(w.PAGES[one]), href=f"/console/{one}/"), plain(text(ABOUT[one]))) for one in ABOUT]
        return Told(
            note=text(NOTE),
            notices=tuple(notices(context, now)),
            counts=counts(now),
            sheets=(sheet(WHERE, (PAGE, TELLS), pages),),
        )


def notices(context: Context, now: Mapping[str, Any]) -> list[Notice]:
    """What somebody should look at, the worst first."""
    found = []
    if now["sound"] is False:
        found.append(Notice(text=text(TAMPERED), state="bad", link=Link(text=text(LOOK), href="/console/trail/")))
    if now["dead"]:
        words = text(FAILED, n=capped(now["dead"]))
        found.append(Notice(text=words, state="warn", link=Link(text=text(LOOK), href="/console/dead/")))
    link = Link(text=text(LOOK), href="/console/backups/")
    found += [Notice(text=text(one.label), state="bad", link=link) for one in alarms(context.connection)]
    return found


def counts(now: Mapping[str, Any]) -> tuple[Count, ...]:
    """Everything in numbers."""
    sound = now["sound"]
    return (
        Count(
            text=text(WAITING),
            value=f"{now['pending'] + now['enqueued']:,}",
            note=text(SINCE, at=at(now["due_since"])) if now["due_since"] else None,
        ),
        Count(text=text(RUNNING), value=f"{now['running']:,}"),
        Count(text=text(DEAD), value=capped(now["dead"]), state="warn" if now["dead"] else "ok"),
        Count(text=text(OFF), value=f"{now['off']:,}", state="warn" if now["off"] else "ok"),
        Count(
            text=text(BACKUP),
            value=at(now["newest_backup"])[:-3] if now["newest_backup"] else text(NONE),
            state="ok" if now["newest_backup"] else "warn",
            note=text(PROVEN, at=at(now["restored"])) if now["restored"] else None,
        ),
        Count(text=text(UNSEALED), value=f"{now['unsealed']:,}"),
        Count(
            text=text(CHECKED),
            value=text(NEVER if sound is None else SOUND if sound else DAMAGED),
            state="neutral" if sound is None else "ok" if sound else "bad",
            note=at(now["checked_at"]) if now["checked_at"] else None,
        ),
        Count(text=text(SIZE), value=size(now["bytes"])),
        Count(text=text(SESSIONS), value=f"{now['sessions']:,}", note=text(OF_MOST, most=now["most_sessions"])),
    )


def capped(number: int, most: int = 10_000) -> str:
    """A number that was counted no further than that."""
    return f"{number:,}" if number <= most else f"{most:,}+"
