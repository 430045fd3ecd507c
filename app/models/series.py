"""Series (车系): a family of models of one brand."""

from app.core.label import Label
from app.core.scope import Belongs
from app.fields import Boolean, Choice, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE

BODIES = (
    Option("sedan", Label("轿车", "Saloon")),
    Option("suv", Label("SUV", "SUV")),
    Option("mpv", Label("MPV", "MPV")),
    Option("coupe", Label("跑车", "Coupé")),
    Option("pickup", Label("皮卡", "Pickup")),
    Option("van", Label("轻客", "Van")),
)


class Series(Record):
    """A family of models, by which customers say what they want."""

    about = about(
        "车系",
        "Series",
        "Series",
        belongs=Belongs.GROUP,
        group="catalogue",
        rank=20,
        icon="stack-2",
        title="name",
        offered="active",
        order="code",
        list=("code", "name", "brand", "body", "active"),
        grants=CATALOGUE,
    )

    code = field(Text(20), "编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(60, names=True), "名称", "Name", required=True, search=True)
    brand = field(Reference("brand"), "品牌", "Brand", required=True)
    body = field(Choice(BODIES), "车身形式", "Body", required=True, default="sedan", index=True)
    active = field(Boolean(), "在售", "Sold", required=True, default=True, index=True)
