"""Customer (客户): a person or company as one store knows it."""

from app.core.field import Privacy, State
from app.core.label import Label
from app.core.rules import Check
from app.fields import (
    Boolean,
    Choice,
    Date,
    DateTime,
    Email,
    IdCard,
    Integer,
    LongText,
    Option,
    Phone,
    Reference,
    Text,
    Uscc,
)
from app.models.base import Record, about, field
from app.models.grants import BUSINESS
from app.models.near import VISITS, task
from app.models.vocabulary import NUMBERED

KINDS = (Option("person", Label("个人", "Person")), Option("organisation", Label("单位", "Organisation")))
GENDERS = (Option("male", Label("男", "Male")), Option("female", Label("女", "Female")))
STAGES = (
    Option("prospect", Label("潜在", "Prospect")),
    Option("new", Label("新客户", "New")),
    Option("active", Label("活跃", "Active")),
    Option("dormant", Label("休眠", "Dormant")),
    Option("lost", Label("流失", "Lost")),
)
METHODS = (
    Option("visit", Label("到店登记", "At the store")),
    Option("call", Label("来电", "By telephone")),
    Option("online", Label("线上留资", "Online")),
    Option("event", Label("车展与活动", "Shows and events")),
    Option("partner", Label("合作方提供", "From a partner")),
    Option("import", Label("系统导入", "Imported")),
    Option("crawler", Label("网络采集", "Collected from the web")),
)
INDUSTRIES = (
    Option("manufacturing", Label("制造", "Manufacturing")),
    Option("construction", Label("建筑地产", "Construction")),
    Option("trade", Label("批发零售", "Trade")),
    Option("transport", Label("交通物流", "Transport")),
    Option("leasing", Label("租赁", "Leasing")),
    Option("finance", Label("金融", "Finance")),
    Option("technology", Label("信息技术", "Technology")),
    Option("catering", Label("住宿餐饮", "Hospitality")),
    Option("education", Label("教育", "Education")),
    Option("health", Label("医疗", "Health")),
    Option("government", Label("机关团体", "Public bodies")),
    Option("other", Label("其他", "Other")),
)
CONTACT = Label("联系方式", "Contact")
IDENTITY = Label("身份", "Identity")
CARE = Label("归属与跟进", "Ownership")
TERMS = Label("约定", "Terms")


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
        list=("name", "phone", "stage", "sales_owner", "service_owner", "source", "district", "completeness"),
        checks=(
            Check(
                "vip_told",
                "vip_until IS NULL OR vip_reason IS NOT NULL",
                Label("设为 VIP 时请写明原因。", "Say why the customer is a VIP."),
                "vip_reason",
            ),
            Check(
                "silence_told",
                "NOT do_not_contact OR no_contact_reason IS NOT NULL",
                Label("设为「请勿联系」时请写明原因。", "Say why the customer is not to be contacted."),
                "no_contact_reason",
            ),
            Check(
                "lawful",
                "collection_method IS DISTINCT FROM 'crawler' OR lawful_basis IS NOT NULL",
                Label(
                    "网络采集的信息要写明合法依据，否则不能保存。", "Data from the web needs a recorded lawful basis."
                ),
                "lawful_basis",
            ),
        ),
        near=(*VISITS, task("customer")),
        shelved=("merged_into", "archived_at"),
        grants=BUSINESS,
    )

    name = field(Text(80, names=True), "姓名", "Name", required=True, search=True, index=True, privacy=Privacy.PERSONAL)
    kind = field(Choice(KINDS), "类型", "Type", required=True, default="person")
    number = field(Text(30), "客户编号", "Customer number", help=NUMBERED, unique=True, search=True)
    stage = field(Choice(STAGES), "阶段", "Stage", required=True, default="prospect", index=True)
    phone = field(Phone(), "手机", "Mobile", privacy=Privacy.SEALED, search=True, mine=State.CLEAR, section=CONTACT)
    email = field(Email(), "邮箱", "E-mail", privacy=Privacy.SEALED, search=True, mine=State.CLEAR, section=CONTACT)
    district = field(Text(80), "地区", "District", privacy=Privacy.PERSONAL, section=CONTACT)
    address = field(Text(200), "地址", "Address", privacy=Privacy.SEALED, section=CONTACT)
    has_phone = field(Boolean(), "有手机", "Has a mobile", privacy=Privacy.PUBLIC, readonly=True, section=CONTACT)
    verified_at = field(DateTime(), "资料核实时间", "Data verified", index=True, section=CONTACT)
    gender = field(Choice(GENDERS), "性别", "Gender", privacy=Privacy.PERSONAL, section=IDENTITY)
    birth_date = field(
        Date(born=True),
        "出生日期",
        "Date of birth",
        privacy=Privacy.PERSONAL,
        mine=State.MASKED,
        scope=State.MASKED,
        section=IDENTITY,
    )
    birthday = field(
        Text(5),
        "生日（月日）",
        "Birthday (month-day)",
        privacy=Privacy.PUBLIC,
        readonly=True,
        index=True,
        section=IDENTITY,
    )
    wedding_date = field(Date(), "结婚纪念日", "Wedding", privacy=Privacy.PERSONAL, section=IDENTITY)
    occupation = field(Text(40), "职业", "Occupation", privacy=Privacy.PERSONAL, section=IDENTITY)
    id_card = field(
        IdCard(), "身份证号", "ID card", privacy=Privacy.SEALED, search=True, scope=State.HIDDEN, section=IDENTITY
    )
    uscc = field(Uscc(), "统一社会信用代码", "Social credit code", index=True, section=IDENTITY)
    industry = field(Choice(INDUSTRIES), "行业", "Industry", index=True, section=IDENTITY)
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
    pooled_at = field(DateTime(), "进入公海", "In the pool since", readonly=True, index=True, section=CARE)
    completeness = field(
        Integer(min=0, max=100),
        "完整度",
        "Completeness",
        privacy=Privacy.PUBLIC,
        readonly=True,
        index=True,
        section=CARE,
    )
    vip_until = field(Date(), "VIP 有效期至", "VIP until", index=True, section=TERMS)
    vip_reason = field(Text(120), "VIP 原因", "Why a VIP", section=TERMS)
    do_not_contact = field(Boolean(), "请勿联系", "Do not contact", required=True, default=False, section=TERMS)
    no_contact_reason = field(Text(120), "请勿联系的原因", "Why no contact", section=TERMS)
    collection_method = field(Choice(METHODS), "采集方式", "How collected", section=TERMS)
    lawful_basis = field(Text(120), "合法依据", "Lawful basis", section=TERMS)
