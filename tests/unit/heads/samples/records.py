"""Sample records."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, crumbs, frame
from tests.unit.heads.samples.tables import table


def facts(say: Say) -> tuple[p.Section, ...]:
    reasons = (
        p.Option(value="call", text=say("电话回访", "Follow-up call")),
        p.Option(value="order", text=say("办理订单", "Order papers")),
        p.Option(value="check", text=say("核对身份", "Identity check")),
    )
    return (
        p.Section(
            title=say("联系", "Contact"),
            facts=(
                p.Fact(
                    name="phone",
                    label=say("手机", "Mobile"),
                    cells=(p.Cell(text="138 0013 8000"),),
                    why=say("本人客户", "Your customer"),
                ),
                p.Fact(
                    name="idcard",
                    label=say("证件", "ID card"),
                    cells=(p.Cell(text="3****************X", look="mask"),),
                    reveal=p.Reveal(action="/data/customer/1/reveal/idcard", reasons=reasons),
                ),
                p.Fact(name="birthday", label=say("生日", "Birthday"), cells=(p.Cell(text=say("5月20日", "20 May")),)),
                p.Fact(
                    name="address",
                    label=say("地址", "Address"),
                    cells=(p.Cell(text=say("浦东新区 张江", "Zhangjiang, Pudong")),),
                ),
            ),
        ),
        p.Section(
            title=say("归属", "Ownership"),
            facts=(
                p.Fact(
                    name="sales",
                    label=say("顾问", "Consultant"),
                    cells=(p.Cell(text=say("李顾问", "Li Ming"), href="/data/employee/3"),),
                ),
                p.Fact(
                    name="stage",
                    label=say("阶段", "Stage"),
                    cells=(p.Cell(text=say("活跃", "Active"), look="ok"), p.Cell(text=say("重点", "Key"), look="info")),
                ),
                p.Fact(name="email", label=say("邮箱", "E-mail"), cells=(p.Cell(text="—", look="empty"),)),
                p.Fact(
                    name="note",
                    label=say("备注", "Notes"),
                    wide=True,
                    cells=(
                        p.Cell(
                            text=say(
                                "傍晚联系；喜欢靠窗，美式。\n脚垫 11-24 前送到。",
                                "Call at dusk; window seat, black coffee.\nMats promised for 24 November.",
                            )
                        ),
                    ),
                ),
            ),
        ),
    )


def _history(say: Say) -> tuple[p.Entry, ...]:
    return (
        p.Entry(
            when="11-20 14:02",
            exact="2026-11-20T14:02:11+08:00",
            who=say("李顾问", "Li Ming"),
            what=say("修改", "Changed"),
            icon="pencil",
            via=say("页面", "screen"),
            changes=(
                p.Change(label=say("阶段", "Stage"), before=say("休眠", "Dormant"), after=say("活跃", "Active")),
                p.Change(label=say("手机", "Mobile"), before="138****8000", after=say("已更改", "changed")),
                p.Change(label=say("邮箱", "E-mail"), before="", after="z***@example.com"),
            ),
        ),
        p.Entry(
            when="11-18 09:30",
            exact="2026-11-18T09:30:00+08:00",
            who=say("周服务顾问", "Zhou Lin"),
            what=say("查看证件：核对身份", "Showed the ID card: identity check"),
            icon="eye",
        ),
        p.Entry(
            when="11-01 10:00",
            exact="2026-11-01T10:00:00+08:00",
            who=say("导入 第 3 批", "Import 3"),
            what=say("新增", "Added"),
            icon="plus",
            via=say("导入", "import"),
            href="/import/3",
        ),
    )


def _tabs(say: Say, current: int) -> tuple[p.Link, ...]:
    tabs = (
        (say("全景", "Overview"), None),
        (say("车辆", "Vehicles"), "2"),
        (say("工单", "Work orders"), "11"),
        (say("操作记录", "History"), None),
    )
    return tuple(
        p.Link(text=text, count=count, href=f"/data/customer/1?tab={n}", current=n == current)
        for n, (text, count) in enumerate(tabs)
    )


def record_pages(locale: str, say: Say) -> dict[str, p.Page]:
    head = {
        "frame": frame(locale),
        "title": "张伟",
        "crumbs": crumbs(say, "张伟"),
        "subtitle": say("C0126000318 · 李顾问", "C0126000318 · Li Ming"),
        "tags": (p.Tag(text=say("金", "Gold"), state="warn"), p.Tag(text=say("活跃", "Active"), state="ok")),
        "buttons": (
            p.Button(text=say("删除", "Delete"), href="/data/customer/1/delete", icon="trash", danger=True),
            p.Button(text=say("编辑", "Edit"), href="/data/customer/1/edit", icon="pencil", main=True),
        ),
    }
    related = p.Related(
        title=say("车辆", "Vehicles"),
        table=table(say, 3),
        all_href="/data/vehicle/?customer=1",
        new=p.Button(text=say("新车辆", "New vehicle"), href="/data/vehicle/new", icon="plus"),
        more=say("另有 12 条", "12 more"),
    )
    todo = p.Aside(
        title=say("现在该做", "To do now"),
        items=(
            p.AsideItem(
                title=say("商业险 12 天后到期", "Policy ends in 12 days"),
                note=say("去年本店续保；出险 0 次", "Renewed here last year"),
                icon="shield",
                tag=p.Tag(text="12-03", state="warn"),
            ),
            p.AsideItem(
                title=say("雨刮老化，上次未做", "Wipers worn, not done"),
                icon="clipboard-list",
                tag=p.Tag(text=say("建议", "Advice")),
                href="/x",
            ),
        ),
    )
    return {
        "record": p.RecordPage(**head, tabs=_tabs(say, 0), sections=facts(say), history=_history(say)),
        "record_aside": p.RecordPage(
            **head,
            tabs=_tabs(say, 0),
            sections=facts(say),
            history=(),
            asides=(todo,),
            note=say("您可以查看，不能修改。", "You may read this, not change it."),
        ),
        "record_related": p.RecordPage(**head, tabs=_tabs(say, 1), related=related),
        "revealed": p.RevealedPage(
            frame=frame(locale),
            title=say("证件", "ID card"),
            fact=facts(say)[0].facts[0],
            back_href="/data/customer/1",
        ),
    }
