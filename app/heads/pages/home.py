"""Home and the results of the search box."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.frame import Button, Link, Page, Tag
from app.heads.pages.lists import Empty


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCard:
    """A list the person may see."""

    text: str
    href: str
    icon: str
    count: str | None = None
    note: str = ""
    new: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeGroup:
    """Cards under one heading of the navigation."""

    text: str
    cards: tuple[HomeCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """Where work begins; the title greets."""

    template: ClassVar[str] = "home.html"
    note: str = ""  # the day
    groups: tuple[HomeGroup, ...] = ()
    buttons: tuple[Button, ...] = ()
    empty: Empty | None = None  # for a person without any grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that was found; `note` says by what, never more than the reader may see."""

    title: str
    href: str
    note: str = ""
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HitGroup:
    """Hits of one entity."""

    text: str
    icon: str
    hits: tuple[Hit, ...]
    count: str = ""
    more_href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    """What the search box found, by entity."""

    template: ClassVar[str] = "search.html"
    query: str
    groups: tuple[HitGroup, ...] = ()
    note: str = ""  # e.g. which kinds of words can be found
