"""Imports in the background: the dry run, the writing, the rolling back, and the end of what was left lying."""

from collections.abc import Callable

from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.access.key_file import KeyFile
from app.access.seal import Sealer
from app.core.errors import Forbidden, Refusal
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange.batch import State
from app.exchange.loading import load
from app.exchange.staging import check
from app.exchange.steps import Steps, Tools
from app.exchange.tidy import expire
from app.exchange.undoing import undo
from app.exchange.upload import Uploads
from app.jobs.announced import as_system
from app.jobs.context import JobContext
from app.jobs.import_notices import TELLS
from app.jobs.registry import job
from config import Config

NO_LONGER = Label(
    "导入人的权限已变化，不能继续。请联系管理员。",
    "The importer's rights have changed, so it cannot go on; ask an administrator.",
)
Task = Callable[[Steps, Tools, int], object]
Stop = Callable[[JobContext, int, Label], None]
FALLS_BACK = {State.CHECKING: State.MAPPING, State.IMPORTING: State.FAILED, State.UNDOING: State.DONE}


def tools_of(config: Config) -> Tools:
    """The keys and the folder of uploads of this installation."""
    keys = KeyFile(config)
    return Tools(Sealer(keys), Uploads(config.home, keys))


def told(context: JobContext, task: Task, number: int, stop: Stop) -> None:
    """Runs one task; `stop` tells a refusal where a person can act, anything else fails the job, tried again later."""
    try:
        task(context, tools_of(context.config), number)
    except Refusal as refusal:
        stop(context, number, NO_LONGER if isinstance(refusal, Forbidden) else refusal.label)
    except DBAPIError as error:
        if not isinstance(error.orig, pg.InsufficientPrivilege):
            raise
        stop(context, number, NO_LONGER)


def _stop(context: JobContext, number: int, why: Label) -> None:
    """Puts the batch where a person can act, with the reason; by the system, for the importer may have lost rights.

    A web process wrote the work, so it may name any batch; only the one that waits for this very work is touched.
    """
    with as_system(context.engine, context.work.request_id or "import") as connection:
        sql = "SELECT EXISTS (SELECT FROM import_batch WHERE id = %s AND work_id = %s)"
        if connection.exec_driver_sql(sql, (number, context.work.id)).scalar_one():
            stop(connection, number, why)


def stop(connection: Connection, number: int, why: Label) -> None:
    """Ends the running task of a batch with a reason; what it wrote before stays and can be rolled back."""
    batch = batches.get(connection, number, lock=True)
    if batch.state in FALLS_BACK:
        batches.change(connection, batch, FALLS_BACK[batch.state], problem=why)


@job("import.check", label=Label("核对导入文件", "Check an import"), tells=TELLS)
def check_import(context: JobContext, batch: int) -> None:
    """The dry run of a batch."""
    told(context, check, batch, _stop)


@job("import.run", timeout=4 * 3600, label=Label("导入", "Import"), tells=TELLS)
def run_import(context: JobContext, batch: int) -> None:
    """Writes a checked batch."""
    told(context, load, batch, _stop)


@job("import.undo", timeout=4 * 3600, label=Label("撤销导入", "Roll an import back"), tells=TELLS)
def undo_import(context: JobContext, batch: int) -> None:
    """Rolls a batch back."""
    told(context, undo, batch, _stop)


@job("import.tidy", system=True, label=Label("清理过期的导入", "Tidy imports"))
def tidy_imports(context: JobContext) -> dict[str, int]:
    """How many imports nobody came back to were cleared of their upload and stage."""
    with context.transaction() as connection:
        result = {"imports": expire(connection, tools_of(context.config).uploads)}
        context.finish(connection, result)
    return result
