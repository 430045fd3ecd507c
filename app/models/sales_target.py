"""Sales target (销售目标): what a store, a team or a person is to sell in a month."""

from itertools import product

from app.core.label import Label
from app.core.rules import Once
from app.fields import Choice, Date, Integer, Money, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import TARGETS

LEVELS = (
    Option("store", Label("门店", "Store")),
    Option("team", Label("小组", "Team")),
    Option("employee", Label("个人", "Person")),
)
TAKEN = Label("这个月已有同样的目标，请直接修改那一条。", "This month has such a target; change that one.")


def once(level: str, of_model: bool) -> Once:
    """One target a month for a level, of one model or of all together."""
    fields = ("month", *(() if level == "store" else (level,)), *(("model",) if of_model else ()))
    where = f"level = '{level}' AND model_id IS {'NOT ' if of_model else ''}NULL"
    return Once(f"one_{level}_{'model' if of_model else 'all'}", fields, where, TAKEN, "month")


class SalesTarget(Record):
    """A month's target; whose it is follows from the team or the person it names."""

    about = about(
        "销售目标",
        "Sales target",
        "Sales targets",
        group="sales",
        rank=80,
        icon="chart-line",
        title="month",
        order="-month",
        owners=("employee",),
        list=("month", "level", "team", "employee", "model", "quantity", "amount"),
        grants=TARGETS,
        checks=(*(once(level.code, of_model) for level, of_model in product(LEVELS, (False, True))),),
    )

    month = field(Date(), "月份", "Month", required=True, index=True)
    level = field(Choice(LEVELS), "目标层级", "Level", readonly=True, index=True)
    team = field(Reference("team"), "小组", "Team")
    employee = field(Reference("employee"), "员工", "Employee")
    model = field(Reference("vehicle_model"), "车型", "Model")
    quantity = field(Integer(min=0, max=100_000), "台数", "Cars", required=True)
    amount = field(Money(min=0), "金额（元）", "Amount (yuan)")
    note = field(Text(200), "说明", "Note")
