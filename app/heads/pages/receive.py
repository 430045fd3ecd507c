"""Reception: what is known of a car or a number, and the records made of who comes in."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Page
from app.heads.pages.home import HitGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTransfer:
    """Asking the other stores to hand a customer over: a POST of `hidden`."""

    action: str
    submit: str
    hidden: tuple[tuple[str, str], ...]
    note: str  # what they are told


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalForm:
    """What reception types of who comes in; everything known already stands in it."""

    title: str
    action: str
    controls: tuple[Control, ...]
    submit: str
    hidden: tuple[tuple[str, str], ...] = ()
    note: str | None = None
    problem: str | None = None  # what is wrong beside its fields

    @property
    def failing(self) -> tuple[Control, ...]:
        """The controls that carry an error, in order."""
        return tuple(control for control in self.controls if control.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePage(Page):
    """One box for a whole VIN, plate or phone; what is known of it; and the form of who comes in."""

    template: ClassVar[str] = "receive.html"
    action: str
    control: Control
    submit: str
    note: str
    groups: tuple[HitGroup, ...] = ()  # records within reach
    known: tuple[str, ...] = ()  # what other stores know, one sentence each
    known_title: str = ""
    nothing: str | None = None  # nobody knows it
    transfer: AskTransfer | None = None
    form: ArrivalForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPage(Page):
    """Who came in, and what to open next."""

    template: ClassVar[str] = "received.html"
    groups: tuple[HitGroup, ...]
    buttons: tuple[Button, ...]
    note: str = ""
