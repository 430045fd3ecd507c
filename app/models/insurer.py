"""Insurer (保险公司): a company whose policies the group's customers hold."""

from app.core.field import Privacy
from app.core.scope import Belongs
from app.fields import Boolean, Integer, Phone, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE


class Insurer(Record):
    """An insurance company, shared by the whole group."""

    about = about(
        "保险公司",
        "Insurer",
        "Insurers",
        belongs=Belongs.GROUP,
        group="insurance",
        rank=80,
        icon="umbrella",
        title="name",
        offered="active",
        order="code",
        list=("name", "code", "hotline", "earliest_days", "active"),
        grants=CATALOGUE,
    )

    code = field(Text(20), "编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(80), "名称", "Name", required=True, unique=True, search=True)
    hotline = field(Phone(), "报案电话", "Claims hotline", privacy=Privacy.PUBLIC)
    earliest_days = field(Integer(min=0, max=365), "最早可续保（到期前天数）", "Renewable days before the end")
    active = field(Boolean(), "合作中", "Active", required=True, default=True)
    note = field(Text(200), "备注", "Note")
