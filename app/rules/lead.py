"""What a lead is worth, how it moves, and whose it is: score and grade, life cycle, protection and pool.

The tables of points are written once; Python's function and the database's expressions are both made from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.label import Label
from app.core.rules import BY_CONSEQUENCE, Ban, Derive, Event, Lifecycle, Move
from app.records.rulebook import RULEBOOK

INTENT = {"H": 30, "A": 24, "B": 15, "C": 6}
WINDOW = {"week": 35, "fortnight": 28, "month": 20, "quarter": 10, "later": 3}
DECISION = {"decides": 15, "shares": 10, "influences": 5, "asks": 0}
FITS, SHORT, UNPRICED = 20, 8, 12  # a budget that pays for the model wanted, one that does not, one for no model
ENOUGH = 95  # per cent of the guide price that pay for a car
GRADES = (("H", 80), ("A", 60), ("B", 35))  # from that score on; below them C
FOLLOW_UP = {"H": 2, "A": 4, "B": 7, "C": 15}  # days between two contacts
PROTECTED = 30  # days without contact after which somebody else may take it over
OPEN = ("new", "contacted", "qualified")
DESK = ("sales_manager", "general_manager", "dcc", "marketing")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a lead is judged by; `price` is the guide price of the model wanted, in 分 like the budget."""

    intent: str
    window: str | None = None
    budget: int | None = None
    price: int | None = None
    decision: str | None = None


def score(answers: Answers) -> int:
    """0 to 100: intent up to 30, purchase window 35, budget 20, decision 15; who has ordered stands at 100."""
    if answers.intent == "O":
        return 100
    return (
        INTENT[answers.intent]
        + WINDOW.get(answers.window or "", 0)
        + budget_points(answers.budget, answers.price)
        + DECISION.get(answers.decision or "", 0)
    )


def budget_points(budget: int | None, price: int | None) -> int:
    """The points a budget gives."""
    if budget is None:
        return 0
    if price is None:
        return UNPRICED
    return FITS if budget * 100 >= price * ENOUGH else SHORT


def grade(intent: str, points: int) -> str:
    """H, A, B or C by the score; O for who has ordered."""
    return "O" if intent == "O" else next((code for code, least in GRADES if points >= least), "C")


def points_sql(column: str, points: Mapping[str, int]) -> str:
    """A table of points as SQL over a column."""
    cases = " ".join(f"WHEN '{code}' THEN {worth}" for code, worth in points.items())
    return f"(CASE {column} {cases} ELSE 0 END)"


def score_sql() -> str:
    """`score` over a row NEW of leads."""
    price = "(SELECT m.list_price FROM public.vehicle_model m WHERE m.id = NEW.model_id)"
    budget = (
        f"(CASE WHEN NEW.budget IS NULL THEN 0 WHEN {price} IS NULL THEN {UNPRICED}"
        f" WHEN NEW.budget::numeric * 100 >= {price}::numeric * {ENOUGH} THEN {FITS} ELSE {SHORT} END)"
    )
    parts = (
        points_sql("NEW.intent", INTENT),
        points_sql("NEW.purchase_window", WINDOW),
        budget,
        points_sql("NEW.decision", DECISION),
    )
    return f"CASE NEW.intent WHEN 'O' THEN 100 ELSE {' + '.join(parts)} END"


def grade_sql() -> str:
    """`grade` over a row NEW of leads whose score stands."""
    cases = " ".join(f"WHEN NEW.score >= {least} THEN '{code}'" for code, least in GRADES)
    return f"CASE WHEN NEW.intent = 'O' THEN 'O' {cases} ELSE 'C' END"


def day_sql(moment: str) -> str:
    """The business day of a moment."""
    return f"({moment} AT TIME ZONE 'Asia/Shanghai')::date"


IS_OPEN = f"NEW.status IN ({', '.join(repr(state) for state in OPEN)})"
STARTED = "coalesce(NEW.last_contact_at, NEW.received_at)"
TOUCHED = "greatest(CASE WHEN NEW.last_contact_at <= now() THEN NEW.last_contact_at END, NEW.assigned_at)"
ASSIGNED = (
    "CASE WHEN NEW.assignee_id IS NULL THEN NULL WHEN NEW.assignee_id IS DISTINCT FROM OLD.assignee_id"
    " THEN CASE WHEN person OR OLD.id IS NOT NULL THEN now() ELSE coalesce(NEW.assigned_at, NEW.received_at, now()) END"
    " ELSE OLD.assigned_at END"
)
RESPONDED = (
    "CASE WHEN person THEN CASE WHEN OLD.status = 'new' AND NEW.status IN ('contacted', 'qualified', 'converted')"
    " THEN coalesce(OLD.first_response_at, now()) ELSE OLD.first_response_at END ELSE NEW.first_response_at END"
)
CONTACTED = (
    "CASE WHEN person AND OLD.status = 'new' AND NEW.status IN ('contacted', 'qualified', 'converted')"
    " THEN coalesce(NEW.last_contact_at, now()) ELSE NEW.last_contact_at END"
)

RULEBOOK.on(
    "lead",
    Derive(
        "worth",
        {
            "score": score_sql(),
            "received_at": "coalesce(NEW.received_at, now())",
            "assigned_at": ASSIGNED,
            "first_response_at": RESPONDED,
            "last_contact_at": CONTACTED,
        },
    ),
    Derive("grade", {"grade": grade_sql()}),
    Derive(
        "plan",
        {
            "follow_up_on": f"CASE WHEN {IS_OPEN} AND NEW.grade <> 'O'"
            f" THEN {day_sql(STARTED)} + {points_sql('NEW.grade', FOLLOW_UP)} END",
            "protected_until": f"CASE WHEN {IS_OPEN} AND NEW.assignee_id IS NOT NULL"
            f" THEN {day_sql(TOUCHED)} + {PROTECTED} END",
            "pooled_at": f"CASE WHEN {IS_OPEN} AND NEW.assignee_id IS NULL THEN coalesce(OLD.pooled_at, now()) END",
        },
    ),
    Lifecycle(
        "status",
        begins=("new",),
        moves=(
            Move("contact", Label("已联系", "Contacted"), ("new",), "contacted", asks=("last_contact_at",)),
            Move(
                "qualify",
                Label("确认有效", "Qualified"),
                ("new", "contacted"),
                "qualified",
                asks=("intent", "purchase_window", "budget"),
            ),
            Move("reject", Label("判为无效", "Invalid"), OPEN, "invalid", asks=("invalid_reason",), danger=True),
            Move("merge", Label("判为重复", "Duplicate"), OPEN, "duplicate", asks=("duplicate_of",), danger=True),
            Move("revive", Label("重新激活", "Take up again"), ("invalid", "duplicate"), "contacted", by=DESK),
            Move("convert", Label("已转商机", "Converted"), OPEN, "converted", by=BY_CONSEQUENCE),
        ),
        needs={"converted": ("customer",), "invalid": ("invalid_reason",), "duplicate": ("duplicate_of",)},
        locks={"converted": ("name", "phone", "source", "customer", "external_id")},
    ),
    Ban(
        "protected",
        "person AND OLD.assignee_id IS NOT NULL AND NEW.assignee_id IS DISTINCT FROM OLD.assignee_id"
        " AND OLD.status IN ('new', 'contacted', 'qualified')"
        " AND OLD.assignee_id IS DISTINCT FROM (gate.ticket() ->> 'e')::bigint"
        f" AND OLD.protected_until >= {day_sql('now()')}"
        f" AND NOT gate.has_role(ARRAY[{', '.join(repr(role) for role in DESK)}])",
        Label(
            "这条线索还在同事的保护期内；需要调整请找销售经理。",
            "A colleague's lead is protected for now; ask the sales manager.",
        ),
        "assignee",
        on=(Event.UPDATE,),
    ),
)
