"""One column of meaning: what a field is, who may see it, and where it appears."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from app.core.kind import Kind
from app.core.label import Label

NAME = re.compile(r"[a-z][a-z0-9_]{0,47}\Z")


class Privacy(StrEnum):
    """How protected a field's value is."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SEALED = "sealed"  # encrypted at rest, found by blind index


class State(IntEnum):
    """How a field stands to one actor in one record; a greater state shows more."""

    HIDDEN = 0
    MASKED = 1
    CLEAR = 2


class Relation(StrEnum):
    """How an actor stands to a record within his scope."""

    MINE = "mine"  # owned, or here today
    SCOPE = "scope"  # in his scope, not his own


DEFAULT_STATES: Mapping[Privacy, Mapping[Relation, State]] = MappingProxyType(
    {
        Privacy.PUBLIC: {Relation.MINE: State.CLEAR, Relation.SCOPE: State.CLEAR},
        Privacy.INTERNAL: {Relation.MINE: State.CLEAR, Relation.SCOPE: State.CLEAR},
        Privacy.PERSONAL: {Relation.MINE: State.CLEAR, Relation.SCOPE: State.CLEAR},
        Privacy.SEALED: {Relation.MINE: State.MASKED, Relation.SCOPE: State.MASKED},
    }
)


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of an entity; frozen, comparable, without behaviour."""

    name: str
    kind: Kind
    label: Label
    privacy: Privacy = Privacy.INTERNAL
    required: bool = False
    unique: bool = False  # within the store, or everywhere where rows belong to no store
    index: bool = False  # filtered or sorted often: an index is made
    search: bool = False  # found by the search box
    readonly: bool = False  # set by the system or once at creation, never by an edit
    default: object = None
    help: Label | None = None
    section: Label | None = None  # heading under which forms and pages show it
    target: str | None = None  # the entity a reference points to
    part_of: bool = False  # a reference to the whole this record is a part of, with which it goes
    mine: State | None = None  # state in one's own records, when not the privacy's default
    scope: State | None = None  # state in other records of one's scope
    claimed_by: tuple[str, ...] = ()  # an owner reference: roles whose holders own what they add

    def __post_init__(self) -> None:
        if not NAME.match(self.name):
            raise ValueError(f"not a field name: {self.name!r}")

    @property
    def column(self) -> str:
        """The column that stores it: a reference's ends in `_id`."""
        return f"{self.name}_id" if self.target else self.name

    @property
    def sealed(self) -> bool:
        """Whether its value is encrypted at rest."""
        return self.privacy is Privacy.SEALED

    def state(self, relation: Relation) -> State:
        """How it stands to an actor in that relation, before reveals."""
        own = self.mine if relation is Relation.MINE else self.scope
        return DEFAULT_STATES[self.privacy][relation] if own is None else own
