"""Customer (客户): a person or company as one store knows it."""

from app.core.field import Privacy, State
from app.core.label import Label
from app.fields import Choice, Date, DateTime, Email, IdCard, LongText, Option, Phone, Reference, Text, Uscc
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

KINDS = (Option("person", Label("个人", "Person")), Option("organisation", Label("单位", "Organisation")))
GENDERS = (Option("male", Label("男", "Male")), Option("female", Label("女", "Female")))
STAGES = (
    Option("prospect", Label("潜在", "Prospect")),
    Option("new", Label("新客户", "New")),
    Option("active", Label("活跃", "Active")),
    Option("dormant", Label("休眠", "Dormant")),
    Option("lost", Label("流失", "Lost")),
)
CONTACT = Label("联系方式", "Contact")
IDENTITY = Label("身份", "Identity")
CARE = Label("归属与跟进", "Ownership")


class Customer(Record):
    """A store's own customer; the same person at another store is another record, matched only through the gate."""

    about = about(
        "客户",
        "Customer",
        "Customers",
        group="customers",
        rank=10,
        icon="users",
        title="name",
        owners=("sales_owner", "service_owner", "renewal_owner", "care_owner"),
        list=("name", "phone", "stage", "sales_owner", "service_owner", "source", "district"),
        shelved=("merged_into", "archived_at"),
        grants=BUSINESS,
    )

    name = field(Text(80, names=True), "姓名", "Name", required=True, search=True, index=True, privacy=Privacy.PERSONAL)
    kind = field(Choice(KINDS), "类型", "Type", required=True, default="person")
    number = field(Text(30), "客户编号", "Customer number", unique=True, search=True)
    stage = field(Choice(STAGES), "阶段", "Stage", required=True, default="prospect", index=True)
    phone = field(Phone(), "手机", "Mobile", privacy=Privacy.SEALED, search=True, mine=State.CLEAR, section=CONTACT)
    email = field(Email(), "邮箱", "E-mail", privacy=Privacy.SEALED, search=True, mine=State.CLEAR, section=CONTACT)
    district = field(Text(80), "地区", "District", privacy=Privacy.PERSONAL, section=CONTACT)
    address = field(Text(200), "地址", "Address", privacy=Privacy.SEALED, section=CONTACT)
    gender = field(Choice(GENDERS), "性别", "Gender", privacy=Privacy.PERSONAL, section=IDENTITY)
    birth_date = field(Date(), "生日", "Birthday", privacy=Privacy.PERSONAL, section=IDENTITY)
    id_card = field(
        IdCard(), "身份证号", "ID card", privacy=Privacy.SEALED, search=True, scope=State.HIDDEN, section=IDENTITY
    )
    uscc = field(Uscc(), "统一社会信用代码", "Social credit code", section=IDENTITY)
    source = field(Text(60), "来源", "Source", section=CARE)
    sales_owner = field(
        Reference("employee"), "销售顾问", "Sales consultant", section=CARE, claimed_by=("sales_consultant", "dcc")
    )
    service_owner = field(
        Reference("employee"), "服务顾问", "Service advisor", section=CARE, claimed_by=("service_advisor",)
    )
    renewal_owner = field(
        Reference("employee"), "续保专员", "Renewal", section=CARE, claimed_by=("renewal", "insurance")
    )
    care_owner = field(Reference("employee"), "客服专员", "Customer care", section=CARE, claimed_by=("customer_care",))
    merged_into = field(Reference("customer"), "已并入", "Merged into", readonly=True, section=CARE)
    archived_at = field(DateTime(), "归档时间", "Archived", readonly=True, section=CARE)
    note = field(LongText(), "备注", "Note", privacy=Privacy.PERSONAL, section=CARE)
