"""Backups by the clock: what each leaves in the tables a page reads, in the trail, and as an alarm."""

from dataclasses import replace
from types import SimpleNamespace

import psycopg
import pytest

from app.backup import ledger as ledgers
from app.backup.ledger import ALARMS, ledger
from app.core.clock import SystemClock
from app.core.errors import Refusal
from app.jobs import backing_up, registry, schedules
from app.jobs.announced import as_system, open_engine
from app.process.roles import ROLES
from tests.backup.conftest import opened_vault


@pytest.fixture(scope="module")
def kept(built, home):
    with opened_vault(built, home) as vault:
        vault.upload(b"paper\n")
        vault.seal()
        yield vault


@pytest.fixture
def context(kept):
    """What a job of the backup queue is given."""
    config = kept.config.as_process("backup")
    engine = open_engine(config)

    def transaction():
        return as_system(engine)

    yield SimpleNamespace(config=config, engine=engine, clock=SystemClock(), transaction=transaction)
    engine.dispose()


def codes(vault) -> set[str]:
    with ledger(vault.config) as book:
        return {alarm.code for alarm in book.alarms()}


def test_an_hour_a_week_and_a_night(kept, context):
    told = backing_up.make(context)
    assert kept.premises.run("SELECT name, restored_at FROM work.backup") == [(told["backup"], None)]
    done = backing_up.rehearse(context)
    assert done["backup"] == told["backup"]
    assert kept.premises.one("SELECT restore_seconds FROM work.backup WHERE restored_at IS NOT NULL") == done["seconds"]
    assert backing_up.tidy(context) == {"pruned": 0}
    assert kept.premises.run("SELECT act, ok FROM work.backup_act ORDER BY id") == [
        ("create", True),
        ("drill", True),
        ("prune", True),
    ]
    entries = kept.premises.run(
        "SELECT e.action, e.actor_kind, v.after::jsonb ->> 'backup' FROM trail.entry e JOIN trail.value v"
        " ON v.entry_id = e.id AND v.at = e.at WHERE e.action IN ('backup', 'drill') ORDER BY e.id"
    )
    assert entries == [
        ("backup", "system", told["backup"]),
        ("drill", "system", told["backup"]),
        ("backup", "system", None),
    ]


def test_a_failure_is_kept_with_its_reason_and_alarms(kept, context):
    context.config = replace(context.config, disk_reserve_mb=10**9)
    with pytest.raises(Refusal):
        backing_up.make(context)
    reason = kept.premises.one("SELECT reason FROM work.backup_act ORDER BY id DESC LIMIT 1")
    assert "is full" in reason["en"]
    assert "空间不足" in reason["zh"]
    assert "create_failed" in codes(kept)
    context.config = replace(context.config, disk_reserve_mb=0)
    backing_up.make(context)
    assert "create_failed" not in codes(kept)


def test_a_backup_that_vanished_is_an_alarm(kept, context):
    gone = backing_up.make(context)["backup"]
    (kept.folder / gone / "manifest.note").unlink()
    assert backing_up.make(context)["lost"] == 1
    assert codes(kept) >= {"lost"}


def test_no_backup_for_two_hours_and_no_drill_for_eight_days_are_alarms(kept, context):
    with context.transaction() as connection:
        schedules.sync(connection)
    assert not codes(kept) & {"old", "unproven"}
    kept.premises.run("UPDATE work.schedule SET since = now() - interval '30 days'")
    kept.premises.run("UPDATE work.backup SET made_at = now() - interval '119 minutes'")
    kept.premises.run("UPDATE work.backup SET restored_at = now() - interval '191 hours'")
    assert not codes(kept) & {"old", "unproven"}
    kept.premises.run("UPDATE work.backup SET made_at = now() - interval '121 minutes'")
    kept.premises.run("UPDATE work.backup SET restored_at = now() - interval '193 hours'")
    assert codes(kept) >= {"old", "unproven"}
    assert {"old", "unproven"} <= {*backing_up.watch(context)["alarms"]}
    kept.premises.run("UPDATE work.schedule SET enabled = false WHERE code = 'backup.create'")
    assert "off" in codes(kept)


def test_every_alarm_has_words(kept):
    found = kept.premises.one("SELECT prosrc FROM pg_proc WHERE proname = 'backup_alarms'")
    assert {code for code in ALARMS if f"'{code}'" in found} == {"old", "unproven", "off", "lost"}
    assert {code for code in ALARMS if code.endswith("_failed")} == {"create_failed", "drill_failed", "prune_failed"}
    assert ledgers.EVENT.keys() == {"create", "prune", "drill", "restore", "upgrade"}


def test_the_schedules_name_jobs_of_a_queue_that_has_a_worker():
    registry.load()
    queues = {role.queue: role.process for role in ROLES if role.queue}
    for kind in ("backup.create", "backup.prune", "backup.drill"):
        assert registry.find(kind).queue == "backup"
        assert registry.find(kind).system
    assert queues["backup"] == "backup"
    assert registry.find("backup.watch").queue == "default"
    assert {one.kind for one in schedules.SCHEDULES} >= {
        "backup.create",
        "backup.prune",
        "backup.drill",
        "backup.watch",
    }


@pytest.mark.parametrize(("part", "sees"), [("admin", True), ("auditor", True), ("boss", False), ("nobody", False)])
def test_who_looks_after_the_system_reads_about_backups(kept, context, part, sees):
    backing_up.tidy(context)
    kept.premises._sessions.clear()
    with kept.premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r')", (kept.premises.session(part),))
        found = connection.execute("SELECT count(*) FROM work.backup_act").fetchone()[0]
        assert (found > 0) is sees
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE work.backup SET bytes = 0")


def test_who_dumps_reads_everything_and_writes_nothing(kept):
    with kept.premises.connect("backup") as connection:
        assert connection.execute("SELECT count(*) FROM customer").fetchone()[0] == 3
        for statement in (
            "INSERT INTO company (code, name) VALUES ('X', 'x')",
            "DELETE FROM trail.queue",
            "UPDATE gate.stamp SET access = 0",
            "SELECT gate.announce_system('x')",
            "SELECT trail.note('backup', NULL, NULL, NULL, '{}')",
            "CREATE TABLE public.mine (n int)",
            "SET ROLE forecourt_owner",
            "SET ROLE pg_read_all_data",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
