"""Lead (线索): somebody who may buy a car, before a consultant has made sure of it."""

from app.core.field import Privacy, State
from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Date, DateTime, Integer, LongText, Money, Option, Phone, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import PROSPECTS
from app.models.near import task

STATES = (
    Option("new", Label("新线索", "New")),
    Option("contacted", Label("已联系", "Contacted")),
    Option("qualified", Label("有效", "Qualified")),
    Option("converted", Label("已转商机", "Converted")),
    Option("invalid", Label("无效", "Invalid")),
    Option("duplicate", Label("重复", "Duplicate")),
)
GRADES = (
    Option("H", Label("H级（7天内）", "H (within 7 days)")),
    Option("A", Label("A级（15天内）", "A (within 15 days)")),
    Option("B", Label("B级（30天内）", "B (within 30 days)")),
    Option("C", Label("C级（90天以上）", "C (90 days or more)")),
    Option("O", Label("O级（已订车）", "O (ordered)")),
)
WINDOWS = (
    Option("week", Label("7天内", "Within 7 days")),
    Option("fortnight", Label("15天内", "Within 15 days")),
    Option("month", Label("30天内", "Within 30 days")),
    Option("quarter", Label("90天内", "Within 90 days")),
    Option("later", Label("90天以上", "Later than 90 days")),
)
DECISIONS = (
    Option("decides", Label("本人决定", "Decides alone")),
    Option("shares", Label("与家人共同决定", "Decides with others")),
    Option("influences", Label("提供意见", "Has a say")),
    Option("asks", Label("代人打听", "Asks for somebody")),
)
WISH = Label("购车意向", "What is wanted")
CARE = Label("跟进", "Follow-up")
ORIGIN = Label("来源", "Origin")


class Lead(Record):
    """A lead of one store; who has no consultant lies in the pool until somebody claims it."""

    about = about(
        "线索",
        "Lead",
        "Leads",
        group="sales",
        rank=10,
        icon="target",
        title="name",
        owners=("assignee",),
        near=(task(),),
        list=(
            "name",
            "phone",
            "grade",
            "score",
            "series",
            "source",
            "assignee",
            "follow_up_on",
            "completeness",
            "status",
        ),
        order="-received_at",
        unique=(("source", "external_id"),),
        grants=PROSPECTS,
        checks=(
            Check(
                "not_itself",
                "duplicate_of_id <> id",
                Label("不能与自己重复，请选另一条线索。", "A lead is no duplicate of itself; choose another."),
                "duplicate_of",
            ),
            Check(
                "answered_later",
                "first_response_at >= received_at",
                Label("首次响应不能早于留资时间，请核对留资时间。", "It was answered before it came in; check both."),
                "received_at",
            ),
        ),
    )

    name = field(Text(80, names=True), "姓名", "Name", required=True, search=True, index=True, privacy=Privacy.PERSONAL)
    phone = field(Phone(), "手机", "Mobile", privacy=Privacy.SEALED, search=True, mine=State.CLEAR)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="new", index=True)
    series = field(Reference("series"), "意向车系", "Series wanted", section=WISH)
    model = field(Reference("vehicle_model"), "意向车型", "Model wanted", section=WISH)
    intent = field(Choice(GRADES), "意向级别", "Intent", required=True, default="C", index=True, section=WISH)
    purchase_window = field(Choice(WINDOWS), "计划购车时间", "Buys", section=WISH)
    budget = field(Money(min=0), "预算（元）", "Budget (yuan)", section=WISH)
    decision = field(Choice(DECISIONS), "购车决策", "Decision", section=WISH)
    score = field(Integer(min=0, max=100), "评分", "Score", readonly=True, index=True, section=WISH)
    grade = field(Choice(GRADES), "综合评级", "Grade", readonly=True, index=True, section=WISH)
    completeness = field(Integer(min=0, max=100), "完整度", "Completeness", readonly=True, index=True, section=WISH)
    source = field(Reference("lead_source"), "来源", "Source", required=True, section=ORIGIN)
    external_id = field(Text(80), "外部编号", "External number", section=ORIGIN)
    received_at = field(DateTime(), "留资时间", "Came in", index=True, section=ORIGIN)
    assignee = field(
        Reference("employee"), "跟进顾问", "Consultant", section=CARE, claimed_by=("sales_consultant", "dcc")
    )
    assigned_at = field(DateTime(), "分配时间", "Assigned", readonly=True, section=CARE)
    first_response_at = field(DateTime(), "首次响应", "First response", readonly=True, index=True, section=CARE)
    last_contact_at = field(DateTime(), "最近跟进", "Last contact", section=CARE)
    follow_up_on = field(Date(), "下次跟进", "Follow up on", readonly=True, index=True, section=CARE)
    protected_until = field(Date(), "保护期至", "Protected until", readonly=True, index=True, section=CARE)
    pooled_at = field(DateTime(), "进入公海", "In the pool since", readonly=True, index=True, section=CARE)
    customer = field(Reference("customer"), "客户", "Customer", section=CARE)
    duplicate_of = field(Reference("lead"), "与之重复", "Duplicate of", section=CARE)
    invalid_reason = field(Text(100), "无效原因", "Why invalid", section=CARE)
    note = field(LongText(), "备注", "Note", privacy=Privacy.PERSONAL, section=CARE)
