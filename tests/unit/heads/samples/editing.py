"""Sample forms and confirmations."""

from app.heads import pages as p
from app.heads.words import texts
from tests.unit.heads.samples.around import Say, crumbs, frame
from tests.unit.heads.samples.tables import PEOPLE


def controls(say: Say) -> dict[str, p.Control]:
    picker = p.Control(
        name="sales",
        label=say("销售顾问", "Consultant"),
        widget="picker",
        value="3",
        shown=say("李顾问", "Li Ming"),
        lookup_href="/data/employee/lookup",
    )
    return {
        "name": p.Control(
            name="name",
            label=say("姓名", "Name"),
            required=True,
            value="欧阳喆",
            error=say("姓名太长，最多 60 个字。", "The name is too long; at most 60 characters."),
        ),
        "phone": p.Control(
            name="phone",
            label=say("手机", "Mobile"),
            widget="tel",
            mask="138****8000",
            help=say("11 位手机号，或带区号的座机。", "A mobile number, or a landline with area code."),
        ),
        "phone_bad": p.Control(
            name="phone2",
            label=say("备用手机", "Second mobile"),
            widget="tel",
            mask="139****1234",
            error=say("号码应为 11 位。", "A mobile number has 11 digits."),
            value="1380013",
        ),
        "idcard": p.Control(
            name="idcard", label=say("身份证号", "ID card"), widget="idcard", placeholder=say("18 位", "18 characters")
        ),
        "email": p.Control(name="email", label=say("邮箱", "E-mail"), widget="email"),
        "uscc": p.Control(name="uscc", label=say("统一社会信用代码", "USCC"), widget="uscc", maxlength=18),
        "vin": p.Control(
            name="vin",
            label="VIN",
            widget="vin",
            required=True,
            maxlength=17,
            help=say("17 位，不含 I、O、Q。", "17 characters without I, O and Q."),
        ),
        "plate": p.Control(name="plate", label=say("车牌", "Plate"), widget="plate", value="沪A8K2D7"),
        "birthday": p.Control(name="birthday", label=say("生日", "Birthday"), widget="date", value="1988-05-20"),
        "visit": p.Control(
            name="visit", label=say("预约时间", "Appointment"), widget="datetime", value="2026-11-21T09:30"
        ),
        "price": p.Control(
            name="price", label=say("指导价", "List price"), widget="money", value="238800.00", unit=say("元", "CNY")
        ),
        "mileage": p.Control(name="mileage", label=say("里程", "Mileage"), widget="number", value="39820", unit="km"),
        "vip": p.Control(name="vip", label=say("重点客户", "Key account"), widget="switch", value="1"),
        "stage": p.Control(
            name="stage",
            label=say("阶段", "Stage"),
            widget="select",
            required=True,
            options=(
                p.Option(value="a", text=say("活跃", "Active"), selected=True),
                p.Option(value="d", text=say("休眠", "Dormant")),
            ),
        ),
        "hobbies": p.Control(
            name="hobbies",
            label=say("偏好", "Preferences"),
            widget="multiselect",
            options=tuple(
                p.Option(value=str(n), text=text, selected=n < 2)
                for n, text in enumerate(
                    (
                        say("靠窗", "Window seat"),
                        say("美式", "Black coffee"),
                        say("傍晚联系", "Call at dusk"),
                        say("微信优先", "WeChat first"),
                    )
                )
            ),
        ),
        "sales": picker,
        "licence": p.Control(
            name="licence",
            label=say("行驶证", "Licence"),
            widget="image",
            stored=p.Link(text="xsz.jpg", href="/data/vehicle/1/licence"),
        ),
        "note": p.Control(
            name="note", label=say("备注", "Notes"), widget="textarea", value="</textarea><script>alert(1)</script>"
        ),
        "store": p.Control(name="store", label=say("门店", "Store"), value=say("浦东店", "Pudong"), readonly=True),
    }


def form_pages(locale: str, say: Say) -> dict[str, p.Page]:
    c = controls(say)
    sections = (
        p.FormSection(
            title=say("基本资料", "Basics"),
            controls=(
                c["name"],
                c["store"],
                c["phone"],
                c["phone_bad"],
                c["idcard"],
                c["birthday"],
                c["email"],
                c["uscc"],
            ),
        ),
        p.FormSection(
            title=say("归属与偏好", "Ownership"),
            controls=(c["sales"], c["stage"], c["vip"], c["visit"], c["hobbies"], c["note"]),
        ),
        p.FormSection(
            title=say("车辆", "Car"), controls=(c["vin"], c["plate"], c["price"], c["mileage"], c["licence"])
        ),
    )
    versus = (
        p.Versus(name="stage", label=say("阶段", "Stage"), theirs=say("休眠", "Dormant"), yours=say("活跃", "Active")),
        p.Versus(
            name="phone",
            label=say("手机", "Mobile"),
            theirs="138****8000",
            yours="139****1111",
            masked=True,
            chosen="yours",
        ),
        p.Versus(name="note", label=say("备注", "Notes"), theirs="", yours=say("傍晚联系", "Call at dusk")),
    )
    common = {"frame": frame(locale), "cancel_href": "/data/customer/1"}
    return {
        "form": p.FormPage(
            **common,
            title=say("编辑客户", "Edit customer"),
            crumbs=crumbs(say, "张伟", say("编辑", "Edit")),
            action="/data/customer/1/edit",
            version=4,
            sections=sections,
            submit=say("保存", "Save"),
            again=texts(locale).save_again,
        ),
        "conflict": p.ConflictPage(
            **common,
            title=texts(locale).conflict_title,
            action="/data/customer/1/edit",
            version=5,
            by=say("王经理", "Wang Jun"),
            at="14:02",
            differences=versus,
            hidden=(("name", "张伟"),),
        ),
        "delete": p.ConfirmPage(
            **common,
            title=say("删除客户", "Delete customer"),
            action="/data/customer/1/delete",
            question=say("要删除“张伟”吗？", "Delete “张伟”?"),
            submit=say("删除", "Delete"),
            consequences=(
                say("他的 2 辆车会保留，归属为空。", "His 2 cars stay, without an owner."),
                say("删除会记入操作记录。", "The deletion is recorded."),
            ),
            hidden=(("version", "4"),),
        ),
        "delete_blocked": p.ConfirmPage(
            **common,
            title=say("删除门店", "Delete store"),
            action="/x",
            question=say("要删除“浦东店”吗？", "Delete “Pudong”?"),
            submit=say("删除", "Delete"),
            blocked=say("还有 2,418 位客户属于这家店。", "2,418 customers belong to this store."),
        ),
        "undo": p.ConfirmPage(
            **common,
            title=say("撤销", "Undo"),
            action="/data/customer/1/undo",
            question=say("撤销李顾问对“张伟”的修改？", "Undo what Li Ming changed in “张伟”?"),
            submit=say("撤销", "Undo"),
            danger=False,
            changes=(
                p.Change(label=say("阶段", "Stage"), before=say("休眠", "Dormant"), after=say("活跃", "Active")),
                p.Change(
                    label=say("推荐人", "Referred by"),
                    before="王芳",
                    before_href="/data/customer/2",
                    after="",
                    note=say("王经理又改过；默认保留", "Manager Wang changed it again; kept unless chosen"),
                ),
            ),
            hidden=(("entry", "7"), ("version", "4")),
        ),
        "bulk": p.ConfirmPage(
            **common,
            title=say("批量修改", "Set a field"),
            action="/x",
            question=say("为所选客户设置同一个顾问。", "Give the selected customers one consultant."),
            submit=say("修改 183 条", "Change 183"),
            danger=False,
            counts=(
                p.Count(text=say("已选", "Selected"), value="186"),
                p.Count(text=say("可修改", "Can be changed"), value="183", state="ok"),
                p.Count(text=say("无权修改", "Not yours"), value="3", state="warn"),
            ),
            controls=(c["sales"],),
            records=tuple(p.Link(text=row[0], href="/x") for row in PEOPLE),
            records_more=say("另有 178 条", "178 more"),
            hidden=(("id", "1"), ("id", "2")),
        ),
    }
