"""What may stand in a table and how its records move: keys, checks, life cycles and consequences, as inert data.

Conditions are SQL over the table's columns, written by developers alone; the studio's tables have none. Every name is
unique within its entity and becomes the constraint `<entity>_<name>`, by which a refusal finds its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum
from functools import cached_property

from app.core.label import Label


@dataclass(frozen=True, slots=True)
class Check:
    """What each row fulfils: a boolean expression over its own columns."""

    name: str
    sql: str
    label: Label  # what the person should do
    field: str  # where the words stand


@dataclass(frozen=True, slots=True)
class Apart:
    """Spans of time that do not overlap: rows with equal `by` references, from `start` until before `end`."""

    name: str
    by: tuple[str, ...]  # references
    start: str  # a date or moment
    end: str
    label: Label
    field: str
    where: str = "true"  # which rows take part


@dataclass(frozen=True, slots=True)
class Once:
    """What may stand only once among the rows that fulfil `where`, within the store where rows belong to stores."""

    name: str
    fields: tuple[str, ...]
    where: str
    label: Label
    field: str


BY_CONSEQUENCE = ("consequence",)  # who takes a step that nobody presses: it follows from another record


@dataclass(frozen=True, slots=True)
class Move:
    """A step of a life cycle: what people press, where it starts and leads, who may, and what it asks for."""

    code: str
    label: Label
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...] = ()  # roles; empty: whoever may edit the record
    asks: tuple[str, ...] = ()  # fields asked for on the way
    danger: bool = False  # a step people rarely want: drawn apart and asked about


@dataclass(frozen=True)
class Lifecycle:
    """How records move through the states of one choice field.

    People take one move at a time, and what a state locks is locked for them. What a feed or a job brings may have
    taken several moves unseen: it begins in any state, goes wherever a row of moves leads, and corrects what is locked.
    """

    field: str
    begins: tuple[str, ...]
    moves: tuple[Move, ...]
    needs: Mapping[str, tuple[str, ...]] = attribute(default_factory=dict)  # fields filled in a state
    locks: Mapping[str, tuple[str, ...]] = attribute(default_factory=dict)  # fields that stand still in a state

    @cached_property
    def ends(self) -> frozenset[str]:
        """The states from which no move leads on."""
        leading_on = {source for move in self.moves for source in move.sources}
        return frozenset(move.target for move in self.moves) - leading_on

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Each single step: (from, to)."""
        return frozenset((source, move.target) for move in self.moves for source in move.sources)

    @cached_property
    def ways(self) -> frozenset[tuple[str, str]]:
        """Each (from, to) that some row of steps connects."""
        found = set(self.pairs)
        while more := {(a, d) for a, b in found for c, d in self.pairs if b == c and a != d} - found:
            found |= more
        return frozenset(found)


class Event(StrEnum):
    """What happens to a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Ban:
    """What is refused: a condition over NEW (and OLD when rows change or go) that may read other tables as `public.x`.

    It is judged with the owner's eyes, past row policies, so that it holds for what the writer does not see. `person`
    is true for what people write themselves, false for feeds, jobs and consequences of other writes.
    """

    name: str
    when: str
    label: Label
    field: str
    on: tuple[Event, ...] = (Event.INSERT, Event.UPDATE)


def kept(when: str, label: Label, field: str) -> Ban:
    """The refusal to delete by hand what has come so far: `when` is a condition over OLD."""
    return Ban("kept", f"person AND {when}", label, field, on=(Event.DELETE,))


@dataclass(frozen=True, slots=True)
class Then:
    """What follows in the same transaction: one SQL statement over `moved`, the rows that were added or changed.

    With `to`, only rows that come to stand in one of these states of the life cycle take part. `moved` holds the rows
    as they now are; on UPDATE `former` holds them as they were. It acts with the owner's rights and the writer's name.
    Histories it leads to name `because` as their reason.
    """

    name: str
    sql: str
    on: tuple[Event, ...] = (Event.INSERT, Event.UPDATE)
    to: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Derive:
    """What the database fills in itself before a row is kept, whatever was written there: SQL over NEW by field.

    The fields are worked out at once, before anything is refused. OLD holds the row as it was, all NULL for a new one.
    """

    name: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """A named SELECT over the table for jobs, reports and readers of SQL; it shows each what he may see of its rows."""

    name: str
    sql: str
