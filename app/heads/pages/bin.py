"""The recycle bin: what was deleted of an entity, and the way back."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Page
from app.heads.pages.lists import Cell, Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class BinRow:
    """A deleted record: what it was, who deleted it when, and what goes with it."""

    title: str
    cells: tuple[Cell, ...]  # of the columns
    when: str
    exact: str  # ISO 8601
    who: str
    note: str  # its parts, the days it stays
    restore: Button


@dataclass(frozen=True, slots=True, kw_only=True)
class BinPage(Page):
    """What was deleted, newest first; `filters` are asked by GET to `action`."""

    template: ClassVar[str] = "bin.html"
    action: str
    filters: tuple[Control, ...]
    submit: str  # words of the filters' button
    columns: tuple[str, ...]  # title, some fields, when and by whom, note
    rows: tuple[BinRow, ...]
    buttons: tuple[Button, ...] = ()
    note: str = ""
    problem: str | None = None  # why something could not come back
    more_href: str | None = None
    empty: Empty | None = None
