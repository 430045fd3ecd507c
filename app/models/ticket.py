"""Ticket (咨询): a question of a customer and its answer."""

from app.core.field import Privacy
from app.core.label import Label
from app.fields import Choice, DateTime, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE
from app.models.vocabulary import NUMBERED

STATES = (
    Option("open", Label("待答复", "Open")),
    Option("answered", Label("已答复", "Answered")),
    Option("closed", Label("已关闭", "Closed")),
)
KINDS = (
    Option("product", Label("车型与配置", "Models")),
    Option("price", Label("价格与优惠", "Prices")),
    Option("service", Label("保养维修", "Service")),
    Option("warranty", Label("质保", "Warranty")),
    Option("insurance", Label("保险", "Insurance")),
    Option("use", Label("用车", "Using the car")),
    Option("other", Label("其他", "Other")),
)


class Ticket(Record):
    """One question, who answers it and what was answered."""

    about = about(
        "咨询工单",
        "Ticket",
        "Tickets",
        group="care",
        rank=30,
        icon="ticket",
        title="number",
        order="-asked_at",
        owners=("assignee",),
        list=("number", "asked_at", "kind", "customer", "question", "assignee", "status", "answered_at"),
        grants=CARE,
    )

    number = field(Text(30), "咨询号", "Number", help=NUMBERED, unique=True, index=True, search=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="open", index=True)
    kind = field(Choice(KINDS), "类别", "Kind", required=True, default="other", index=True)
    customer = field(Reference("customer"), "客户", "Customer")
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle")
    asked_at = field(DateTime(), "咨询时间", "Asked", required=True, index=True)
    question = field(Text(500), "问题", "Question", required=True, privacy=Privacy.PERSONAL)
    department = field(Reference("department"), "答复部门", "Department")
    assignee = field(Reference("employee"), "答复人", "Answered by", claimed_by=("customer_care",))
    answer = field(LongText(), "答复", "Answer", privacy=Privacy.PERSONAL)
    faq_used = field(Text(120), "引用知识", "Article used")
    answered_at = field(DateTime(), "答复时间", "Answered", readonly=True, index=True)
