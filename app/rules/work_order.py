"""How a work order moves, what its lines may still do, and what follows when it is settled."""

from app.core.label import Label
from app.core.rules import Ban, Event, Lifecycle, Move, Then, kept
from app.records.rulebook import RULEBOOK
from app.rules.dated import AT_ONCE
from app.rules.numbering import numbers
from app.rules.odometer_reading import misfits

BUSY = ("reception", "dispatched", "working", "waiting_parts", "waiting_approval", "inspection", "washing", "ready")
DONE = ("settled", "delivered", "voided")
WORKSHOP = ("workshop_manager", "service_manager", "service_advisor", "technician")
TILL = ("service_advisor", "service_manager", "finance")
OWN = "o.work_order_id IS NOT DISTINCT FROM {}.id"  # the order's own reading is no neighbour of it

TAKEN = (
    "INSERT INTO public.odometer_reading"
    " (store_id, vehicle_id, work_order_id, read_at, km, source, correction, standing)"
    " SELECT m.store_id, m.vehicle_id, m.id, m.opened_at, m.mileage, 'work_order', m.mileage_reason,"
    f" CASE WHEN m.mileage_reason IS NULL AND {misfits('m', 'm.opened_at', 'm.mileage', but=OWN.format('m'))}"
    " THEN 'doubtful' ELSE 'counted' END FROM moved m WHERE m.mileage IS NOT NULL AND m.status <> 'voided'{}"
    " ORDER BY m.opened_at, m.id"
)

RULEBOOK.on(
    "work_order",
    numbers("WO"),
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
    Ban(
        "mileage_falls",
        "person AND NEW.mileage IS NOT NULL AND NEW.mileage_reason IS NULL AND NEW.status <> 'voided' AND"
        " (TG_OP = 'INSERT' OR (NEW.mileage, NEW.opened_at, NEW.vehicle_id)"
        " IS DISTINCT FROM (OLD.mileage, OLD.opened_at, OLD.vehicle_id))"
        f" AND {misfits('NEW', 'NEW.opened_at', 'NEW.mileage', but=OWN.format('NEW'))}",
        Label(
            "与这辆车前后两次的里程不符（里程不会变小）。请核对仪表；确实如此，请填写里程更正原因。",
            "It does not fit the car's readings before and after; check it, or give the reason of a lower mileage.",
        ),
        "mileage",
    ),
    Ban(
        "promise_reason",
        "person AND OLD.promised_at IS NOT NULL AND NEW.promised_at IS DISTINCT FROM OLD.promised_at"
        " AND NEW.promise_reason IS NULL",
        Label("改动承诺交车时间，请写明原因。", "Say why the promised time moves."),
        "promise_reason",
        on=(Event.UPDATE,),
    ),
    Ban(
        "appointment_of_car",
        "NEW.appointment_id IS NOT NULL AND (NEW.appointment_id, NEW.vehicle_id) IS DISTINCT FROM"
        " (OLD.appointment_id, OLD.vehicle_id) AND EXISTS (SELECT FROM public.service_appointment a"
        " WHERE a.id = NEW.appointment_id AND a.vehicle_id <> NEW.vehicle_id)",
        Label("所选预约不是这辆车的，请重新选择。", "That appointment is of another car; choose again."),
        "appointment",
    ),
    kept(
        "OLD.status IN ('settled', 'delivered')",
        Label("已结算的工单要保留，不能删除。", "A settled work order is kept and cannot be deleted."),
        "number",
    ),
    Ban(
        "comeback_of_car",
        "NEW.comeback_of_id IS NOT NULL AND EXISTS (SELECT FROM public.work_order w WHERE w.id = NEW.comeback_of_id"
        " AND w.vehicle_id <> NEW.vehicle_id)",
        Label("返修自的工单不是这辆车的，请重新选择。", "That work order is of another car; choose again."),
        "comeback_of",
    ),
    Then(
        "convert_appointment",
        "UPDATE public.service_appointment a SET status = 'converted' FROM moved m WHERE a.id = m.appointment_id"
        " AND m.status <> 'voided' AND a.status IN ('booked', 'confirmed', 'no_show', 'arrived')",
    ),
    Then(
        "log_begin",
        "INSERT INTO public.work_order_status (store_id, work_order_id, at, becomes)"
        " SELECT m.store_id, m.id, pg_catalog.now(), m.status FROM moved m ORDER BY m.id",
        on=(Event.INSERT,),
    ),
    Then(
        "log_step",
        "INSERT INTO public.work_order_status (store_id, work_order_id, at, was, becomes)"
        " SELECT m.store_id, m.id, pg_catalog.now(), f.status, m.status FROM moved m JOIN former f USING (id)"
        " WHERE f.status IS DISTINCT FROM m.status ORDER BY m.id",
        on=(Event.UPDATE,),
    ),
    Then(
        "log_promise",
        "INSERT INTO public.promise_change (store_id, work_order_id, at, was, becomes, reason)"
        " SELECT m.store_id, m.id, pg_catalog.now(), f.promised_at, m.promised_at, m.promise_reason"
        " FROM moved m JOIN former f USING (id) WHERE f.promised_at IS NOT NULL"
        " AND f.promised_at IS DISTINCT FROM m.promised_at ORDER BY m.id",
        on=(Event.UPDATE,),
    ),
    # An order's mileage changed: its former reading no longer counts. A voided order's never did.
    Then(
        "reading_replaced",
        "UPDATE public.odometer_reading o SET standing = 'replaced' FROM moved m JOIN former f USING (id)"
        " WHERE o.store_id = m.store_id AND o.work_order_id = m.id AND o.standing <> 'replaced'"
        " AND (m.status = 'voided'"
        " OR (f.mileage, f.opened_at, f.vehicle_id) IS DISTINCT FROM (m.mileage, m.opened_at, m.vehicle_id))",
        on=(Event.UPDATE,),
    ),
    Then("reading_taken", TAKEN.format(""), on=(Event.INSERT,)),
    Then(
        "reading_taken_anew",
        TAKEN.format(
            " AND NOT EXISTS (SELECT FROM public.odometer_reading o WHERE o.store_id = m.store_id"
            " AND o.work_order_id = m.id AND o.standing <> 'replaced')"
        ),
        on=(Event.UPDATE,),
    ),
)


LINE = "m.*, CASE TG_OP WHEN 'DELETE' THEN -1 ELSE 1 END AS way FROM moved m"
RESTORED_ALONE = "coalesce(pg_catalog.current_setting('forecourt.restoring', true), '') IN ('', 'work_order_line')"


def owed(lines: str) -> str:
    """SQL that adds to orders what lines that come (`way` 1) or go (-1) are worth, and what they cost us.

    An order may hold more than its lines tell, or less: a brand's file gives its amount itself whenever its lines come,
    and a person rounds it off. What the house does for itself nobody owes.
    """
    return (
        "UPDATE public.work_order w SET amount = greatest(w.amount + d.amount, 0),"
        " cost = CASE WHEN d.cost IS NULL THEN w.cost ELSE greatest(coalesce(w.cost, 0) + d.cost, 0) END"
        " FROM (SELECT l.work_order_id AS id, coalesce(sum(l.way * (round(l.price * l.quantity) - l.discount))"
        " FILTER (WHERE l.payer <> 'internal'), 0) AS amount, sum(l.way * l.cost) AS cost"
        f" FROM (SELECT {lines}) l GROUP BY 1) d"
        f" WHERE w.id = d.id AND w.status NOT IN ({', '.join(repr(one) for one in DONE)})"
        f" AND (d.amount <> 0 OR d.cost <> 0) AND {AT_ONCE} AND {RESTORED_ALONE}"
    )


CLOSED = Label("工单已结算，项目不能再改；请另开工单。", "The work order is settled; open a new one instead.")
RULEBOOK.on(
    "work_order_line",
    Ban(
        "settled",
        # The order waits: who settles it meanwhile settles what its lines come to.
        "person AND ARRAY(SELECT w.status FROM public.work_order w WHERE w.id IN (NEW.work_order_id, OLD.work_order_id)"
        " ORDER BY w.id FOR NO KEY UPDATE) && ARRAY['settled', 'delivered', 'voided']",
        CLOSED,
        "work_order",
        on=(Event.INSERT, Event.UPDATE, Event.DELETE),
    ),
    Then("worth", owed(LINE), on=(Event.INSERT, Event.DELETE)),
    Then("worth_changed", owed(f"{LINE} UNION ALL SELECT f.*, -1 FROM former f"), on=(Event.UPDATE,)),
)
