"""Package use (套餐核销): uses taken from a package, or given back to it."""

from app.core.label import Label
from app.core.rules import Check
from app.fields import DateTime, Integer, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import added_by


class ServicePackageUse(Record):
    """A line of a package's ledger; a use written by mistake is given back by a line of its own."""

    about = about(
        "套餐核销",
        "Package use",
        "Package uses",
        group="service",
        rank=70,
        icon="ticket",
        title="item",
        order="-used_at",
        ledger=True,
        list=("package", "used_at", "item", "times", "work_order", "note"),
        grants=added_by(("service_advisor", "receptionist", "workshop_manager")),
        checks=(
            Check(
                "some",
                "times <> 0",
                Label("请填写核销次数；退回填负数。", "Say how many uses; a return is negative."),
                "times",
            ),
        ),
    )

    package = field(Reference("service_package"), "套餐", "Package", required=True)
    used_at = field(DateTime(), "核销时间", "Used at", required=True, index=True)
    item = field(Text(120), "项目", "Item", required=True)
    times = field(Integer(min=-10_000, max=10_000), "次数", "Times", required=True, default=1)
    work_order = field(Reference("work_order"), "工单", "Work order")
    note = field(Text(200), "备注", "Note")
