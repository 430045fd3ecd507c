"""Brand (品牌): a make of cars the group sells or services."""

from app.core.scope import Belongs
from app.fields import Boolean, LongText, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE


class Brand(Record):
    """A make, the same in the whole group."""

    about = about(
        "品牌",
        "Brand",
        "Brands",
        belongs=Belongs.GROUP,
        group="catalogue",
        rank=10,
        icon="award",
        title="name",
        offered="active",
        order="code",
        list=("code", "name", "maker", "active"),
        grants=CATALOGUE,
    )

    code = field(Text(20), "编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(60, names=True), "名称", "Name", required=True, search=True)
    maker = field(Text(80), "生产厂家", "Maker")
    active = field(Boolean(), "在售", "Sold", required=True, default=True, index=True)
    note = field(LongText(), "说明", "Note")
