"""Watches over work that was given up: its operators are told once, and so is whoever asked."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from app.core.label import Label
from app.jobs import registry
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.jobs.telling import tell_failure
from app.outbox import Work
from app.outbox.inbox import tell
from app.outbox.work import COLUMNS, of

AFTER = 10  # minutes work may be dead before somebody is told
MOST = 100  # of them at one look; the others follow at the next
TITLE = Label("后台任务失败：{job}", "A job was given up: {job}")
NOTE = Label(
    "任务 {id} 试了 {n} 次没有成功。请打开看原因，再决定重试或放弃。",
    "Job {id} failed {n} times. Open it to see why, then retry or discard it.",
)
# A job that was retried and died again is another failure, so its death's moment is in the key.
_KEY = "'dead:' || o.id || ':' || floor(extract(epoch FROM o.finished_at))::bigint"
_DEAD = text(f"""
    SELECT {", ".join(f"o.{column}" for column in COLUMNS.split(", "))} FROM work.outbox o
     WHERE o.state = 'dead' AND o.finished_at < clock_timestamp() - make_interval(mins => :after)
       AND NOT EXISTS (SELECT FROM work.inbox n WHERE n.work_id = o.id AND n.key = {_KEY})
     ORDER BY o.id LIMIT :most""")


@job("work.watch", system=True, label=Label("检查失败的后台任务", "Watch for jobs that were given up"))
def watch(context: JobContext) -> dict[str, int]:
    """How many dead jobs their operators were told about."""
    with context.transaction() as connection:
        found = [of(row) for row in connection.execute(_DEAD, {"after": AFTER, "most": MOST})]
        tell_operators(connection, found)
        for work in found:
            tell_failure(connection, work)  # again, for a worker that vanished told nobody
        result = {"dead": len(found)}
        context.finish(connection, result)
    return result


def tell_operators(connection: Connection, dead: Iterable[Work]) -> None:
    """Tells everybody who tends jobs about each of these."""
    operators = list(connection.execute(text("SELECT work.operators()")).scalars())
    for work in dead:
        words = {"job": registry.label_of(work.kind), "id": work.id, "n": work.attempts}
        key = f"dead:{work.id}:{int(work.finished_at.timestamp()) if work.finished_at else 0}"
        title, note = TITLE.format(**words), NOTE.format(**words)
        tell(connection, operators, key, title, note=note, href=f"/jobs/{work.id}", level="danger", work_id=work.id)
