"""What runs by the clock: the schedules with their next moment, and the moments that came."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.console import words as w
from app.console.cells import NOTHING, between, code, number, plain, sheet, stands, tag, when
from app.console.reading import rows
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.console.work import PAGE, chooser
from app.core.label import Label
from app.heads.house import house
from app.heads.pages import Cell, Link
from app.jobs.moments import due
from app.jobs.schedules import CatchUp
from app.records.context import Context

NOTE = Label(
    "计划写在产品里；开关由运维决定。错过的时刻按“补跑”处理。",
    "Schedules are part of the product; whether one is on is the operator's choice. “Missed” says what becomes of"
    " moments that passed while nothing ran.",
)
SCHEDULE, CLOCK, NEXT, LAST = (
    Label("计划", "Schedule"),
    Label("时刻表", "Clock"),
    Label("下一次", "Next"),
    Label("上一次", "Last"),
)
MISSED, OUTCOME, SLOT = Label("补跑", "Missed"), Label("结果", "Outcome"), Label("应运行于", "Due at")
CATCH_UP: Mapping[str, Label] = {
    "none": Label("不补", "left out"),
    "last": Label("补最近一次", "the latest"),
    "all": Label("全部补", "all"),
}
OFF = Label("已停用", "off")
TIDIED = Label("已清理", "tidied away")
COLUMNS = (SCHEDULE, w.KIND, CLOCK, NEXT, LAST, OUTCOME, MISSED)
RUN_COLUMNS = (SCHEDULE, SLOT, OUTCOME, w.TOOK, w.ATTEMPTS, w.NUMBER, w.FAULT)
AHEAD = (timedelta(hours=2), timedelta(days=2), timedelta(days=40), timedelta(days=400))  # looked through in turn


class SchedulesView(ConsoleView):
    """Every schedule."""

    code = "schedules"

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:  # noqa: ARG002  # nothing is asked of it
        """The schedules by their code."""
        now = house().clock.now()
        made = [row(one, now) for one in rows(context.connection, "schedules")]
        return Told(note=text(NOTE), sheets=(sheet(w.PAGES[self.code], COLUMNS, made),))


class RunsView(ConsoleView):
    """The moments that came, the latest first."""

    code = "runs"
    askable = ("schedule", "before", "of")

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:
        """The runs asked for."""
        given = (asked.get("schedule"), moment(asked.get("before")), asked.get("of", ""), PAGE + 1)
        found = rows(context.connection, "runs", *given)
        codes = {one["code"]: one["code"] for one in rows(context.connection, "schedules")}
        table = sheet(
            w.PAGES[self.code],
            RUN_COLUMNS,
            [run_row(one) for one in found[:PAGE]],
            more=self._older(asked, found),
            ends=(4,),
        )
        return Told(controls=(chooser("schedule", SCHEDULE, codes, asked),), sheets=(table,))

    def _older(self, asked: Mapping[str, str], found: list[Mapping[str, Any]]) -> Link | None:
        if len(found) <= PAGE:
            return None
        last = found[PAGE - 1]
        further = {**asked, "before": last["slot_at"].isoformat(), "of": last["code"]}
        return Link(text=text(w.OLDER), href=f"{self.here}?{urlencode(further)}")


def moment(given: str | None) -> datetime | None:
    """A moment as it is asked for, or None for what is none."""
    try:
        found = datetime.fromisoformat(given or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


def row(one: Mapping[str, Any], now: datetime) -> tuple[Cell, ...]:
    """One schedule as a line."""
    missed = CATCH_UP.get(one["catch_up"], Label(one["catch_up"], one["catch_up"]))
    return (
        Cell(text=one["code"], href=f"/console/runs/?{urlencode({'schedule': one['code']})}"),
        code(one["kind"]),
        code(one["cron"]),
        when(following(one["cron"], one["tz"], now)) if one["enabled"] else tag(OFF, "warn"),
        when(one["slot_at"]),
        stands(one["state"]),
        plain(text(missed)),
    )


def following(cron: str, zone: str, now: datetime) -> datetime | None:
    """The next moment a schedule names, or None when none is near or it cannot be read."""
    try:
        found = (due(cron, ZoneInfo(zone), now, now + ahead, CatchUp.ALL) for ahead in AHEAD)
        return next((moments[0] for moments in found if moments), None)
    except (ValueError, KeyError):
        return None


def run_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One run as a line; of work that was tidied away the moment is left."""
    number_cell = Cell(text=str(one["work_id"]), href=f"/jobs/{one['work_id']}") if one["work_id"] else NOTHING
    return (
        code(one["code"]),
        when(one["slot_at"]),
        stands(one["state"]) if one["state"] else tag(TIDIED, "neutral"),
        between(one["created_at"], one["finished_at"]),
        number(one["attempts"]),
        number_cell,
        plain(one["last_error"]),
    )
