"""Warranty term (质保): how long the maker or the store answers for a car."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Boolean, Choice, Date, Integer, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE

KINDS = (
    Option("whole", Label("整车", "Whole car")),
    Option("three_electric", Label("三电", "Battery, motor and control")),
    Option("three_guarantees", Label("三包", "Three guarantees")),
    Option("extended", Label("延保", "Extended")),
)


class WarrantyTerm(Record):
    """One warranty of one car: until a day or a mileage, whichever comes first; without an end it is for life."""

    about = about(
        "质保期",
        "Warranty term",
        "Warranty terms",
        group="service",
        rank=100,
        icon="shield-check",
        title="kind",
        order="ends_on",
        list=("vehicle", "kind", "starts_on", "ends_on", "km", "first_owner_only", "note"),
        unique=(("vehicle", "kind", "starts_on"),),
        grants=SERVICE,
        checks=(
            Check(
                "in_order",
                "ends_on IS NULL OR ends_on > starts_on",
                Label("质保结束日期要晚于开始日期。", "A warranty ends after it starts."),
                "ends_on",
            ),
            Check("km_positive", "km > 0", Label("里程要大于 0。", "The mileage must be above 0."), "km"),
        ),
    )

    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True, part_of=True)
    kind = field(Choice(KINDS), "类型", "Kind", required=True, default="whole", index=True)
    starts_on = field(Date(), "开始日期", "Starts", required=True)
    ends_on = field(
        Date(), "结束日期", "Ends", index=True, help=Label("终身质保不填。", "Leave it empty for a lifetime warranty.")
    )
    km = field(Integer(min=1, max=3_000_000), "里程上限（公里）", "Up to (km)")
    first_owner_only = field(Boolean(), "仅限首任车主", "First owner only", required=True, default=False)
    note = field(Text(200), "备注", "Note")
