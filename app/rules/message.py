"""How a message is sent; one whose outcome is unknown is judged by a person and never sent again by itself."""

from app.core.label import Label
from app.core.rules import Derive, Event, Lifecycle, Move, Then, kept
from app.records.rulebook import RULEBOOK

MACHINE = ("system",)
GONE = ("sending", "sent", "delivered", "failed", "unknown")
CONTENT = ("reminder", "customer", "template", "channel", "nature", "recipient", "body_hash", "idem_key")

ITS = (
    "FROM moved m WHERE r.store_id = m.store_id AND m.reminder_id IS NOT NULL"
    " AND (r.id = m.reminder_id OR r.bundle_id = m.reminder_id)"
)


def first(states: tuple[str, ...], column: str) -> str:
    """The moment the row first stood in one of these states."""
    listed = ", ".join(f"'{state}'" for state in states)
    return f"CASE WHEN NEW.status IN ({listed}) THEN coalesce(NEW.{column}, now()) ELSE NEW.{column} END"


RULEBOOK.on(
    "message",
    Derive(
        "moments",
        {
            "queued_at": "coalesce(NEW.queued_at, now())",
            "sent_at": first(("sent", "delivered"), "sent_at"),
            "delivered_at": first(("delivered",), "delivered_at"),
        },
    ),
    Lifecycle(
        "status",
        begins=("queued",),
        moves=(
            Move("send", Label("发送", "Send"), ("queued", "failed"), "sending", by=MACHINE),
            Move("mark_sent", Label("已人工发送", "Sent by hand"), ("queued", "unknown"), "sent"),
            Move("sent", Label("已发送", "Sent"), ("sending",), "sent", by=MACHINE),
            Move("delivered", Label("已送达", "Delivered"), ("sending", "sent"), "delivered", by=MACHINE),
            Move("defer", Label("稍后重试", "Try later"), ("sending",), "queued", by=MACHINE),
            Move("fail", Label("失败", "Fail"), ("sending", "sent"), "failed", by=MACHINE),
            Move("give_up", Label("确认未发出", "It was not sent"), ("unknown",), "failed"),
            Move("lose", Label("结果不明", "Lose track"), ("sending",), "unknown", by=MACHINE),
            Move("cancel", Label("取消", "Cancel"), ("queued", "failed"), "cancelled", danger=True),
        ),
        locks=dict.fromkeys((*GONE, "cancelled"), CONTENT),
    ),
    # What becomes of a message becomes of the reminders it tells; a person's verdict on a lost one as well.
    Then(
        "calls_off",
        f"UPDATE public.reminder r SET status = 'cancelled' {ITS} AND r.status = 'queued'",
        on=(Event.UPDATE,),
        to=("cancelled",),
    ),
    Then(
        "told",
        "UPDATE public.reminder r SET status = 'sent', told_at = coalesce(r.told_at, m.sent_at)"
        f" {ITS} AND r.status IN ('queued', 'sending', 'failed')",
        on=(Event.UPDATE,),
        to=("sent",),
    ),
    Then(
        "not_told",
        f"UPDATE public.reminder r SET status = 'failed' {ITS} AND r.status IN ('queued', 'sending')",
        on=(Event.UPDATE,),
        to=("failed", "unknown"),
    ),
    kept(
        "OLD.status NOT IN ('queued', 'cancelled')",
        Label("已发送的消息要保留，不能删除。", "A message that was sent is kept."),
        "idem_key",
    ),
)
