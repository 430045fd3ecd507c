"""Job segment (作业段): a piece of a work order's work in a bay by a technician."""

from app.core.label import Label
from app.core.rules import Apart, Check
from app.fields import Choice, DateTime, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import SERVICE

STATES = (
    Option("planned", Label("已排", "Planned")),
    Option("working", Label("施工中", "In work")),
    Option("paused", Label("暂停", "Paused")),
    Option("done", Label("完成", "Done")),
    Option("cancelled", Label("取消", "Cancelled")),
)
PAUSES = (
    Option("parts", Label("等配件", "Waiting for parts")),
    Option("approval", Label("等客户确认", "Waiting for approval")),
    Option("tool", Label("等工具设备", "Waiting for tools")),
    Option("other_car", Label("插入急活", "Called to another car")),
    Option("shift", Label("交接班", "End of shift")),
)
STANDS = "status <> 'cancelled'"


class JobSegment(Record):
    """Planned and real times of one technician in one bay on one work order."""

    about = about(
        "作业段",
        "Job segment",
        "Job segments",
        group="service",
        rank=40,
        icon="hourglass",
        title="task",
        order="-starts_at",
        owners=("technician",),
        list=("task", "work_order", "bay", "technician", "starts_at", "ends_at", "status", "pause_reason"),
        grants=SERVICE,
        checks=(
            Check(
                "in_order",
                "ends_at > starts_at",
                Label("计划结束要晚于计划开始。", "It must end after it starts."),
                "ends_at",
            ),
            Check(
                "done_in_order",
                "finished_at IS NULL OR (began_at IS NOT NULL AND finished_at >= began_at)",
                Label("完工时间不能早于开工时间。", "It cannot be finished before it began."),
                "finished_at",
            ),
            Apart(
                "bay_free",
                ("bay",),
                "starts_at",
                "ends_at",
                Label(
                    "这个工位在这段时间已有作业，请换一个工位或时间。",
                    "The bay is taken then; choose another bay or time.",
                ),
                "bay",
                where=f"bay_id IS NOT NULL AND {STANDS}",
            ),
            Apart(
                "technician_free",
                ("technician",),
                "starts_at",
                "ends_at",
                Label(
                    "这位技师在这段时间已有作业，请换一位技师或时间。",
                    "The technician is at work then; choose another one or another time.",
                ),
                "technician",
                where=f"technician_id IS NOT NULL AND {STANDS}",
            ),
        ),
    )

    work_order = field(Reference("work_order"), "工单", "Work order", required=True, part_of=True)
    task = field(Text(120), "作业内容", "Task", required=True)
    bay = field(Reference("bay"), "工位", "Bay")
    technician = field(Reference("employee"), "技师", "Technician", claimed_by=("technician",))
    starts_at = field(DateTime(), "计划开始", "Planned start", required=True, index=True)
    ends_at = field(DateTime(), "计划结束", "Planned end", required=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="planned", index=True)
    began_at = field(DateTime(), "开工时间", "Began")
    finished_at = field(DateTime(), "完工时间", "Finished")
    pause_reason = field(Choice(PAUSES), "暂停原因", "Reason of the pause", index=True)
    note = field(Text(200), "备注", "Note")
