"""Vehicle role (人车关系): who owns, drives, pays for or brings a car."""

from app.core.label import Label
from app.core.rules import Check, Once
from app.fields import Choice, Date, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import BUSINESS

ROLES = (
    Option("owner", Label("车主", "Owner")),
    Option("user", Label("使用人", "User")),
    Option("payer", Label("付款人", "Payer")),
    Option("bringer", Label("送修人", "Brings it in")),
)


class VehicleRole(Record):
    """What one customer is to one car, from a day until another; without an end he still is."""

    about = about(
        "人车关系",
        "Vehicle role",
        "Vehicle roles",
        group="customers",
        rank=70,
        icon="steering-wheel",
        title="role",
        order="-since",
        list=("vehicle", "customer", "role", "since", "until", "note"),
        unique=(("vehicle", "customer", "role", "since"),),
        grants=BUSINESS,
        checks=(
            Check(
                "in_order",
                "until IS NULL OR until >= since",
                Label("结束日期不能早于开始日期。", "It cannot end before it began."),
                "until",
            ),
            Once(
                "one_owner",
                ("vehicle",),
                "role = 'owner' AND until IS NULL",
                Label(
                    "这辆车已有现任车主；请先给原车主填上结束日期，再登记新车主。",
                    "The car has an owner; end his time first, then enter the new one.",
                ),
                "role",
            ),
        ),
    )

    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True, part_of=True)
    customer = field(Reference("customer"), "客户", "Customer", required=True)
    role = field(Choice(ROLES), "关系", "Role", required=True, default="owner")
    since = field(Date(), "开始日期", "Since", required=True, index=True)
    until = field(Date(), "结束日期", "Until")
    note = field(Text(100), "备注", "Note")
