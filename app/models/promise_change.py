"""Promise change (承诺变更): when a work order's promised hand-over was moved, and why."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import DateTime, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import HISTORY


class PromiseChange(Record):
    """A line of a work order's promises; the database writes it with the change."""

    about = about(
        "承诺变更",
        "Promise change",
        "Promise changes",
        group="service",
        rank=130,
        icon="clock",
        title="reason",
        order="-at",
        ledger=True,
        list=("work_order", "at", "was", "becomes", "reason"),
        grants=HISTORY,
        checks=(
            Check(
                "moves",
                "was IS DISTINCT FROM becomes",
                Label("承诺时间没有变化，不必记录。", "The promise did not change."),
                "becomes",
            ),
        ),
    )

    work_order = field(Reference("work_order"), "工单", "Work order", required=True, part_of=True)
    at = field(DateTime(), "变更时间", "Changed at", required=True, index=True)
    was = field(DateTime(), "原承诺", "Was")
    becomes = field(DateTime(), "新承诺", "Becomes")
    reason = field(Text(100), "原因", "Reason")
