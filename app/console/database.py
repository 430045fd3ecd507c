"""PostgreSQL: how the server does, what runs and waits now, which statements cost most, how large the tables are."""

from collections.abc import Mapping
from typing import Any

from app.console import words as w
from app.console.cells import at, code, duration, lasted, number, plain, share, sheet, size, weight, when
from app.console.reading import one as single
from app.console.reading import rows
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.core.label import Label
from app.heads.pages import Cell, Count, Notice, State
from app.records.context import Context

SESSIONS, STATEMENTS = (
    Label("正在运行和未结束的事务", "What runs or stands open now"),
    Label("最耗时的语句", "Statements that took longest"),
)
STATEMENTS_NOTE = Label(
    "语句里的数值和文字都已去掉。“读内存”是不用碰磁盘的比例。",
    "Statements are told without the values in them. “From memory” is what needed no disk.",
)
TABLES, IDLE = Label("最大的表", "The largest tables"), Label("没有用过的索引", "Indexes nobody used")
IDLE_NOTE = Label(
    "自统计开始没有查询用过，占着空间、拖慢写入；刚装好或刚重启统计时不作数。",
    "Not used since the statistics began; they take room and slow writes. Soon after a start this means little.",
)
TABLES_NOTE = Label(
    "“可回收”按死行的比例估计，自动清理会收回；长期很大时看看有没有一直不结束的事务。",
    "“Reclaimable” is an estimate from dead rows, which autovacuum takes back; where it stays large, look for a"
    " transaction that never ends.",
)
NOT_COUNTED = Label(
    "这台 PostgreSQL 没有统计语句：请由数据库管理员装载 pg_stat_statements，见运维手册。",
    "This PostgreSQL does not count statements: its administrator can load pg_stat_statements; see the manual.",
)
QUIET = Label("现在没有别的事务。", "No other transaction is open.")
ALL_USED = Label("每个索引都用过。", "Every index was used.")
SIZE, FROM_MEMORY, SESSIONS_NOW = (
    Label("数据库大小", "Size of the database"),
    Label("读内存", "From memory"),
    Label("连接", "Sessions"),
)
OLDEST, DEADLOCKS, ROLLED = (
    Label("最久的事务", "Oldest transaction"),
    Label("死锁", "Deadlocks"),
    Label("回滚比例", "Rolled back"),
)
AGE, VACUUMS, SINCE = (
    Label("事务号年龄", "Age of transaction numbers"),
    Label("正在自动清理", "Autovacuum now"),
    Label("自 {at} 起", "since {at}"),
)
REPLICAS, TEMPORARY = Label("副本", "Replicas"), Label("临时文件", "Temporary files")
OF_MOST = Label("最多 {most}，{active} 个在忙", "of {most}; {active} busy")
NO_REPLICA = Label("没有副本；靠备份恢复", "none: backups bring it back")
PID, ROLE, WAITS, BLOCKED, OPEN, RUNS, STATEMENT = (
    Label("进程", "Process"),
    Label("角色", "Role"),
    Label("在等", "Waits for"),
    Label("被谁挡住", "Held up by"),
    Label("事务开了", "Open for"),
    Label("语句跑了", "Runs for"),
    Label("语句", "Statement"),
)
CALLS, TOTAL, MEAN, LONGEST, ROWS = (
    Label("次数", "Calls"),
    Label("合计", "Altogether"),
    Label("平均", "On average"),
    Label("最长", "Longest"),
    Label("行数", "Rows"),
)
TABLE, WHOLE, INDEXES, LIVE, DEAD, RECLAIMABLE = (
    Label("表", "Table"),
    Label("总大小", "Size"),
    Label("其中索引", "Of that indexes"),
    Label("活行", "Live rows"),
    Label("死行", "Dead rows"),
    Label("可回收", "Reclaimable"),
)
SCANS, VACUUMED, ANALYSED = Label("读过", "Reads"), Label("上次清理", "Vacuumed"), Label("上次统计", "Analysed")
INDEX = Label("索引", "Index")
MOST = 40
OLD, WRAPAROUND = 300, 1_000_000_000  # seconds, transactions
FEW_HITS, MANY_SESSIONS = 0.9, 0.8


class DatabaseView(ConsoleView):
    """The server and what it does."""

    code = "database"

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:  # noqa: ARG002  # nothing is asked of it
        """How the server does now."""
        now = rows(context.connection, "sessions", MOST)
        costly = rows(context.connection, "statements", MOST)
        return Told(
            notices=() if costly else (Notice(text=text(NOT_COUNTED)),),
            counts=counts(single(context.connection, "server")),
            sheets=(
                sheet(
                    SESSIONS,
                    (PID, ROLE, w.STATE, OPEN, RUNS, WAITS, BLOCKED, STATEMENT),
                    [session(one) for one in now],
                    empty=QUIET,
                ),
                sheet(
                    STATEMENTS,
                    (STATEMENT, ROLE, CALLS, TOTAL, MEAN, LONGEST, ROWS, FROM_MEMORY),
                    [statement(one) for one in costly],
                    note=STATEMENTS_NOTE,
                    ends=(2, 3, 4, 5, 6, 7),
                ),
            ),
        )


class StorageView(ConsoleView):
    """Tables and indexes by their size."""

    code = "storage"

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:  # noqa: ARG002  # nothing is asked of it
        """What takes the room."""
        columns = (TABLE, WHOLE, INDEXES, LIVE, DEAD, RECLAIMABLE, SCANS, VACUUMED, ANALYSED)
        made = [table(one) for one in rows(context.connection, "tables", MOST)]
        idle = [index(one) for one in rows(context.connection, "idle_indexes", MOST)]
        return Told(
            sheets=(
                sheet(TABLES, columns, made, note=TABLES_NOTE, ends=(1, 2, 3, 4, 5, 6)),
                sheet(IDLE, (INDEX, TABLE, WHOLE), idle, note=IDLE_NOTE, empty=ALL_USED, ends=(2,)),
            ),
        )


def counts(server: Mapping[str, Any]) -> tuple[Count, ...]:
    """The server in numbers; what should worry somebody has a colour."""
    since = text(SINCE, at=at(server["since"]))
    taken = server["sessions"] / server["most_sessions"]
    done = server["commits"] + server["rollbacks"]
    return (
        Count(text="PostgreSQL", value=server["server"], note=text(SINCE, at=at(server["started"]))),
        Count(text=text(SIZE), value=size(server["bytes"])),
        Count(
            text=text(SESSIONS_NOW),
            value=f"{server['sessions']:,}",
            state=warned(taken > MANY_SESSIONS),
            note=text(OF_MOST, most=server["most_sessions"], active=server["active"]),
        ),
        Count(text=text(OLDEST), value=lasted(server["oldest"]), state=warned((server["oldest"] or 0) > OLD)),
        Count(
            text=text(FROM_MEMORY),
            value=share(server["hits"]),
            state=warned((server["hits"] or 1) < FEW_HITS),
            note=since,
        ),
        Count(text=text(ROLLED), value=share(server["rollbacks"] / done if done else None), note=since),
        Count(
            text=text(DEADLOCKS), value=f"{server['deadlocks']:,}", state=warned(bool(server["deadlocks"])), note=since
        ),
        Count(text=text(TEMPORARY), value=size(server["temporary"]), note=since),
        Count(text=text(AGE), value=f"{server['age']:,}", state=warned(server["age"] > WRAPAROUND)),
        Count(text=text(VACUUMS), value=f"{server['vacuums']:,}"),
        Count(
            text=text(REPLICAS),
            value=f"{server['replicas']:,}",
            note=None if server["replicas"] else text(NO_REPLICA),
        ),
    )


def warned(worrying: bool) -> State:
    """The colour of a number."""
    return "warn" if worrying else "neutral"


def session(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One session as a line."""
    held_up = ", ".join(map(str, one["blockers"]))
    return (
        code(one["pid"]),
        code(one["role"]),
        plain(one["state"]),
        duration(one["open_for"]),
        duration(one["runs_for"]),
        plain(one["waits"]),
        Cell(text=held_up, look="bad") if held_up else plain(None),
        code(one["statement"]),
    )


def statement(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One statement as a line."""
    times = (Cell(text=milliseconds(one[name])) for name in ("total_ms", "mean_ms", "longest_ms"))
    hits = Cell(text=share(one["hits"]))
    return (code(one["statement"]), code(one["role"]), number(one["calls"]), *times, number(one["rows"]), hits)


def milliseconds(value: float) -> str:
    """A time of statements."""
    return f"{value / 1000:,.1f} s" if value >= 1000 else f"{value:,.1f} ms"  # noqa: PLR2004  # a second


def table(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One table as a line."""
    live, dead = one["live"] or 0, one["dead"] or 0
    rest = (one["bytes"] or 0) - (one["of_indexes"] or 0)
    return (
        code(one["name"]),
        weight(one["bytes"]),
        weight(one["of_indexes"]),
        number(one["live"]),
        number(one["dead"]),
        weight(rest * dead // (live + dead) if dead else 0),
        number(one["scans"]),
        when(one["vacuumed"]),
        when(one["analysed"]),
    )


def index(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One index as a line."""
    return code(one["name"]), code(one["of_table"]), weight(one["bytes"])
