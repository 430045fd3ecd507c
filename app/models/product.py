"""Product (商品): what is sold beside the car: accessories, packages, insurance."""

from app.core.label import Label
from app.core.scope import Belongs
from app.fields import Boolean, Choice, LongText, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE

KINDS = (
    Option("accessory", Label("精品", "Accessory")),
    Option("package", Label("套餐", "Package")),
    Option("insurance", Label("保险产品", "Insurance product")),
    Option("warranty", Label("延保", "Extended warranty")),
    Option("service", Label("代办服务", "Errand")),
)


class Product(Record):
    """An article with its price, the same in the whole group."""

    about = about(
        "商品",
        "Product",
        "Products",
        belongs=Belongs.GROUP,
        group="catalogue",
        rank=40,
        icon="package",
        title="name",
        offered="active",
        order="code",
        list=("code", "name", "kind", "series", "unit", "price", "active"),
        grants=CATALOGUE,
    )

    code = field(Text(40), "商品编码", "SKU", required=True, unique=True, index=True, search=True)
    name = field(Text(80, names=True), "名称", "Name", required=True, search=True)
    kind = field(Choice(KINDS), "类别", "Kind", required=True, default="accessory", index=True)
    series = field(Reference("series"), "适用车系", "For series")
    unit = field(Text(10), "单位", "Unit", required=True, default="件")
    price = field(Money(min=0), "售价（元）", "Price (yuan)", required=True, index=True)
    cost = field(Money(min=0), "成本（元）", "Cost (yuan)")
    active = field(Boolean(), "在售", "Sold", required=True, default=True, index=True)
    note = field(LongText(), "说明", "Note")
