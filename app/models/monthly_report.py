"""Monthly report (经营月报): the month on paper for one reader, a draft until he publishes it."""

from app.core.action import READ_ONLY, Action
from app.core.label import Label
from app.core.scope import Reach
from app.fields import Choice, Date, DateTime, Integer, LongText, Option, Text
from app.models.base import Record, about, field
from app.models.grants import grants

STATES = (Option("draft", Label("草稿", "Draft")), Option("published", Label("已发布", "Published")))
PAPER = Label("文件", "The file")
# Making and publishing a report is changing it; taking it away on paper is an export.
KEEP = READ_ONLY | {Action.UPDATE, Action.EXPORT}


class MonthlyReport(Record):
    """One archived paper: what it was printed from, and the hash by which its file is kept."""

    about = about(
        "月报档案",
        "Report on file",
        "Reports on file",
        group="analysis",
        rank=10,
        icon="file",
        title="number",
        order="-month",
        unique=(("number",), ("month", "account", "edition")),
        list=("number", "month", "reader", "status", "pages", "made_at", "published_at"),
        grants=(
            *grants(("general_manager",), KEEP, Reach.COMPANY),
            *grants(("group_operations",), KEEP, Reach.GROUP),
            *grants(("security_officer",), READ_ONLY, Reach.GROUP),
        ),
    )

    number = field(Text(40), "报告编号", "Number", required=True, readonly=True, index=True, search=True)
    month = field(Date(), "月份", "Month", required=True, readonly=True, index=True)
    reader = field(Text(80), "阅读人", "Reader", required=True, readonly=True)
    account = field(Integer(min=1), "阅读人账号", "Reader's account", required=True, readonly=True)
    edition = field(Integer(min=1), "版次", "Edition", required=True, readonly=True, default="1")
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="draft", index=True)
    advice = field(LongText(), "分析与建议", "Analysis and advice")
    snapshot = field(Text(64), "数据快照", "Snapshot", required=True, readonly=True, section=PAPER)
    sha256 = field(Text(64), "SHA-256", "SHA-256", required=True, readonly=True, section=PAPER)
    size = field(Integer(min=0), "大小（字节）", "Size (bytes)", required=True, readonly=True, section=PAPER)
    pages = field(Integer(min=0), "页数", "Pages", required=True, readonly=True, section=PAPER)
    made_at = field(DateTime(), "生成时间", "Made", required=True, readonly=True, section=PAPER)
    published_at = field(DateTime(), "发布时间", "Published", readonly=True, section=PAPER)
