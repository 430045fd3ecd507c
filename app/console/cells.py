"""Values as the console shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.console import words as w
from app.console.words import text
from app.core.label import Label
from app.heads.frame import local
from app.heads.pages import Cell, Column, Empty, Link, Sheet, State

NOTHING = Cell(text="—", look="empty")
_STEPS = ((86_400, w.DAYS), (3_600, w.HOURS), (60, w.MINUTES))


def plain(value: object) -> Cell:
    """Words; nothing is a dash."""
    return NOTHING if value in (None, "") else Cell(text=str(value))


def code(value: object) -> Cell:
    """Something a program wrote: a name, a statement, a digest."""
    return NOTHING if value in (None, "") else Cell(text=str(value), look="code")


def number(value: int | None) -> Cell:
    """A count."""
    return NOTHING if value is None else Cell(text=f"{value:,}")


def when(moment: datetime | None) -> Cell:
    """A moment in the business's zone, its exact value behind it."""
    return NOTHING if moment is None else Cell(text=at(moment), look="when", tip=moment.isoformat())


def at(moment: datetime) -> str:
    """A moment in words."""
    return f"{local(moment):%m-%d %H:%M:%S}"


def size(value: int | None) -> str:
    """Bytes in the unit that reads best."""
    left = float(value or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(left) < 1024:  # noqa: PLR2004  # bytes of the next unit
            return f"{left:,.0f} {unit}" if unit in ("B", "kB") else f"{left:,.1f} {unit}"
        left /= 1024
    return f"{left:,.1f} TB"


def weight(value: int | None) -> Cell:
    """Bytes as a cell."""
    return NOTHING if value is None else Cell(text=size(value), tip=f"{value:,} B")


def lasted(value: float | None) -> str:
    """Seconds in words."""
    if value is None:
        return "—"
    for step, words in _STEPS:
        if value >= step:
            return text(words, n=f"{value / step:.1f}")
    return text(w.SECONDS, n=f"{value:.1f}")


def duration(value: float | None) -> Cell:
    """Seconds as a cell."""
    return NOTHING if value is None else Cell(text=lasted(value))


def between(start: datetime | None, end: datetime | None) -> Cell:
    """How long something took."""
    return duration((end - start).total_seconds()) if start and end else NOTHING


def share(value: float | None) -> str:
    """A part of a whole."""
    return "—" if value is None else f"{100 * value:.1f}%"


def tag(label: Label, state: State) -> Cell:
    """A word with a colour."""
    return Cell(text=text(label), look=state)


def stands(state: str | None) -> Cell:
    """How a piece of work stands."""
    if state is None:
        return NOTHING
    label, look = w.STATES.get(state, (Label(state, state), "neutral"))
    return tag(label, look)


def sheet(
    title: Label,
    columns: Sequence[Label],
    rows: Sequence[tuple[Cell, ...]],
    *,
    note: Label | None = None,
    more: Link | None = None,
    empty: Label = w.EMPTY,
    ends: Sequence[int] = (),
) -> Sheet:
    """A table in the reader's language; the columns at `ends` hold numbers."""
    return Sheet(
        title=text(title),
        columns=tuple(
            Column(name=str(n), text=text(one), align="end" if n in ends else "start") for n, one in enumerate(columns)
        ),
        rows=tuple(rows),
        note=text(note) if note else "",
        more=more,
        empty=None if rows else Empty(text=text(empty), advice=""),
    )


def whole(value: str | None) -> int | None:
    """A number as it is asked for, or None."""
    return int(value) if value and value.isascii() and value.isdecimal() and int(value) < 2**63 else None


def told(reason: Any) -> str:
    """What a stored {"zh": …, "en": …} says in the reader's language."""
    return text(Label(reason["zh"], reason["en"])) if reason else ""
