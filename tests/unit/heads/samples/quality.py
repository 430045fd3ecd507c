"""Samples of the page on how good the data is."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, frame


def quality_pages(locale: str, say: Say) -> dict[str, p.Page]:
    head = {
        "frame": frame(locale),
        "title": say("数据质量", "Data quality"),
        "tabs": (
            p.Link(text=say("客户", "Customers"), href="/quality/?subject=customer", current=True),
            p.Link(text=say("线索", "Leads"), href="/quality/?subject=lead"),
        ),
        "buttons": (p.Button(text=say("明细数据", "All figures"), href="/data/quality_figure/", icon="table"),),
    }
    rows = (
        p.QualityRow(
            name=p.Link(text="浦东店", href="/quality/?store=1"),
            bar=p.Bar(value=55, poor=True),
            cells=(p.Link(text="2,418", href=""), p.Link(text="3", href="/data/data_quality_issue/")),
        ),
        p.QualityRow(
            name=p.Link(text=say("未分配", "Nobody"), href=""),
            bar=p.Bar(value=None),
            cells=(p.Link(text="0", href=""), p.Link(text="0", href="")),
        ),
    )
    columns = (say("门店", "Store"), say("平均完整度", "Completeness"), say("条数", "Records"), say("问题", "Issues"))
    return {
        "quality": p.QualityPage(
            **head,
            note="2026-11",
            counts=(p.Count(text=say("平均完整度", "Completeness"), value="55%"),),
            chart=say("按月", "By month"),
            months=(p.Month(text="2026-10", value=0), p.Month(text="2026-11", value=55)),
            tables=(p.QualityTable(title=say("门店", "Stores"), columns=columns, rows=rows),),
        ),
        "quality_empty": p.QualityPage(
            **head, empty=p.Empty(text=say("还没有数据", "Nothing yet"), advice=say("明天再来看。", "Come back."))
        ),
    }
