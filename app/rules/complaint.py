"""How a complaint is worked: no stage is skipped, clocks run by severity, who stays dissatisfied opens it again."""

from app.core.label import Label
from app.core.rules import Ban, Derive, Event, Lifecycle, Move, Then, kept
from app.models.complaint import AUTHORITIES
from app.records.rulebook import RULEBOOK
from app.rules.numbering import numbers
from app.rules.working_days import working_days

HANDLERS = (
    "complaint_handler",
    "customer_care",
    "service_manager",
    "sales_manager",
    "general_manager",
)
LATE = ("follow_up", "closed")
DISSATISFIED = (
    "NEW.satisfaction <= 2 AND NEW.satisfaction IS DISTINCT FROM OLD.satisfaction"
    " AND OLD.status IN ('follow_up', 'closed')"
)
AGAIN = f"(({DISSATISFIED}) OR (OLD.status IN ('follow_up', 'closed') AND NEW.status = 'accepted'))"
WORSE = "CASE NEW.severity WHEN 'normal' THEN 'escalated' ELSE 'critical' END"
BEGAN = "coalesce(NEW.reopened_at, NEW.received_at)"
BY_LAW = f"NEW.channel IN ({', '.join(repr(one) for one in AUTHORITIES)})"
ACCEPT_BY = (
    f"CASE WHEN {BY_LAW} THEN {working_days(BEGAN, 7)} ELSE {BEGAN} + CASE NEW.severity WHEN 'normal'"
    " THEN interval '2 hours' WHEN 'escalated' THEN interval '30 minutes' ELSE interval '0' END END"
)
DUE = (
    f"CASE WHEN {BY_LAW} THEN {working_days(BEGAN, 45)} WHEN NEW.severity = 'normal' THEN {working_days(BEGAN, 5)}"
    f" WHEN NEW.severity = 'escalated' THEN {working_days(BEGAN, 3)} ELSE {BEGAN} + interval '24 hours' END"
)
STAFF_HERE = (
    "(SELECT e.id FROM public.employee e WHERE e.id = (gate.ticket() ->> 'e')::bigint AND e.store_id = m.store_id)"
)
STEP = "INSERT INTO public.complaint_step (store_id, complaint_id, at, status, employee_id, due_at)"
VISITS = "(VALUES (3, '投诉三日回访'), (30, '投诉三十日回访')) AS v (days, title)"

RULEBOOK.on(
    "complaint",
    numbers("TS"),
    Derive(
        "again",
        {
            "status": f"CASE WHEN {DISSATISFIED} THEN 'accepted' ELSE NEW.status END",
            "severity": f"CASE WHEN {DISSATISFIED} THEN {WORSE} ELSE NEW.severity END",
            "reopened": f"coalesce(OLD.reopened, NEW.reopened, 0) + CASE WHEN {AGAIN} THEN 1 ELSE 0 END",
            "reopened_at": f"CASE WHEN {AGAIN} THEN now() ELSE NEW.reopened_at END",
            # The next visit asks anew.
            "satisfaction": "CASE WHEN OLD.status = 'answered' AND NEW.status = 'follow_up' THEN NULL"
            " ELSE NEW.satisfaction END",
        },
    ),
    Derive(
        "clocks",
        {
            "accept_by": ACCEPT_BY,
            "due_at": DUE,
            "acknowledged_at": "CASE WHEN NEW.status <> 'registered' THEN coalesce(NEW.acknowledged_at, now()) END",
            "closed_at": "CASE WHEN NEW.status = 'closed' THEN coalesce(NEW.closed_at, now()) END",
        },
    ),
    Lifecycle(
        "status",
        begins=("registered",),
        moves=(
            Move("accept", Label("受理", "Accept"), ("registered",), "accepted", by=HANDLERS, asks=("handler",)),
            Move(
                "investigate",
                Label("开始调查", "Investigate"),
                ("accepted",),
                "investigating",
                by=HANDLERS,
                asks=("investigator",),
            ),
            Move(
                "assess",
                Label("认定责任", "Find responsibility"),
                ("investigating",),
                "assessed",
                by=HANDLERS,
                asks=("responsible_department", "root_cause"),
            ),
            Move("plan", Label("定方案", "Plan"), ("assessed",), "planned", by=HANDLERS, asks=("plan",)),
            Move("carry_out", Label("执行", "Carry out"), ("planned",), "executing", by=HANDLERS),
            Move("answer", Label("反馈客户", "Answer"), ("executing",), "answered", by=HANDLERS, asks=("answer",)),
            Move("visit", Label("回访", "Follow up"), ("answered",), "follow_up", by=HANDLERS),
            Move("close", Label("关闭", "Close"), ("follow_up",), "closed", by=HANDLERS, asks=("satisfaction",)),
            Move("reopen", Label("重开", "Reopen"), LATE, "accepted", by=HANDLERS, danger=True),
        ),
        needs={
            "assessed": ("responsible_department",),
            "planned": ("responsible_department", "plan"),
            "executing": ("responsible_department", "plan"),
            "answered": ("responsible_department", "plan", "answer"),
            "follow_up": ("responsible_department", "plan", "answer"),
            "closed": ("responsible_department", "plan", "answer", "satisfaction"),
        },
        locks={"closed": ("received_at", "channel", "category", "description", "customer", "vehicle")},
    ),
    Ban(
        "order_of_car",
        "NEW.work_order_id IS NOT NULL AND (NEW.work_order_id, NEW.vehicle_id) IS DISTINCT FROM"
        " (OLD.work_order_id, OLD.vehicle_id) AND EXISTS (SELECT FROM public.work_order w"
        " WHERE w.id = NEW.work_order_id AND w.vehicle_id <> NEW.vehicle_id)",
        Label("所选工单不是这辆车的，请重新选择。", "The chosen work order is of another car; choose again."),
        "work_order",
    ),
    kept(
        "OLD.status <> 'registered'",
        Label("已受理的投诉要保留，不能删除。", "A complaint that was accepted is kept."),
        "number",
    ),
    Then(
        "registered",
        f"{STEP} SELECT m.store_id, m.id, now(), m.status, {STAFF_HERE}, m.due_at FROM moved m",
        on=(Event.INSERT,),
    ),
    Then(
        "stepped",
        f"{STEP} SELECT m.store_id, m.id, now(), m.status, {STAFF_HERE}, m.due_at FROM moved m"
        " JOIN former o USING (id) WHERE o.status <> m.status",
        on=(Event.UPDATE,),
    ),
    Then(
        "visits",
        "INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, vehicle_id,"
        " subject_entity, subject_record, idem_key)"
        " SELECT m.store_id, v.title, 'call_back', m.handler_id, now() + v.days * interval '24 hours', 'high', 'open',"
        " m.customer_id, m.vehicle_id, 'complaint', m.id, 'complaint:' || m.id || ':' || v.days || ':' || m.reopened"
        f" FROM moved m CROSS JOIN {VISITS} ON CONFLICT DO NOTHING",
        to=("answered",),
    ),
)
