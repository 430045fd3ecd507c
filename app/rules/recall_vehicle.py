"""How a recalled car is dealt with; the record stays."""

from app.core.label import Label
from app.core.rules import Ban, Event, Lifecycle, Move
from app.records.rulebook import RULEBOOK

RULEBOOK.on(
    "recall_vehicle",
    Lifecycle(
        "status",
        begins=("open", "informed"),
        moves=(
            Move("inform", Label("已通知车主", "Owner informed"), ("open",), "informed", asks=("informed_on",)),
            Move(
                "finish",
                Label("已完成召回", "Done"),
                ("open", "informed", "declined"),
                "done",
                asks=("done_on", "done_order"),
            ),
            Move("decline", Label("车主拒绝", "Declined"), ("open", "informed"), "declined", danger=True),
        ),
        needs={"informed": ("informed_on",), "done": ("done_on",)},
        locks={"done": ("campaign", "vehicle", "done_on", "done_order")},
    ),
    Ban(
        "stays",
        "person",
        Label("召回记录要长期保存，不能删除。", "Recall records are kept and cannot be removed."),
        "status",
        on=(Event.DELETE,),
    ),
    Ban(
        "order_of_car",
        "EXISTS (SELECT FROM public.work_order w WHERE w.id = NEW.done_order_id AND w.vehicle_id <> NEW.vehicle_id)",
        Label("所选工单不是这辆车的，请重新选择。", "The chosen work order is of another car; choose again."),
        "done_order",
    ),
)
