"""How a question is answered."""

from app.core.label import Label
from app.core.rules import Derive, Lifecycle, Move
from app.records.rulebook import RULEBOOK
from app.rules.numbering import numbered

RULEBOOK.on(
    "ticket",
    Derive(
        "numbered",
        {
            "number": numbered("ZX"),
            "answered_at": "CASE WHEN NEW.status <> 'open' THEN coalesce(NEW.answered_at, now()) END",
        },
    ),
    Lifecycle(
        "status",
        begins=("open",),
        moves=(
            Move("answer", Label("答复", "Answer"), ("open",), "answered", asks=("answer", "faq_used")),
            Move("close", Label("关闭", "Close"), ("answered",), "closed"),
            Move("ask_again", Label("再次提问", "Ask again"), ("answered", "closed"), "open", danger=True),
        ),
        needs=dict.fromkeys(("answered", "closed"), ("answer",)),
        locks={"closed": ("question", "answer")},
    ),
)
