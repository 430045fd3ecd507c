"""Work order status (工单状态记录): each step a work order took, and when."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, DateTime, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import HISTORY
from app.models.work_order import STATES


class WorkOrderStatus(Record):
    """A line of a work order's log; the database writes it with the step."""

    about = about(
        "工单状态记录",
        "Work order step",
        "Work order steps",
        group="service",
        rank=120,
        icon="timeline",
        title="becomes",
        order="-at",
        ledger=True,
        list=("work_order", "at", "was", "becomes"),
        grants=HISTORY,
        checks=(
            Check(
                "moves",
                "was IS DISTINCT FROM becomes",
                Label("状态没有变化，不必记录。", "The state did not change."),
                "becomes",
            ),
        ),
    )

    work_order = field(Reference("work_order"), "工单", "Work order", required=True, part_of=True)
    at = field(DateTime(), "时间", "At", required=True, index=True)
    was = field(Choice(STATES), "原状态", "From")
    becomes = field(Choice(STATES), "新状态", "To", required=True, index=True)
    note = field(Text(200), "备注", "Note")
