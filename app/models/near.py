"""What brings records close to people for a while: a visit of today, a task somebody gave them."""

from app.core.label import Label
from app.core.scope import Near

TASK = Label("您有待办任务", "you have a task")
TODAY = "(n.starts_at AT TIME ZONE 'Asia/Shanghai')::date = {today}"
IN_WORK = "n.status NOT IN ('settled', 'delivered', 'voided')"
VISITS = (
    Near("work_order", "customer", IN_WORK, Label("车在本店维修", "the car is in the workshop")),
    Near(
        "service_appointment",
        "customer",
        f"n.status IN ('booked', 'confirmed', 'arrived') AND {TODAY}",
        Label("今天有预约", "an appointment today"),
    ),
)


def task(by: str | None = None) -> Near:
    """An open task that somebody else gave the employee, about the record `by` points to, or about its subject."""
    return Near("task", by, "n.status = 'open'", TASK, whose="assignee")
