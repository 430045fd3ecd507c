"""Backups as those who look after the system see them."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.frame import Button, Count, Page, Tag
from app.heads.pages.lists import Empty
from app.heads.pages.trail import ActivityRow


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRow:
    """A backup or an attempt: when, how it stands, and what else there is to say, a cell a column."""

    when: str
    exact: str
    tag: Tag
    cells: tuple[str, ...]
    more: str = ""  # a reason or a comparison, which may be long


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupTable:
    """A titled table of such rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[BackupRow, ...] = ()
    empty: Empty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsPage(Page):
    """How backups stand; while `running` says what is being done, the page looks again by itself."""

    template: ClassVar[str] = "backups.html"
    note: str = ""
    buttons: tuple[Button, ...] = ()
    here: str
    running: str | None = None
    percent: int = 0
    alarms: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    activity_title: str
    activity: tuple[ActivityRow, ...] = ()
    tables: tuple[BackupTable, ...] = ()
