"""Team (小组): people of one store who work together."""

from app.core.label import Label
from app.fields import Choice, Option, Text
from app.models.base import Record, about, field
from app.models.grants import ORGANISATION

KINDS = (
    Option("sales", Label("销售", "Sales")),
    Option("service", Label("售后", "Service")),
    Option("care", Label("客户关怀", "Customer care")),
    Option("other", Label("其他", "Other")),
)


class Team(Record):
    """A team of a store."""

    about = about(
        "小组",
        "Team",
        "Teams",
        group="organisation",
        rank=30,
        icon="users-group",
        title="name",
        order="name",
        unique=(("name",),),
        grants=ORGANISATION,
    )

    name = field(Text(60, names=True), "名称", "Name", required=True, index=True, search=True)
    kind = field(Choice(KINDS), "业务", "Line of work", required=True, default="sales")
