"""The words of the console that several of its pages use."""

from collections.abc import Mapping

from app.core.label import Label
from app.heads import door
from app.heads.pages import State

CONSOLE = Label("运维控制台", "Console")
PAGES: Mapping[str, Label] = {
    "standing": Label("概览", "Overview"),
    "work": Label("任务", "Work"),
    "schedules": Label("计划", "Schedules"),
    "runs": Label("运行", "Runs"),
    "dead": Label("失败", "Failed"),
    "trail": Label("轨迹封存", "Seals"),
    "descriptions": Label("数据结构", "Descriptions"),
    "backups": Label("备份", "Backups"),
    "database": Label("数据库", "PostgreSQL"),
    "storage": Label("表与索引", "Storage"),
    "valkey": Label("消息队列", "Valkey"),
    "settings": Label("设置与版本", "Settings"),
}
FILTER, ANY = Label("筛选", "Filter"), Label("全部", "Any")
EMPTY = Label("没有记录。", "There is nothing.")
OLDER = Label("更早的", "Older")
DAYS, HOURS = Label("{n} 天", "{n} d"), Label("{n} 小时", "{n} h")
MINUTES, SECONDS = Label("{n} 分", "{n} min"), Label("{n} 秒", "{n} s")
SYSTEM = Label("系统", "system")
YES, NO = Label("是", "yes"), Label("否", "no")
STATES: Mapping[str, tuple[Label, State]] = {
    "pending": (Label("等待", "waiting"), "neutral"),
    "enqueued": (Label("已排队", "queued"), "info"),
    "running": (Label("进行中", "running"), "info"),
    "done": (Label("完成", "done"), "ok"),
    "dead": (Label("失败", "failed"), "bad"),
    "cancelled": (Label("已取消", "cancelled"), "neutral"),
}
NUMBER, KIND, QUEUE, STATE = (
    Label("编号", "Number"),
    Label("种类", "Kind"),
    Label("队列", "Queue"),
    Label("状态", "State"),
)
ATTEMPTS, FAULT, BY = Label("次数", "Attempts"), Label("原因", "Reason"), Label("谁要的", "Asked by")
ENDED, TOOK = Label("结束于", "Ended at"), Label("用时", "Took")
WHEN, NAME, VALUE = Label("时间", "When"), Label("名称", "Name"), Label("值", "Value")


def text(label: Label, **given: object) -> str:
    """Words in the reader's language."""
    return (label.format(**given) if given else label).text(door.locale())
