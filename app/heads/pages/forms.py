"""Forms: adding, editing, the second editor's comparison, confirmations."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.frame import Button, Change, Count, Link, Option, Page, Part, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field in a form, drawn by the name of its kind's widget.

    widgets: text textarea number money switch date datetime select multiselect email tel idcard uscc vin plate picker
    file image password code; an unknown one is drawn as text. What each posts:

    - text-like, select: `name`; `value` is what stood or was typed ("2026-11-21", "2026-11-21T09:30" for dates).
    - multiselect: `name`, repeated; `options` say what is selected. Nothing posted means nothing chosen.
    - switch: `name` twice when on ("0" first, then "1"), once ("0") when off: read the last.
    - picker: `name` (the id), `name__text` (what the person reads), `name__was` (the words that belong to the id).
      The id counts when text equals was; otherwise find by the text: one match is it, several are offered by drawing
      the control again as "select" with them as options (this is the way without scripts), empty text is no value.
    - file, image: `name` as an upload; `name__clear=1` removes the stored one.
    - with a `mask` (a stored sealed value, never sent out): an empty `name` keeps what is stored, a filled one
      replaces it, `name__clear=1` removes it (offered when not required).
    - with an `override`: `name__override`, the reason for saving what a check doubts.
    """

    name: str
    label: str
    widget: str = "text"
    value: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    readonly: bool = False
    wide: bool = False  # takes the whole width of its section
    help: str | None = None
    error: str | None = None
    override: str | None = None  # the reason typed for saving a doubted value; None where none is asked for
    mask: str | None = None
    unit: str | None = None  # behind the input, e.g. 元, km
    placeholder: str | None = None
    maxlength: int | None = None
    minimum: str | None = None  # of dates
    maximum: str | None = None
    autocomplete: str = "off"
    lookup_href: str | None = None  # picker: answers LookupPart for ?q=
    shown: str = ""  # picker: the words of the chosen record
    stored: Link | None = None  # file, image: what is stored now
    accept: str | None = None  # file, image: media types
    autofocus: bool = False  # a line to type in at once

    @property
    def id(self) -> str:
        """The id of its input."""
        return f"f-{self.name}"

    @property
    def blank(self) -> bool:
        """Whether a select offers "choose" first: not when an option is empty itself or a required one is chosen."""
        chosen = any(option.selected for option in self.options)
        return not (self.required and chosen) and all(option.value for option in self.options)

    @property
    def described(self) -> str:
        """The ids of the texts that describe it: its help, then its error."""
        ids = [f"{self.id}-{part}" for part, text in (("help", self.help), ("error", self.error)) if text]
        return " ".join(ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSection:
    """Controls under one heading."""

    controls: tuple[Control, ...]
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage(Page):
    """Adding or editing a record; controls carry what was typed and their errors."""

    template: ClassVar[str] = "form.html"
    action: str
    sections: tuple[FormSection, ...]
    submit: str  # words of the main button
    cancel_href: str
    version: int | None = None  # posted as `version`
    hidden: tuple[tuple[str, str], ...] = ()
    again: str | None = None  # words of a second button that posts again=1: save and add another
    note: str | None = None
    problem: str | None = None  # an error of the whole record

    @property
    def failing(self) -> tuple[Control, ...]:
        """The controls that carry an error, in order."""
        return tuple(c for section in self.sections for c in section.controls if c.error)

    @property
    def multipart(self) -> bool:
        """Whether it uploads files."""
        return any(c.widget in ("file", "image") for section in self.sections for c in section.controls)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupPart(Part):
    """What a picker found: options whose value is the id; `more` when there are further matches than shown."""

    template: ClassVar[str] = "parts/lookup.html"
    options: tuple[Option, ...]
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """One field on which two editors or records disagree; posted as `choose__<name>` = "yours" or "theirs"."""

    name: str
    label: str
    theirs: str
    yours: str
    chosen: str = ""  # "yours", "theirs" or nothing chosen yet
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictPage(Page):
    """The second editor compares field by field and saves again; `hidden` carries all he had typed."""

    template: ClassVar[str] = "conflict.html"
    action: str
    version: int  # the stored one, posted as `version`
    by: str
    at: str
    differences: tuple[Versus, ...]
    cancel_href: str  # the record as it is stored
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(Page):
    """Asks before something is done to one record or to many."""

    template: ClassVar[str] = "confirm.html"
    action: str  # POST with `hidden`, and the values of `controls`
    question: str
    submit: str
    cancel_href: str
    danger: bool = True
    tags: tuple[Tag, ...] = ()
    changes: tuple[Change, ...] = ()  # what becomes of which field
    sides: tuple[str, str] = ("", "")  # whose values are laid side by side: this record's, the other's
    differences: tuple[Versus, ...] = ()  # where the two differ
    consequences: tuple[str, ...] = ()  # what follows, one sentence each
    counts: tuple[Count, ...] = ()  # of many: chosen, possible, left out
    records: tuple[Link, ...] = ()  # those concerned, or the first of them
    records_more: str | None = None  # e.g. "另有 161 条"
    controls: tuple[Control, ...] = ()  # e.g. the field to set and its value
    hidden: tuple[tuple[str, str], ...] = ()
    note: str | None = None  # why it is asked again
    blocked: str | None = None  # why it cannot be done; the main button is left out
    buttons: tuple[Button, ...] = ()
