"""How an appointment moves."""

from app.core.label import Label
from app.core.rules import Lifecycle, Move
from app.records.rulebook import RULEBOOK
from app.rules.numbering import numbers

RULEBOOK.on(
    "service_appointment",
    numbers("SA"),
    Lifecycle(
        "status",
        begins=("booked", "confirmed"),
        moves=(
            Move("confirm", Label("确认", "Confirm"), ("booked",), "confirmed"),
            Move("arrive", Label("到店", "Arrived"), ("booked", "confirmed", "no_show"), "arrived"),
            Move("convert", Label("已开单", "Work order opened"), ("arrived",), "converted"),
            Move("miss", Label("未到店", "No show"), ("booked", "confirmed"), "no_show"),
            Move("cancel", Label("取消预约", "Cancel"), ("booked", "confirmed"), "cancelled", danger=True),
        ),
        locks=dict.fromkeys(("converted", "cancelled"), ("vehicle", "starts_at", "bay")),
    ),
)
