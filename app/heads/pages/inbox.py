"""The inbox: what somebody was told."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.frame import Button, Link, Page, State
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """One thing: a title that leads to it, by POST to `action` while it is unread, so that it is read from then on."""

    title: str
    note: str = ""
    when: str
    exact: str
    icon: str
    state: State
    unread: bool
    href: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage(Page):
    """What somebody was told, newest first."""

    template: ClassVar[str] = "inbox.html"
    note: str
    buttons: tuple[Button, ...] = ()
    rows: tuple[NoticeRow, ...] = ()
    unread: str  # the word said of what is
    mark: str  # what the button of one without an address is called
    older: Link | None = None
    empty: Empty | None = None
