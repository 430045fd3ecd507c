"""Customer merge (客户合并): two records of one person made one, and how it is taken back."""

from app.core.action import READ_ONLY
from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Check
from app.core.scope import Reach
from app.fields import DateTime, Integer, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import FRONT, LEADERS, grants


class CustomerMerge(Record):
    """One merge: who stayed, who was merged into him, and when it was taken back; written by the merge alone."""

    about = about(
        "客户合并",
        "Merge",
        "Merges",
        group="customers",
        rank=90,
        icon="link",
        title="name",
        list=("name", "survivor", "loser", "moved", "merged_at", "undone_at"),
        ledger=True,
        grants=(
            *grants((*FRONT, *LEADERS), READ_ONLY, Reach.STORE),
            *grants(("general_manager",), READ_ONLY, Reach.COMPANY),
            *grants(("group_operations", "security_officer"), READ_ONLY, Reach.GROUP),
        ),
        checks=(
            Check("two", "survivor_id <> loser_id", Label("请选择另一位客户。", "Choose another customer."), "loser"),
        ),
    )

    name = field(Text(80, names=True), "被合并的客户", "Merged customer", required=True, privacy=Privacy.PERSONAL)
    survivor = field(Reference("customer"), "保留的客户", "Kept customer", required=True)
    loser = field(Reference("customer"), "被合并的档案", "Merged record", required=True)
    moved = field(Integer(min=0), "转移的记录数", "Records moved", required=True, default=0)
    stayed = field(Integer(min=0), "未转移的重复记录", "Repeated records that stayed", required=True, default=0)
    merged_at = field(DateTime(), "合并时间", "Merged at", required=True, index=True)
    undone_at = field(DateTime(), "撤销时间", "Taken back at")
