"""Backups by the clock: one an hour, what the rule does not keep taken away at night, a drill a week, a watch."""

import logging
from functools import partial
from typing import Any

from app.backup import create, drill, prune, shelf
from app.backup.keys import Keys
from app.backup.ledger import Ledger, alarms
from app.backup.places import target_of
from app.core.errors import Forbidden
from app.core.label import Label
from app.jobs.context import JobContext
from app.jobs.registry import job

_MAY_ASK = "SELECT gate.has_role('{administrator,security_officer}'::text[])"
log = logging.getLogger(__name__)


@job("backup.create", queue="backup", timeout=4 * 3600, system=True, label=Label("备份", "Backup"))
def make(context: JobContext) -> dict[str, Any]:
    """The backup that was made; those that vanished from their place are noted as lost."""
    return _make(context)


@job("backup.now", queue="backup", timeout=4 * 3600, label=Label("立即备份", "Backup now"))
def make_asked(context: JobContext) -> dict[str, Any]:
    """The same because somebody asked, whose right is looked at again and whose name stands in the trail."""
    with context.transaction() as connection:
        if not connection.exec_driver_sql(_MAY_ASK).scalar():
            raise Forbidden
        connection.exec_driver_sql("SELECT trail.note('backup', NULL, NULL, NULL, '{\"act\": \"asked\"}')")
    return _make(context)


def _make(context: JobContext) -> dict[str, Any]:
    book = Ledger(context.engine)
    with book.act("create") as told:
        made = create.create(context.config, partial(book.step, told))
        told.backup, told.details = made.name, {"bytes": made.weight, "rows": made.rows, "seconds": made.seconds}
        found = shelf.look(target_of(context.config), Keys.of(context.config).signer.public_key())
        book.made(held.manifest for held in found.backups)
        lost = book.missed([*(held.manifest.name for held in found.backups), *found.faults])
        if lost:
            log.error("backups are gone that were not pruned: %s", ", ".join(lost))
    return {"backup": made.name, "lost": len(lost)}


@job("backup.prune", queue="backup", timeout=3600, system=True, label=Label("清理旧备份", "Prune backups"))
def tidy(context: JobContext) -> dict[str, int]:
    """How many backups were taken away."""
    book = Ledger(context.engine)
    with book.act("prune") as told:
        gone = prune.prune(context.config)
        told.details = {"pruned": len(gone)}
        book.pruned(gone)
    return {"pruned": len(gone)}


@job("backup.drill", queue="backup", timeout=4 * 3600, system=True, label=Label("恢复演练", "Restore drill"))
def rehearse(context: JobContext) -> dict[str, Any]:
    """The newest backup, restored whole, and the seconds it took."""
    book = Ledger(context.engine)
    with book.act("drill") as told:
        done = drill.drill(context.config, clock=context.clock)
        told.backup, told.details = done.manifest.name, {**done.told}
        book.made([done.manifest])
        book.proven(done.manifest.name, done.proof)
    return {"backup": done.manifest.name, "seconds": done.proof.seconds}


@job("backup.watch", system=True, label=Label("检查备份状况", "Watch the backups"))
def watch(context: JobContext) -> dict[str, Any]:
    """What somebody should look at; on another queue than backups, so that it speaks when theirs stands still."""
    with context.transaction() as connection:
        found = alarms(connection)
    for alarm in found:
        log.error("backup alarm %s: %s", alarm.code, alarm.label.en)
    return {"alarms": [alarm.code for alarm in found]}
