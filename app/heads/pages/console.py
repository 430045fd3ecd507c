"""The operator's console: every page is what it counts, a filter, and tables."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Count, Link, Page, State
from app.heads.pages.lists import Cell, Column, Empty

LONG = 48  # characters from which a cell takes several lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table under a heading of its own; each row holds a cell a column, the first of which names it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    note: str = ""
    more: Link | None = None  # where what does not stand here goes on
    empty: Empty | None = None

    @property
    def long(self) -> int:
        """The characters from which a cell takes several lines."""
        return LONG


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the operator should know before he reads on."""

    text: str
    state: State = "info"
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolePage(Page):
    """One page of the console; `tabs` are its pages, the present one marked."""

    template: ClassVar[str] = "console.html"
    tabs: tuple[Link, ...]
    note: str = ""
    buttons: tuple[Button, ...] = ()
    notices: tuple[Notice, ...] = ()
    counts: tuple[Count, ...] = ()
    action: str = ""  # the filter is asked by GET
    controls: tuple[Control, ...] = ()
    submit: str = ""
    sheets: tuple[Sheet, ...] = ()
