"""Plate (号牌): a number plate a car carries or carried."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Check, Once
from app.fields import Date, Plate, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import BUSINESS


class VehiclePlate(Record):
    """One plate of one car from a day until another; without an end it is the plate the car carries."""

    about = about(
        "号牌记录",
        "Plate",
        "Plates",
        group="customers",
        rank=60,
        icon="id",
        title="plate",
        order="-since",
        list=("plate", "vehicle", "since", "until", "reason"),
        grants=BUSINESS,
        checks=(
            Check(
                "in_order",
                "until IS NULL OR until >= since",
                Label("停用日期不能早于启用日期。", "It cannot end before it began."),
                "until",
            ),
            Once(
                "one_a_car",
                ("vehicle",),
                "until IS NULL",
                Label(
                    "这辆车已有在用的号牌；换牌请在车辆上改车牌号，旧号会自动留档。",
                    "The car carries a plate; change it on the car, and the former one is kept.",
                ),
                "vehicle",
            ),
            Once(
                "one_car",
                ("plate",),
                "until IS NULL",
                Label(
                    "这个号牌正由本店另一辆车使用；请在要用它的车辆上点“过户换牌”。",
                    "Another car of the store carries this plate; take it over on the car that shall have it.",
                ),
                "plate",
            ),
        ),
    )

    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True, part_of=True)
    plate = field(Plate(), "车牌号", "Plate", required=True, index=True, privacy=Privacy.PERSONAL)
    since = field(Date(), "启用日期", "Since", required=True, index=True)
    until = field(Date(), "停用日期", "Until")
    reason = field(Text(100), "原因", "Reason")
