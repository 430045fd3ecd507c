"""Recall campaign (召回活动): what a maker calls cars back for."""

from app.core.label import Label
from app.core.rules import Check
from app.core.scope import Belongs
from app.fields import Boolean, Date, LongText, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE


class RecallCampaign(Record):
    """A recall the maker announced, shared by the whole group."""

    about = about(
        "召回活动",
        "Recall campaign",
        "Recall campaigns",
        belongs=Belongs.GROUP,
        group="service",
        rank=140,
        icon="speakerphone",
        title="title",
        offered="active",
        order="-announced_on",
        list=("title", "number", "announced_on", "ends_on", "stop_sale", "active"),
        grants=CATALOGUE,
        checks=(
            Check(
                "in_order",
                "ends_on IS NULL OR ends_on >= announced_on",
                Label("结束日期不能早于公告日期。", "It cannot end before it was announced."),
                "ends_on",
            ),
        ),
    )

    number = field(Text(40), "召回编号", "Number", required=True, unique=True, search=True)
    title = field(Text(120), "名称", "Title", required=True, search=True)
    announced_on = field(Date(), "公告日期", "Announced on", required=True, index=True)
    ends_on = field(Date(), "结束日期", "Ends on")
    stop_sale = field(Boolean(), "未修复不得销售", "No sale before repair", required=True, default=True)
    active = field(Boolean(), "进行中", "Running", required=True, default=True, index=True)
    remedy = field(LongText(), "处理措施", "Remedy")
