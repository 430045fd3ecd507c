"""How an opportunity moves, what each stage is worth, and what is written down of it."""

from app.core.label import Label
from app.core.rules import BY_CONSEQUENCE, Derive, Event, Lifecycle, Move, Then, kept
from app.records.rulebook import RULEBOOK
from app.rules.numbering import numbered

CHANCES = {
    "intent": 10,
    "needs": 25,
    "test_drive": 40,
    "quotation": 55,
    "negotiation": 75,
    "order": 90,
    "delivered": 100,
    "lost_pending": 5,
    "lost": 0,
}
OPEN = ("intent", "needs", "test_drive", "quotation", "negotiation", "order")
CLOSED = ("delivered", "lost")
JUDGES = ("sales_manager", "general_manager")
TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"


def forward(table: str, stage: str, before: tuple[str, ...]) -> str:
    """SQL that brings the opportunities of some rows `moved` of a table to a stage, from the stages before it."""
    stages = ", ".join(f"'{one}'" for one in before)
    return (
        f"UPDATE public.opportunity p SET stage = '{stage}' FROM moved m"
        f" WHERE p.id = m.{table} AND p.stage IN ({stages})"
    )


RULEBOOK.on(
    "opportunity",
    Derive(
        "filled",
        {
            "number": numbered("OP"),
            "opened_on": f"coalesce(NEW.opened_on, {TODAY})",
            "probability": "CASE NEW.stage " + " ".join(f"WHEN '{s}' THEN {c}" for s, c in CHANCES.items()) + " END",
            "closed_at": f"CASE WHEN NEW.stage IN {CLOSED}"
            " THEN CASE WHEN person THEN coalesce(OLD.closed_at, now()) ELSE coalesce(NEW.closed_at, now()) END END",
        },
    ),
    Lifecycle(
        "stage",
        begins=("intent",),
        moves=(
            Move("find_needs", Label("需求已了解", "Needs known"), ("intent",), "needs", asks=("model", "budget")),
            Move("drive", Label("已试驾", "Driven"), ("intent", "needs"), "test_drive"),
            Move("quote", Label("已报价", "Quoted"), ("needs", "test_drive"), "quotation"),
            Move("negotiate", Label("进入谈判", "Negotiating"), ("quotation",), "negotiation"),
            Move("order", Label("已下订", "Ordered"), ("quotation", "negotiation"), "order"),
            Move("deliver", Label("已交车", "Delivered"), ("order",), "delivered", by=BY_CONSEQUENCE),
            Move("go_back", Label("退订，继续谈判", "Back to negotiation"), ("order",), "negotiation", danger=True),
            Move(
                "lose",
                Label("申请战败", "Report lost"),
                OPEN,
                "lost_pending",
                asks=("lost_reason", "competitor", "lost_note"),
                danger=True,
            ),
            Move("confirm_loss", Label("确认战败", "Confirm lost"), ("lost_pending",), "lost", by=JUDGES, danger=True),
            Move("refuse_loss", Label("驳回，继续跟进", "Refuse, go on"), ("lost_pending",), "negotiation", by=JUDGES),
            Move("revive", Label("战败激活", "Revive"), ("lost",), "needs", by=JUDGES),
        ),
        needs=dict.fromkeys(("lost_pending", "lost"), ("lost_reason", "competitor")),
        locks=dict.fromkeys(CLOSED, ("customer", "series", "lead", "lost_reason", "competitor")),
    ),
    kept(
        f"OLD.stage IN {CLOSED}",
        Label("已成交或战败的商机要保留，不能删除。", "A closed opportunity is kept and cannot be deleted."),
        "stage",
    ),
    Then(
        "convert_lead",
        "UPDATE public.lead l SET status = 'converted', customer_id = m.customer_id,"
        " first_response_at = coalesce(l.first_response_at, greatest(now(), l.received_at)) FROM moved m"
        " WHERE l.id = m.lead_id AND l.status IN ('new', 'contacted', 'qualified')",
        on=(Event.INSERT,),
    ),
    Then(
        "log_begin",
        "INSERT INTO public.opportunity_stage_log (store_id, opportunity_id, at, becomes, employee_id)"
        " SELECT m.store_id, m.id, now(), m.stage, e.id FROM moved m LEFT JOIN public.employee e"
        " ON e.id = (gate.ticket() ->> 'e')::bigint AND e.store_id = m.store_id ORDER BY m.id",
        on=(Event.INSERT,),
    ),
    Then(
        "log_step",
        "INSERT INTO public.opportunity_stage_log (store_id, opportunity_id, at, was, becomes, employee_id)"
        " SELECT m.store_id, m.id, now(), f.stage, m.stage, e.id FROM moved m JOIN former f USING (id)"
        " LEFT JOIN public.employee e ON e.id = (gate.ticket() ->> 'e')::bigint AND e.store_id = m.store_id"
        " WHERE f.stage <> m.stage ORDER BY m.id",
        on=(Event.UPDATE,),
    ),
)
