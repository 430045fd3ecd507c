"""Inspection record (年检): until when a car's statutory inspection is valid."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Boolean, Choice, Date, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE

KINDS = (
    Option("claim", Label("申领标志", "Mark claimed")),
    Option("test", Label("上线检验", "Test")),
)


class InspectionRecord(Record):
    """A car's inspection mark: how it was come by, and its last valid day."""

    about = about(
        "年检记录",
        "Inspection",
        "Inspections",
        group="service",
        rank=110,
        icon="certificate",
        title="valid_until",
        order="-valid_until",
        list=("vehicle", "valid_until", "kind", "done_on", "by_store", "note"),
        unique=(("vehicle", "valid_until"),),
        grants=SERVICE,
        checks=(
            Check(
                "valid_after",
                "done_on IS NULL OR valid_until > done_on",
                Label("有效期要晚于办理日期。", "It is valid beyond the day it was done."),
                "valid_until",
            ),
        ),
    )

    vehicle = field(Reference("vehicle"), "车辆", "Vehicle", required=True)
    valid_until = field(Date(), "有效期至", "Valid until", required=True, index=True)
    kind = field(Choice(KINDS), "办理方式", "Kind", required=True, default="claim", index=True)
    done_on = field(Date(), "办理日期", "Done on", index=True)
    by_store = field(Boolean(), "本店代办", "Done by the store", required=True, default=False)
    note = field(Text(200), "备注", "Note")
