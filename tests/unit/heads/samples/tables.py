"""Sample lists."""

from app.heads import pages as p
from tests.unit.heads.samples.around import Say, crumbs, frame, sayer

PEOPLE = (
    ("张伟", "金", "138****8000", "沪A·8K2D7 汉兰达 2022", "活跃", "ok", "李顾问", "12"),
    ("王芳", "银", "186****2204", "沪AD36215 bZ4X 2024", "新客户", "neutral", "李顾问", "0"),
    ("欧阳喆", "普", "139****7716", "沪B·X903Q 凯美瑞 2019", "休眠", "warn", "", "240"),
    ("上海启明物流有限公司", "", "021-****6600", "沪A·2Z881 等 4 辆", "活跃", "ok", "陈顾问", "1,024"),
    ("刘洋", "金", "137****3390", "沪C·6Q11A RAV4荣放 2021", "活跃", "ok", "李顾问", "14"),
    ("𠮷田㛃", "普", "150****9027", "沪AF10533 威兰达 2023", "活跃", "ok", "赵顾问", "1"),
    ("赵犇", "银", "133****5148", "沪D·K7720 卡罗拉 2017", "流失", "bad", "", "430"),
    ("<b>孙丽</b>", "普", "188****0061", "沪A·90T3M 凯美瑞 2025", "新客户", "neutral", "李顾问", "0"),
)


def columns(say: Say) -> tuple[p.Column, ...]:
    return (
        p.Column(name="name", text=say("姓名", "Name"), sort_href="?sort=name", sorted="ascending"),
        p.Column(name="phone", text=say("手机", "Mobile")),
        p.Column(name="car", text=say("车辆", "Car")),
        p.Column(name="stage", text=say("阶段", "Stage"), sort_href="?sort=stage"),
        p.Column(name="sales", text=say("顾问", "Consultant")),
        p.Column(name="vin", text="VIN"),
        p.Column(name="days", text=say("未到店天数", "Days away"), align="end", sort_href="?sort=days"),
    )


def _row(n: int) -> p.Row:
    name, grade, phone, car, stage, state, sales, days = PEOPLE[n % len(PEOPLE)]
    return p.Row(
        id=str(n),
        href=f"/data/customer/{n}",
        title=name,
        tags=(p.Tag(text=grade, state="warn" if grade == "金" else "neutral"),) if grade else (),
        cells=(
            p.Cell(text=phone, look="mask"),
            p.Cell(text=car),
            p.Cell(text=stage, look=state),
            p.Cell(text=sales, href="/data/employee/3") if sales else p.Cell(text="—", look="empty"),
            p.Cell(text="LVGBE40K0GP458457", look="code"),
            p.Cell(text=days, tip="2026-11-09 10:24"),
        ),
    )


def table(say: Say, rows: int) -> p.Table:
    return p.Table(columns=columns(say), rows=tuple(_row(n) for n in range(rows)))


def list_page(locale: str, rows: int = 8) -> p.ListPage:
    say = sayer(locale)

    fields = (
        p.Option(value="stage", text=say("阶段", "Stage")),
        p.Option(value="sales", text=say("顾问", "Consultant")),
    )
    return p.ListPage(
        frame=frame(locale),
        title=say("客户", "Customers"),
        crumbs=crumbs(say),
        count="10,000+",
        note=say("本店", "this store"),
        table=table(say, rows),
        buttons=(
            p.Button(text=say("导入", "Import"), href="/import/customer/", icon="upload"),
            p.Button(
                text=say("导出", "Export"),
                icon="download",
                items=(p.Link(text="CSV", href="/e.csv"), p.Link(text="XLSX", href="/e.xlsx")),
            ),
            p.Button(text=say("新客户", "New customer"), href="/data/customer/new", icon="plus", main=True),
        ),
        views=(
            p.Link(text=say("我的客户", "My customers"), href="?view=1", count="186", current=True),
            p.Link(text=say("休眠待激活", "Dormant"), href="?view=2", count="77"),
            p.Link(text=say("全部", "All"), href="?"),
        ),
        chips=(
            p.Chip(text=say("归属 是 我", "Owner is me"), remove_href="?f=stage"),
            p.Chip(text=say("等级 属于 金、银、普", "Grade in gold, silver"), remove_href="?f=owner"),
        ),
        clear_href="?",
        condition=p.ConditionForm(
            action="/data/customer/", part_href="/data/customer/condition", fields=fields, keep=(("sort", "name"),)
        ),
        sorts=(
            p.Link(text=say("姓名 ↑", "Name ↑"), href="?sort=name", current=True),
            p.Link(text=say("最新", "Newest"), href="?sort=-id"),
        ),
        bulk=p.Bulk(
            buttons=(
                p.Button(text=say("改字段", "Set a field"), href="/data/customer/bulk/set", icon="pencil"),
                p.Button(text=say("导出", "Export"), href="/data/customer/bulk/export", icon="download"),
                p.Button(text=say("删除", "Delete"), href="/data/customer/bulk/delete", icon="trash", danger=True),
            ),
            query="sort=name",
            everything=say("全部 186 条", "All 186"),
        ),
        pager=p.Pager(
            text="1–25",
            next_href="?after=25",
            sizes=(p.Link(text="25", href="?n=25", current=True), p.Link(text="100", href="?n=100")),
        ),
    )


def condition(say: Say) -> p.Condition:
    operations = (
        p.Operation(value="eq", text=say("是", "is"), selected=True),
        p.Operation(value="none", text=say("没有填写", "is empty"), valueless=True),
    )
    control = p.Control(
        name="value", label=say("顾问", "Consultant"), widget="picker", lookup_href="/data/employee/lookup"
    )
    return p.Condition(field="sales", text=say("顾问", "Consultant"), operations=operations, control=control)


def variants(locale: str, say: Say) -> dict[str, p.Page]:
    empty = p.Empty(
        text=say("还没有客户", "No customers yet"),
        advice=say("从旧系统导入，或新建第一位客户。", "Import them from the old system, or add the first."),
        buttons=(
            p.Button(text=say("导入", "Import"), href="/import/", icon="upload"),
            p.Button(text=say("新客户", "New customer"), href="/new", main=True),
        ),
    )
    bare = {"frame": frame(locale), "title": say("客户", "Customers"), "count": "0", "pager": p.Pager(text="")}
    chosen = p.ConditionForm(
        action="/data/customer/",
        part_href="/data/customer/condition",
        fields=(p.Option(value="sales", text=say("顾问", "Consultant"), selected=True),),
        chosen=condition(say),
    )
    return {
        "list_empty": p.ListPage(**bare, table=p.Table(columns=columns(say), rows=()), empty=empty),
        "list_condition": p.ListPage(**bare, table=table(say, 8), condition=chosen),
    }
