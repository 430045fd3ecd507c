"""How a car's renewal is worked: 分配 → 首呼 → 报价 → 出单, or 战败 with its reason."""

from app.core.label import Label
from app.core.rules import Ban, Lifecycle, Move, kept
from app.records.rulebook import RULEBOOK

DESK = ("insurance", "renewal", "service_advisor", "sales_consultant", "service_manager", "sales_manager")
LEADERS = ("service_manager", "sales_manager", "general_manager")
OPEN = ("listed", "assigned", "called", "quoted")

RULEBOOK.on(
    "renewal_case",
    Lifecycle(
        "status",
        begins=("listed", "assigned"),
        moves=(
            Move("assign", Label("分配", "Assign"), ("listed",), "assigned", by=(*LEADERS, "renewal"), asks=("owner",)),
            Move("call", Label("首呼", "First call"), ("assigned",), "called", by=DESK, asks=("called_at",)),
            Move("quote", Label("报价", "Quote"), ("called",), "quoted", by=DESK, asks=("quoted", "next_call_on")),
            Move("issue", Label("出单", "Issue"), ("called", "quoted"), "issued", by=DESK, asks=("policy",)),
            Move(
                "lose",
                Label("战败", "Lost"),
                OPEN,
                "lost",
                by=DESK,
                asks=("lost_reason", "lost_insurer"),
                danger=True,
            ),
            Move("reopen", Label("重新跟进", "Work on it again"), ("lost",), "called", by=LEADERS, danger=True),
            # An issued policy closes its case, however far that had come.
            Move(
                "skip", Label("直接出单", "Issue at once"), ("listed", "assigned"), "issued", by=DESK, asks=("policy",)
            ),
        ),
        needs={
            "assigned": ("owner",),
            "called": ("owner", "called_at"),
            "quoted": ("owner", "called_at", "quoted"),
            "issued": ("policy",),
            "lost": ("lost_reason",),
        },
        locks=dict.fromkeys(("issued", "lost"), ("vehicle", "year", "due_on", "policy", "quoted", "lost_reason")),
    ),
    kept(
        "OLD.status IN ('issued', 'lost')",
        Label("已出单或战败的续保要保留，不能删除。", "A closed renewal is kept and cannot be deleted."),
        "subject",
    ),
    Ban(
        "policy_of_car",
        "EXISTS (SELECT FROM public.insurance_policy p WHERE p.id IN (NEW.policy_id, NEW.previous_id)"
        " AND p.vehicle_id <> NEW.vehicle_id)",
        Label("所选保单不是这辆车的，请重新选择。", "The chosen policy is of another car; choose again."),
        "policy",
    ),
    Ban(
        "new_policy",
        "NEW.policy_id = NEW.previous_id",
        Label("新保单不能就是到期的那张。", "The new policy cannot be the ending one."),
        "policy",
    ),
)
