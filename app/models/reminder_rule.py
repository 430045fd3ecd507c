"""Reminder rule (提醒规则): when customers and staff are reminded of what, one version after another."""

from app.core.label import Label
from app.core.rules import Check
from app.core.scope import Belongs
from app.fields import Boolean, Choice, Date, Integer, LongText, MultiChoice, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE
from app.models.vocabulary import MEANS, NATURES

LEADS = r"^-?[0-9]{1,4}(, ?-?[0-9]{1,4})*$"


class ReminderRule(Record):
    """A version of a rule: its stages in days before and after the anchor, by which means, of what class."""

    about = about(
        "提醒规则",
        "Reminder rule",
        "Reminder rules",
        belongs=Belongs.GROUP,
        group="care",
        rank=61,
        icon="bell-ringing",
        title="name",
        offered="active",
        order="code",
        unique=(("code", "edition"),),
        list=("code", "edition", "name", "nature", "channels", "lead_days", "active_from", "active"),
        checks=(
            Check(
                "coded",
                "code ~ '^R[0-9]{2}[a-z]?$'",
                Label("编码形如 R01 或 R01a。", "A code looks like R01 or R01a."),
                "code",
            ),
            Check(
                "stages",
                f"lead_days ~ '{LEADS}'",
                Label(
                    "请用逗号分隔天数，提前为负，例如 -30, -14, 7。",
                    "Days apart by commas, negative before the day: -30, -14, 7.",
                ),
                "lead_days",
            ),
        ),
        grants=CATALOGUE,
    )

    name = field(Text(80), "名称", "Name", required=True, search=True)
    code = field(Text(8), "编码", "Code", required=True, index=True, search=True)
    edition = field(Integer(min=1), "版本", "Version", required=True, default=1, index=True)
    nature = field(Choice(NATURES), "消息类别", "Class", required=True, default="notice", index=True)
    anchor = field(Text(200), "锚点", "Anchor", help=Label("从哪一天算起。", "The day from which it counts."))
    lead_days = field(Text(120), "提前天数", "Lead days", required=True)
    channels = field(MultiChoice(MEANS), "渠道", "Channels")
    grace_days = field(Integer(min=0, max=366), "补发宽限（天）", "Grace (days)", required=True, default=7)
    template = field(Reference("message_template"), "模板", "Template")
    active_from = field(Date(), "生效日期", "Active from", required=True, index=True)
    active = field(Boolean(), "启用", "Active", required=True, default=True, index=True)
    note = field(LongText(), "说明", "Note")
