"""The next step of an interaction becomes a task."""

from app.core.rules import Derive, Event, Then
from app.models.interaction import STEPS
from app.records.rulebook import RULEBOOK

KINDS = {"call": "call", "message": "message", "invite": "invite", "visit": "visit", "quote": "quote"}
KIND = "CASE " + " ".join(f"WHEN m.next_step = '{step}' THEN '{kind}'" for step, kind in KINDS.items())
TITLE = "CASE m.next_step " + " ".join(f"WHEN '{step.code}' THEN '{step.label.zh}'" for step in STEPS) + " END"

RULEBOOK.on(
    "interaction",
    Derive(
        "department",
        {
            "department": "coalesce(NEW.department_id,"
            " (SELECT e.department_id FROM public.employee e WHERE e.id = NEW.employee_id))"
        },
    ),
    Then(
        "next_task",
        "INSERT INTO public.task (store_id, title, kind, assignee_id, due_at, urgency, status, customer_id, vehicle_id,"
        " subject_entity, subject_record, idem_key)"
        f" SELECT m.store_id, {TITLE}, {KIND} ELSE 'hand_over' END, m.employee_id, m.next_at, 'normal', 'open',"
        " m.customer_id, m.vehicle_id, 'interaction', m.id, 'interaction:' || m.id"
        " FROM moved m WHERE m.next_step <> 'none' ON CONFLICT DO NOTHING",
        on=(Event.INSERT,),
    ),
)
