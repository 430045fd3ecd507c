"""Import profiles: the list of them, and one with what came in day by day."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Count, Link, Page, Tag
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A row of a list of profiles or of days: a link or a word first, then cells under the page's columns."""

    text: str
    href: str = ""
    tag: Tag | None = None
    cells: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()  # the files of a day


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsPage(Page):
    """Profiles, or the days of one; with `controls` a file may be sent to `action`."""

    template: ClassVar[str] = "feeds.html"
    columns: tuple[str, ...]  # the first is the row's own, the second its tag's
    rows: tuple[FeedRow, ...]
    note: str = ""
    buttons: tuple[Button, ...] = ()
    counts: tuple[Count, ...] = ()
    action: str = ""
    controls: tuple[Control, ...] = ()
    submit: str = ""
    problem: str | None = None
    empty: Empty | None = None
