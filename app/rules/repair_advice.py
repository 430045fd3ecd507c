"""What becomes of a repair the workshop advised."""

from app.core.label import Label
from app.core.rules import Ban, Lifecycle, Move
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "repair_advice",
    Lifecycle(
        "status",
        begins=("open",),
        moves=(
            Move("accept", Label("客户同意", "Accepted"), ("open", "declined"), "accepted"),
            Move("decline", Label("客户暂缓", "Declined"), ("open", "accepted"), "declined", asks=("decline_reason",)),
            Move("finish", Label("已完成", "Done"), ("open", "accepted"), "done", asks=("done_order",)),
            Move("reopen", Label("重新提醒", "Open again"), ("declined",), "open"),
        ),
        needs={"declined": ("decline_reason",)},
        locks={"done": ("vehicle", "work_order", "item", "done_order")},
    ),
    Ban(
        "order_of_car",
        "EXISTS (SELECT FROM public.work_order w WHERE w.id IN (NEW.work_order_id, NEW.done_order_id)"
        " AND w.vehicle_id <> NEW.vehicle_id)",
        Label("所选工单不是这辆车的，请重新选择。", "The chosen work order is of another car; choose again."),
        "work_order",
    ),
)
