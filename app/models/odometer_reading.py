"""Odometer reading (里程记录): what a car's odometer showed at a moment."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, DateTime, Integer, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import FRONT, added_by

SOURCES = (
    Option("manual", Label("人工登记", "Entered by hand")),
    Option("work_order", Label("工单", "Work order")),
    Option("sale", Label("试驾或交车", "Test drive or delivery")),
    Option("record", Label("车辆档案", "Vehicle record")),
    Option("customer", Label("客户告知", "Told by the customer")),
    Option("feed", Label("外部系统", "Another system")),
)
STANDINGS = (
    Option("counted", Label("有效", "Counts")),
    Option("doubtful", Label("存疑", "Doubtful")),
    Option("replaced", Label("已更正", "Replaced")),
)


class OdometerReading(Record):
    """A line of the car's odometer ledger; the car's mileage is the latest reading that counts."""

    about = about(
        "里程记录",
        "Odometer reading",
        "Odometer readings",
        group="customers",
        rank=80,
        icon="gauge",
        title="km",
        order="-read_at",
        ledger=True,
        list=("vehicle", "read_at", "km", "source", "standing", "work_order", "correction"),
        grants=added_by((*FRONT, "technician", "workshop_manager")),
        checks=(
            Check(
                "km_sound",
                "km BETWEEN 0 AND 3000000",
                Label("里程应在 0 至 3,000,000 公里之间。", "Mileage lies between 0 and 3,000,000 km."),
                "km",
            ),
        ),
    )

    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True, part_of=True)
    read_at = field(DateTime(), "读数时间", "Read at", required=True, index=True)
    km = field(Integer(min=0, max=3_000_000), "里程（公里）", "Mileage (km)", required=True)
    source = field(Choice(SOURCES), "来源", "Source", required=True, default="manual")
    work_order = field(Reference("work_order"), "工单", "Work order", part_of=True)
    correction = field(
        Text(100),
        "更正原因",
        "Reason of a correction",
        help=Label(
            "里程比前一次低时填写，如更换仪表、此前登记有误。",
            "Needed when it is lower than the one before: a new instrument, a mistaken entry.",
        ),
    )
    standing = field(Choice(STANDINGS), "状态", "Standing", required=True, readonly=True, default="counted")
    note = field(Text(200), "备注", "Note")
