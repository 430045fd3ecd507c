"""Task (任务): something an employee is to do by a time."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Check, Once
from app.fields import Choice, DateTime, Integer, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE

KINDS = (
    Option("call", Label("电话", "Call")),
    Option("message", Label("发消息", "Message")),
    Option("visit", Label("拜访", "Visit")),
    Option("invite", Label("邀约", "Invite")),
    Option("quote", Label("报价", "Quote")),
    Option("call_back", Label("回访", "Call back")),
    Option("renewal", Label("续保", "Renewal")),
    Option("refresh", Label("资料更新", "Refresh data")),
    Option("complaint", Label("投诉处理", "Complaint")),
    Option("hand_over", Label("交接", "Hand-over")),
    Option("greeting", Label("关怀", "Greeting")),
    Option("other", Label("其他", "Other")),
)
STATES = (
    Option("open", Label("待办", "Open")),
    Option("done", Label("已完成", "Done")),
    Option("cancelled", Label("已取消", "Cancelled")),
)
URGENCIES = (
    Option("high", Label("高", "High")),
    Option("normal", Label("中", "Normal")),
    Option("low", Label("低", "Low")),
)
ABOUT = Label("对象", "About")


class Task(Record):
    """One thing to do, whoever or whatever asked for it; a key keeps the same thing from being asked for twice."""

    about = about(
        "任务",
        "Task",
        "Tasks",
        group="care",
        rank=5,
        icon="checklist",
        title="title",
        order="due_at",
        owners=("assignee",),
        list=("title", "kind", "customer", "assignee", "due_at", "urgency", "status", "done_at"),
        checks=(
            Once(
                "open_once",
                ("idem_key",),
                "status = 'open' AND idem_key IS NOT NULL",
                Label("同一事项已有待办任务，请先处理那一条。", "The same thing is already to be done; do that one."),
                "idem_key",
            ),
            Check(
                "subject_whole",
                "(subject_entity IS NULL) = (subject_record IS NULL)",
                Label("关联对象要同时填写类型和编号。", "Give both the kind and the number of what it is about."),
                "subject_record",
            ),
        ),
        grants=CARE,
    )

    title = field(Text(120), "事项", "What", required=True, privacy=Privacy.PERSONAL)
    kind = field(Choice(KINDS), "类型", "Kind", required=True, default="call", index=True)
    assignee = field(
        Reference("employee"),
        "负责人",
        "Assignee",
        claimed_by=("sales_consultant", "service_advisor", "customer_care", "dcc", "renewal", "insurance"),
    )
    due_at = field(DateTime(), "截止时间", "Due", required=True, index=True)
    urgency = field(Choice(URGENCIES), "紧急程度", "Urgency", required=True, default="normal", index=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="open", index=True)
    done_at = field(DateTime(), "完成时间", "Done", readonly=True, index=True)
    result = field(LongText(), "结果", "Result", privacy=Privacy.PERSONAL)
    customer = field(Reference("customer"), "客户", "Customer", section=ABOUT)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", section=ABOUT)
    subject_entity = field(Text(48), "关联类型", "Kind of subject", section=ABOUT)
    subject_record = field(Integer(min=1), "关联编号", "Number of subject", section=ABOUT)
    idem_key = field(Text(160), "唯一标识", "Key", section=ABOUT)
