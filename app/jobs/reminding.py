"""Reminders by the clock: what is due is planned each night."""

from sqlalchemy import Connection, text

from app.core.clock import business_date
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.reminders.plan import Planned, plan, rules
from app.reminders.track import track

_STORES = text("SELECT id FROM store ORDER BY id")


def stores(connection: Connection) -> list[int]:
    """Every store."""
    return list(connection.execute(_STORES).scalars())


@job("reminder.plan", queue="reminder", timeout=2 * 3600, system=True)
def plan_reminders(context: JobContext) -> dict[str, object]:
    """How many reminders were planned, moved and expired; each store is one transaction, and again without effect."""
    now = context.clock.now()
    with context.transaction() as connection:
        chosen, unplanned = rules(connection, business_date(now))
        places = stores(connection)
    made = Planned()
    for number, store in enumerate(places, 1):
        with context.transaction() as connection:
            track(connection, store, now)
            made.add(plan(connection, store, chosen, now))
        context.progress(number, len(places))
    result = {"planned": made.planned, "moved": made.moved, "expired": made.expired, "unplanned": unplanned}
    with context.transaction() as connection:
        context.finish(connection, result)
    return result
