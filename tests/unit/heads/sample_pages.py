"""One sample of every page and part, in either language: what the templates are tested and looked at with."""

from collections.abc import Callable

from app.core.label import EN, ZH, Label
from app.heads import pages as p
from app.heads.words import texts

Say = Callable[[str, str], str]
LANGS = {ZH: "zh-Hans", EN: "en"}
SIGNED_OUT = {"sign_in", "sign_in_wrong", "first_password", "plain_http", "error_bare"}


def frame(locale: str, *, signed_in: bool = True) -> p.Frame:
    def say(zh: str, en: str) -> str:
        return Label(zh, en).text(locale)

    language = p.Switch(
        action="/language",
        name="code",
        options=(
            p.Option(value=ZH, text="简体中文", selected=locale == ZH),
            p.Option(value=EN, text="English", selected=locale == EN),
        ),
    )
    base = {
        "t": texts(locale),
        "lang": LANGS[locale],
        "nonce": "r4nd0m",
        "csrf": "csrf-token",
        "assets": {path: f"/static/{path}" for path in p.ASSETS},
        "path": "/data/customer/?sort=name",
        "language": language,
    }
    if not signed_in:
        return p.Frame(**base)
    return p.Frame(
        **base,
        nav=_nav(say),
        flashes=(p.Flash(text=say("已保存。", "Saved."), link=p.Link(text=say("查看", "Show"), href="/data/customer/1")),),
        person=p.Person(
            name=say("李顾问", "Li Ming"),
            note=say("销售顾问 · 浦东店", "Consultant · Pudong"),
            password_href="/password",
            sign_out_action="/sign-out",
        ),
        store=p.Switch(
            action="/store",
            name="store",
            options=(
                p.Option(value="1", text=say("浦东店", "Pudong"), selected=True),
                p.Option(value="2", text=say("徐汇店", "Xuhui")),
            ),
        ),
        search_action="/search",
    )


def _nav(say: Say) -> tuple[p.NavGroup, ...]:
    def link(zh: str, en: str, icon: str, *, current: bool = False, count: str | None = None) -> p.Link:
        return p.Link(text=say(zh, en), href=f"/data/{icon}/", icon=icon, current=current, count=count)

    return (
        p.NavGroup(text=say("日常", "Daily"), links=(link("首页", "Home", "home"), link("消息", "Messages", "bell", count="7"))),
        p.NavGroup(
            text=say("客户", "Customers"),
            links=(link("客户", "Customers", "users", current=True), link("车辆", "Vehicles", "car")),
        ),
        p.NavGroup(
            text=say("组织", "Organisation"),
            links=(
                link("公司", "Companies", "building"),
                link("门店", "Stores", "building-store"),
                link("班组", "Teams", "users-group"),
                link("员工", "Employees", "id"),
            ),
        ),
        p.NavGroup(
            text=say("系统", "System"),
            links=(link("导入", "Imports", "database-import"), link("操作记录", "Trail", "history")),
        ),
    )


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


def _columns(say: Say) -> tuple[p.Column, ...]:
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
    return p.Table(columns=_columns(say), rows=tuple(_row(n) for n in range(rows)))


def _controls(say: Say) -> dict[str, p.Control]:
    picker = p.Control(
        name="sales", label=say("销售顾问", "Consultant"), widget="picker", value="3", shown=say("李顾问", "Li Ming"), lookup_href="/data/employee/lookup"
    )
    return {
        "name": p.Control(name="name", label=say("姓名", "Name"), required=True, value="欧阳喆", error=say("姓名太长，最多 60 个字。", "The name is too long; at most 60 characters.")),
        "phone": p.Control(name="phone", label=say("手机", "Mobile"), widget="tel", mask="138****8000", help=say("11 位手机号，或带区号的座机。", "A mobile number, or a landline with area code.")),
        "phone_bad": p.Control(name="phone2", label=say("备用手机", "Second mobile"), widget="tel", mask="139****1234", error=say("号码应为 11 位。", "A mobile number has 11 digits."), value="1380013"),
        "idcard": p.Control(name="idcard", label=say("身份证号", "ID card"), widget="idcard", placeholder=say("18 位", "18 characters")),
        "email": p.Control(name="email", label=say("邮箱", "E-mail"), widget="email"),
        "uscc": p.Control(name="uscc", label=say("统一社会信用代码", "USCC"), widget="uscc", maxlength=18),
        "vin": p.Control(name="vin", label="VIN", widget="vin", required=True, maxlength=17, help=say("17 位，不含 I、O、Q。", "17 characters without I, O and Q.")),
        "plate": p.Control(name="plate", label=say("车牌", "Plate"), widget="plate", value="沪A8K2D7"),
        "birthday": p.Control(name="birthday", label=say("生日", "Birthday"), widget="date", value="1988-05-20"),
        "visit": p.Control(name="visit", label=say("预约时间", "Appointment"), widget="datetime", value="2026-11-21T09:30"),
        "price": p.Control(name="price", label=say("指导价", "List price"), widget="money", value="238800.00", unit=say("元", "CNY")),
        "mileage": p.Control(name="mileage", label=say("里程", "Mileage"), widget="number", value="39820", unit="km"),
        "vip": p.Control(name="vip", label=say("重点客户", "Key account"), widget="switch", value="1"),
        "stage": p.Control(name="stage", label=say("阶段", "Stage"), widget="select", required=True, options=(p.Option(value="a", text=say("活跃", "Active"), selected=True), p.Option(value="d", text=say("休眠", "Dormant")))),
        "hobbies": p.Control(name="hobbies", label=say("偏好", "Preferences"), widget="multiselect", options=tuple(p.Option(value=str(n), text=text, selected=n < 2) for n, text in enumerate((say("靠窗", "Window seat"), say("美式", "Black coffee"), say("傍晚联系", "Call at dusk"), say("微信优先", "WeChat first"))))),
        "sales": picker,
        "licence": p.Control(name="licence", label=say("行驶证", "Licence"), widget="image", stored=p.Link(text="xsz.jpg", href="/data/vehicle/1/licence")),
        "note": p.Control(name="note", label=say("备注", "Notes"), widget="textarea", value="</textarea><script>alert(1)</script>"),
        "store": p.Control(name="store", label=say("门店", "Store"), value=say("浦东店", "Pudong"), readonly=True),
    }  # fmt: skip


def _crumbs(say: Say, *more: str) -> tuple[p.Link, ...]:
    texts_ = (say("客户", "Customers"), *more)
    return tuple(p.Link(text=one, href="" if n == len(texts_) - 1 else "/data/customer/") for n, one in enumerate(texts_))


def list_page(locale: str, rows: int = 8) -> p.ListPage:
    def say(zh: str, en: str) -> str:
        return Label(zh, en).text(locale)

    fields = (p.Option(value="stage", text=say("阶段", "Stage")), p.Option(value="sales", text=say("顾问", "Consultant")))
    return p.ListPage(
        frame=frame(locale),
        title=say("客户", "Customers"),
        crumbs=_crumbs(say),
        count="10,000+",
        note=say("本店", "this store"),
        table=table(say, rows),
        buttons=(
            p.Button(text=say("导入", "Import"), href="/import/customer/", icon="upload"),
            p.Button(text=say("导出", "Export"), icon="download", items=(p.Link(text="CSV", href="/e.csv"), p.Link(text="XLSX", href="/e.xlsx"))),
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
        condition=p.ConditionForm(action="/data/customer/", part_href="/data/customer/condition", fields=fields, keep=(("sort", "name"),)),
        sorts=(p.Link(text=say("姓名 ↑", "Name ↑"), href="?sort=name", current=True), p.Link(text=say("最新", "Newest"), href="?sort=-id")),
        bulk=p.Bulk(
            buttons=(
                p.Button(text=say("改字段", "Set a field"), href="/data/customer/bulk/set", icon="pencil"),
                p.Button(text=say("导出", "Export"), href="/data/customer/bulk/export", icon="download"),
                p.Button(text=say("删除", "Delete"), href="/data/customer/bulk/delete", icon="trash", danger=True),
            ),
            query="sort=name",
            everything=say("全部 186 条", "All 186"),
        ),
        pager=p.Pager(text="1–25", next_href="?after=25", sizes=(p.Link(text="25", href="?n=25", current=True), p.Link(text="100", href="?n=100"))),
    )  # fmt: skip


def _condition(say: Say) -> p.Condition:
    operations = (p.Operation(value="eq", text=say("是", "is"), selected=True), p.Operation(value="none", text=say("没有填写", "is empty"), valueless=True))
    control = p.Control(name="value", label=say("顾问", "Consultant"), widget="picker", lookup_href="/data/employee/lookup")
    return p.Condition(field="sales", text=say("顾问", "Consultant"), operations=operations, control=control)


def _list_variants(locale: str, say: Say) -> dict[str, p.Page]:
    empty = p.Empty(
        text=say("还没有客户", "No customers yet"),
        advice=say("从旧系统导入，或新建第一位客户。", "Import them from the old system, or add the first."),
        buttons=(p.Button(text=say("导入", "Import"), href="/import/", icon="upload"), p.Button(text=say("新客户", "New customer"), href="/new", main=True)),
    )
    bare = {"frame": frame(locale), "title": say("客户", "Customers"), "count": "0", "pager": p.Pager(text="")}
    chosen = p.ConditionForm(
        action="/data/customer/",
        part_href="/data/customer/condition",
        fields=(p.Option(value="sales", text=say("顾问", "Consultant"), selected=True),),
        chosen=_condition(say),
    )
    return {
        "list_empty": p.ListPage(**bare, table=p.Table(columns=_columns(say), rows=()), empty=empty),
        "list_condition": p.ListPage(**bare, table=table(say, 8), condition=chosen),
    }


def _facts(say: Say) -> tuple[p.Section, ...]:
    reasons = (p.Option(value="call", text=say("电话回访", "Follow-up call")), p.Option(value="order", text=say("办理订单", "Order papers")), p.Option(value="check", text=say("核对身份", "Identity check")))
    return (
        p.Section(
            title=say("联系", "Contact"),
            facts=(
                p.Fact(name="phone", label=say("手机", "Mobile"), cells=(p.Cell(text="138 0013 8000"),), why=say("本人客户", "Your customer")),
                p.Fact(name="idcard", label=say("证件", "ID card"), cells=(p.Cell(text="3****************X", look="mask"),), reveal=p.Reveal(action="/data/customer/1/reveal/idcard", reasons=reasons)),
                p.Fact(name="birthday", label=say("生日", "Birthday"), cells=(p.Cell(text=say("5月20日", "20 May")),)),
                p.Fact(name="address", label=say("地址", "Address"), cells=(p.Cell(text=say("浦东新区 张江", "Zhangjiang, Pudong")),)),
            ),
        ),
        p.Section(
            title=say("归属", "Ownership"),
            facts=(
                p.Fact(name="sales", label=say("顾问", "Consultant"), cells=(p.Cell(text=say("李顾问", "Li Ming"), href="/data/employee/3"),)),
                p.Fact(name="stage", label=say("阶段", "Stage"), cells=(p.Cell(text=say("活跃", "Active"), look="ok"), p.Cell(text=say("重点", "Key"), look="info"))),
                p.Fact(name="email", label=say("邮箱", "E-mail"), cells=(p.Cell(text="—", look="empty"),)),
                p.Fact(name="note", label=say("备注", "Notes"), wide=True, cells=(p.Cell(text=say("傍晚联系；喜欢靠窗，美式。\n脚垫 11-24 前送到。", "Call at dusk; window seat, black coffee.\nMats promised for 24 November.")),)),
            ),
        ),
    )  # fmt: skip


def _history(say: Say) -> tuple[p.Entry, ...]:
    return (
        p.Entry(when="11-20 14:02", exact="2026-11-20T14:02:11+08:00", who=say("李顾问", "Li Ming"), what=say("修改", "Changed"), icon="pencil", via=say("页面", "screen"), changes=(p.Change(label=say("阶段", "Stage"), before=say("休眠", "Dormant"), after=say("活跃", "Active")), p.Change(label=say("手机", "Mobile"), before="138****8000", after=say("已更改", "changed")), p.Change(label=say("邮箱", "E-mail"), before="", after="z***@example.com"))),
        p.Entry(when="11-18 09:30", exact="2026-11-18T09:30:00+08:00", who=say("周服务顾问", "Zhou Lin"), what=say("查看证件：核对身份", "Showed the ID card: identity check"), icon="eye"),
        p.Entry(when="11-01 10:00", exact="2026-11-01T10:00:00+08:00", who=say("导入 第 3 批", "Import 3"), what=say("新增", "Added"), icon="plus", via=say("导入", "import"), href="/import/3"),
    )  # fmt: skip


def _tabs(say: Say, current: int) -> tuple[p.Link, ...]:
    tabs = ((say("全景", "Overview"), None), (say("车辆", "Vehicles"), "2"), (say("工单", "Work orders"), "11"), (say("操作记录", "History"), None))
    return tuple(p.Link(text=text, count=count, href=f"/data/customer/1?tab={n}", current=n == current) for n, (text, count) in enumerate(tabs))


def _records(locale: str, say: Say) -> dict[str, p.Page]:
    head = {
        "frame": frame(locale),
        "title": "张伟",
        "crumbs": _crumbs(say, "张伟"),
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
            p.AsideItem(title=say("商业险 12 天后到期", "Policy ends in 12 days"), note=say("去年本店续保；出险 0 次", "Renewed here last year"), icon="shield", tag=p.Tag(text="12-03", state="warn")),
            p.AsideItem(title=say("雨刮老化，上次未做", "Wipers worn, not done"), icon="clipboard-list", tag=p.Tag(text=say("建议", "Advice")), href="/x"),
        ),
    )  # fmt: skip
    return {
        "record": p.RecordPage(**head, tabs=_tabs(say, 0), sections=_facts(say), history=_history(say)),
        "record_aside": p.RecordPage(**head, tabs=_tabs(say, 0), sections=_facts(say), history=(), asides=(todo,), note=say("您可以查看，不能修改。", "You may read this, not change it.")),
        "record_related": p.RecordPage(**head, tabs=_tabs(say, 1), related=related),
        "revealed": p.RevealedPage(frame=frame(locale), title=say("证件", "ID card"), fact=_facts(say)[0].facts[0], back_href="/data/customer/1"),
    }  # fmt: skip


def _forms(locale: str, say: Say) -> dict[str, p.Page]:
    c = _controls(say)
    sections = (
        p.FormSection(title=say("基本资料", "Basics"), controls=(c["name"], c["store"], c["phone"], c["phone_bad"], c["idcard"], c["birthday"], c["email"], c["uscc"])),
        p.FormSection(title=say("归属与偏好", "Ownership"), controls=(c["sales"], c["stage"], c["vip"], c["visit"], c["hobbies"], c["note"])),
        p.FormSection(title=say("车辆", "Car"), controls=(c["vin"], c["plate"], c["price"], c["mileage"], c["licence"])),
    )
    versus = (
        p.Versus(name="stage", label=say("阶段", "Stage"), theirs=say("休眠", "Dormant"), yours=say("活跃", "Active")),
        p.Versus(name="phone", label=say("手机", "Mobile"), theirs="138****8000", yours="139****1111", masked=True, chosen="yours"),
        p.Versus(name="note", label=say("备注", "Notes"), theirs="", yours=say("傍晚联系", "Call at dusk")),
    )
    common = {"frame": frame(locale), "cancel_href": "/data/customer/1"}
    return {
        "form": p.FormPage(**common, title=say("编辑客户", "Edit customer"), crumbs=_crumbs(say, "张伟", say("编辑", "Edit")), action="/data/customer/1/edit", version=4, sections=sections, submit=say("保存", "Save"), again=texts(locale).save_again),
        "conflict": p.ConflictPage(**common, title=texts(locale).conflict_title, action="/data/customer/1/edit", version=5, by=say("王经理", "Wang Jun"), at="14:02", differences=versus, hidden=(("name", "张伟"),)),
        "delete": p.ConfirmPage(**common, title=say("删除客户", "Delete customer"), action="/data/customer/1/delete", question=say("要删除“张伟”吗？", "Delete “张伟”?"), submit=say("删除", "Delete"), consequences=(say("他的 2 辆车会保留，归属为空。", "His 2 cars stay, without an owner."), say("删除会记入操作记录。", "The deletion is recorded.")), hidden=(("version", "4"),)),
        "delete_blocked": p.ConfirmPage(**common, title=say("删除门店", "Delete store"), action="/x", question=say("要删除“浦东店”吗？", "Delete “Pudong”?"), submit=say("删除", "Delete"), blocked=say("还有 2,418 位客户属于这家店。", "2,418 customers belong to this store.")),
        "bulk": p.ConfirmPage(**common, title=say("批量修改", "Set a field"), action="/x", question=say("为所选客户设置同一个顾问。", "Give the selected customers one consultant."), submit=say("修改 183 条", "Change 183"), danger=False, counts=(p.Count(text=say("已选", "Selected"), value="186"), p.Count(text=say("可修改", "Can be changed"), value="183", state="ok"), p.Count(text=say("无权修改", "Not yours"), value="3", state="warn")), controls=(c["sales"],), records=tuple(p.Link(text=row[0], href="/x") for row in PEOPLE), records_more=say("另有 178 条", "178 more"), hidden=(("id", "1"), ("id", "2"))),
    }  # fmt: skip


def _steps(say: Say, current: int) -> dict[str, object]:
    words = (say("上传", "Upload"), say("对应", "Mapping"), say("试运行", "Dry run"), say("导入", "Import"))
    return {
        "steps": tuple(p.Link(text=text, href=f"/import/3/{n}" if n < current else "", current=n == current) for n, text in enumerate(words)),
        "batches_href": "/import/",
    }


def _import_steps(locale: str, say: Say) -> dict[str, p.Page]:
    head = {"frame": frame(locale), "title": say("导入客户", "Import customers")}
    options = (p.Option(value="1", text=say("浦东店", "Pudong"), selected=True),)
    upload = (
        p.Control(name="file", label=texts(locale).file, widget="file", accept=".csv,.xlsx", required=True),
        p.Control(name="store", label=say("门店", "Store"), widget="select", options=options, required=True),
        p.Control(name="owner", label=say("归属规则", "Owner rule"), widget="select", options=(p.Option(value="file", text=say("按文件中的顾问", "As named in the file")),), help=say("找不到顾问时留空。", "Empty where nobody is found.")),
    )  # fmt: skip
    targets = (
        p.TargetGroup(text=say("客户", "Customer"), options=(p.Option(value="name", text=say("姓名", "Name")), p.Option(value="phone", text=say("手机", "Mobile")))),
        p.TargetGroup(text=say("车辆", "Vehicle"), options=(p.Option(value="vehicle.vin", text="VIN"),)),
        p.TargetGroup(text=say("其他", "Other"), options=(p.Option(value="keep", text=say("加密保存", "Keep sealed")), p.Option(value="skip", text=say("不导入", "Leave out")))),
    )  # fmt: skip
    columns = (
        p.SourceColumn(index=0, name="客户姓名", samples=("张伟", "王芳", "欧阳喆"), chosen="name", sure=p.Tag(text=say("确定", "sure"), state="ok")),
        p.SourceColumn(index=1, name="联系电话", samples=("138****8000", "186****2204"), chosen="phone", sure=p.Tag(text=say("请核对", "check"), state="warn"), error=say("“手机”已对应另一列。", "Mobile is already another column.")),
        p.SourceColumn(index=2, name="车架号", samples=("LVGBE40K0GP458457",), chosen="vehicle.vin"),
        p.SourceColumn(index=3, name="会员积分", samples=("1,200", "80"), chosen="keep", sure=p.Tag(text=say("没有对应字段", "no field"))),
    )  # fmt: skip
    detected = (
        p.Count(text=say("数据行", "Rows"), value="11,482"),
        p.Count(text=say("编码", "Encoding"), value="GB18030"),
        p.Count(text=say("分隔符", "Separator"), value=say("逗号", "comma")),
        p.Count(text=say("表头", "Header"), value=say("第 2 行", "line 2")),
    )
    return {
        "import_upload": p.UploadPage(**head, **_steps(say, 0), action="/import/customer/", controls=upload, limit=say("CSV、XLSX，最大 20 MB", "CSV or XLSX, up to 20 MB"), problem=say("文件打不开：不是 XLSX。请另存为 XLSX 或 CSV 后再传。", "This is not an XLSX. Save it as XLSX or CSV and try again.")),
        "import_mapping": p.MappingPage(**head, **_steps(say, 1), action="/import/3/mapping", back_href="/import/", file=detected, columns=columns, targets=targets, controls=(p.Control(name="sheet", label=say("工作表", "Sheet"), widget="select", options=options),)),
    }  # fmt: skip


def _failing(say: Say) -> tuple[p.FailingRow, ...]:
    return (
        p.FailingRow(line="17", column="车架号", value="LVGBE40K0GP45845", reason=say("VIN 应为 17 位。", "A VIN has 17 characters.")),
        p.FailingRow(line="204", column="联系电话", reason=say("号码应为 11 位。", "A mobile number has 11 digits.")),
    )


def _import_runs(locale: str, say: Say) -> dict[str, p.Page]:
    head = {"frame": frame(locale), "title": say("导入客户", "Import customers")}
    answers = (p.Option(value="join", text=say("合并", "Join"), selected=True), p.Option(value="new", text=say("新建", "Add as new")), p.Option(value="skip", text=say("跳过", "Skip")))
    offers = (p.JoinOffer(key="9", line="9", incoming="张伟 138****8000", existing="张伟", href="/data/customer/1", why=say("手机相同", "same phone"), options=answers),)
    counts = (
        p.Count(text=say("新增", "New"), value="11,204", state="ok"),
        p.Count(text=say("已有", "Matched"), value="212", note=say("待确认合并", "to be joined")),
        p.Count(text=say("不能导入", "Failing"), value="66", state="bad"),
    )
    progress = p.Progress(href="/import/3/progress", phase=say("正在写入客户", "Writing customers"), done="6,200", total="11,416", percent=54, note=say("约剩 4 秒", "about 4 s left"))
    failing = {"failing": _failing(say), "failing_more": say("另有 64 行", "64 more rows"), "failed_href": "/import/3/failed.csv"}
    return {
        "import_dryrun": p.DryRunPage(**head, **_steps(say, 2), **failing, action="/import/3/run", submit=say("导入 11,416 条", "Import 11,416"), back_href="/import/3/mapping", counts=counts, offers=offers, join_all=answers, kept=("会员积分", "备注2")),
        "import_progress": p.ProgressPage(**head, **_steps(say, 3), progress=progress, file="legacy_customers.csv"),
        "import_result": p.ResultPage(**head, **_steps(say, 3), **failing, file="legacy_customers.csv", tag=p.Tag(text=say("已完成", "Done"), state="ok"), counts=counts, records_href="/data/customer/?batch=3", rollback_action="/import/3/rollback", facts=(p.Count(text=say("操作人", "Who"), value="李顾问"), p.Count(text=say("门店", "Store"), value=say("浦东店", "Pudong"))), kept=("会员积分",)),
        "import_rolled_back": p.ResultPage(**head, file="legacy_customers.csv", tag=p.Tag(text=say("已撤销", "Rolled back")), counts=counts, rolled_back=say("已撤销：删除 11,202 条，保留 2 条。", "Rolled back: 11,202 removed, 2 spared."), spared=(p.Spared(text="张伟", href="/data/customer/1", why=say("李顾问 11-20 修改过", "changed by Li Ming on 20 November")),)),
        "import_batches": p.BatchesPage(frame=frame(locale), title=texts(locale).batches, batches=(p.Batch(file="legacy_customers.csv", href="/import/3", tag=p.Tag(text=say("已完成", "Done"), state="ok"), entity=say("客户", "Customer"), store=say("浦东店", "Pudong"), who="李顾问", when="11-20 14:02", exact="2026-11-20T14:02:00+08:00", counts=counts),), buttons=(p.Button(text=say("新导入", "New import"), href="/import/new", icon="upload", main=True),), next_href="?p=2"),
    }  # fmt: skip


def _others(locale: str, say: Say) -> dict[str, p.Page]:
    outside = frame(locale, signed_in=False)
    t = texts(locale)
    sign_in = {"frame": outside, "title": t.sign_in, "action": "/sign-in", "next": "/data/customer/"}
    card = p.HomeCard(text=say("客户", "Customers"), href="/data/customer/", icon="users", count="2,418", note=say("本店", "this store"), new=p.Link(text=say("新客户", "New customer"), href="/data/customer/new"))
    cards = (card, p.HomeCard(text=say("车辆", "Vehicles"), href="/data/vehicle/", icon="car", count="3,102"), p.HomeCard(text=say("班组", "Teams"), href="/data/team/", icon="users-group"))
    hits = (p.Hit(title="张伟", href="/data/customer/1", note=say("手机尾号 8000", "phone ends in 8000"), tags=(p.Tag(text=say("活跃", "Active"), state="ok"),)), p.Hit(title="张伟明", href="/data/customer/2"))
    return {
        "sign_in": p.SignInPage(**sign_in),
        "sign_in_wrong": p.SignInPage(**sign_in, username="li", error=say("用户名或密码不对。", "Wrong user name or password.")),
        "first_password": p.PasswordPage(frame=outside, title=t.set_password, action="/first/x", username="li.ming", intro=t.first_password_intro, errors=(("password", t.password_common),)),
        "change_password": p.PasswordPage(frame=frame(locale), title=t.change_password, action="/password", username="li.ming", asks_current=True, cancel_href="/"),
        "plain_http": p.PlainHttpPage(frame=outside, title=t.plain_http_title, https_href="https:"),
        "error": p.error_page(frame(locale), 404, "01J9-7F3A"),
        "error_bare": p.error_page(p.Frame(t=t, lang=LANGS[locale], nonce="n", csrf="", assets=outside.assets), 503, "01J9-7F3A", retry_after=30),
        "home": p.HomePage(frame=frame(locale), title=say("早上好，李顾问", "Good morning, Li Ming"), note=say("11月21日 星期六", "Saturday 21 November"), groups=(p.HomeGroup(text=say("客户", "Customers"), cards=cards), p.HomeGroup(text=say("组织", "Organisation"), cards=cards[1:]))),
        "home_empty": p.HomePage(frame=frame(locale), title=say("您好", "Hello"), empty=p.Empty(text=say("还没有权限", "No rights yet"), advice=say("请管理员为您分配角色。", "Ask an administrator for a role."))),
        "search": p.SearchPage(frame=frame(locale), title=t.results_for.format(query="张伟"), query="张伟", groups=(p.HitGroup(text=say("客户", "Customers"), icon="users", hits=hits, count="2", more_href="/data/customer/?q=x"), p.HitGroup(text=say("车辆", "Vehicles"), icon="car", hits=hits))),
        "search_none": p.SearchPage(frame=frame(locale), title=t.results_for.format(query="<x>"), query="<x>"),
    }  # fmt: skip


def parts(locale: str) -> dict[str, p.Part]:
    def say(zh: str, en: str) -> str:
        return Label(zh, en).text(locale)

    around = frame(locale)
    found = (p.Option(value="3", text=say("李顾问", "Li Ming"), note=say("浦东店", "Pudong")), p.Option(value="4", text='"<b>"'))
    return {
        "part_condition": p.ConditionPart(frame=around, condition=_condition(say)),
        "part_lookup": p.LookupPart(frame=around, options=found, more=True),
        "part_lookup_none": p.LookupPart(frame=around, options=()),
        "part_value": p.RevealedPart(frame=around, fact=_facts(say)[0].facts[0]),
        "part_value_refused": p.RevealedPart(frame=around, fact=_facts(say)[0].facts[1], error=say("今天的查看次数已用完。", "No more views today.")),
        "part_progress": p.ProgressPart(frame=around, progress=p.Progress(href="/x", phase="…", done="1", total="2", percent=50)),
    }  # fmt: skip


def pages(locale: str) -> dict[str, p.Page]:
    """Every sample page by name."""

    def say(zh: str, en: str) -> str:
        return Label(zh, en).text(locale)

    found: dict[str, p.Page] = {"list": list_page(locale)}
    for family in (_list_variants, _records, _forms, _import_steps, _import_runs, _others):
        found |= family(locale, say)
    return found
