"""Stage history (阶段历史): how a customer moved through the stages of his life with the store."""

from app.fields import Choice, DateTime, Reference, Text
from app.models.base import Record, about, field
from app.models.customer import STAGES
from app.models.grants import HISTORY


class StageHistory(Record):
    """One change of a customer's stage; written when it happens."""

    about = about(
        "阶段历史",
        "Stage change",
        "Stage history",
        group="customers",
        rank=19,
        icon="timeline",
        title="to_stage",
        order="-at",
        ledger=True,
        list=("customer", "from_stage", "to_stage", "at", "rule"),
        grants=HISTORY,
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True, part_of=True)
    from_stage = field(Choice(STAGES), "原阶段", "From", required=True, default="prospect", index=True)
    to_stage = field(Choice(STAGES), "新阶段", "To", required=True, default="new", index=True)
    at = field(DateTime(), "时间", "At", required=True, index=True)
    rule = field(Text(200), "依据", "Why")
