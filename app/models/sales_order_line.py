"""Sales order line (订单明细): one article or service sold with a car."""

from app.fields import Choice, Decimal, Integer, Money, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SALES
from app.models.quotation_line import CHECKS, KINDS


class SalesOrderLine(Record):
    """A line of an order; it goes with its order and stands still once that is delivered or cancelled."""

    about = about(
        "订单明细",
        "Sales order line",
        "Sales order lines",
        group="sales",
        rank=65,
        icon="list-details",
        title="name",
        order="line",
        list=("sales_order", "line", "kind", "name", "quantity", "price", "discount", "amount"),
        unique=(("sales_order", "line"),),
        grants=SALES,
        checks=CHECKS,
    )

    sales_order = field(Reference("sales_order"), "订单", "Order", required=True, part_of=True)
    line = field(Integer(min=1, max=9999), "行号", "Line", required=True, index=True)
    kind = field(Choice(KINDS), "类别", "Kind", required=True, default="accessory", index=True)
    product = field(Reference("product"), "商品", "Product")
    name = field(Text(120), "项目", "Item", required=True, search=True)
    quantity = field(Decimal(2, min=0), "数量", "Quantity", required=True, default="1")
    price = field(Money(min=0), "单价（元）", "Price (yuan)", required=True, default="0")
    discount = field(Money(min=0), "折扣（元）", "Discount (yuan)", required=True, default="0")
    amount = field(Money(min=0), "金额（元）", "Amount (yuan)", readonly=True)
    cost = field(Money(min=0), "成本（元）", "Cost (yuan)")
