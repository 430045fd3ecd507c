"""A suggestion is answered within three working days."""

from app.core.label import Label
from app.core.rules import Derive, Lifecycle, Move
from app.records.rulebook import RULEBOOK
from app.rules.working_days import working_days

RULEBOOK.on(
    "suggestion",
    Derive(
        "clock",
        {
            "due_at": working_days("NEW.received_at", 3),
            "answered_at": "CASE WHEN NEW.status <> 'open' THEN coalesce(NEW.answered_at, now()) END",
        },
    ),
    Lifecycle(
        "status",
        begins=("open",),
        moves=(
            Move("adopt", Label("采纳", "Adopt"), ("open",), "adopted", asks=("answer",)),
            Move("decline", Label("不采纳", "Decline"), ("open",), "declined", asks=("answer",)),
        ),
        needs=dict.fromkeys(("adopted", "declined"), ("answer",)),
    ),
)
