"""A template goes through review, and its words stand still from then on."""

from app.core.label import Label
from app.core.rules import Lifecycle, Move, kept
from app.records.rulebook import RULEBOOK

WORDS = ("code", "edition", "nature", "channel", "body", "signature")

RULEBOOK.on(
    "message_template",
    Lifecycle(
        "status",
        begins=("draft",),
        moves=(
            Move("submit", Label("送审", "Submit"), ("draft", "rejected"), "review"),
            Move(
                "approve",
                Label("通过", "Approve"),
                ("review",),
                "approved",
                asks=("provider_code", "review_note"),
            ),
            Move("reject", Label("驳回", "Reject"), ("review",), "rejected", asks=("review_note",), danger=True),
            Move("retire", Label("停用", "Retire"), ("approved",), "retired", danger=True),
        ),
        locks=dict.fromkeys(("review", "approved", "retired"), WORDS),
    ),
    kept(
        "OLD.status IN ('approved', 'retired')",
        Label("用过的模板要保留；请停用它，另建新版本。", "A template that was in use is kept; retire it."),
        "code",
    ),
)
