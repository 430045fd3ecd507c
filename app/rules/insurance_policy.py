"""How a policy moves, which policies overlap, and what an issued one settles."""

from app.core.label import Label
from app.core.rules import Ban, Lifecycle, Move, Then
from app.records.rulebook import RULEBOOK

DESK = ("insurance", "renewal", "service_manager", "sales_manager", "general_manager")
OVERLAPS = (
    "(p.status = 'in_force' AND EXISTS (SELECT FROM public.insurance_policy o WHERE o.store_id = p.store_id"
    " AND o.vehicle_id = p.vehicle_id AND o.kind = p.kind AND o.status = 'in_force' AND o.id <> p.id"
    " AND o.starts_on <= p.ends_on AND o.ends_on >= p.starts_on))"
)

RULEBOOK.on(
    "insurance_policy",
    Lifecycle(
        "status",
        begins=("in_force",),
        moves=(
            Move(
                "surrender",
                Label("退保", "Surrender"),
                ("in_force",),
                "surrendered",
                by=DESK,
                asks=("surrendered_on",),
                danger=True,
            ),
            Move("restore", Label("撤销退保", "Back in force"), ("surrendered",), "in_force", by=DESK, danger=True),
        ),
        needs={"surrendered": ("surrendered_on",)},
        locks={"surrendered": ("vehicle", "insurer", "number", "kind", "starts_on", "ends_on", "premium")},
    ),
    Ban(
        "previous_of_car",
        "EXISTS (SELECT FROM public.insurance_policy p"
        " WHERE p.id = NEW.previous_id AND p.vehicle_id <> NEW.vehicle_id)",
        Label("上期保单不是这辆车的，请重新选择。", "The previous policy is of another car; choose again."),
        "previous",
    ),
    # Two policies of a kind at one time are a doubt to be cleared, never a refusal: the mark makes them a list.
    Then(
        "overlap",
        "UPDATE public.insurance_policy p SET doubled = NOT p.doubled"
        " WHERE p.vehicle_id IN (SELECT m.vehicle_id FROM moved m)"
        " AND p.store_id IN (SELECT m.store_id FROM moved m)"
        f" AND p.doubled IS DISTINCT FROM {OVERLAPS}",
    ),
    Then(
        "settles_case",
        "UPDATE public.renewal_case c SET status = 'issued', policy_id = m.id FROM (SELECT DISTINCT ON (n.vehicle_id)"
        " n.* FROM moved n WHERE n.channel = 'here' AND n.status = 'in_force'"
        " ORDER BY n.vehicle_id, n.kind = 'commercial' DESC, n.id) m WHERE c.vehicle_id = m.vehicle_id"
        " AND c.store_id = m.store_id AND c.status NOT IN ('issued', 'lost') AND c.previous_id IS DISTINCT FROM m.id"
        " AND m.starts_on BETWEEN c.due_on - 30 AND c.due_on + 90",
    ),
)
