"""How a work order moves, what its lines may still do, and what follows when it is settled."""

from app.core.label import Label
from app.core.rules import Ban, Event, Lifecycle, Move, Then
from app.records.rulebook import RULEBOOK

BUSY = ("reception", "dispatched", "working", "waiting_parts", "waiting_approval", "inspection", "washing", "ready")
DONE = ("settled", "delivered", "voided")
WORKSHOP = ("workshop_manager", "service_manager", "service_advisor", "technician")
TILL = ("service_advisor", "service_manager", "finance")

RULEBOOK.on(
    "work_order",
    Lifecycle(
        "status",
        begins=("reception",),
        moves=(
            Move("dispatch", Label("派工", "Dispatch"), ("reception",), "dispatched", by=WORKSHOP),
            Move(
                "start",
                Label("开工", "Start work"),
                ("dispatched", "waiting_parts", "waiting_approval"),
                "working",
                by=WORKSHOP,
            ),
            Move("wait_parts", Label("待料", "Wait for parts"), ("working",), "waiting_parts", by=WORKSHOP),
            Move(
                "wait_approval", Label("待客户确认", "Wait for approval"), ("working",), "waiting_approval", by=WORKSHOP
            ),
            Move("inspect", Label("送质检", "To inspection"), ("working",), "inspection", by=WORKSHOP),
            Move("rework", Label("质检退回", "Back to work"), ("inspection",), "working", by=WORKSHOP, danger=True),
            Move("wash", Label("洗车", "Wash"), ("inspection",), "washing", by=WORKSHOP),
            Move("finish", Label("完工", "Ready"), ("inspection", "washing"), "ready", by=WORKSHOP),
            Move("settle", Label("结算", "Settle"), ("ready",), "settled", by=TILL, asks=("settled_at", "amount")),
            Move("hand_over", Label("交车", "Hand over"), ("settled",), "delivered", by=TILL),
            Move("void", Label("作废", "Void"), BUSY, "voided", by=("service_manager", "service_advisor"), danger=True),
        ),
        needs={"settled": ("settled_at",), "delivered": ("settled_at",)},
        locks=dict.fromkeys(
            ("settled", "delivered"),
            ("vehicle", "customer", "kind", "payer", "opened_at", "mileage", "settled_at", "amount", "cost"),
        ),
    ),
    Then(
        "convert_appointment",
        "UPDATE public.service_appointment a SET status = 'converted' FROM moved m"
        " WHERE a.id = m.appointment_id AND a.status = 'arrived'",
        on=(Event.INSERT,),
    ),
    Then(
        "car_mileage",
        "UPDATE public.vehicle v SET mileage = m.mileage FROM moved m"
        " WHERE v.id = m.vehicle_id AND m.mileage > coalesce(v.mileage, 0)",
        to=("settled",),
    ),
)

CLOSED = Label("工单已结算，项目不能再改；请另开工单。", "The work order is settled; open a new one instead.")
RULEBOOK.on(
    "work_order_line",
    Ban(
        "settled",
        "person AND EXISTS (SELECT FROM public.work_order w WHERE w.id = coalesce(NEW.work_order_id, OLD.work_order_id)"
        " AND w.status IN ('settled', 'delivered', 'voided'))",
        CLOSED,
        "work_order",
        on=(Event.INSERT, Event.UPDATE, Event.DELETE),
    ),
)
