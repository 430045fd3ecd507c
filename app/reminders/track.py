"""Closes what came about: told reminders are converted, untold ones called off, and their tasks with them."""

from datetime import datetime

from sqlalchemy import Connection, text

from app.reminders.family import families
from app.reminders.trace import CLOSED

LOOKED_BACK = 180  # days after it was told in which what follows counts as its success
_OF = "r.store_id = :store AND r.rule_id IN (SELECT u.id FROM reminder_rule u WHERE starts_with(u.code, :family))"
_CLOSE = (
    "UPDATE reminder r SET status = :outcome, decision = {closed} WHERE {of} AND r.status IN ({states}) AND {where}"
)
TOLD = (
    "'sent', 'delivered', 'responded'",
    f"r.told_at > CAST(:now AS timestamptz) - interval '{LOOKED_BACK} days' AND ({{}})",
)
WAITING = ("'planned', 'due', 'queued'", "({})")
# A card whose every reminder is closed has nothing left to do; a message none of whose reminders waits is not sent.
_TASKS = text("""
    UPDATE task t SET status = 'cancelled', result = :words
     WHERE t.store_id = :store AND t.status = 'open'
       AND t.id IN (SELECT r.task_id FROM reminder r WHERE r.store_id = :store AND r.status = 'converted'
                       AND r.told_at > CAST(:now AS timestamptz) - make_interval(days => :days))
       AND NOT EXISTS (SELECT FROM reminder r WHERE r.store_id = t.store_id AND r.task_id = t.id
                          AND r.status IN ('sent', 'delivered', 'responded'))""")
_MESSAGES = text("""
    UPDATE message m SET status = 'cancelled'
     WHERE m.store_id = :store AND m.status = 'queued' AND m.reminder_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM reminder r WHERE r.store_id = m.store_id AND r.status = 'queued'
                          AND (r.id = m.reminder_id OR r.bundle_id = m.reminder_id))""")
_DONE = "事项已办结，无需再联系。"


def track(connection: Connection, store: int, now: datetime) -> dict[str, int]:
    """How many of a store's reminders were converted and how many called off."""
    given = {"store": store, "now": now}
    counts = {"converted": 0, "cancelled": 0}
    for family in families().values():
        own = given | {"family": family.code}
        done = own | {"reason": family.settled_as}
        counts["converted"] += _close(connection, family.settled, TOLD, done | {"outcome": "converted"})
        counts["cancelled"] += _close(connection, family.settled, WAITING, done | {"outcome": "cancelled"})
        lost = own | {"outcome": "cancelled", "reason": "dropped"}
        counts["cancelled"] += _close(connection, family.dropped, WAITING, lost)
    connection.execute(_TASKS, given | {"words": _DONE, "days": LOOKED_BACK})
    connection.execute(_MESSAGES, given)
    return counts


def _close(connection: Connection, when: str, which: tuple[str, str], given: dict[str, object]) -> int:
    """How many reminders in these states were closed, their traces with them."""
    states, where = which
    sql = _CLOSE.format(closed=CLOSED, of=_OF, states=states, where=where.format(when))
    return connection.execute(text(sql), given).rowcount
