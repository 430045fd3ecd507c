"""Samples of the console's pages."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def console_pages(locale: str, say: Say) -> dict[str, p.Page]:
    head = {
        "frame": frame(locale),
        "title": say("任务", "Work"),
        "crumbs": (
            p.Link(text=say("运维控制台", "Console"), href="/console/"),
            p.Link(text=say("任务", "Work"), href=""),
        ),
        "tabs": (
            p.Link(text=say("概览", "Overview"), href="/console/"),
            p.Link(text=say("任务", "Work"), href="/console/work/", current=True),
        ),
        "action": "/console/work/",
        "submit": say("筛选", "Filter"),
    }
    columns = (
        p.Column(name="0", text=say("编号", "Number")),
        p.Column(name="1", text=say("种类", "Kind")),
        p.Column(name="2", text=say("状态", "State")),
        p.Column(name="3", text=say("时间", "When")),
        p.Column(name="4", text=say("次数", "Attempts"), align="end"),
        p.Column(name="5", text=say("原因", "Reason")),
    )
    row = (
        p.Cell(text="42", href="/jobs/42"),
        p.Cell(text="import.load", look="code"),
        p.Cell(text=say("失败", "failed"), look="bad"),
        p.Cell(text="11-22 09:00:00", look="when", tip="2026-11-22T01:00:00+00:00"),
        p.Cell(text="5"),
        p.Cell(
            text=say("这条记录所在的门店超出了权限范围。", "The store of this record is not within reach of who asked.")
            * 2
        ),
    )
    return {
        "console": p.ConsolePage(
            **head,
            note=say("只看不改。", "Nothing is changed here."),
            buttons=(p.Button(text=say("打开审计轨迹", "Open the trail"), href="/trail/", icon="shield-check"),),
            notices=(
                p.Notice(
                    text=say("有 3 项任务失败。", "Work that failed: 3."),
                    state="warn",
                    link=p.Link(text=say("查看", "Look"), href="/console/dead/"),
                ),
            ),
            counts=(p.Count(text=say("等待的任务", "Work that waits"), value="15", note=say("最早", "since")),),
            controls=(p.Control(name="kind", label=say("种类", "Kind"), value="import.load"),),
            sheets=(
                p.Sheet(
                    title=say("任务", "Work"),
                    columns=columns,
                    rows=(row,),
                    note=say("参数只显示编号。", "Of arguments only numbers."),
                    more=p.Link(text=say("更早的", "Older"), href="/console/work/?before=42"),
                ),
            ),
        ),
        "console_nothing": p.ConsolePage(
            **head,
            sheets=(
                p.Sheet(
                    title=say("失败", "Failed"),
                    columns=columns,
                    empty=p.Empty(text=say("没有失败的任务。", "No work failed."), advice=""),
                ),
            ),
        ),
    }
