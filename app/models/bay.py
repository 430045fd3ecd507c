"""Bay (工位): a place in a store's workshop."""

from app.core.label import Label
from app.fields import Boolean, Choice, Option, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE

KINDS = (
    Option("mechanical", Label("机修", "Mechanical")),
    Option("quick", Label("快保", "Quick service")),
    Option("body", Label("钣喷", "Body and paint")),
)


class Bay(Record):
    """A place where one car at a time is worked on."""

    about = about(
        "工位",
        "Bay",
        "Bays",
        group="service",
        rank=80,
        icon="layout-kanban",
        title="code",
        offered="active",
        order="code",
        unique=(("code",),),
        grants=SERVICE,
    )

    code = field(Text(20), "编号", "Code", required=True, index=True, search=True)
    kind = field(Choice(KINDS), "类型", "Kind", required=True, default="mechanical", index=True)
    active = field(Boolean(), "启用", "In use", required=True, default=True)
