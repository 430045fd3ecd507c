"""One record: what is known of it, what hangs on it, what happened to it."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.frame import Button, Change, Link, Option, Page, Part, Tag
from app.heads.pages.lists import Cell, Empty, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Asks for a protected value: POST to `action` with `reason` (one of `reasons`) or `reason_text`.

    htmx is answered with RevealedPart, a plain post with RevealedPage.
    """

    action: str
    reasons: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A field's label and value; several values become several cells."""

    name: str
    label: str
    cells: tuple[Cell, ...]
    why: str | None = None  # why a protected value is seen, e.g. 本人客户
    reveal: Reveal | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Facts under one heading."""

    facts: tuple[Fact, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Records of another entity that point to this one."""

    title: str
    table: Table
    all_href: str | None = None  # the list, filtered to these
    new: Button | None = None
    more: str | None = None  # e.g. "另有 12 条"
    empty: Empty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act of the trail."""

    when: str  # short, e.g. "11-20 14:02"
    exact: str  # ISO 8601, for <time> and on hover
    who: str
    what: str
    icon: str = "history"
    via: str = ""  # page, API, import, job
    changes: tuple[Change, ...] = ()
    href: str | None = None
    note: str = ""  # e.g. that its values were erased
    links: tuple[Link, ...] = ()  # what can be done from here: undo it


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideItem:
    """A line of a side card."""

    title: str
    note: str = ""
    icon: str | None = None
    href: str | None = None
    tag: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A card at the right: what should be done now, the cars, the opportunities."""

    title: str
    items: tuple[AsideItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage(Page):
    """A record. Each tab is an address that answers this page with that tab current and only its content filled."""

    template: ClassVar[str] = "record.html"
    subtitle: str = ""  # number, owner
    tags: tuple[Tag, ...] = ()
    buttons: tuple[Button, ...] = ()
    tabs: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    related: Related | None = None
    history: tuple[Entry, ...] | None = None  # None: not shown; empty: nothing happened yet
    history_more_href: str | None = None
    asides: tuple[Aside, ...] = ()
    note: str | None = None  # e.g. why the record cannot be edited


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedPart(Part):
    """The revealed value, put in place of the mask."""

    template: ClassVar[str] = "parts/value.html"
    fact: Fact
    error: str | None = None  # why it was not revealed


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedPage(Page):
    """The revealed value as a page of its own, for browsers without scripts."""

    template: ClassVar[str] = "revealed.html"
    fact: Fact
    back_href: str
    error: str | None = None
