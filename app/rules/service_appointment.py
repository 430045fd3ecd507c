"""How an appointment moves."""

from app.core.label import Label
from app.core.rules import Ban, Lifecycle, Move
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
    Ban(
        "bay_at_work",
        "person AND NEW.bay_id IS NOT NULL AND NEW.status IN ('booked', 'confirmed', 'arrived') AND"
        " (NEW.bay_id, NEW.starts_at, NEW.ends_at) IS DISTINCT FROM (OLD.bay_id, OLD.starts_at, OLD.ends_at) AND"
        " (SELECT public.bay_taken(NEW.store_id, NEW.bay_id, NEW.starts_at, NEW.ends_at, NEW.id, NULL))",
        Label(
            "这个工位在这段时间已排了作业，请换一个工位或时间。",
            "Work is planned in the bay then; choose another bay or time.",
        ),
        "bay",
    ),
)
