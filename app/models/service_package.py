"""Service package (服务套餐): visits a customer paid for in advance."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Date, Integer, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE

STATES = (
    Option("active", Label("使用中", "In use")),
    Option("used_up", Label("已用完", "Used up")),
    Option("refund_due", Label("到期待退", "Refund due")),
    Option("refunded", Label("已退款", "Refunded")),
)
REFUND = Label("到期与退款", "Expiry and refund")


class ServicePackage(Record):
    """A prepaid number of uses; what is left when it expires is owed back or extended, never forfeited."""

    about = about(
        "服务套餐",
        "Service package",
        "Service packages",
        group="service",
        rank=60,
        icon="package",
        title="number",
        order="expires_on",
        owners=("seller",),
        list=("number", "name", "customer", "vehicle", "total", "used", "expires_on", "status"),
        unique=(("number",),),
        grants=SERVICE,
        checks=(
            Check("some", "total > 0", Label("次数要大于 0。", "The number of uses must be above 0."), "total"),
            Check(
                "used_within",
                "used >= 0 AND used <= total",
                Label("套餐剩余次数不够。", "The package has not that many uses left."),
                "used",
            ),
            Check(
                "expires_later",
                "expires_on IS NULL OR expires_on > bought_on",
                Label("到期日期要晚于购买日期。", "It expires after it was bought."),
                "expires_on",
            ),
            Check(
                "refund_within",
                "refunded IS NULL OR (refunded >= 0 AND refunded <= price)",
                Label("退款不能超过套餐金额。", "No more can be refunded than was paid."),
                "refunded",
            ),
        ),
    )

    number = field(Text(30), "套餐号", "Number", required=True, search=True)
    name = field(Text(80), "套餐", "Package", required=True, index=True)
    customer = field(Reference("customer"), "客户", "Customer", required=True)
    vehicle = field(Reference("vehicle"), "车辆", "Vehicle")
    bought_on = field(Date(), "购买日期", "Bought on", required=True, index=True)
    expires_on = field(Date(), "到期日期", "Expires on", index=True)
    total = field(Integer(min=1, max=10_000), "总次数", "Uses", required=True)
    used = field(Integer(min=0, max=10_000), "已用次数", "Used", required=True, readonly=True, default=0)
    price = field(Money(min=0), "金额（元）", "Price (yuan)", required=True, default="0")
    seller = field(Reference("employee"), "销售人", "Sold by", claimed_by=("service_advisor", "sales_consultant"))
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="active", index=True)
    refunded = field(Money(min=0), "退款金额（元）", "Refunded (yuan)", section=REFUND)
    refunded_on = field(Date(), "退款日期", "Refunded on", section=REFUND)
    note = field(Text(200), "备注", "Note", section=REFUND)
