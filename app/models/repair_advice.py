"""Repair advice (维修建议): what a car needs next, as the workshop saw it."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Date, Integer, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE

STATES = (
    Option("open", Label("待处理", "Open")),
    Option("accepted", Label("客户同意", "Accepted")),
    Option("declined", Label("客户暂缓", "Declined")),
    Option("done", Label("已完成", "Done")),
)
URGENCIES = (
    Option("now", Label("立即", "At once")),
    Option("soon", Label("近期", "Soon")),
    Option("next_visit", Label("下次进店", "Next visit")),
    Option("watch", Label("观察", "Watch")),
)


class RepairAdvice(Record):
    """One thing a car needs: how urgent, by which day or mileage, and what became of it."""

    about = about(
        "维修建议",
        "Repair advice",
        "Repair advice",
        group="service",
        rank=50,
        icon="alert-triangle",
        title="item",
        order="due_on",
        owners=("advisor",),
        list=("item", "vehicle", "urgency", "due_on", "due_km", "price", "advisor", "status"),
        grants=SERVICE,
        checks=(
            Check("price_positive", "price >= 0", Label("金额不能是负数。", "An amount cannot be negative."), "price"),
        ),
    )

    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True)
    work_order = field(Reference("work_order"), "发现工单", "Found on")
    item = field(Text(120), "项目", "Item", required=True, search=True)
    urgency = field(Choice(URGENCIES), "紧急程度", "Urgency", required=True, default="next_visit", index=True)
    due_on = field(Date(), "建议日期", "Due on", index=True)
    due_km = field(Integer(min=0, max=3_000_000), "建议里程（公里）", "Due at (km)")
    price = field(Money(min=0), "预计金额（元）", "Estimate (yuan)")
    advisor = field(Reference("employee"), "服务顾问", "Advisor", claimed_by=("service_advisor",))
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="open", index=True)
    decline_reason = field(Text(100), "暂缓原因", "Why declined")
    done_order = field(Reference("work_order"), "完成工单", "Done on")
    note = field(Text(200), "备注", "Note")
