"""Suppression (拒联名单): a number or address that is not to be contacted."""

from app.core.field import Privacy
from app.core.label import Label
from app.fields import Choice, Contact, Date, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

SCOPES = (
    Option("all", Label("全部联系", "Everything")),
    Option("marketing", Label("营销与关怀", "Marketing and care")),
    Option("call", Label("电话", "Calls")),
    Option("sms", Label("短信", "SMS")),
    Option("wechat", Label("微信", "WeChat")),
    Option("email", Label("邮件", "E-mail")),
)
REASONS = (
    Option("asked", Label("本人要求", "Asked for")),
    Option("replied", Label("回复退订", "Replied R")),
    Option("complained", Label("投诉骚扰", "Complained")),
    Option("wrong", Label("号码不是本人", "Somebody else's")),
    Option("deceased", Label("已故", "Deceased")),
    Option("authority", Label("主管部门要求", "Authority")),
)


class Suppression(Record):
    """A contact that is left in peace, wholly or for some ways, whoever it belongs to; it ends on a day or never."""

    about = about(
        "拒联名单",
        "Suppression",
        "Suppressions",
        group="care",
        rank=52,
        icon="ban",
        title="scope",
        list=("contact", "scope", "reason", "customer", "since", "until", "note"),
        unique=(("contact", "scope"),),
        grants=BUSINESS,
    )

    contact = field(Contact(), "号码或账号", "Number or address", required=True, privacy=Privacy.SEALED, search=True)
    scope = field(Choice(SCOPES), "范围", "Scope", required=True, default="all", index=True)
    reason = field(Choice(REASONS), "原因", "Reason", required=True, default="asked", index=True)
    customer = field(Reference("customer"), "客户", "Customer")
    since = field(Date(), "开始日期", "Since", index=True)
    until = field(Date(), "结束日期", "Until", index=True)
    note = field(Text(200), "备注", "Note", privacy=Privacy.PERSONAL)
