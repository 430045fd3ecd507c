"""Samples of the trail's page."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def trail_pages(locale: str, say: Say) -> dict[str, p.Page]:
    bars = tuple(
        p.DayBar(height=height, text=f"11-{day:02}: {height}") for day, height in ((20, 40), (21, 100), (22, 0))
    )
    head = {
        "frame": frame(locale),
        "title": say("审计轨迹", "Trail"),
        "action": "/trail/",
        "controls": (p.Control(name="person", label=say("姓名或登录名", "Name or login"), value="consultant"),),
        "submit": say("筛选", "Filter"),
        "columns": (
            say("时间", "When"),
            say("谁", "Who"),
            say("途径", "Way"),
            say("动作", "Act"),
            say("数据", "Records"),
            say("内容", "What of it"),
        ),
    }
    return {
        "trail": p.TrailPage(
            **head,
            note=say("谁做了什么。", "Who did what."),
            buttons=(p.Button(text=say("导出", "Export"), href="/trail/export.csv", icon="download"),),
            counts=(p.Count(text=say("每日自检", "Daily self-check"), value=say("完好", "sound"), state="ok"),),
            activity_title=say("最近十四天", "The last fourteen days"),
            activity=(
                p.ActivityRow(
                    link=p.Link(text=say("查看完整号码", "Numbers opened"), href="/trail/?action=reveal"),
                    bars=bars,
                    total="140",
                ),
            ),
            rows=(
                p.TrailRow(
                    when="11-22 09:00:00",
                    exact="2026-11-22T01:00:00+00:00",
                    who=p.Link(text="李顾问", href="/trail/?person=3"),
                    via=say("页面", "page"),
                    what=say("修改", "changed"),
                    record=p.Link(text=say("客户 7", "Customer 7"), href="/data/customer/7?tab=trail"),
                    more=say("姓名、手机", "Name, Mobile"),
                ),
            ),
            older=p.Link(text=say("更早的", "Older"), href="/trail/?before=9"),
        ),
        "trail_nothing": p.TrailPage(
            **head,
            problem=say("开始日不能晚于结束日。", "The period ends before it begins."),
            empty=p.Empty(text=say("没有记录。", "No entry."), advice=say("放宽条件。", "Ask for less.")),
        ),
    }
