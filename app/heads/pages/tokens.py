"""API tokens: one's own and, for who tends accounts, others'; a new one; its text, once."""

from dataclasses import dataclass
from typing import ClassVar

from app.heads.pages.forms import Control
from app.heads.pages.frame import Button, Page, Tag
from app.heads.pages.lists import Empty
from app.heads.pages.rights import RightGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One token: its name and first signs, and what stands under the page's columns."""

    text: str
    hint: str
    cells: tuple[str, ...]
    end_href: str  # asks before it is ended
    tag: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTable:
    """Tokens under one heading; `columns` name the token first and what is done with it last."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[TokenRow, ...]
    empty: Empty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensPage(Page):
    """The tokens somebody may see."""

    template: ClassVar[str] = "tokens.html"
    tables: tuple[TokenTable, ...]
    end: str  # what the link that ends one is called
    note: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTokenPage(Page):
    """Asks what a token is for; posts the controls and, repeated, `do.<entity>`."""

    template: ClassVar[str] = "token_new.html"
    action: str
    controls: tuple[Control, ...]
    groups_title: str
    groups_help: str
    columns: tuple[str, ...]  # the entity, then the verbs
    groups: tuple[RightGroup, ...]
    submit: str
    cancel_href: str
    note: str = ""
    problem: str | None = None

    @property
    def failing(self) -> tuple[Control, ...]:
        """The controls whose values will not do."""
        return tuple(control for control in self.controls if control.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeTokenPage(Page):
    """The text of a token, shown once."""

    template: ClassVar[str] = "token_made.html"
    label: str
    token: str
    warning: str
    copy: str
    copied: str
    facts: tuple[tuple[str, str], ...]
    back_href: str
