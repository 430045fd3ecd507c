"""Consent (同意): what a customer allowed or took back, for one purpose by one channel."""

from app.core.field import Privacy
from app.core.label import Label
from app.core.rules import Check
from app.fields import Choice, DateTime, File, Option, Reference, Text
from app.models.base import Record, about, field
from app.models.grants import FRONT, added_by
from app.models.vocabulary import MEANS

PURPOSES = (
    Option("service", Label("服务提醒", "Service notices")),
    Option("marketing", Label("营销推广", "Marketing")),
    Option("care", Label("关怀问候", "Care")),
    Option("profiling", Label("个性化分析", "Profiling")),
    Option("share", Label("向第三方提供", "Sharing with others")),
    Option("group_share", Label("集团内共享", "Sharing within the group")),
    Option("sensitive", Label("处理敏感个人信息", "Sensitive data")),
)
ACTIONS = (Option("grant", Label("同意", "Granted")), Option("withdraw", Label("撤回", "Withdrawn")))
METHODS = (
    Option("paper", Label("纸质签字", "Signed on paper")),
    Option("screen", Label("柜台屏幕", "On the counter's screen")),
    Option("sms", Label("短信回复", "By SMS")),
    Option("online", Label("线上勾选", "Online")),
    Option("call", Label("电话录音", "Recorded call")),
)


class Consent(Record):
    """One tick or its withdrawal, with the notice that was shown and the proof; the last one holds."""

    about = about(
        "同意记录",
        "Consent",
        "Consents",
        group="care",
        rank=50,
        icon="signature",
        title="purpose",
        order="-at",
        ledger=True,
        list=("customer", "purpose", "channel", "action", "at", "notice", "method", "collected_by"),
        checks=(
            Check(
                "informed",
                "action = 'withdraw' OR notice_id IS NOT NULL",
                Label("请选择客户看到的隐私声明版本。", "Choose the privacy notice the customer was shown."),
                "notice",
            ),
            Check(
                "proven",
                "action = 'withdraw' OR evidence IS NOT NULL OR proof IS NOT NULL",
                Label("请写明凭证，或上传凭证文件。", "Name the proof or upload it."),
                "evidence",
            ),
        ),
        grants=added_by((*FRONT, "marketing", "complaint_handler")),
    )

    customer = field(Reference("customer"), "客户", "Customer", required=True)
    purpose = field(Choice(PURPOSES), "目的", "Purpose", required=True, default="service", index=True)
    channel = field(
        Choice((Option("any", Label("全部渠道", "Any channel")), *MEANS)),
        "渠道",
        "Channel",
        required=True,
        default="any",
        index=True,
    )
    action = field(Choice(ACTIONS), "动作", "Action", required=True, default="withdraw", index=True)
    at = field(DateTime(), "时间", "At", required=True, index=True)
    notice = field(Reference("privacy_notice"), "隐私声明", "Privacy notice")
    method = field(Choice(METHODS), "方式", "Method", required=True, default="screen", index=True)
    evidence = field(Text(200), "凭证", "Evidence", privacy=Privacy.PERSONAL)
    proof = field(File(), "凭证文件", "Proof")
    collected_by = field(Reference("employee"), "经办人", "Taken by", claimed_by=FRONT)
