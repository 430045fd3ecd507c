"""Message (消息): one attempt to tell somebody something."""

from app.core.field import Privacy
from app.core.label import Label
from app.fields import Choice, Contact, DateTime, Integer, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE
from app.models.vocabulary import MEANS, NATURES

STATES = (
    Option("queued", Label("排队", "Queued")),
    Option("sending", Label("发送中", "Sending")),
    Option("sent", Label("已发送", "Sent")),
    Option("delivered", Label("已送达", "Delivered")),
    Option("failed", Label("失败", "Failed")),
    Option("unknown", Label("结果不明", "Outcome unknown")),
    Option("cancelled", Label("取消", "Cancelled")),
)
SENDING = Label("发送", "Sending")


class Message(Record):
    """What was sent to whom by which means; its key keeps it from being sent twice."""

    about = about(
        "消息",
        "Message",
        "Messages",
        group="care",
        rank=42,
        icon="send",
        title="idem_key",
        unique=(("idem_key",),),
        list=("customer", "channel", "nature", "recipient", "template", "status", "queued_at", "sent_at"),
        grants=CARE,
    )

    reminder = field(Reference("reminder"), "提醒", "Reminder")
    customer = field(Reference("customer"), "客户", "Customer")
    template = field(Reference("message_template"), "模板", "Template")
    channel = field(Choice(MEANS), "渠道", "Channel", required=True, default="sms", index=True)
    nature = field(Choice(NATURES), "消息类别", "Class", required=True, default="notice", index=True)
    recipient = field(Contact(), "收件人", "To", privacy=Privacy.SEALED, search=True)
    body_hash = field(Text(64), "内容摘要", "Digest of the body")
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="queued", index=True)
    queued_at = field(DateTime(), "排队时间", "Queued", readonly=True, index=True, section=SENDING)
    sent_at = field(DateTime(), "发送时间", "Sent", readonly=True, index=True, section=SENDING)
    delivered_at = field(DateTime(), "送达时间", "Delivered", readonly=True, section=SENDING)
    attempts = field(Integer(min=0), "尝试次数", "Attempts", readonly=True, section=SENDING)
    try_at = field(DateTime(), "下次尝试", "Next attempt", readonly=True, section=SENDING)
    provider_code = field(Text(80), "服务商编号", "Provider's id", index=True, section=SENDING)
    error = field(LongText(max=500), "错误", "Error", section=SENDING)
    idem_key = field(Text(160), "唯一标识", "Key", required=True, section=SENDING)
