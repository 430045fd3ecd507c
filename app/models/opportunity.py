"""Opportunity (商机): one customer who is to buy a car of one series, from the wish to the delivery."""

from app.core.label import Label
from app.core.rules import Check, Once
from app.fields import Choice, Date, DateTime, Integer, LongText, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SALES
from app.models.lead import GRADES
from app.models.vocabulary import NUMBERED

STAGES = (
    Option("intent", Label("意向", "Intent")),
    Option("needs", Label("需求", "Needs")),
    Option("test_drive", Label("试驾", "Test drive")),
    Option("quotation", Label("报价", "Quotation")),
    Option("negotiation", Label("谈判", "Negotiation")),
    Option("order", Label("订单", "Order")),
    Option("delivered", Label("交车", "Delivered")),
    Option("lost_pending", Label("战败待审", "Lost, to be confirmed")),
    Option("lost", Label("战败", "Lost")),
)
REASONS = (
    Option("price", Label("价格", "Price")),
    Option("product", Label("产品不合适", "Product")),
    Option("stock", Label("无现车/等车久", "No car in stock")),
    Option("finance", Label("金融方案", "Finance")),
    Option("service", Label("服务不满意", "Service")),
    Option("elsewhere", Label("他店购买同品牌", "Bought at another dealer")),
    Option("used", Label("改购二手车", "Bought a used car")),
    Option("postponed", Label("暂缓购车", "Postponed")),
    Option("unreachable", Label("联系不上", "Cannot be reached")),
)
LOST = Label("战败", "Lost")


class Opportunity(Record):
    """A customer's wish for a car of one series; only one at a time is open."""

    about = about(
        "商机",
        "Opportunity",
        "Opportunities",
        group="sales",
        rank=30,
        icon="flag",
        title="number",
        order="next_action_on",
        owners=("consultant",),
        list=(
            "number",
            "customer",
            "series",
            "level",
            "stage",
            "probability",
            "next_action_on",
            "expected_on",
            "consultant",
        ),
        unique=(("number",), ("lead",)),
        grants=SALES,
        checks=(
            Once(
                "one_open",
                ("customer", "series"),
                "stage NOT IN ('delivered', 'lost')",
                Label(
                    "这位客户在这个车系已有进行中的商机，请在那条商机上继续跟进。",
                    "This customer has an open opportunity for the series; go on with that one.",
                ),
                "series",
            ),
            Check(
                "expected_later",
                "expected_on >= opened_on",
                Label("预计成交日期不能早于开始日期。", "It cannot be expected before it began."),
                "expected_on",
            ),
        ),
    )

    number = field(Text(30), "商机编号", "Number", help=NUMBERED, index=True, search=True)
    customer = field(Reference("customer"), "客户", "Customer", required=True)
    series = field(Reference("series"), "意向车系", "Series", required=True)
    model = field(Reference("vehicle_model"), "意向车型", "Model")
    lead = field(Reference("lead"), "来自线索", "From lead")
    consultant = field(Reference("employee"), "销售顾问", "Consultant", claimed_by=("sales_consultant",))
    stage = field(Choice(STAGES), "阶段", "Stage", required=True, readonly=True, default="intent", index=True)
    level = field(Choice(GRADES), "意向级别", "Level", required=True, default="B", index=True)
    probability = field(Integer(min=0, max=100), "成交概率（%）", "Probability (%)", readonly=True, index=True)
    budget = field(Money(min=0), "预算（元）", "Budget (yuan)")
    opened_on = field(Date(), "开始日期", "Opened on", index=True)
    next_action_on = field(Date(), "下次跟进", "Next action on", index=True)
    expected_on = field(Date(), "预计成交", "Expected on", index=True)
    closed_at = field(DateTime(), "结案时间", "Closed", readonly=True, index=True)
    lost_reason = field(Choice(REASONS), "战败原因", "Why lost", index=True, section=LOST)
    competitor = field(Text(80), "竞品/去向", "Competitor", section=LOST)
    lost_note = field(Text(200), "战败说明", "About the loss", section=LOST)
    note = field(LongText(), "备注", "Note")
