"""Sales order (销售订单): a customer who buys a car, from the contract to the delivery."""

from app.core.label import Label
from app.core.rules import Check, Once
from app.fields import Choice, Date, DateTime, LongText, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SALES
from app.models.vocabulary import NUMBERED

STATES = (
    Option("draft", Label("草稿", "Draft")),
    Option("confirmed", Label("已签约", "Confirmed")),
    Option("allocated", Label("已配车", "Car allocated")),
    Option("delivered", Label("已交车", "Delivered")),
    Option("cancelled", Label("已退订", "Cancelled")),
)
PAYMENTS = (
    Option("full", Label("全款", "In full")),
    Option("loan", Label("分期", "By loan")),
    Option("lease", Label("融资租赁", "By lease")),
)
MONEY = Label("金额", "Amounts")


class SalesOrder(Record):
    """An order of one car with its lines; the total is worked out by the database."""

    about = about(
        "销售订单",
        "Sales order",
        "Sales orders",
        group="sales",
        rank=60,
        icon="shopping-cart",
        title="number",
        order="-ordered_at",
        owners=("consultant",),
        list=("number", "customer", "model_name", "vehicle", "total", "deposit", "promised_on", "consultant", "status"),
        unique=(("number",),),
        grants=SALES,
        checks=(
            Once(
                "one_order_a_car",
                ("vehicle",),
                "vehicle_id IS NOT NULL AND status IN ('draft', 'confirmed', 'allocated')",
                Label("这台车已在另一张有效订单上，请换一台车。", "Another active order has this car; choose another."),
                "vehicle",
            ),
            Once(
                "one_order_a_quotation",
                ("quotation",),
                "quotation_id IS NOT NULL AND status <> 'cancelled'",
                Label(
                    "这份报价已转成另一张订单，请打开那张订单。",
                    "The quotation has become another order already; open that one.",
                ),
                "quotation",
            ),
            Check(
                "discount_within",
                "discount BETWEEN 0 AND price",
                Label("优惠不能超过车价。", "The discount cannot exceed the price."),
                "discount",
            ),
            Check(
                "total_covers_deposit",
                "deposit BETWEEN 0 AND total",
                Label("定金不能超过订单合计，请核对金额。", "The deposit cannot exceed the total; check the amounts."),
                "deposit",
            ),
        ),
    )

    number = field(Text(30), "订单号", "Number", help=NUMBERED, index=True, search=True)
    customer = field(Reference("customer"), "客户", "Customer", required=True)
    opportunity = field(Reference("opportunity"), "商机", "Opportunity")
    quotation = field(Reference("quotation"), "报价单", "Quotation")
    model = field(Reference("vehicle_model"), "车型", "Model", required=True)
    color = field(Text(30), "颜色", "Colour")
    model_name = field(Text(80), "车型名称", "Model as named then", readonly=True)
    vehicle = field(Reference("vehicle"), "车辆", "Car")
    consultant = field(Reference("employee"), "销售顾问", "Consultant", claimed_by=("sales_consultant",))
    ordered_at = field(DateTime(), "签约时间", "Ordered", index=True)
    promised_on = field(Date(), "承诺交车日期", "Promised for", index=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="draft", index=True)
    payment = field(Choice(PAYMENTS), "付款方式", "Payment", required=True, default="full", index=True, section=MONEY)
    price = field(Money(min=0), "车价（元）", "Price (yuan)", required=True, default="0", section=MONEY)
    discount = field(Money(min=0), "优惠（元）", "Discount (yuan)", required=True, default="0", section=MONEY)
    extras = field(Money(min=0), "精品与服务（元）", "Extras (yuan)", readonly=True, default="0", section=MONEY)
    total = field(Money(min=0), "订单合计（元）", "Total (yuan)", readonly=True, index=True, section=MONEY)
    deposit = field(Money(min=0), "定金（元）", "Deposit (yuan)", required=True, default="0", section=MONEY)
    cancel_reason = field(Text(200), "退订原因", "Why cancelled")
    cancelled_at = field(DateTime(), "退订时间", "Cancelled", readonly=True, index=True)
    note = field(LongText(), "备注", "Note")
