"""How an appointment moves, and how it becomes the work order of the visit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.entity import Entity
from app.core.label import Label
from app.core.rules import BY_CONSEQUENCE, Ban, Lifecycle, Move
from app.models import ENTITIES
from app.records import write
from app.records.context import Context
from app.records.row import Record
from app.records.rulebook import RULEBOOK, Outcome
from app.rules.numbering import numbers

# What an appointment is for, as work orders call it; an inspection is prepared like a service.
KINDS = {"maintenance": "maintenance", "inspection": "maintenance", "recall": "recall"}
WORK_ORDER = ENTITIES["work_order"].by_name
ASKED = tuple(
    replace(WORK_ORDER[name], section=None) for name in ("mileage", "mileage_reason", "promised_at", "complaint")
)

RULEBOOK.on(
    "service_appointment",
    numbers("SA"),
    Lifecycle(
        "status",
        begins=("booked", "confirmed"),
        moves=(
            Move("confirm", Label("确认", "Confirm"), ("booked",), "confirmed"),
            Move("arrive", Label("到店", "Arrived"), ("booked", "confirmed", "no_show"), "arrived"),
            Move("convert", Label("开单", "Open the work order"), ("arrived",), "converted", by=BY_CONSEQUENCE),
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


@RULEBOOK.deed(
    "service_appointment",
    code="open_work_order",
    label=Label("开单", "Open the work order"),
    icon="tool",
    fields=ASKED,
    makes="work_order",
    applies=lambda _context, record: record["status"] == "arrived",
)
def open_work_order(context: Context, _entity: Entity, record: Record, values: Mapping[str, Any]) -> Outcome:
    """Opens the work order of the visit; the appointment is converted in consequence."""
    known = {name: record[name] for name in ("vehicle", "customer", "advisor")}
    kind = KINDS.get(record["purpose"], "repair")
    begun = {"appointment": record.id, "kind": kind, "opened_at": context.clock.now()}
    filled = write.raw(WORK_ORDER, {**values, **known, **begun})
    number = write.insert(context, context.entity("work_order"), filled | {"store": record.store})
    return Outcome(Label("工单已开，预约已转单。", "The work order is open."), f"/data/work_order/{number}")
