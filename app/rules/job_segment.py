"""How a piece of work in the workshop moves."""

from app.core.label import Label
from app.core.rules import Ban, Event, Lifecycle, Move
from app.records.rulebook import RULEBOOK

WORKSHOP = ("workshop_manager", "service_manager", "service_advisor", "technician")

RULEBOOK.on(
    "job_segment",
    Lifecycle(
        "status",
        begins=("planned",),
        moves=(
            Move("begin", Label("开工", "Begin"), ("planned",), "working", by=WORKSHOP, asks=("began_at",)),
            Move("pause", Label("暂停", "Pause"), ("working",), "paused", by=WORKSHOP, asks=("pause_reason",)),
            Move("resume", Label("继续", "Resume"), ("paused",), "working", by=WORKSHOP),
            Move("finish", Label("完工", "Finish"), ("working",), "done", by=WORKSHOP, asks=("finished_at",)),
            Move("cancel", Label("取消", "Cancel"), ("planned", "paused"), "cancelled", by=WORKSHOP, danger=True),
        ),
        needs={"working": ("began_at",), "paused": ("pause_reason",), "done": ("finished_at",)},
        locks=dict.fromkeys(("done", "cancelled"), ("work_order", "bay", "technician", "starts_at", "ends_at")),
    ),
    Ban(
        "order_closed",
        "person AND EXISTS (SELECT FROM public.work_order w WHERE w.id = NEW.work_order_id"
        " AND w.status IN ('settled', 'delivered', 'voided'))",
        Label("工单已结算或作废，不能再排作业；请另开工单。", "The work order is closed; open a new one instead."),
        "work_order",
        on=(Event.INSERT,),
    ),
    Ban(
        "bay_promised",
        "person AND NEW.bay_id IS NOT NULL AND NEW.status IN ('planned', 'working', 'paused') AND"
        " (NEW.bay_id, NEW.starts_at, NEW.ends_at) IS DISTINCT FROM (OLD.bay_id, OLD.starts_at, OLD.ends_at) AND"
        " (SELECT public.bay_taken(NEW.store_id, NEW.bay_id, NEW.starts_at, NEW.ends_at, NULL, NEW.work_order_id))",
        Label(
            "这个工位在这段时间已留给预约的客户，请换一个工位或时间。",
            "The bay is promised to an appointment then; choose another bay or time.",
        ),
        "bay",
    ),
)
