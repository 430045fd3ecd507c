"""Maintenance plan item (保养项次): the n-th service of a plan, due by distance or time, whichever comes first."""

from app.core.label import Label
from app.core.rules import Check, Once
from app.core.scope import Belongs
from app.fields import Boolean, Integer, LongText, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CATALOGUE


class MaintenancePlanItem(Record):
    """One service of a plan; it goes with the plan."""

    about = about(
        "保养项次",
        "Plan item",
        "Plan items",
        belongs=Belongs.GROUP,
        group="catalogue",
        rank=60,
        icon="list-check",
        title="name",
        order="nth",
        list=("plan", "nth", "name", "km", "months", "first_check"),
        unique=(("plan", "nth"),),
        grants=CATALOGUE,
        checks=(
            Check(
                "due_some",
                "num_nonnulls(km, months) > 0",
                Label("里程和月数至少填一项。", "Give a distance, a time, or both."),
                "km",
            ),
            Once(
                "one_first_check",
                ("plan",),
                "first_check",
                Label(
                    "一个计划只能有一次首保，请先取消原来的首保标记。", "A plan has one first check; unmark the other."
                ),
                "first_check",
            ),
        ),
    )

    plan = field(Reference("maintenance_plan"), "保养计划", "Plan", required=True, part_of=True)
    nth = field(Integer(min=1, max=99), "第几次", "Number", required=True, index=True)
    name = field(Text(80), "名称", "Name", required=True, search=True)
    km = field(Integer(min=1, max=1_000_000), "里程（公里）", "Distance (km)")
    months = field(Integer(min=1, max=240), "月数", "Months")
    first_check = field(Boolean(), "首保", "First check", required=True, default=False, index=True)
    items = field(LongText(), "保养内容", "What is done")
