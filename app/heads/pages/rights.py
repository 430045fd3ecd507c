"""What a role may do: the matrix of entities and verbs, and who holds it; and why somebody may do something."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Count, Link, Option, Page, Tag


@dataclass(frozen=True, slots=True, kw_only=True)
class RightRow:
    """One entity: how far, and which verbs; posted as `reach.<name>` and, repeated, `do.<name>`."""

    name: str
    text: str
    reaches: tuple[Option, ...]
    verbs: tuple[Option, ...]  # in the order of the page's columns; one without a value does not apply
    fields: Link | None = None  # where its fields' states are set


@dataclass(frozen=True, slots=True, kw_only=True)
class RightGroup:
    """The entities of one menu group."""

    text: str
    rows: tuple[RightRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHolder:
    """Somebody who holds the role; he is taken off it by posting `user` to the page's people."""

    user: int
    text: str
    note: str
    tag: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsPage(Page):
    """One role; read only where `action` is empty."""

    template: ClassVar[str] = "rights.html"
    groups: tuple[RightGroup, ...]
    columns: tuple[str, ...]  # entity, reach, then the verbs
    action: str = ""  # POST: shows what a change would make of it
    submit: str = ""
    print: str = ""
    note: str = ""
    problem: str | None = None
    buttons: tuple[Button, ...] = ()
    holders: tuple[RoleHolder, ...] = ()
    people_title: str = ""
    people_action: str = ""  # POST `add` (words) or `remove` (a user's number)
    adding: Control | None = None
    add: str = ""
    remove: str = ""
    load_action: str = ""  # POST `file`: rights as a role's export has them
    loading: Control | None = None
    load: str = ""
    history_title: str = ""
    history: tuple[tuple[str, str], ...] = ()  # when and by whom, and what


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSetting:
    """How one field stands to the role's holders; posted as `mine.<name>` and `scope.<name>`, empty as described."""

    name: str
    text: str
    note: str  # its privacy class
    mine: tuple[Option, ...]
    scope: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFieldsPage(Page):
    """One role and kind of records: how each field stands; read only where `action` is empty."""

    template: ClassVar[str] = "role_fields.html"
    columns: tuple[str, ...]
    rows: tuple[FieldSetting, ...]
    fixed: str = ""  # the fields that are not set, and why
    note: str = ""
    problem: str | None = None
    action: str = ""  # POST: shows what a change would make of it
    submit: str = ""
    print: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One step of a decision."""

    text: str
    allows: bool
    word: str  # for who does not see the sign


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldStand:
    """How one field stands to the person, in his own records and in others."""

    text: str
    cells: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyPage(Page):
    """Why somebody may or may not do something; asked by GET."""

    template: ClassVar[str] = "why.html"
    action: str
    controls: tuple[Control, ...]
    submit: str
    note: str = ""
    problem: str | None = None
    verdict: Count | None = None
    grounds: tuple[Ground, ...] = ()
    fields_title: str = ""
    columns: tuple[str, ...] = ()
    fields: tuple[FieldStand, ...] = ()
    people_title: str = ""
    people: tuple[Link, ...] = ()  # who may see the record
