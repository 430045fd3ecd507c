"""KPI figure (指标月度数据): what a month came to, by store, part and person, as numerator and denominator."""

from app.core.label import Label
from app.core.rules import Once
from app.core.scope import Reach
from app.fields import Boolean, Date, DateTime, Integer, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import LEADERS, grants
from app.models.quality_figure import READ

WHOLE, NOBODY = "all", "nobody"  # the part of a store's whole figure, and of what is in nobody's hands
TWICE = Label("这个月已有这一项指标。", "The month has this figure already.")
KEY = ("month", "code", "formula", "part")


class KpiFigure(Record):
    """One figure of one month; the nightly snapshot writes it, and a maturing one once more a month later."""

    about = about(
        "指标月度数据",
        "KPI figure",
        "KPI figures",
        group="analysis",
        rank=20,
        icon="chart-line",
        title="code",
        order="-month",
        checks=(
            Once("one_a_person", (*KEY, "employee"), "employee_id IS NOT NULL", TWICE, "month"),
            Once("one_a_part", KEY, "employee_id IS NULL", TWICE, "month"),
        ),
        list=("month", "code", "part", "employee", "numerator", "denominator", "provisional", "restated_at"),
        grants=(
            *grants((*LEADERS, "analyst"), READ, Reach.STORE),
            *grants(("general_manager",), READ, Reach.COMPANY),
            *grants(("group_operations",), READ, Reach.GROUP),
        ),
    )

    month = field(Date(), "月份", "Month", required=True, index=True)
    code = field(Text(8), "指标", "Code", required=True, index=True)
    formula = field(Text(12), "口径版本", "Formula", required=True)
    part = field(Text(20), "分项", "Part", required=True, default=WHOLE)
    employee = field(Reference("employee"), "员工", "Employee")
    numerator = field(
        Integer(), "分子", "Numerator", required=True, default="0", help=Label("金额以分计。", "Money: fen.")
    )
    denominator = field(Integer(), "分母", "Denominator", required=True, default="0")
    provisional = field(Boolean(), "暂计", "Provisional", required=True, default=False)
    was_numerator = field(Integer(), "首次分子", "Numerator at first")
    was_denominator = field(Integer(), "首次分母", "Denominator at first")
    restated_at = field(DateTime(), "重述时间", "Restated")
