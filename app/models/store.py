"""Store (门店): where customers, cars and staff belong."""

from app.core.field import Privacy
from app.core.scope import Belongs
from app.fields import Phone, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import ORGANISATION


class Store(Record):
    """A dealership's store; whose reach covers it sees it and what belongs to it."""

    about = about(
        "门店",
        "Store",
        "Stores",
        belongs=Belongs.SELF,
        group="organisation",
        rank=20,
        icon="building-store",
        title="name",
        order="code",
        grants=ORGANISATION,
        list=("name", "code", "company", "brand", "city", "hotline"),
    )

    code = field(Text(20), "编码", "Code", required=True, unique=True, index=True, search=True)
    name = field(Text(80, names=True), "名称", "Name", required=True, search=True)
    company = field(Reference("company"), "公司", "Company", required=True)
    brand = field(Text(40), "品牌", "Brand")
    city = field(Text(40), "城市", "City")
    address = field(Text(200), "地址", "Address", privacy=Privacy.PUBLIC)
    hotline = field(Phone(), "热线", "Hotline", privacy=Privacy.PUBLIC)
