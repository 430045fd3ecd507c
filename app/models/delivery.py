"""Delivery (交车): the moment a new car goes to its customer."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import DateTime, Integer, LongText, MultiChoice, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SALES, kept
from app.models.vocabulary import NUMBERED

STEPS = (
    Option("pdi", Label("PDI 检测", "Pre-delivery inspection")),
    Option("papers", Label("证件资料交接", "Papers handed over")),
    Option("keys", Label("钥匙与随车工具", "Keys and tools")),
    Option("functions", Label("功能讲解", "Functions explained")),
    Option("service", Label("引荐服务顾问", "Service advisor introduced")),
    Option("first_check", Label("首保提醒", "First check explained")),
    Option("photo", Label("交车合影", "Photo taken")),
)


class Delivery(Record):
    """The delivery of one order's car; with it the order, the car, the customer and the opportunity move on."""

    about = about(
        "交车",
        "Delivery",
        "Deliveries",
        group="sales",
        rank=70,
        icon="key",
        title="number",
        order="-delivered_at",
        owners=("consultant",),
        list=("number", "delivered_at", "sales_order", "checklist", "odometer", "receiver", "consultant"),
        unique=(("sales_order",), ("number",)),
        grants=kept(SALES),
        checks=(
            Check(
                "odometer_some",
                "odometer >= 0",
                Label("里程不能是负数。", "The odometer cannot be negative."),
                "odometer",
            ),
        ),
    )

    number = field(Text(30), "交车单号", "Number", help=NUMBERED, index=True, search=True)
    sales_order = field(Reference("sales_order"), "订单", "Order", required=True)
    delivered_at = field(DateTime(), "交车时间", "Delivered", required=True, index=True)
    odometer = field(Integer(min=0, max=3_000_000), "交车里程（公里）", "Odometer (km)")
    checklist = field(MultiChoice(STEPS), "交车清单", "Checklist")
    receiver = field(Text(60), "提车人", "Received by")
    consultant = field(Reference("employee"), "销售顾问", "Consultant", claimed_by=("sales_consultant",))
    note = field(LongText(), "备注", "Note")
