"""Lead source (线索来源): where leads come from, as a tree: category, channel, campaign or partner."""

from app.core.label import Label
from app.core.rules import Check
from app.core.scope import Belongs
from app.fields import Boolean, Choice, LongText, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE

LEVELS = (
    Option("category", Label("大类", "Category")),
    Option("channel", Label("渠道", "Channel")),
    Option("campaign", Label("活动/合作方", "Campaign or partner")),
)


class LeadSource(Record):
    """A place in the tree of sources, the same in the whole group."""

    about = about(
        "线索来源",
        "Lead source",
        "Lead sources",
        belongs=Belongs.GROUP,
        group="sales",
        rank=95,
        icon="speakerphone",
        title="name",
        offered="active",
        order="code",
        list=("code", "name", "level", "parent", "cost", "active"),
        grants=CATALOGUE,
        checks=(
            Check(
                "not_itself",
                "parent_id <> id",
                Label("上级来源不能是它自己，请另选。", "A source cannot be its own parent; choose another."),
                "parent",
            ),
        ),
    )

    code = field(Text(20), "编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(60, names=True), "名称", "Name", required=True, search=True)
    level = field(Choice(LEVELS), "层级", "Level", required=True, default="channel", index=True)
    parent = field(Reference("lead_source"), "上级来源", "Parent")
    cost = field(Money(min=0), "月均费用（元）", "Cost a month (yuan)")
    active = field(Boolean(), "启用", "In use", required=True, default=True, index=True)
    note = field(LongText(), "说明", "Note")
