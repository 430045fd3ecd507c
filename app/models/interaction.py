"""Interaction (互动): one contact between a customer and the store."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, DateTime, LongText, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE

CHANNELS = (
    Option("call", Label("电话", "Call")),
    Option("wechat", Label("微信", "WeChat")),
    Option("sms", Label("短信", "SMS")),
    Option("email", Label("邮件", "E-mail")),
    Option("visit", Label("到店", "At the store")),
    Option("home", Label("上门", "At the customer's")),
    Option("online", Label("线上留言", "Online")),
    Option("letter", Label("信函", "Letter")),
)
DIRECTIONS = (Option("out", Label("我方联系", "Outbound")), Option("in", Label("客户来访来电", "Inbound")))
TOPICS = (
    Option("purchase", Label("购车", "Buying a car")),
    Option("test_drive", Label("试驾", "Test drive")),
    Option("delivery", Label("交车", "Delivery")),
    Option("service", Label("保养维修", "Service")),
    Option("insurance", Label("保险续保", "Insurance")),
    Option("complaint", Label("投诉", "Complaint")),
    Option("survey", Label("回访", "Call back")),
    Option("care", Label("关怀", "Care")),
    Option("activity", Label("活动邀约", "Invitation")),
    Option("other", Label("其他", "Other")),
)
OUTCOMES = (
    Option("reached", Label("已联系上", "Reached")),
    Option("no_answer", Label("无人接听", "No answer")),
    Option("busy", Label("不方便，改约", "Another time")),
    Option("refused", Label("拒绝", "Refused")),
    Option("wrong_number", Label("号码错误", "Wrong number")),
    Option("agreed", Label("达成约定", "Agreed")),
)
STEPS = (
    Option("call", Label("再次电话", "Call again")),
    Option("message", Label("发消息", "Send a message")),
    Option("invite", Label("邀约到店", "Invite to the store")),
    Option("visit", Label("上门拜访", "Visit")),
    Option("quote", Label("给报价", "Quote")),
    Option("hand_over", Label("转其他部门", "Hand over")),
    Option("none", Label("不再跟进", "No further contact")),
)
ENDINGS = (
    Option("settled", Label("事情已办妥", "Settled")),
    Option("bought", Label("已在别处购买", "Bought elsewhere")),
    Option("not_interested", Label("没有意向", "Not interested")),
    Option("no_contact", Label("客户要求不再联系", "Asked for no contact")),
    Option("unreachable", Label("联系不上", "Cannot be reached")),
)
NEXT = Label("下一步", "Next step")


class Interaction(Record):
    """What was said, what came of it, what was promised and what happens next."""

    about = about(
        "互动记录",
        "Interaction",
        "Interactions",
        group="care",
        rank=10,
        icon="message-2",
        title="topic",
        order="-at",
        owners=("employee",),
        list=("at", "customer", "channel", "direction", "topic", "employee", "result", "next_step", "next_at"),
        checks=(
            Check(
                "step_dated",
                "next_step IS NULL OR next_step = 'none' OR next_at IS NOT NULL",
                Label("请填写下一步的时间，或选择「不再跟进」。", "Say when, or choose no further contact."),
                "next_at",
            ),
            Check(
                "ending_told",
                "next_step IS DISTINCT FROM 'none' OR ending IS NOT NULL",
                Label("不再跟进时请选择原因。", "Choose why there is no further contact."),
                "ending",
            ),
        ),
        grants=CARE,
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle")
    at = field(DateTime(), "时间", "At", required=True, index=True)
    channel = field(Choice(CHANNELS), "渠道", "Channel", required=True, default="call", index=True)
    direction = field(Choice(DIRECTIONS), "方向", "Direction", required=True, default="out", index=True)
    topic = field(Choice(TOPICS), "主题", "Topic", required=True, default="service", index=True)
    employee = field(
        Reference("employee"),
        "经办人",
        "By",
        claimed_by=("sales_consultant", "service_advisor", "customer_care", "dcc", "renewal", "insurance"),
    )
    department = field(Reference("department"), "部门", "Department")
    result = field(Choice(OUTCOMES), "结果", "Result", required=True, default="reached", index=True)
    summary = field(LongText(), "内容", "What was said", privacy=Privacy.PERSONAL)
    promise = field(Text(200), "承诺", "Promise", privacy=Privacy.PERSONAL)
    next_step = field(Choice(STEPS), "下一步", "Next step", section=NEXT, index=True)
    next_at = field(DateTime(), "下一步时间", "When", section=NEXT, index=True)
    ending = field(Choice(ENDINGS), "不再跟进的原因", "Why no further", section=NEXT)
