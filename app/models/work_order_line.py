"""Work order line (工单项): one labour operation, part or fee of a work order."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Decimal, Integer, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE
from app.models.work_order import PAYERS

KINDS = (
    Option("labour", Label("工时", "Labour")),
    Option("part", Label("配件", "Part")),
    Option("outside", Label("外加工", "Outside work")),
    Option("fee", Label("费用", "Fee")),
)


class WorkOrderLine(Record):
    """A line of a work order; it goes with its order and stands still once that is settled."""

    about = about(
        "工单项",
        "Work order line",
        "Work order lines",
        group="service",
        rank=30,
        icon="list-details",
        title="name",
        order="line",
        list=("work_order", "line", "kind", "code", "name", "quantity", "price", "discount", "payer"),
        unique=(("work_order", "line"),),
        grants=SERVICE,
        checks=(
            Check("some", "quantity > 0", Label("数量要大于 0。", "The quantity must be above 0."), "quantity"),
            Check(
                "discount_within",
                "discount >= 0 AND discount <= round(price * quantity)",
                Label("折扣不能超过这一项的金额。", "The discount cannot exceed the line's amount."),
                "discount",
            ),
        ),
    )

    work_order = field(Reference("work_order"), "工单", "Work order", required=True, part_of=True)
    line = field(Integer(min=1, max=9999), "行号", "Line", required=True, index=True)
    kind = field(Choice(KINDS), "类别", "Kind", required=True, default="labour", index=True)
    code = field(Text(40), "编码", "Code", search=True)
    name = field(Text(120), "项目", "Item", required=True, search=True)
    quantity = field(Decimal(2, min=0), "数量", "Quantity", required=True, default="1")
    price = field(Money(min=0), "单价（元）", "Price (yuan)", required=True, default="0")
    discount = field(Money(min=0), "折扣（元）", "Discount (yuan)", required=True, default="0")
    cost = field(Money(min=0), "成本（元）", "Cost (yuan)")
    payer = field(Choice(PAYERS), "付费方", "Paid by", required=True, default="customer")
