"""Samples of the pages of jobs, of schedules and of the inbox."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def tabs(say: Say, current: str) -> tuple[p.Link, ...]:
    names = {"running": say("进行中", "Running"), "dead": say("失败", "Failed"), "schedules": say("定时", "Schedules")}
    return tuple(
        p.Link(text=words, href=f"/jobs/?board={name}", current=name == current, count="3")
        for name, words in names.items()
    )


def running_board(say: Say) -> p.JobBoard:
    job = {"name": p.Link(text=say("导入", "Import"), href="/jobs/7"), "hint": "7 · default"}
    cells = ("李顾问", "11-22 09:00:00", "11-22 09:00:02", "3 s", "1")
    return p.JobBoard(
        title=say("进行中", "Running"),
        columns=tuple(
            say(zh, en)
            for zh, en in (
                ("任务", "Job"),
                ("提出人", "Asked by"),
                ("提出", "Asked at"),
                ("开始", "Begun"),
                ("已用", "For"),
                ("尝试", "Attempts"),
            )
        ),
        rows=(
            p.JobRow(**job, cells=cells, percent=24, bar="1,200 / 5,000 · 24%"),
            p.JobRow(**job, cells=cells, tag=p.Tag(text=say("重试中", "again"), state="warn")),
        ),
        href="/jobs/part?board=running",
        older=p.Link(text=say("更早的", "Older"), href="/jobs/?before=7"),
    )


def job_pages(locale: str, say: Say) -> dict[str, p.Page]:
    head = {
        "frame": frame(locale),
        "title": say("后台任务", "Background jobs"),
        "note": say("系统在后台做的事。", "What is done behind the screens."),
        "action": "/jobs/",
        "hidden": (("board", "running"),),
        "controls": (p.Control(name="person", label=say("提出人", "Asked by"), value="x"),),
        "submit": say("筛选", "Filter"),
    }
    nothing = p.Empty(text=say("没有失败的任务。", "Nothing failed."), advice=say("很好。", "Good."))
    return {
        "jobs": p.JobsPage(**head, tabs=tabs(say, "running"), board=running_board(say)),
        "jobs_none": p.JobsPage(
            **head,
            tabs=tabs(say, "dead"),
            board=p.JobBoard(title=say("失败", "Failed"), columns=(), empty=nothing),
            problem=say("开始日不能晚于结束日。", "The period ends before it begins."),
        ),
        "job": one_job(locale, say),
        "schedules": schedules(locale, say),
        "inbox": notices(locale, say),
        "inbox_none": p.InboxPage(
            frame=frame(locale),
            title=say("收件箱", "Inbox"),
            note=say("结果送到这里。", "Results arrive here."),
            unread=say("未读", "Unread"),
            mark=say("标为已读", "Mark as read"),
            empty=nothing,
        ),
    }


def one_job(locale: str, say: Say) -> p.JobPage:
    return p.JobPage(
        frame=frame(locale),
        title=say("导入", "Import"),
        crumbs=(p.Link(text=say("后台任务", "Background jobs"), href="/jobs/"), p.Link(text="7", href="")),
        tag=p.Tag(text=say("进行中", "running"), state="info"),
        buttons=(p.Button(text=say("重试", "Retry"), href="/jobs/7/retry", icon="refresh", post=True, main=True),),
        problem="ValueError: <the printer> is out of paper",
        progress=p.Progress(
            href="/jobs/7/progress", phase=say("进行中", "running"), done="1,200", total="5,000", percent=24
        ),
        facts_title=say("概况", "About"),
        facts=((say("编号", "Number"), "7"), (say("队列", "Queue"), "default")),
        result_title=say("结果", "Result"),
        result=(("created", "1,200"),),
        log_title=say("经过", "What happened"),
        log=(
            p.JobEvent(
                when="11-22 09:00:02",
                exact="2026-11-22T01:00:02+00:00",
                icon="robot",
                what=say("第 1 次尝试", "Attempt 1"),
                who="host default 7",
                tag=p.Tag(text=say("没有成功", "failed"), state="warn"),
                note="ValueError",
                steps=("09:00:03 counting",),
            ),
        ),
        log_empty=say("还没有开始过。", "It was not begun yet."),
    )


def schedules(locale: str, say: Say) -> p.SchedulesPage:
    return p.SchedulesPage(
        frame=frame(locale),
        title=say("定时任务", "Schedules"),
        note=say("系统按时自己做的事。", "What runs by the clock."),
        tabs=tabs(say, "schedules"),
        columns=tuple(
            say(zh, en)
            for zh, en in (
                ("任务", "Job"),
                ("时间", "When"),
                ("下一次", "Next"),
                ("上一次", "Last"),
                ("开关", "Switch"),
                ("操作", "Actions"),
            )
        ),
        rows=(
            p.ScheduleRow(
                name=say("备份", "Backup"),
                hint="backup.create",
                when=say("每小时的第 07 分", "hourly at :07"),
                after=say("补最近一次", "the latest is caught up"),
                next="11-22 10:07:00",
                last=p.Link(text="11-22 09:07:00", href="/jobs/6"),
                tag=p.Tag(text=say("完成", "done"), state="ok"),
                switch=p.Tag(text=say("开", "on"), state="ok"),
                switched=say("系统管理员，11-20", "Administrator, 11-20"),
                buttons=(
                    p.Button(text=say("立即运行", "Run now"), href="/jobs/schedules/backup.create/run", post=True),
                    p.Button(text=say("关闭", "Switch off"), href="/jobs/schedules/backup.create/off"),
                ),
            ),
        ),
    )


def notices(locale: str, say: Say) -> p.InboxPage:
    said = {"when": "11-22 09:00", "exact": "2026-11-22T01:00:00+00:00"}
    title = say("导入完成", "An import is done")
    good = {"icon": "circle-check", "state": "ok"}
    return p.InboxPage(
        frame=frame(locale),
        title=say("收件箱", "Inbox"),
        note=say("结果送到这里。", "Results arrive here."),
        buttons=(p.Button(text=say("全部标为已读", "Mark all as read"), href="/inbox/read", icon="checks", post=True),),
        rows=(
            p.NoticeRow(title=title, note="7", unread=True, href="/import/7", action="/inbox/3/open", **said, **good),
            p.NoticeRow(title=title, unread=True, action="/inbox/2/open", **said, icon="alert-circle", state="bad"),
            p.NoticeRow(title=title, unread=False, href="/import/6", **said, **good),
            p.NoticeRow(title=title, unread=False, **said, icon="info-circle", state="info"),
        ),
        unread=say("未读", "Unread"),
        mark=say("标为已读", "Mark as read"),
        older=p.Link(text=say("更早的", "Older"), href="/inbox/?before=1"),
    )
