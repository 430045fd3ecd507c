"""Durable work: every piece by kind, state and queue, and the pieces that were given up."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from app.console import words as w
from app.console.cells import NOTHING, between, code, number, plain, sheet, stands, when, whole
from app.console.reading import rows
from app.console.view import ConsoleView, Told
from app.console.words import text
from app.core.label import Label
from app.heads.pages import Cell, Control, Link, Option
from app.outbox import QUEUES
from app.outbox.work import State
from app.records.context import Context

PAGE = 50
GLIMPSE = 36  # characters of a reason
NOTE = Label(
    "参数只显示编号，不显示内容。重试和放弃在任务页上做。",
    "Of arguments only numbers are shown. Work is tried again or discarded on the page of jobs.",
)
DEAD_NOTE = Label(
    "试过几次仍不成功、已放弃的任务。点编号去任务页重试或放弃。",
    "Work that was given up after its attempts. Its number leads to where it is tried again or discarded.",
)
ARGUMENTS, PROGRESS = Label("参数", "Arguments"), Label("进度", "Progress")
DUE = Label("应于", "Due at")
NONE = Label("没有符合条件的任务。", "No work matches.")
NO_DEAD = Label("没有失败的任务。", "No work failed.")
COLUMNS = (w.NUMBER, w.KIND, w.STATE, w.QUEUE, w.BY, ARGUMENTS, DUE, w.TOOK, w.ATTEMPTS, w.FAULT)
DEAD_COLUMNS = (w.NUMBER, w.KIND, w.ENDED, w.BY, w.ATTEMPTS, w.FAULT)


class WorkView(ConsoleView):
    """The outbox, the latest first."""

    code = "work"
    askable = ("kind", "state", "queue", "before")

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:
        """The pieces of work asked for."""
        found = pieces(context, asked)
        table = sheet(
            w.PAGES[self.code],
            COLUMNS,
            [row(one) for one in found[:PAGE]],
            more=older(self.here, asked, found),
            empty=NONE,
            ends=(8,),
        )
        return Told(note=text(NOTE), controls=tuple(controls(asked)), sheets=(table,))


class DeadView(ConsoleView):
    """What was given up, the latest first."""

    code = "dead"
    askable = ("kind", "before")

    def told(self, context: Context, asked: Mapping[str, str]) -> Told:
        """The pieces of work that were given up."""
        found = pieces(context, {**asked, "state": State.DEAD})
        table = sheet(
            w.PAGES[self.code],
            DEAD_COLUMNS,
            [dead_row(one) for one in found[:PAGE]],
            more=older(self.here, asked, found),
            empty=NO_DEAD,
            ends=(4,),
        )
        return Told(note=text(DEAD_NOTE), controls=tuple(controls(asked))[:1], sheets=(table,))


def pieces(context: Context, asked: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """One more than a page of what was asked for."""
    given = (asked.get("kind"), asked.get("state"), asked.get("queue"), whole(asked.get("before")), PAGE + 1)
    return rows(context.connection, "work", *given)


def older(here: str, asked: Mapping[str, str], found: list[Mapping[str, Any]]) -> Link | None:
    """Where what is older goes on."""
    if len(found) <= PAGE:
        return None
    return Link(text=text(w.OLDER), href=f"{here}?{urlencode({**asked, 'before': found[PAGE - 1]['id']})}")


def row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One piece of work as a line."""
    return (
        lead(one),
        code(one["kind"]),
        stands(one["state"]),
        code(one["queue"]),
        by(one),
        code(spelled(one["args"])),
        when(one["run_after"]),
        between(one["created_at"], one["finished_at"]) if one["finished_at"] else progress(one),
        number(one["attempts"]),
        glimpse(one["last_error"]),
    )


def glimpse(fault: str | None) -> Cell:
    """The beginning of a reason, the whole behind it; the piece's own page tells it in full."""
    return plain(fault) if not fault or len(fault) <= GLIMPSE else Cell(text=f"{fault[:GLIMPSE]}…", tip=fault)


def dead_row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    """One piece of work that was given up as a line."""
    ended = when(one["finished_at"])
    return (lead(one), code(one["kind"]), ended, by(one), number(one["attempts"]), plain(one["last_error"]))


def lead(one: Mapping[str, Any]) -> Cell:
    """A piece's number, leading to its page among the jobs."""
    return Cell(text=str(one["id"]), href=f"/jobs/{one['id']}")


def by(one: Mapping[str, Any]) -> Cell:
    """Who asked for it."""
    if one["requested_by"] is None:
        return Cell(text=text(w.SYSTEM))
    return Cell(text=one["login"] or str(one["requested_by"]))


def progress(one: Mapping[str, Any]) -> Cell:
    """How far it came."""
    if one["progress"] is None:
        return NOTHING
    return Cell(text=f"{one['progress']:,} / {one['total']:,}" if one["total"] else f"{one['progress']:,}")


def spelled(args: Mapping[str, Any]) -> str:
    """Arguments in a line."""
    return ", ".join(f"{name}={value}" for name, value in sorted(args.items()))


def controls(asked: Mapping[str, str]) -> Iterator[Control]:
    """The filter, with what was asked."""
    yield Control(name="kind", label=text(w.KIND), value=asked.get("kind", ""), maxlength=80)
    yield chooser("state", w.STATE, {one.value: text(w.STATES[one.value][0]) for one in State}, asked)
    yield chooser("queue", w.QUEUE, {one: one for one in QUEUES}, asked)


def chooser(name: str, label: Label, options: Mapping[str, str], asked: Mapping[str, str]) -> Control:
    """A choice of the filter; nothing chosen is any."""
    chosen = asked.get(name, "")
    made: tuple[Option, ...] = (Option(value="", text=text(w.ANY), selected=not chosen),)
    made += tuple(Option(value=value, text=words, selected=value == chosen) for value, words in options.items())
    return Control(name=name, label=text(label), widget="select", options=made)
