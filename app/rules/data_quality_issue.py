"""How an issue of data quality ends: by the next check once the record is right, or by a person's word."""

from app.core.label import Label
from app.core.rules import Derive, Lifecycle, Move
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "data_quality_issue",
    Derive("ended", {"closed_at": "CASE WHEN NEW.status = 'closed' THEN coalesce(NEW.closed_at, now()) END"}),
    Lifecycle(
        "status",
        begins=("open",),
        moves=(
            Move("accept", Label("情况属实，保留", "Accept as it is"), ("open",), "accepted", asks=("reason",)),
            Move("open", Label("重新处理", "Open again"), ("accepted",), "open"),
            Move("close", Label("已解决", "Solved"), ("open", "accepted"), "closed"),
        ),
        needs={"accepted": ("reason",)},
    ),
)
