"""Reminder (提醒): one stage of one rule for one thing on one day."""

from app.core.label import Label
from app.fields import Choice, Date, DateTime, Integer, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE
from app.models.vocabulary import MEANS, NATURES

STATES = (
    Option("planned", Label("计划", "Planned")),
    Option("due", Label("到期", "Due")),
    Option("suppressed", Label("不发送", "Suppressed")),
    Option("queued", Label("排队", "Queued")),
    Option("sending", Label("发送中", "Sending")),
    Option("sent", Label("已发送", "Sent")),
    Option("delivered", Label("已送达", "Delivered")),
    Option("responded", Label("已回应", "Responded")),
    Option("converted", Label("已转化", "Converted")),
    Option("failed", Label("失败", "Failed")),
    Option("expired", Label("过期", "Expired")),
    Option("cancelled", Label("取消", "Cancelled")),
)
ABOUT, SENDING = Label("对象", "About"), Label("发送", "Sending")


class Reminder(Record):
    """What is to be told to whom and why, and how far it came; its key keeps it from being planned twice."""

    about = about(
        "提醒",
        "Reminder",
        "Reminders",
        group="care",
        rank=40,
        icon="bell",
        title="idem_key",
        order="-due_on",
        owners=("employee",),
        unique=(("idem_key",),),
        list=("rule", "customer", "vehicle", "due_on", "stage", "employee", "status", "told_at", "anchor_on"),
        grants=CARE,
    )

    rule = field(Reference("reminder_rule"), "规则", "Rule", required=True)
    customer = field(Reference("customer"), "客户", "Customer")
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle")
    employee = field(Reference("employee"), "负责人", "Employee")
    anchor_on = field(Date(), "锚点日期", "Anchor", required=True, index=True)
    stage = field(Integer(min=-3660, max=3660), "阶段（天）", "Stage (days)", required=True, default=0)
    due_on = field(Date(), "应提醒日期", "Due on", required=True, index=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="planned", index=True)
    nature = field(Choice(NATURES), "消息类别", "Class", readonly=True, section=SENDING)
    channel = field(Choice(MEANS), "渠道", "Channel", readonly=True, section=SENDING)
    told_at = field(DateTime(), "告知时间", "Told", readonly=True, section=SENDING)
    wait_until = field(DateTime(), "等到", "Waits until", readonly=True, section=SENDING)
    useful_until = field(Date(), "最迟日期", "Of use until", readonly=True, section=SENDING)
    task = field(Reference("task"), "任务", "Task", readonly=True, section=SENDING)
    bundle = field(Reference("reminder"), "合并到", "Told together with", readonly=True, section=SENDING)
    decision = field(LongText(), "决定依据", "Decision", readonly=True, section=SENDING)
    renewal_case = field(Reference("renewal_case"), "续保跟进", "Renewal case", section=ABOUT)
    subject_entity = field(Text(48), "关联类型", "Kind of subject", section=ABOUT)
    subject_record = field(Integer(min=1), "关联编号", "Number of subject", section=ABOUT)
    idem_key = field(Text(160), "唯一标识", "Key", required=True, section=ABOUT)
