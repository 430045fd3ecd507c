"""The trail as its officer reads it: how it stands, how much happened, entry by entry."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Count, Link, Page
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    """One day of a small chart: its height of a hundred, and what it says."""

    height: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """One kind of event over the days, oldest first, with its sum."""

    link: Link
    bars: tuple[DayBar, ...]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """One entry: when, who, which way, what, of which record, what of it."""

    when: str
    exact: str
    who: Link
    via: str
    what: str
    record: Link
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage(Page):
    """The trail, filtered by GET."""

    template: ClassVar[str] = "trail.html"
    note: str = ""
    buttons: tuple[Button, ...] = ()
    counts: tuple[Count, ...] = ()
    activity_title: str = ""
    activity: tuple[ActivityRow, ...] = ()
    action: str
    controls: tuple[Control, ...]
    submit: str
    problem: str | None = None
    columns: tuple[str, ...]
    rows: tuple[TrailRow, ...] = ()
    older: Link | None = None
    empty: Empty | None = None
