"""Quotation (报价单): what a car and what goes with it would cost a customer."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, Date, LongText, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SALES
from app.models.vocabulary import NUMBERED

STATES = (
    Option("draft", Label("草稿", "Draft")),
    Option("sent", Label("已报价", "Sent")),
    Option("accepted", Label("客户接受", "Accepted")),
    Option("declined", Label("客户拒绝", "Declined")),
    Option("expired", Label("已过期", "Expired")),
)
MONEY = Label("金额", "Amounts")


class Quotation(Record):
    """An offer of one car with its lines; the total is worked out by the database."""

    about = about(
        "报价单",
        "Quotation",
        "Quotations",
        group="sales",
        rank=50,
        icon="file-text",
        title="number",
        order="-quoted_on",
        owners=("consultant",),
        list=("number", "customer", "model", "price", "discount", "total", "valid_until", "consultant", "status"),
        unique=(("number",),),
        grants=SALES,
        checks=(
            Check(
                "discount_within",
                "discount BETWEEN 0 AND price",
                Label("优惠不能超过车价。", "The discount cannot exceed the price."),
                "discount",
            ),
            Check(
                "valid_later",
                "valid_until >= quoted_on",
                Label("有效期不能早于报价日期。", "It cannot end before the day it was made."),
                "valid_until",
            ),
        ),
    )

    number = field(Text(30), "报价单号", "Number", help=NUMBERED, index=True, search=True)
    customer = field(Reference("customer"), "客户", "Customer", required=True)
    opportunity = field(Reference("opportunity"), "商机", "Opportunity")
    model = field(Reference("vehicle_model"), "车型", "Model", required=True)
    color = field(Text(30), "颜色", "Colour")
    model_name = field(Text(80), "车型名称", "Model as named then", readonly=True)
    consultant = field(Reference("employee"), "销售顾问", "Consultant", claimed_by=("sales_consultant",))
    quoted_on = field(Date(), "报价日期", "Quoted on", index=True)
    valid_until = field(Date(), "有效期至", "Valid until", index=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="draft", index=True)
    price = field(Money(min=0), "车价（元）", "Price (yuan)", required=True, default="0", section=MONEY)
    discount = field(Money(min=0), "优惠（元）", "Discount (yuan)", required=True, default="0", section=MONEY)
    extras = field(Money(min=0), "精品与服务（元）", "Extras (yuan)", readonly=True, default="0", section=MONEY)
    total = field(Money(min=0), "合计（元）", "Total (yuan)", readonly=True, index=True, section=MONEY)
    note = field(LongText(), "备注", "Note")
