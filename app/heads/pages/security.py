"""Account security: the second page of a sign-in, asking again, setting a factor up, one's devices and sessions."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Link, Page, Part, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage(Page):
    """The second page of a sign-in: posts `code`, `trust` (1 when ticked) and `next`."""

    template: ClassVar[str] = "code.html"
    action: str
    next: str
    intro: str
    code: Control
    trust: str  # words of the tick
    submit: str
    again: Link  # back to the password
    lost: str  # what who has neither phone nor recovery code does
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """A form that asks who somebody is; `hidden` carries all that was to be sent."""

    action: str
    question: str
    answer: Control
    submit: str
    hidden: tuple[tuple[str, str], ...]
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpPage(Page):
    """Asks who somebody is before an act goes on."""

    template: ClassVar[str] = "step_up.html"
    form: AskAgain
    back_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUpPart(Part):
    """Asks the same in the place of a value that was to be opened."""

    template: ClassVar[str] = "parts/step_up.html"
    form: AskAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A session or device in a list of one's own; without `end` it cannot be ended here."""

    text: str
    note: str = ""
    tag: Tag | None = None
    end: str = ""  # its number, posted as `end`


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """One's sessions or devices: each ended by posting its number to `action`, all but this one by posting `all`."""

    title: str
    rows: tuple[Place, ...]
    action: str
    end: str  # words of a row's button
    note: str = ""
    end_all: str = ""  # words of the button for all; none when empty


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityPage(Page):
    """One's own ways in."""

    template: ClassVar[str] = "security.html"
    factor_title: str
    state: Tag
    lines: tuple[str, ...]
    buttons: tuple[Button, ...]
    places: tuple[Places, ...]
    links: tuple[Link, ...] = ()
    demand: str = ""  # that and by when a factor must be set up


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorPage(Page):
    """Setting a factor up: a picture to scan or words to type, and the code that confirms it."""

    template: ClassVar[str] = "factor.html"
    action: str
    steps: tuple[str, ...]  # what to do, in order: scan, type, confirm
    picture: str  # a data: address of the QR code
    picture_text: str
    secret: str  # in groups of four
    code: Control
    submit: str
    cancel_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPage(Page):
    """Recovery codes, shown this once."""

    template: ClassVar[str] = "recovery.html"
    note: str
    codes: tuple[str, ...]
    advice: tuple[str, ...]
    done: Link
