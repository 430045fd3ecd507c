"""Tells whoever asked for work, in his inbox, how it ended; each ending once."""

from sqlalchemy import Connection

from app.core.label import Label
from app.jobs import registry
from app.outbox import Work
from app.outbox.inbox import tell

FAILED = Label("没有完成：{job}", "Not finished: {job}")
FAILED_NOTE = Label(
    "任务 {id} 多次尝试后停下了，管理员已能看到原因；处理后会再通知您。",
    "Job {id} was given up after its attempts. Administrators see why; you are told when it is done after all.",
)


def tell_end(connection: Connection, work: Work, result: object) -> None:
    """Tells the requester that his work is done, in the transaction that finishes it, where its kind says so."""
    job = registry.find(work.kind)
    if job is None or job.tells is None or work.requested_by is None:
        return
    told = job.tells.done(connection, work, result)
    if told is not None:
        _tell(connection, work, job.tells, f"work:{work.id}", told)


def tell_failure(connection: Connection, work: Work) -> None:
    """Tells the requester that his work was given up, where its kind tells anything."""
    job = registry.find(work.kind)
    if job is None or job.tells is None or work.requested_by is None:
        return
    words = {"job": registry.label_of(work.kind), "id": work.id}
    told = registry.Told(FAILED.format(**words), FAILED_NOTE.format(**words), "danger")
    _tell(connection, work, job.tells, f"work:{work.id}:dead", told)


def _tell(connection: Connection, work: Work, tells: registry.Tells, key: str, told: registry.Told) -> None:
    requester = () if work.requested_by is None else (work.requested_by,)
    href = _href(work, tells)
    tell(connection, requester, key, told.title, note=told.note, href=href, level=told.level, work_id=work.id)


def _href(work: Work, tells: registry.Tells) -> str | None:
    """Where the result is; nowhere for arguments no page of ours wrote."""
    try:
        return tells.href(work.args) if tells.href else None
    except (KeyError, TypeError, ValueError):
        return None
