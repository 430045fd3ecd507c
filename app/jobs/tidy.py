"""Clears what finished work leaves behind."""

from sqlalchemy import text

from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job

# Dead work stays until somebody has judged it; a key stays taken a year, for then nobody asks again.
_WORK = text("""
    DELETE FROM work.outbox
     WHERE state IN ('done', 'cancelled') AND id <> :self
       AND finished_at < now() - CASE WHEN dedup_key IS NULL THEN interval '30 days' ELSE interval '1 year' END""")
# The latest slot stays: it says from where to go on.
_SLOTS = text("""
    DELETE FROM work.slot s
     WHERE slot_at < now() - interval '90 days'
       AND (extra OR slot_at < (SELECT max(slot_at) FROM work.slot l
                                 WHERE l.schedule_code = s.schedule_code AND NOT l.extra))""")
_NOTICES = text("""
    DELETE FROM work.inbox WHERE created_at < now() - interval '90 days' OR read_at < now() - interval '30 days'""")


@job("work.tidy", system=True, label=Label("清理已完成的后台任务", "Tidy finished jobs"))
def tidy(context: JobContext) -> dict[str, int]:
    """How many rows of finished work, of old slots and of old notices were removed."""
    with context.transaction() as connection:
        removed = connection.execute(_WORK, {"self": context.work.id}).rowcount
        slots = connection.execute(_SLOTS).rowcount
        notices = connection.execute(_NOTICES).rowcount
        result = {"work": removed, "slots": slots, "notices": notices}
        context.finish(connection, result)
    return result
