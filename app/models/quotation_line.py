"""Quotation line (报价明细): one article or service offered with a car."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Decimal, Integer, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SALES

KINDS = (
    Option("accessory", Label("精品", "Accessory")),
    Option("package", Label("套餐", "Package")),
    Option("insurance", Label("保险", "Insurance")),
    Option("warranty", Label("延保", "Extended warranty")),
    Option("finance", Label("金融服务费", "Finance fee")),
    Option("plate", Label("上牌代办", "Registration")),
    Option("tax", Label("购置税代缴", "Purchase tax")),
    Option("other", Label("其他", "Other")),
)
CHECKS = (
    Check("some", "quantity > 0", Label("数量要大于 0。", "The quantity must be above 0."), "quantity"),
    Check(
        "discount_within",
        "discount >= 0 AND discount <= round(price * quantity)",
        Label("折扣不能超过这一项的金额。", "The discount cannot exceed the line's amount."),
        "discount",
    ),
)


class QuotationLine(Record):
    """A line of a quotation; it goes with the quotation and stands still once that was accepted."""

    about = about(
        "报价明细",
        "Quotation line",
        "Quotation lines",
        group="sales",
        rank=55,
        icon="list-details",
        title="name",
        order="line",
        list=("quotation", "line", "kind", "name", "quantity", "price", "discount", "amount"),
        unique=(("quotation", "line"),),
        grants=SALES,
        checks=CHECKS,
    )

    quotation = field(Reference("quotation"), "报价单", "Quotation", required=True, part_of=True)
    line = field(Integer(min=1, max=9999), "行号", "Line", required=True, index=True)
    kind = field(Choice(KINDS), "类别", "Kind", required=True, default="accessory", index=True)
    product = field(Reference("product"), "商品", "Product")
    name = field(Text(120), "项目", "Item", required=True, search=True)
    quantity = field(Decimal(2, min=0), "数量", "Quantity", required=True, default="1")
    price = field(Money(min=0), "单价（元）", "Price (yuan)", required=True, default="0")
    discount = field(Money(min=0), "折扣（元）", "Discount (yuan)", required=True, default="0")
    amount = field(Money(min=0), "金额（元）", "Amount (yuan)", readonly=True)
