"""Audit review (审计复核): the security officer's word that a span of the trail was looked at."""

from app.core.action import Action
from app.core.label import Label
from app.core.rules import Check
from app.core.scope import Belongs, Reach
from app.fields import Date, DateTime, Integer, LongText, Text
from app.models.base import Record, about, field
from app.models.grants import ADD, grants


class AuditReview(Record):
    """A period signed off; what it held and the trail's head of that moment are the database's word."""

    about = about(
        "审计复核",
        "Audit review",
        "Audit reviews",
        belongs=Belongs.GROUP,
        group="audit",
        rank=40,
        icon="signature",
        title="period",
        order="-until_on",
        list=("period", "entries", "findings", "breaches", "signed_by", "signed_at"),
        grants=grants(("security_officer",), ADD | {Action.EXPORT}, Reach.GROUP),
        checks=(
            Check(
                "in_order",
                "from_on <= until_on",
                Label("结束日不能早于开始日。", "The period ends after it begins."),
                "until_on",
            ),
        ),
        ledger=True,
    )

    from_on = field(Date(), "开始日", "From", required=True, index=True)
    until_on = field(Date(), "结束日", "Until", required=True, index=True)
    comment = field(LongText(), "复核意见", "What was found", required=True)
    period = field(Text(40), "期间", "Period", readonly=True)
    entries = field(Integer(min=0), "轨迹条数", "Entries", readonly=True)
    findings = field(Integer(min=0), "风险事件", "Findings", readonly=True)
    breaches = field(Integer(min=0), "其中违规", "Breaches", readonly=True)
    head = field(Text(80), "链头", "Head of the trail", readonly=True)
    signed_by = field(Text(80), "签署人", "Signed by", readonly=True)
    signed_at = field(DateTime(), "签署时间", "Signed", readonly=True)
