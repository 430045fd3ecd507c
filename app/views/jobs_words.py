"""The words of jobs, their schedules and the inbox."""

from collections.abc import Mapping

from app.core.label import Label
from app.heads.pages.frame import State as Colour
from app.jobs.schedules import CatchUp
from app.outbox import State

TITLE = Label("后台任务", "Background jobs")
NOTE = Label(
    "系统在后台做的事：谁提出的、做到哪一步、为什么失败。重试、放弃都会留痕。",
    "What is done behind the screens: who asked, how far it is, why it failed. Retrying and discarding are noted.",
)
BOARDS: Mapping[str, Label] = {
    "running": Label("进行中", "Running"),
    "waiting": Label("等待中", "Waiting"),
    "dead": Label("失败", "Failed"),
    "done": Label("已完成", "Done"),
    "cancelled": Label("已放弃", "Discarded"),
}
DONE_TODAY = Label("{n}（24 小时）", "{n} in 24 h")
SCHEDULES = Label("定时任务", "Schedules")
STATES: Mapping[str, tuple[Label, Colour]] = {
    State.PENDING: (Label("等待", "waiting"), "neutral"),
    State.ENQUEUED: (Label("已派发", "handed out"), "neutral"),
    State.RUNNING: (Label("进行中", "running"), "info"),
    State.DONE: (Label("完成", "done"), "ok"),
    State.DEAD: (Label("失败", "failed"), "bad"),
    State.CANCELLED: (Label("已放弃", "discarded"), "neutral"),
}
COLUMNS: Mapping[str, tuple[Label, ...]] = {
    "running": (Label("开始", "Begun"), Label("已用", "For")),
    "waiting": (Label("最早开始", "Due"),),
    "dead": (Label("停下", "Stopped"), Label("原因", "Reason")),
    "done": (Label("完成", "Done at"), Label("用时", "Took")),
    "cancelled": (Label("放弃", "Discarded at"),),
}
JOB, WHO, ASKED, TRIES = (
    Label("任务", "Job"),
    Label("提出人", "Asked by"),
    Label("提出", "Asked at"),
    Label("尝试", "Attempts"),
)
HINT = Label("第 {id} 号 · 队列 {queue}", "Job {id} · queue {queue}")
SYSTEM, BY_CLOCK = (Label("系统", "System"), Label("定时：{name}", "By the clock: {name}"))
NOW, RETRYING = (Label("现在", "now"), Label("重试中", "another attempt"))
FAR, SO_FAR = (
    Label("{done} / {total} · {percent}%", "{done} of {total} · {percent}%"),
    Label("已处理 {done}", "{done} so far"),
)
KIND, PERSON, SINCE, UNTIL = (
    Label("种类", "Kind"),
    Label("提出人", "Asked by"),
    Label("从", "From"),
    Label("到", "To"),
)
PERSON_HELP = Label("姓名或登录名；系统自己的填“系统”。", "Name or login; “system” for its own.")
ITSELF = frozenset({"系统", "system", "SYSTEM", "-"})
ANY, FILTER, OLDER = (Label("全部", "Any"), Label("筛选", "Filter"), Label("更早的", "Older"))
BAD_DAYS = Label("开始日不能晚于结束日。", "The period ends before it begins.")
NONE: Mapping[str, tuple[Label, Label]] = {
    "running": (
        Label("现在没有任务在进行。", "Nothing is running."),
        Label("新的任务一开始就会出现。", "A job shows here once it begins."),
    ),
    "waiting": (
        Label("没有任务在等。", "Nothing waits."),
        Label("交给后台的事会先排在这里。", "What is asked for waits here first."),
    ),
    "dead": (
        Label("没有失败的任务。", "Nothing failed."),
        Label("失败十分钟后，管理员会在收件箱里收到通知。", "Administrators are told after ten minutes."),
    ),
    "done": (Label("没有完成的任务。", "Nothing is done."), Label("放宽筛选条件再看。", "Ask for less to see more.")),
    "cancelled": (
        Label("没有放弃的任务。", "Nothing was discarded."),
        Label("放弃时写的原因留在任务里。", "The reason stays with the job."),
    ),
}
SECONDS, MINUTES, HOURS = (
    Label("{s} 秒", "{s} s"),
    Label("{m} 分 {s} 秒", "{m} min {s} s"),
    Label("{h} 小时 {m} 分", "{h} h {m} min"),
)

# One job
FACTS, RESULT, LOG = (Label("概况", "About"), Label("结果", "Result"), Label("经过", "What happened"))
NUMBER, QUEUE, STORE, REQUEST = (
    Label("编号", "Number"),
    Label("队列", "Queue"),
    Label("门店", "Store"),
    Label("请求号", "Request"),
)
DUE, BEGUN, ENDED, TOOK = (
    Label("最早开始", "Due"),
    Label("开始", "Begun"),
    Label("结束", "Ended"),
    Label("用时", "Took"),
)
ARGUMENTS = Label("参数", "Arguments")
FAILED_FOR = Label("失败原因：{why}", "It failed: {why}")
TRIED_FOR = Label("上一次没有成功：{why}", "The last attempt failed: {why}")
ATTEMPT = Label("第 {n} 次尝试", "Attempt {n}")
BY_WORKER = Label("工作进程 {worker}", "worker {worker}")
LASTED = Label("用时 {time}", "took {time}")
UNTOUCHED = Label("还没有开始过。", "It was not begun yet.")
OUTCOMES: Mapping[str | None, tuple[Label, Colour]] = {
    None: (Label("进行中", "running"), "info"),
    "done": (Label("完成", "done"), "ok"),
    "failed": (Label("没有成功，稍后再试", "failed, tried again later"), "warn"),
    "dead": (Label("失败", "failed for good"), "bad"),
    "vanished": (Label("工作进程中断", "the worker vanished"), "warn"),
    "cancelled": (Label("被取消", "cancelled"), "neutral"),
}
DEEDS: Mapping[str, Label] = {
    "retry": Label("重试", "retried"),
    "hasten": Label("提前到现在", "made due now"),
    "discard": Label("放弃", "discarded"),
    "run": Label("立即运行", "run by hand"),
    "on": Label("打开", "switched on"),
    "off": Label("关闭", "switched off"),
}
RETRY, HASTEN, DISCARD = (Label("重试", "Retry"), Label("现在就做", "Do it now"), Label("放弃", "Discard"))
RETRIED = Label("已重新开始，尝试次数从头算。", "It begins anew, with all its attempts.")
HASTENED = Label("已提前，马上开始。", "It is due now and begins at once.")
DISCARDED = Label("已放弃，原因已记下。", "It is discarded; the reason is kept.")
DISCARD_ASK = Label("放弃“{name}”（第 {id} 号）？", "Discard “{name}” (job {id})?")
DISCARD_NOTES = (
    Label("它不会再运行，提出的人需要重新提出。", "It will not run; whoever wants it asks anew."),
    Label("谁放弃的、为什么，都会留痕。", "Who discarded it and why is noted in the trail."),
)
WHY, WHY_HELP = (
    Label("原因", "Reason"),
    Label("不要写客户姓名、电话等信息。", "Leave out names and numbers of customers."),
)

# Schedules
SCHEDULES_NOTE = Label(
    "系统按时自己做的事。关闭期间错过的时刻，打开后不会补做。",
    "What runs by the clock. Moments that pass while one is off are not caught up.",
)
SCHEDULE_COLUMNS = (
    Label("任务", "Job"),
    Label("时间", "When"),
    Label("下一次", "Next"),
    Label("上一次", "Last"),
    Label("开关", "Switch"),
)
ACTS = Label("操作", "Actions")
ON, OFF, KEPT = (Label("开", "on"), Label("关", "off"), Label("常开", "always on"))
CATCH_UP: Mapping[str, Label] = {
    CatchUp.NONE: Label("错过不补", "missed ones are dropped"),
    CatchUp.LAST: Label("错过时补最近一次", "the latest missed one is caught up"),
    CatchUp.ALL: Label("错过的全部补做", "all missed ones are caught up"),
}
NEVER = Label("还没有运行过", "not yet")
SWITCHED = Label("{who}，{at}", "{who}, {at}")
RUN, TURN_ON, TURN_OFF = (Label("立即运行", "Run now"), Label("打开", "Switch on"), Label("关闭", "Switch off"))
RUNS = Label("已经开始，进度在这里看。", "It is on its way; see its progress here.")
TURNED_ON, TURNED_OFF = (
    Label("已打开，从下一个时刻起运行。", "It is on, from its next moment."),
    Label("已关闭。", "It is off."),
)
OFF_ASK = Label("关闭“{name}”（{when}）？", "Switch off “{name}” ({when})?")
OFF_NOTES = (
    Label(
        "打开之前它不再运行，错过的时刻不补。", "It does not run until it is on again; what it misses is not caught up."
    ),
    Label("谁关闭的会留痕；关闭备份会触发警报。", "Who switched it off is noted; backups that are off raise an alarm."),
)

# Inbox
INBOX = Label("收件箱", "Inbox")
INBOX_NOTE = Label(
    "您交给后台的事做完了、失败了，都在这里告诉您。已读的保留 30 天，未读的 90 天。",
    "What became of the work you asked for. What is read stays for 30 days, the rest for 90.",
)
UNREAD, MARK, MARK_ALL = (
    Label("未读", "Unread"),
    Label("标为已读", "Mark as read"),
    Label("全部标为已读", "Mark all as read"),
)
MARKED = Label("已全部标为已读。", "Everything is marked as read.")
NOTHING = Label("收件箱是空的。", "Your inbox is empty.")
NOTHING_HINT = Label(
    "导入等费时的事做完后，结果会送到这里。", "The results of imports and other long work arrive here."
)
LEVELS: Mapping[str, tuple[str, Colour]] = {
    "info": ("info-circle", "info"),
    "good": ("circle-check", "ok"),
    "warn": ("alert-triangle", "warn"),
    "danger": ("alert-circle", "bad"),
}
