"""Skill (技能): what a person may be trained and certified in, the same in the whole group."""

from app.core.label import Label
from app.core.scope import Belongs
from app.fields import Boolean, Choice, Integer, LongText, Option, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE

KINDS = (
    Option("mechanical", Label("机电", "Mechanical and electrical")),
    Option("body", Label("钣金", "Body")),
    Option("paint", Label("喷漆", "Paint")),
    Option("high_voltage", Label("高压电", "High voltage")),
    Option("diagnosis", Label("诊断", "Diagnosis")),
    Option("sales", Label("销售", "Sales")),
    Option("insurance", Label("保险理赔", "Insurance")),
)


class Skill(Record):
    """A skill people are certified in."""

    about = about(
        "技能",
        "Skill",
        "Skills",
        belongs=Belongs.GROUP,
        group="organisation",
        rank=50,
        icon="certificate",
        title="name",
        offered="active",
        order="code",
        list=("code", "name", "kind", "certified", "valid_months", "active"),
        grants=CATALOGUE,
    )

    code = field(Text(20), "编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(60), "名称", "Name", required=True, search=True)
    kind = field(Choice(KINDS), "类别", "Kind", required=True, default="mechanical", index=True)
    certified = field(Boolean(), "需持证上岗", "Needs a certificate", required=True, default=False)
    valid_months = field(Integer(min=1, max=240), "证书有效期（月）", "Certificate valid (months)")
    active = field(Boolean(), "启用", "In use", required=True, default=True, index=True)
    note = field(LongText(), "说明", "Note")
