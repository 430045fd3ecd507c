"""Suggestion (建议): what customers and staff propose, and what became of it."""

from app.core.field import Privacy
from app.core.label import Label
from app.fields import Choice, DateTime, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE

STATES = (
    Option("open", Label("待答复", "Open")),
    Option("adopted", Label("已采纳", "Adopted")),
    Option("declined", Label("未采纳", "Declined")),
)
TOPICS = (
    Option("service", Label("服务流程", "Service")),
    Option("facility", Label("环境设施", "Premises")),
    Option("product", Label("产品", "Product")),
    Option("price", Label("价格", "Price")),
    Option("staff", Label("人员", "Staff")),
    Option("other", Label("其他", "Other")),
)


class Suggestion(Record):
    """A proposal that a department answers within three working days."""

    about = about(
        "建议",
        "Suggestion",
        "Suggestions",
        group="care",
        rank=35,
        icon="bulb",
        title="title",
        order="-received_at",
        owners=("assignee",),
        list=("title", "topic", "customer", "department", "received_at", "due_at", "status", "assignee"),
        grants=CARE,
    )

    title = field(Text(120), "建议", "Suggestion", required=True, search=True)
    detail = field(LongText(), "详细内容", "Detail", privacy=Privacy.PERSONAL)
    topic = field(Choice(TOPICS), "主题", "Topic", required=True, default="other", index=True)
    customer = field(Reference("customer"), "客户", "Customer")
    received_at = field(DateTime(), "提出时间", "Received", required=True, index=True)
    department = field(Reference("department"), "答复部门", "Department", required=True)
    assignee = field(Reference("employee"), "答复人", "Answered by")
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="open", index=True)
    answer = field(LongText(), "答复", "Answer")
    due_at = field(DateTime(), "答复时限", "Answer by", readonly=True, index=True)
    answered_at = field(DateTime(), "答复时间", "Answered", readonly=True)
