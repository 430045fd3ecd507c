"""Feeds in the background: files people sent, watched folders, rolling back, and the end of what was left lying."""

from pathlib import Path
from uuid import uuid4

from app.core.errors import Refusal
from app.core.label import Label
from app.exchange.feeds import profile as profiles
from app.exchange.feeds import run as runs
from app.exchange.feeds.feed import feed, receive
from app.exchange.feeds.run import Arrival
from app.exchange.feeds.undo import undo
from app.exchange.feeds.watch import files, put_away
from app.exchange.limits import MIB
from app.exchange.steps import Steps, Tools
from app.jobs.announced import as_system
from app.jobs.context import JobContext
from app.jobs.importing import told, tools_of
from app.jobs.registry import job
from config import Config

KEPT_DAYS = 90  # so long can refused lines be fetched


def folder_of(config: Config) -> Path:
    """Where watched folders lie, one a profile, named by its code."""
    return config.feed_folder or config.home / "feeds"


def _stop(context: JobContext, number: int, why: Label) -> None:
    """Ends a running task with its reason, in the system's name; only the run that waits for this very work."""
    with as_system(context.engine, context.work.request_id or "feed") as connection:
        run = runs.get(connection, number, lock=True)
        if run.work == context.work.id and run.state in runs.RUNNING:
            state = runs.State.DONE if run.state is runs.State.UNDOING else runs.State.REFUSED
            runs.change(connection, number, state=state.value, problem=why)


@job("feed.run", timeout=4 * 3600, label=Label("处理品牌系统文件", "Take in a brand system file"))
def run_feed(context: JobContext, run: int) -> None:
    """Takes a file that was sent to its end."""
    told(context, feed, run, _stop)


@job("feed.undo", timeout=4 * 3600, label=Label("撤销品牌系统导入", "Roll a feed back"))
def undo_feed(context: JobContext, run: int) -> None:
    """Rolls a run back."""
    told(context, undo, run, _stop)


@job("feed.scan", system=True, timeout=4 * 3600, label=Label("检查监看文件夹", "Look into watched folders"))
def scan(context: JobContext) -> dict[str, int]:
    """How many files of watched folders were taken and how many refused; each lies in done/ or refused/ afterwards."""
    with context.transaction() as connection:
        watched = [one for one in profiles.listed(connection) if one.watched and one.active]
    counts = {"taken": 0, "refused": 0}
    tools, most = tools_of(context.config), context.config.admin_upload_limit_mb * MIB
    for profile in watched:
        for path in files(folder_of(context.config) / profile.code, context.clock.now().timestamp()):
            counts["taken" if take(context, tools, profile.code, path, most) else "refused"] += 1
    with context.transaction() as connection:
        context.finish(connection, counts)
    return counts


class _Unfinished:
    """The steps of one file within a scan: its end is not the end of the work."""

    def __init__(self, context: JobContext) -> None:
        self.transaction = context.transaction
        self.progress = context.progress

    def finish(self, connection: object, result: object = None) -> None:
        """The scan ends later."""


def take(context: JobContext, tools: Tools, code: str, path: Path, most: int) -> bool:
    """Takes one file in and puts it away; whether it was taken."""
    steps: Steps = _Unfinished(context)
    try:
        uuid = uuid4()
        with path.open("rb") as stream:
            stored = tools.uploads.keep(stream, uuid, most)
        begun = receive(steps, tools, code, Arrival(uuid, stored, path.name, "folder"))
        if not begun.repeated:
            feed(steps, tools, begun.run)
    except Refusal as refused:
        put_away(path, "refused", f"{refused.label.zh}\n{refused.label.en}\n")
        return False
    put_away(path, "done")
    return True


@job("feed.tidy", system=True, label=Label("清理品牌系统导入", "Tidy feeds"))
def tidy(context: JobContext) -> dict[str, int]:
    """How many refused lines were cleared because nobody came for them."""
    sql = (
        "DELETE FROM feed_row f USING feed_run r WHERE r.id = f.run_id AND r.state IN ('done', 'refused', 'undone')"
        " AND f.state <> 'ready' AND r.finished_at < now() - make_interval(days => %s)"
    )
    with context.transaction() as connection:
        result = {"lines": connection.exec_driver_sql(sql, (KEPT_DAYS,)).rowcount}
        context.finish(connection, result)
    return result
