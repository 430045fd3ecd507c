"""Quality figure (数据质量月度数据): how good the records in somebody's care are, month by month."""

from app.core.action import READ_ONLY, Action
from app.core.label import Label
from app.core.rules import Once
from app.core.scope import Reach
from app.fields import Choice, Date, Integer, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import LEADERS, grants

SUBJECTS = (
    Option("customer", Label("客户", "Customers")),
    Option("lead", Label("线索", "Leads")),
)
COUNTED = ("records", "points", "poor", "unverified", "issues", "doubles")
FORMULA = "K68.1"  # the figure and the edition of how it is worked out
TWICE = Label("这个月已有这一项数据。", "The month has this figure already.")
READ = READ_ONLY | {Action.EXPORT}


class QualityFigure(Record):
    """What the nightly measurement found for one person and one kind of record; the month's last night stays."""

    about = about(
        "数据质量月度数据",
        "Quality figure",
        "Quality figures",
        group="analysis",
        rank=30,
        icon="chart-bar",
        title="month",
        order="-month",
        checks=(
            Once("one_a_person", ("month", "subject", "employee"), "employee_id IS NOT NULL", TWICE, "month"),
            Once("one_of_nobody", ("month", "subject"), "employee_id IS NULL", TWICE, "month"),
        ),
        list=("month", "subject", "employee", "records", "completeness", "poor", "unverified", "issues", "doubles"),
        grants=(
            *grants((*LEADERS, "analyst"), READ, Reach.STORE),
            *grants(("general_manager",), READ, Reach.COMPANY),
            *grants(("group_operations",), READ, Reach.GROUP),
            *grants(("security_officer",), READ_ONLY, Reach.GROUP),
        ),
    )

    month = field(Date(), "月份", "Month", required=True, index=True)
    subject = field(Choice(SUBJECTS), "数据", "Records", required=True, index=True)
    employee = field(Reference("employee"), "负责人", "In the care of")
    records = field(Integer(min=0), "条数", "Count", required=True, default="0")
    points = field(
        Integer(min=0),
        "完整度合计",
        "Completeness, summed",
        required=True,
        default="0",
        help=Label("各条完整度之和；除以条数即平均完整度。", "The sum of each record's completeness."),
    )
    completeness = field(Integer(min=0, max=100), "平均完整度", "Completeness", readonly=True, index=True)
    poor = field(Integer(min=0), "完整度不足 60", "Below 60", required=True, default="0")
    unverified = field(Integer(min=0), "一年未核实", "Unverified for a year", required=True, default="0")
    issues = field(Integer(min=0), "待处理问题", "Open issues", required=True, default="0")
    doubles = field(Integer(min=0), "疑似重复", "May be doubles", required=True, default="0")
    formula = field(Text(20), "口径", "Formula", required=True, default=FORMULA)
