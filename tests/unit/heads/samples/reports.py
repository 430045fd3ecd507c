"""Samples of the archive of monthly reports."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def report_pages(locale: str, say: Say) -> dict[str, p.Page]:
    head = {
        "frame": frame(locale),
        "title": say("经营月报", "Monthly reports"),
        "note": say("每月 1 日凌晨自动生成草稿。", "Drafts are made by themselves on the 1st."),
        "columns": (
            say("报告编号", "Number"), say("状态", "State"), say("月份", "Month"), say("门店", "Store"),
            say("阅读人", "Reader"), say("页数", "Pages"), say("生成时间", "Made"), say("操作", "Actions"),
        ),
    }  # fmt: skip
    cells = ("2026-10", "浦东店", "陈总", "7", "2026-11-01 02:03")
    draft = p.ReportRow(
        text="PD-202610-3-2",
        href="/data/monthly_report/2",
        tag=p.Tag(text=say("草稿", "Draft")),
        cells=cells,
        buttons=(
            p.Button(text=say("下载", "Download"), href="/reports/2/pdf", icon="download"),
            p.Button(text=say("分析与建议", "Words"), href="/data/monthly_report/2/edit", icon="pencil"),
            p.Button(text=say("发布", "Publish"), href="/reports/2/publish", icon="check", post=True),
        ),
    )
    published = p.ReportRow(
        text="PD-202610-3-1",
        href="/data/monthly_report/1",
        tag=p.Tag(text=say("已发布", "Published"), state="ok"),
        cells=cells,
    )
    store = p.Control(
        name="store", label=say("门店", "Store"), widget="select", options=(p.Option(value="1", text="浦东店"),)
    )
    return {
        "reports": p.ReportsPage(
            **head,
            rows=(draft, published),
            coming=(say("2026-10 月报正在排版（1/2）", "The report of 2026-10 is being printed (1 of 2)"),),
            buttons=(p.Button(text=say("全部月报", "All reports"), href="/data/monthly_report/", icon="table"),),
            action="/reports/make",
            controls=(store,),
            submit=say("为我生成一份", "Make one for me"),
        ),
        "reports_empty": p.ReportsPage(
            **head,
            rows=(),
            empty=p.Empty(text=say("还没有月报", "No reports yet"), advice=say("请先选择月份。", "Choose.")),
        ),
    }
