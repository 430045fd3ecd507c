"""Reports by the clock: the month's figures and snapshots, then its paper for each reader, archived and told."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from app.core.clock import business_date
from app.core.errors import Forbidden, NotFound
from app.core.label import Label
from app.jobs.announced import as_system, told
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.outbox.inbox import tell
from app.records.shelf import Shelf
from app.reports import archive, snapshot
from app.reports.asking import QUEUE, ask
from app.reports.measure import before, measure
from app.reports.monthly import Cover, print_report
from app.reports.paper import Unprintable

ENTITY = "monthly_report"
READY = Label("{month} 经营月报已生成，请审阅后发布", "The report of {month} is ready; read it, then publish it")
PUBLISHED = Label("{month} 经营月报已发布", "The report of {month} is published")
FAILED = Label("{month} 经营月报没有生成", "The report of {month} was not made")
EARLY = Label("这个月还没有结束。", "The month is not over yet.")
PAGE = "/reports/"
_PATIENT = text("SET LOCAL statement_timeout = '20min'")  # figures of a whole group
_MANAGERS = text("""
    SELECT DISTINCT u.id FROM ab_user u JOIN ab_user_role r ON r.user_id = u.id JOIN ab_role n ON n.id = r.role_id
     WHERE u.active AND n.name = 'general_manager' ORDER BY u.id""")
_REACH = text(f"SELECT CASE WHEN gate.may('{ENTITY}', 'update') THEN gate.my_stores('{ENTITY}') END")


@job("report.snapshot", queue=QUEUE, system=True, label=Label("计算月度指标", "Work out the month"))
def take_snapshot(context: JobContext, month: str | None = None) -> dict[str, int]:
    """How many figures were written, how many stores have a snapshot, how many reports were asked for."""
    first = date.fromisoformat(month) if month else before(_present(context))
    now = context.clock.now()
    readers = {reader: _reach(context, reader) for reader in _managers(context)}
    with context.transaction() as connection:
        connection.execute(_PATIENT)
        result = {"figures": measure(connection, first, now), "stores": 0, "reports": 0}
        for store in snapshot.stores(connection):
            snapshot.keep(connection, store, first, now)
            result["stores"] += 1
            for reader in (one for one, stores in readers.items() if store in stores):
                ask(connection, store, first, reader=reader, key=f"report:{first}:{store}:{reader}")
                result["reports"] += 1
        context.finish(connection, result)
    return result


@job("report.monthly", queue=QUEUE, timeout=900, label=Label("生成月报", "Print the monthly report"))
def print_monthly(context: JobContext, store: int, month: str, reader: int | None = None) -> dict[str, Any]:
    """The archived draft of a month for its reader: who asked, or whom the system names."""
    account = context.work.requested_by or reader
    if account is None or store not in _reach(context, account):
        raise Forbidden
    first = date.fromisoformat(month)
    if first.day != 1 or first >= _present(context):
        raise NotFound(EARLY)
    with as_system(context.engine, told(context.work)) as connection:
        issue = archive.draft(connection, store, first, account)
    return _print(context, issue)


@job("report.publish", queue=QUEUE, timeout=900, label=Label("发布月报", "Publish the monthly report"))
def publish(context: JobContext, report: int) -> dict[str, Any]:
    """The published report, printed anew with its reader's words from the figures he saw."""
    with as_system(context.engine, told(context.work)) as connection:
        issue = archive.final(connection, report)
    account = context.work.requested_by
    if issue is None:
        raise NotFound
    if account != issue.account or issue.store not in _reach(context, account):
        raise Forbidden
    return _print(context, issue)


def _print(context: JobContext, issue: archive.Issue) -> dict[str, Any]:
    context.progress(0, 2)
    with as_system(context.engine, told(context.work)) as connection:
        connection.execute(_PATIENT)
        figures = _snapshot(connection, issue, context)
    cover = Cover(issue.number, issue.reader, issue.edition, not issue.publish, issue.advice or "")
    try:
        paper = print_report(figures, cover)
    except Unprintable as refusal:
        _tell(context, issue, FAILED, refusal.label, "danger")
        raise
    context.progress(1, 2)
    shelf = Shelf(context.config.home / "files", context.config.disk_reserve_mb * 1024 * 1024)
    digest = archive.keep(shelf, paper)
    with as_system(context.engine, told(context.work)) as connection:
        number = archive.enter(
            connection, issue, paper, digest=digest, snapshot=figures.sha256, now=context.clock.now()
        )
        words = PUBLISHED if issue.publish else READY
        tell(
            connection, [issue.account], f"report:{number}:{digest[:16]}", words.format(month=f"{issue.month:%Y-%m}"),
            note=Label(issue.number, issue.number), href=PAGE, level="good", work_id=context.work.id,
        )  # fmt: skip
        result = {"report": number, "sha256": digest, "pages": paper.pages, "bytes": len(paper.data)}
        context.finish(connection, result)
    return result


def _snapshot(connection: Connection, issue: archive.Issue, context: JobContext) -> snapshot.Snapshot:
    """The stored snapshot to print from; a month that has none is measured first."""
    found = snapshot.latest(connection, issue.store, issue.month, issue.snapshot)
    if found is None:
        measure(connection, issue.month, context.clock.now())
        snapshot.keep(connection, issue.store, issue.month, context.clock.now())
        found = snapshot.latest(connection, issue.store, issue.month)
    if found is None:
        raise NotFound
    return found


def _tell(context: JobContext, issue: archive.Issue, words: Label, note: Label, level: str) -> None:
    with as_system(context.engine, told(context.work)) as connection:
        title = words.format(month=f"{issue.month:%Y-%m}")
        key = f"report-failed:{context.work.id}"
        tell(connection, [issue.account], key, title, note=note, href=PAGE, level=level, work_id=context.work.id)


def _present(context: JobContext) -> date:
    """The first day of the month that is running, or was when the clock called."""
    return business_date(context.slot() or context.clock.now()).replace(day=1)


def _managers(context: JobContext) -> Sequence[int]:
    with as_system(context.engine, told(context.work)) as connection:
        return connection.execute(_MANAGERS).scalars().all()


def _reach(context: JobContext, account: int) -> frozenset[int]:
    """The stores whose reports somebody may keep, by his rights of this moment."""
    with context.engine.begin() as connection:
        given = {"user": account, "request": told(context.work)}
        if not connection.execute(text("SELECT gate.announce_job(:user, :request, NULL)"), given).scalar():
            return frozenset()
        return frozenset(connection.execute(_REACH).scalar() or ())
