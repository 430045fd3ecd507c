"""What runs by itself, and when."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from app.core.label import Label


class CatchUp(StrEnum):
    """What becomes of moments that passed while nothing ran."""

    NONE = "none"  # nothing: the next one comes
    LAST = "last"  # the latest alone
    ALL = "all"  # every one


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A job by the clock: `cron` is five fields read in the zone `tz`; nobody switches off one that is `kept`."""

    code: str
    kind: str
    cron: str
    catch_up: CatchUp
    args: Mapping[str, Any] = field(default_factory=dict)
    tz: str = "Asia/Shanghai"
    label: Label | None = None  # what people call it, where that is not what its job is called
    kept: bool = False  # it watches over others: whoever tends schedules could otherwise blind who watches him


SCHEDULES = (
    Schedule(code="work.watch", kind="work.watch", cron="*/5 * * * *", catch_up=CatchUp.LAST, kept=True),
    Schedule(code="work.tidy", kind="work.tidy", cron="40 3 * * *", catch_up=CatchUp.LAST),
    Schedule(code="customer.refresh", kind="customer.refresh", cron="20 3 * * *", catch_up=CatchUp.LAST),
    Schedule(code="ownership.pool", kind="ownership.pool", cron="30 2 * * *", catch_up=CatchUp.LAST),
    Schedule(code="reminder.plan", kind="reminder.plan", cron="45 2 * * *", catch_up=CatchUp.LAST),
    Schedule(code="reminder.send", kind="reminder.send", cron="*/5 * * * *", catch_up=CatchUp.LAST),
    Schedule(code="quality.check", kind="quality.check", cron="50 3 * * 1", catch_up=CatchUp.LAST),
    # Doubles are looked for each night: the longer they stand, the more hangs on both.
    Schedule(
        code="quality.doubles",
        kind="quality.check",
        cron="50 3 * * 0,2-6",
        catch_up=CatchUp.LAST,
        args={"rules": ["customer_twice"]},
        label=Label("查找重复的客户", "Look for customers entered twice"),
    ),
    Schedule(code="quality.measure", kind="quality.measure", cron="5 4 * * *", catch_up=CatchUp.LAST),
    Schedule(code="feed.scan", kind="feed.scan", cron="*/5 * * * *", catch_up=CatchUp.LAST),
    Schedule(code="trail.risks", kind="trail.risks", cron="*/10 * * * *", catch_up=CatchUp.LAST, kept=True),
    Schedule(code="feed.tidy", kind="feed.tidy", cron="20 4 * * *", catch_up=CatchUp.LAST),
    Schedule(code="bin.empty", kind="bin.empty", cron="25 4 * * *", catch_up=CatchUp.LAST),
    # Finds nothing to do unless a key was added; then also what a process that learnt of it late sealed under the old.
    Schedule(code="keys.reseal", kind="keys.reseal", cron="15 2 * * *", catch_up=CatchUp.LAST),
    Schedule(code="backup.create", kind="backup.create", cron="7 * * * *", catch_up=CatchUp.LAST),
    Schedule(code="backup.prune", kind="backup.prune", cron="37 4 * * *", catch_up=CatchUp.LAST),
    Schedule(code="backup.drill", kind="backup.drill", cron="25 5 * * 0", catch_up=CatchUp.LAST),
    Schedule(code="backup.watch", kind="backup.watch", cron="*/30 * * * *", catch_up=CatchUp.LAST, kept=True),
    # A month is reported even if nothing ran on its first night.
    Schedule(code="report.snapshot", kind="report.snapshot", cron="0 2 1 * *", catch_up=CatchUp.ALL),
    Schedule(code="import.tidy", kind="import.tidy", cron="10 4 * * *", catch_up=CatchUp.LAST),
)

LABELS = {one.code: one.label for one in SCHEDULES if one.label}

_SYNC = text("""
    INSERT INTO work.schedule (code, kind, args, cron, tz, catch_up, kept)
    VALUES (:code, :kind, CAST(:args AS jsonb), :cron, :tz, :catch_up, :kept)
    ON CONFLICT (code) DO UPDATE
       SET kind = excluded.kind, args = excluded.args, cron = excluded.cron, tz = excluded.tz,
           catch_up = excluded.catch_up, kept = excluded.kept""")


def sync(connection: Connection, schedules: tuple[Schedule, ...] = SCHEDULES) -> None:
    """Brings the table to what is declared; whether one is switched on stays the operator's choice."""
    for schedule in schedules:
        connection.execute(
            _SYNC,
            {
                "code": schedule.code,
                "kind": schedule.kind,
                "args": json.dumps(dict(schedule.args)),
                "cron": schedule.cron,
                "tz": schedule.tz,
                "catch_up": schedule.catch_up.value,
                "kept": schedule.kept,
            },
        )
