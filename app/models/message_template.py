"""Message template (消息模板): the words of a message, one version after another."""

from app.core.label import Label
from app.core.rules import Check
from app.core.scope import Belongs
from app.fields import Choice, Integer, LongText, Option, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE
from app.models.vocabulary import MEANS, NATURES

STATES = (
    Option("draft", Label("草稿", "Draft")),
    Option("review", Label("审核中", "In review")),
    Option("approved", Label("已通过", "Approved")),
    Option("rejected", Label("已驳回", "Rejected")),
    Option("retired", Label("停用", "Retired")),
)
PROVIDER = Label("服务商", "Provider")


class MessageTemplate(Record):
    """A version of a template; once it goes to review its words stand still."""

    about = about(
        "消息模板",
        "Message template",
        "Message templates",
        belongs=Belongs.GROUP,
        group="care",
        rank=60,
        icon="message-dots",
        title="name",
        order="code",
        unique=(("code", "edition"),),
        list=("code", "edition", "name", "nature", "channel", "status", "provider_code"),
        checks=(
            Check(
                "way_out",
                "nature <> 'marketing' OR channel <> 'sms' OR body ~ '拒收请回复|退订回|回复?TD|回复?R'",
                Label(
                    "营销短信要写明退订办法，例如「拒收请回复R」。",
                    "A marketing SMS says how to stop it, like “拒收请回复R”.",
                ),
                "body",
            ),
            Check("from_one", "edition > 0", Label("版本号从 1 开始。", "Editions begin with 1."), "edition"),
        ),
        grants=CATALOGUE,
    )

    code = field(Text(40), "编码", "Code", required=True, index=True, search=True)
    edition = field(Integer(min=1), "版本", "Version", required=True, default=1, index=True)
    name = field(Text(80), "名称", "Name", required=True, search=True)
    nature = field(Choice(NATURES), "消息类别", "Class", required=True, default="notice", index=True)
    channel = field(Choice(MEANS), "渠道", "Channel", required=True, default="sms", index=True)
    body = field(LongText(max=2000), "内容", "Body", required=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="draft", index=True)
    signature = field(Text(20), "签名", "Signature", section=PROVIDER)
    provider_code = field(Text(60), "服务商模板号", "Provider's id", section=PROVIDER)
    review_note = field(Text(200), "审核意见", "Review", section=PROVIDER)
