"""Complaint step (投诉步骤): what happened to a complaint, when and by whom."""

from app.core.field import Privacy
from app.fields import Choice, DateTime, File, LongText, Reference, Text
from app.models.base import Record, about, field
from app.models.complaint import STATES
from app.models.grants import FRONT, added_by


class ComplaintStep(Record):
    """A change of state, written by itself, or what somebody notes with its evidence."""

    about = about(
        "投诉步骤",
        "Complaint step",
        "Complaint steps",
        group="care",
        rank=21,
        icon="list-details",
        title="status",
        order="-at",
        ledger=True,
        list=("complaint", "at", "status", "employee", "action", "due_at"),
        grants=added_by((*FRONT, "complaint_handler")),
    )

    complaint = field(Reference("complaint"), "投诉", "Complaint", required=True, part_of=True)
    at = field(DateTime(), "时间", "At", required=True, index=True)
    status = field(Choice(STATES), "状态", "Status", required=True, default="registered", index=True)
    employee = field(Reference("employee"), "经办人", "By")
    action = field(Text(120), "做了什么", "What was done")
    note = field(LongText(), "说明", "Note", privacy=Privacy.PERSONAL)
    due_at = field(DateTime(), "时限", "Due")
    evidence = field(File(), "证据", "Evidence")
