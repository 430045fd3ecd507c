"""How a task ends."""

from collections.abc import Mapping
from typing import Any

from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.label import Label
from app.core.rules import Ban, Derive, Event, Lifecycle, Move, Then
from app.records.context import Context
from app.records.row import Record
from app.records.rulebook import RULEBOOK

VERIFIED = (
    "UPDATE public.{0} r SET verified_at = m.done_at FROM moved m WHERE m.kind = 'refresh' AND {1} = m.customer_id"
)
ENDED = ("done", "cancelled")
NO_TABLE = Unfit(
    "no_entity", Label("没有这类数据，请核对关联类型。", "There is no such table; check the kind of subject.")
)

RULEBOOK.on(
    "task",
    Derive("ended", {"done_at": "CASE WHEN NEW.status IN ('done', 'cancelled') THEN coalesce(NEW.done_at, now()) END"}),
    Lifecycle(
        "status",
        begins=("open",),
        moves=(
            Move("finish", Label("完成", "Done"), ("open",), "done", asks=("result",)),
            Move("cancel", Label("取消", "Cancel"), ("open",), "cancelled", asks=("result",), danger=True),
        ),
        locks=dict.fromkeys(ENDED, ("title", "kind", "assignee", "due_at", "customer", "vehicle", "idem_key")),
    ),
    Ban(
        "done_stays",
        "person AND OLD.status = 'done'",
        Label("已完成的任务要保留，不能删除。", "A task that was done is kept."),
        "title",
        on=(Event.DELETE,),
    ),
    # What was gone through with the customer counts as verified.
    Then("refreshed", VERIFIED.format("customer", "r.id"), to=("done",)),
    Then("refreshed_contacts", VERIFIED.format("contact_point", "r.is_primary AND r.customer_id"), to=("done",)),
    Then("refreshed_addresses", VERIFIED.format("customer_address", "r.is_primary AND r.customer_id"), to=("done",)),
)


@RULEBOOK.test("task")
def about_something(context: Context, _entity: Entity, values: Mapping[str, Any], _before: Record | None) -> None:
    """Refuses a subject of a table that does not exist."""
    name = values.get("subject_entity")
    if name is not None and context.snapshot.get(name) is None:
        raise Invalid({"subject_entity": NO_TABLE})
