"""Sends what waits: claimed in one transaction, handed over outside any, and what became of it in another.

Whatever dies in between leaves a message that is `sending`; after a while it is `unknown`, for somebody to look at,
and never sent again by itself: two letters are worse than none (reminders.md §1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from app.access.seal import Sealer
from app.reminders import facts
from app.reminders.decide import Office, decide
from app.reminders.facts import Item
from app.reminders.mail import Letter, Result, Sent
from app.reminders.trace import CLOSED, Trace
from app.reminders.words import letter, with_way_out

RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=25))
SILENCE = timedelta(minutes=15)  # in `sending`, after which nobody knows what became of it
AT_ONCE = 500
_WAITING = text("""
    SELECT m.id, m.store_id FROM store s JOIN message m ON m.store_id = s.id
     WHERE m.status = 'queued' AND m.channel = 'email' AND m.reminder_id IS NOT NULL
       AND (m.try_at IS NULL OR m.try_at <= :now) ORDER BY m.id LIMIT :most""")
_LOCK = text("""
    SELECT id, store_id, customer_id, reminder_id, nature, idem_key, attempts FROM message
     WHERE id = :id AND status = 'queued' AND (try_at IS NULL OR try_at <= :now) FOR UPDATE SKIP LOCKED""")
_ITS = "(r.id = :lead OR r.bundle_id = :lead) AND r.status = 'queued'"
_MOVE = text("""
    UPDATE reminder SET status = :status, decision = :decision, wait_until = :until
     WHERE store_id = :store AND id = :id AND status = 'queued'""")
_SENDING = text("""
    UPDATE message SET status = 'sending', try_at = :now, attempts = coalesce(attempts, 0) + 1, body_hash = :digest,
                       error = NULL
     WHERE id = :id AND status = 'queued'""")
_PUT_OFF = text("UPDATE message SET try_at = :until WHERE id = :id AND status = 'queued'")
_CANCEL = text("UPDATE message SET status = 'cancelled', error = :why WHERE id = :id AND status = 'queued'")
_LATER = text("""
    UPDATE message SET status = 'queued', try_at = :until, error = :said WHERE id = :id AND status = 'sending'""")
_BACK = text(
    "UPDATE reminder r SET status = 'queued' WHERE r.store_id = :store"
    " AND (r.id = :lead OR r.bundle_id = :lead) AND r.status = 'sending'"
)
_END = text("""
    UPDATE message SET status = :status, sent_at = CASE WHEN :status = 'sent' THEN CAST(:now AS timestamptz) END,
                       provider_code = :said, error = :error
     WHERE id = :id AND status = 'sending'""")
_TRACE = text(
    f"UPDATE reminder r SET decision = {CLOSED} WHERE r.store_id = :store AND (r.id = :lead OR r.bundle_id = :lead)"
    " AND r.status IN ('sent', 'failed')"
)
_STUCK = text("""
    UPDATE message SET status = 'unknown', error = 'broke off while sending'
     WHERE store_id = :store AND status = 'sending' AND channel = 'email' AND reminder_id IS NOT NULL
       AND try_at < CAST(:now AS timestamptz) - :silence
    RETURNING id, store_id, reminder_id""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to hand over, once."""

    id: int
    store: int
    lead: int
    attempts: int  # with this one
    letter: Letter


def waiting(connection: Connection, now: datetime) -> list[int]:
    """The messages to be sent now, oldest first."""
    return list(connection.execute(_WAITING, {"now": now, "most": AT_ONCE}).scalars())


def claim(connection: Connection, sealer: Sealer, number: int, office: Office) -> Claimed | None:
    """The message, now `sending`, when all that was decided about it still holds; None when it is not to be sent."""
    row = connection.execute(_LOCK, {"id": number, "now": office.now}).first()
    if row is None:
        return None
    its = facts.items(connection, row.store_id, office.now, _ITS, {"lead": row.reminder_id})
    person = facts.people(connection, sealer, row.store_id, {row.customer_id} - {None}, office.now).get(row.customer_id)
    group: list[Item] = []
    for item in sorted(its, key=lambda one: (one.id != row.reminder_id, one.due_on, one.id)):
        trace, nature = decide(item, person, office)
        if trace.outcome == "waits":
            connection.execute(_PUT_OFF, {"id": number, "until": trace.until})
            return None
        if trace.outcome == "send" and trace.channel == "email" and nature == row.nature:
            group.append(item)
        else:
            _move(connection, row.store_id, item, trace, "due" if trace.outcome == "send" else trace.outcome)
    made = letter(connection, row.store_id, group, person, row.idem_key) if group and person else None
    if made is None:
        connection.execute(_CANCEL, {"id": number, "why": "nothing of it is to be told any more"})
        return None
    made = with_way_out(made, row.nature)
    for item in group:
        _move(connection, row.store_id, item, decide(item, person, office)[0], "sending")
    connection.execute(_SENDING, {"id": number, "now": office.now, "digest": made.digest})
    return Claimed(number, row.store_id, row.reminder_id, (row.attempts or 0) + 1, made)


def _move(connection: Connection, store: int, item: Item, trace: Trace, status: str) -> None:
    values = {"store": store, "id": item.id, "status": status, "decision": trace.stored(), "until": trace.until}
    connection.execute(_MOVE, values)


def settle(connection: Connection, claimed: Claimed, sent: Sent, now: datetime) -> str:
    """Writes what became of a message: its new state."""
    given = {"id": claimed.id, "store": claimed.store, "lead": claimed.lead, "now": now}
    if sent.result in (Result.LATER, Result.AWAY) and claimed.attempts <= len(RETRIES):
        until = now + RETRIES[claimed.attempts - 1]
        connection.execute(_LATER, given | {"until": until, "said": sent.said})
        connection.execute(_BACK, given)
        return "queued"
    status = {Result.SENT: "sent", Result.UNKNOWN: "unknown"}.get(sent.result, "failed")
    error = None if status == "sent" else sent.said
    connection.execute(_END, given | {"status": status, "said": sent.said[:80], "error": error})
    reason = {"sent": "", "unknown": "lost_track"}.get(
        status, "refused" if sent.result is Result.REFUSED else "gave_up"
    )
    outcome = {"sent": "told"}.get(status, status)
    connection.execute(_TRACE, given | {"outcome": outcome, "reason": reason})
    return status


def lose(connection: Connection, store: int, now: datetime) -> list[int]:
    """The messages of a store that broke off while they were sent: from now on somebody has to look."""
    rows = connection.execute(_STUCK, {"store": store, "now": now, "silence": SILENCE}).all()
    for row in rows:
        given = {"store": store, "lead": row.reminder_id, "now": now, "outcome": "unknown", "reason": "lost_track"}
        connection.execute(_TRACE, given)
    return [row.id for row in rows]
