"""What an importer reads in his inbox when one of the steps of his import ended."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.core.errors import NotFound
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange.batch import Batch, State
from app.jobs.registry import Tells, Told
from app.outbox import Work

CHECKED = Label("导入已核对，等您确认", "An import is checked and waits for you")
READ = Label(
    "第 {id} 号导入：{failing} 行不能导入，请确认其余的。", "Import {id}: failing rows: {failing}. Confirm the others."
)
DONE = Label("导入完成", "An import is done")
WRITTEN = Label(
    "第 {id} 号导入：新增 {created} 条，不能导入 {failing} 行。",
    "Import {id}: records made: {created}, failing rows: {failing}.",
)
UNDONE = Label("导入已撤销", "An import was rolled back")
TAKEN_BACK = Label("第 {id} 号导入写入的内容已撤销。", "What import {id} wrote is taken back.")
STOPPED = Label("导入停下了", "An import stopped")
LOST = Label(
    "第 {id} 号导入不再归您：您的权限已变化，请联系管理员。",
    "Import {id} is no longer yours to read: your rights have changed; ask an administrator.",
)


def ended(connection: Connection, work: Work, result: Any) -> Told | None:
    """What the import came to; nothing when it moved on meanwhile."""
    try:
        batch = batches.get(connection, int(work.args["batch"]))
    except NotFound:
        return Told(STOPPED, LOST.format(id=work.args["batch"]), "danger")
    if batch.problem is not None:
        return Told(STOPPED, batch.problem, "danger")
    return _words(batch) if result is not None else None


def _words(batch: Batch) -> Told | None:
    failing = int(batch.counts.get("failing") or 0)
    if batch.state is State.CHECKED:
        return Told(CHECKED, READ.format(id=batch.id, failing=failing), "info")
    if batch.state is State.DONE:
        created = sum(batch.counts["written"]["created"].values())
        return Told(DONE, WRITTEN.format(id=batch.id, created=created, failing=failing), "warn" if failing else "good")
    return Told(UNDONE, TAKEN_BACK.format(id=batch.id)) if batch.state is State.UNDONE else None


def address(args: Mapping[str, Any]) -> str:
    """Where an import is looked at."""
    return f"/import/{int(args['batch'])}"


TELLS = Tells(ended, address)
