"""The archive of monthly reports."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Page, Tag
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A report: its number and page, how it stands, cells under the page's columns, and what may be done with it."""

    text: str
    href: str
    tag: Tag
    cells: tuple[str, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsPage(Page):
    """The reports within reach, newest first; with `controls` one more may be asked for at `action`."""

    template: ClassVar[str] = "reports.html"
    note: str
    columns: tuple[str, ...]  # the first is the row's own, the second its tag's, the last of what may be done
    rows: tuple[ReportRow, ...]
    coming: tuple[str, ...] = ()  # what is being printed, a line each
    buttons: tuple[Button, ...] = ()
    action: str = ""
    controls: tuple[Control, ...] = ()
    submit: str = ""
    empty: Empty | None = None
