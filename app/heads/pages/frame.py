"""What stands around every page, and the small parts pages are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from app.heads.words import Texts

State = Literal["ok", "warn", "bad", "info", "neutral"]
"""How something stands: a colour that always comes with a word."""

ASSETS = (
    "vendor/tabler.min.css",
    "vendor/htmx.min.js",
    "vendor/icons.svg",
    "css/forecourt.css",
    "js/theme.js",
    "js/shell.js",
    "js/list.js",
    "js/form.js",
    "js/picker.js",
    "img/favicon.svg",
)
"""Paths below `static/` that templates link to; `Frame.assets` must name a URL for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Words that lead somewhere; `current` marks where the reader already is."""

    text: str
    href: str
    icon: str | None = None
    current: bool = False
    count: str | None = None  # shown beside the words, e.g. "41" or "10,000+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to do from a page's head: a link, a form when `post`, or a menu when it has `items`."""

    text: str
    href: str = ""
    icon: str | None = None
    main: bool = False  # filled; at most one on a page
    danger: bool = False
    post: bool = False
    items: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a select, a radio group or a menu."""

    value: str
    text: str
    selected: bool = False
    note: str | None = None  # a second, quieter line


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A short word with a state."""

    text: str
    state: State = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number with its meaning."""

    text: str  # what is counted
    value: str
    state: State = "neutral"
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field before and after; masks and "changed" stand where values may not be read."""

    label: str
    before: str
    after: str
    reason: str = ""  # why it was saved though a check doubted it
    before_href: str = ""  # where the record stands that was referred to
    after_href: str = ""
    note: str = ""  # what is to be said of the change, e.g. who made it


@dataclass(frozen=True, slots=True, kw_only=True)
class NavGroup:
    """A heading of the side navigation and what stands under it."""

    text: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """What the last act came to, told once."""

    text: str
    state: State = "ok"
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A menu that posts one value named `name` to `action`: the store, the language."""

    action: str
    name: str
    options: tuple[Option, ...]

    @property
    def current(self) -> str:
        """The words of the option that holds now, or nothing."""
        return next((option.text for option in self.options if option.selected), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in, as the top bar shows him."""

    name: str
    note: str = ""  # role and store
    password_href: str = ""
    sign_out_action: str = ""  # POST
    links: tuple[Link, ...] = ()  # more entries of his menu

    @property
    def initial(self) -> str:
        """The letter or character that stands for him."""
        return self.name[:1].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page needs from its request; the last eight stay empty when nobody is signed in."""

    t: Texts  # words.texts(locale)
    lang: str  # for <html lang>: "zh-Hans" or "en"
    nonce: str
    csrf: str  # every form posts it as csrf_token
    assets: Mapping[str, str]  # each of ASSETS → its URL
    path: str = "/"  # this page's path and query: `next` of language and sign-in forms
    home_href: str = "/"
    language: Switch | None = None  # None where the language cannot be changed (database away)
    flashes: tuple[Flash, ...] = ()
    nav: tuple[NavGroup, ...] = ()
    person: Person | None = None
    store: Switch | None = None  # one option is shown as a plain label
    search_action: str = ""  # GET with q; no box when empty
    search_text: str = ""  # what was last searched
    bell: Link | None = None  # the inbox, with the number of what is unread; current while it is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole page: `template` draws it from `context(page)` and reads nothing else."""

    template: ClassVar[str]
    frame: Frame
    title: str
    crumbs: tuple[Link, ...] = ()  # from the top down, the page itself last with an empty href


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a page that htmx asks for by itself."""

    template: ClassVar[str]
    frame: Frame


def context(page: Page | Part) -> dict[str, Any]:
    """The variables of `page.template`: the page, its frame and the frame's words."""
    return {"page": page, "frame": page.frame, "t": page.frame.t}
