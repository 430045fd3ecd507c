"""Data quality issue (数据质量问题): a record that contradicts a rule of good data."""

from app.core.label import Label
from app.core.rules import Once
from app.fields import Choice, Date, DateTime, Integer, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import CARE

STATES = (
    Option("open", Label("待处理", "Open")),
    Option("accepted", Label("情况属实，保留", "Accepted as it is")),
    Option("closed", Label("已解决", "Solved")),
)


class DataQualityIssue(Record):
    """What the check of the data found; it closes itself once the record is right."""

    about = about(
        "数据质量问题",
        "Data quality issue",
        "Data quality issues",
        group="data",
        rank=30,
        icon="alert-triangle",
        title="problem",
        order="-found_at",
        owners=("employee",),
        list=("rule", "problem", "subject_entity", "subject_record", "employee", "due_on", "found_at", "status"),
        checks=(
            Once(
                "open_once",
                ("rule", "subject_entity", "subject_record"),
                "status <> 'closed'",
                Label("这条记录的同一问题已登记。", "The same problem of this record is already noted."),
                "rule",
            ),
        ),
        grants=CARE,
    )

    rule = field(Text(40), "规则", "Rule", required=True, index=True)
    subject_entity = field(Text(48), "数据表", "Table", required=True, index=True)
    subject_record = field(Integer(min=1), "记录", "Record", required=True)
    problem = field(Text(200), "问题", "Problem", required=True)
    employee = field(Reference("employee"), "负责人", "Owner")
    due_on = field(Date(), "处理期限", "Due", index=True)
    found_at = field(DateTime(), "发现时间", "Found", required=True, index=True)
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="open", index=True)
    closed_at = field(DateTime(), "关闭时间", "Closed", readonly=True)
    reason = field(Text(200), "保留原因", "Why accepted")
