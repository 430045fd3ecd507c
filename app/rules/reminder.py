"""How a reminder goes from plan to answer; machines send, people answer and call off."""

from app.core.label import Label
from app.core.rules import Lifecycle, Move
from app.records.rulebook import RULEBOOK

MACHINE = ("system",)  # no person holds it
WAITING = ("planned", "due", "queued")


def step(code: str, zh: str, en: str, sources: tuple[str, ...], target: str) -> Move:
    """A move that only the reminders' own jobs make."""
    return Move(code, Label(zh, en), sources, target, by=MACHINE)


RULEBOOK.on(
    "reminder",
    Lifecycle(
        "status",
        begins=("planned",),
        moves=(
            step("fall_due", "到期", "Fall due", ("planned",), "due"),
            step("suppress", "不发送", "Suppress", ("due", "queued"), "suppressed"),
            step("queue", "排队", "Queue", ("due",), "queued"),
            step("reconsider", "重新决定", "Decide again", ("queued",), "due"),
            step("send", "发送", "Send", ("queued",), "sending"),
            step("defer", "稍后重试", "Try later", ("sending",), "queued"),
            step("sent", "已发送", "Sent", ("sending",), "sent"),
            step("delivered", "已送达", "Delivered", ("sent",), "delivered"),
            step("fail", "失败", "Fail", ("queued", "sending", "sent"), "failed"),
            step("confirm", "确认已发送", "Sent after all", ("failed",), "sent"),
            step("expire", "过期", "Expire", ("planned", "due", "queued"), "expired"),
            Move("respond", Label("客户已回应", "Responded"), ("due", "sent", "delivered"), "responded"),
            Move("convert", Label("已转化", "Converted"), ("due", "sent", "delivered", "responded"), "converted"),
            Move("cancel", Label("取消", "Cancel"), WAITING, "cancelled", danger=True),
        ),
        locks=dict.fromkeys(
            ("sending", "sent", "delivered", "responded", "converted", "failed", "suppressed", "expired", "cancelled"),
            ("rule", "customer", "vehicle", "anchor_on", "stage", "due_on", "idem_key"),
        ),
    ),
)
