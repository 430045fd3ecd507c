"""Access request (查看申请): somebody asks to see one record beyond his reach, for a time."""

from app.core.action import READ_ONLY, Action
from app.core.label import Label
from app.core.rules import Once
from app.core.scope import Reach
from app.fields import Choice, DateTime, Integer, Option, Text
from app.models.base import Record, about, field
from app.models.grants import LEADERS, grants

STATES = (
    Option("pending", Label("待答复", "Pending")),
    Option("granted", Label("已批准", "Granted")),
    Option("refused", Label("已拒绝", "Refused")),
    Option("ended", Label("已收回", "Taken back")),
)
TERMS = (
    Option("1", Label("1 小时", "An hour")),
    Option("24", Label("1 天", "A day")),
    Option("168", Label("7 天", "A week")),
)
ANSWERS = READ_ONLY | {Action.UPDATE}


class AccessRequest(Record):
    """A request, kept in the store of the record it asks for; granted, it ends by itself."""

    about = about(
        "查看申请",
        "Access request",
        "Access requests",
        group="organisation",
        rank=90,
        icon="key",
        title="requester_name",
        order="-id",
        list=(
            "requester_name",
            "requester_store",
            "subject_entity",
            "subject_record",
            "reason",
            "term",
            "status",
            "ends_at",
        ),
        grants=(
            *grants(LEADERS, ANSWERS, Reach.STORE),
            *grants(("general_manager",), ANSWERS, Reach.COMPANY),
            *grants(("security_officer",), READ_ONLY, Reach.GROUP),
        ),
        checks=(
            Once(
                "asked_once",
                ("requester", "subject_entity", "subject_record"),
                "status = 'pending'",
                Label("这条记录已经申请过，请等答复。", "This record was asked for already; wait for the answer."),
                "subject_record",
            ),
        ),
    )

    requester_name = field(Text(80), "申请人", "Who asks", required=True, readonly=True)
    requester_store = field(Text(80), "申请人门店", "His store", readonly=True)
    requester = field(Integer(min=1), "申请人账号", "His account", required=True, readonly=True, index=True)
    subject_entity = field(Text(48), "数据", "Records", required=True, readonly=True)
    subject_record = field(Integer(min=1), "编号", "Number", required=True, readonly=True)
    reason = field(Text(200), "原因", "Reason", required=True, readonly=True)
    term = field(Choice(TERMS), "多久", "How long", required=True, readonly=True, default="24")
    status = field(Choice(STATES), "状态", "Status", required=True, readonly=True, default="pending", index=True)
    answer = field(Text(200), "答复", "Answer")
    answered_by = field(Text(80), "答复人", "Answered by", readonly=True)
    answered_at = field(DateTime(), "答复时间", "Answered", readonly=True)
    ends_at = field(DateTime(), "到期", "Ends", readonly=True)
