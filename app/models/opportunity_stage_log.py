"""Opportunity stage log (商机阶段记录): each stage an opportunity came to, when and through whom."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, DateTime, Reference
from app.models.base import Record, about, field
from app.models.grants import HISTORY
from app.models.opportunity import STAGES


class OpportunityStageLog(Record):
    """A line of an opportunity's log; the database writes it with the step."""

    about = about(
        "商机阶段记录",
        "Opportunity step",
        "Opportunity steps",
        group="sales",
        rank=35,
        icon="timeline",
        title="becomes",
        order="-at",
        ledger=True,
        list=("at", "opportunity", "was", "becomes", "employee"),
        grants=HISTORY,
        checks=(
            Check(
                "moves",
                "was IS DISTINCT FROM becomes",
                Label("阶段没有变化，不必记录。", "The stage did not change."),
                "becomes",
            ),
        ),
    )

    opportunity = field(Reference("opportunity"), "商机", "Opportunity", required=True, part_of=True)
    at = field(DateTime(), "时间", "At", required=True, index=True)
    was = field(Choice(STAGES), "原阶段", "From")
    becomes = field(Choice(STAGES), "新阶段", "To", required=True, index=True)
    employee = field(Reference("employee"), "经办人", "By")
