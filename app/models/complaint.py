"""Complaint (投诉): what a customer holds against the store, and what is done about it."""

from app.core.field import Privacy
from app.core.label import Label
from app.fields import Choice, Contact, DateTime, Integer, LongText, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE
from app.models.vocabulary import NUMBERED

STATES = (
    Option("registered", Label("登记", "Registered")),
    Option("accepted", Label("受理", "Accepted")),
    Option("investigating", Label("调查", "Investigating")),
    Option("assessed", Label("责任认定", "Responsibility found")),
    Option("planned", Label("方案", "Plan")),
    Option("executing", Label("执行", "Carrying out")),
    Option("answered", Label("反馈", "Answered")),
    Option("follow_up", Label("回访", "Follow-up")),
    Option("closed", Label("关闭", "Closed")),
)
CHANNELS = (
    Option("phone", Label("电话", "Call")),
    Option("email", Label("邮件", "E-mail")),
    Option("online", Label("在线平台", "Online")),
    Option("wechat", Label("微信", "WeChat")),
    Option("visit", Label("到店", "At the store")),
    Option("survey", Label("满意度调查", "Survey")),
    Option("12315", Label("12315", "12315")),
    Option("12345", Label("12345", "12345")),
    Option("chezhiwang", Label("车质网", "12365auto")),
    Option("manufacturer", Label("厂家转办", "Manufacturer")),
    Option("media", Label("媒体", "Media")),
)
AUTHORITIES = ("12315", "12345")  # whose own clocks hold
CATEGORIES = (
    Option("product", Label("产品质量", "Product quality")),
    Option("repair", Label("维修质量", "Repair quality")),
    Option("attitude", Label("服务态度", "Attitude")),
    Option("waiting", Label("等待时间", "Waiting")),
    Option("price", Label("价格收费", "Price")),
    Option("parts", Label("配件供应", "Parts")),
    Option("delivery", Label("交车", "Delivery")),
    Option("contract", Label("合同与承诺", "Contract and promises")),
    Option("insurance", Label("保险理赔", "Insurance")),
    Option("privacy", Label("个人信息", "Personal data")),
    Option("other", Label("其他", "Other")),
)
SEVERITIES = (
    Option("normal", Label("一般", "Normal")),
    Option("escalated", Label("升级", "Escalated")),
    Option("critical", Label("重大", "Critical")),
)
PERSON = Label("投诉人", "Who complains")
WORK = Label("处理", "Handling")
CLOCKS = Label("时限", "Clocks")


class Complaint(Record):
    """A complaint from its registration to its end; a customer who stays dissatisfied opens it again."""

    about = about(
        "投诉",
        "Complaint",
        "Complaints",
        group="care",
        rank=20,
        icon="message-report",
        title="number",
        order="-received_at",
        owners=("handler", "investigator"),
        list=("number", "received_at", "customer", "channel", "category", "severity", "handler", "due_at", "status"),
        grants=CARE,
    )

    number = field(Text(30), "投诉号", "Number", help=NUMBERED, unique=True, index=True, search=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="registered", index=True)
    received_at = field(DateTime(), "投诉时间", "Received", required=True, index=True)
    channel = field(Choice(CHANNELS), "渠道", "Channel", required=True, default="phone", index=True)
    category = field(Choice(CATEGORIES), "类别", "Category", required=True, default="other", index=True)
    severity = field(Choice(SEVERITIES), "等级", "Severity", required=True, default="normal", index=True)
    description = field(LongText(), "投诉内容", "What it is about", required=True, privacy=Privacy.PERSONAL)
    contact_name = field(Text(60), "投诉人", "Name", required=True, privacy=Privacy.PERSONAL, section=PERSON)
    contact = field(
        Contact(), "联系方式", "Contact", required=True, privacy=Privacy.SEALED, search=True, section=PERSON
    )
    customer = field(Reference("customer"), "客户", "Customer", section=PERSON)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", section=PERSON)
    work_order = field(Reference("work_order"), "工单", "Work order", section=PERSON)
    employee = field(Reference("employee", past=True), "被投诉员工", "Employee concerned", section=PERSON)
    handler = field(
        Reference("employee"),
        "投诉专员",
        "Handler",
        claimed_by=("complaint_handler", "customer_care"),
        section=WORK,
    )
    investigator = field(Reference("employee"), "调查人", "Investigator", section=WORK)
    responsible_department = field(Reference("department"), "责任部门", "Responsible department", section=WORK)
    root_cause = field(Text(200), "根本原因", "Root cause", section=WORK)
    plan = field(LongText(), "处理方案", "Plan", section=WORK)
    answer = field(LongText(), "反馈内容", "Answer", section=WORK)
    recovery_cost = field(Money(min=0), "补救费用（元）", "Recovery cost (yuan)", section=WORK)
    satisfaction = field(Integer(min=1, max=5), "满意度（1-5）", "Satisfaction (1-5)", index=True, section=WORK)
    reopened_from = field(Reference("complaint"), "重提自", "Raised again from", section=WORK)
    reopened = field(Integer(min=0), "重开次数", "Times reopened", readonly=True, default=0, section=CLOCKS)
    reopened_at = field(DateTime(), "重开时间", "Reopened", readonly=True, section=CLOCKS)
    accept_by = field(DateTime(), "受理时限", "Accept by", readonly=True, index=True, section=CLOCKS)
    acknowledged_at = field(DateTime(), "受理时间", "Accepted", readonly=True, section=CLOCKS)
    due_at = field(DateTime(), "办结时限", "Due", readonly=True, index=True, section=CLOCKS)
    closed_at = field(DateTime(), "关闭时间", "Closed", readonly=True, index=True, section=CLOCKS)
