"""Reading the trail of records, as far as the announced actor may."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, text

_HISTORY = text(
    "SELECT id, at, act, record_id, actor_id, actor_kind, actor_name, request_id, action, version, before, after,"
    " erased FROM trail.history(:entity, CAST(:records AS bigint[]), :limit, :until, :since)"
)
_ACT = text("SELECT trail.act(:entity, :entry)")
_OVERRIDE, _CONSEQUENCE = "@override", "@consequence"  # no column is called so
_NOTHING: Mapping[str, Any] = MappingProxyType({})
EVENTS = ("undo", "bring_back")  # what changes no row itself, and says what the changes of its act are


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a record; a secret column's value reads `changed`, an absent one was or became empty."""

    id: int
    at: datetime
    act: str  # the same for all that one transaction did
    record_id: int
    actor_id: int | None
    actor_kind: str
    actor_name: str | None
    request_id: str | None
    action: str
    version: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    erased: bool  # its values were erased
    reasons: Mapping[str, str]  # why a doubted value was saved, by column
    follows: bool  # whether it followed from another write, by a rule

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it speaks of, in the table's order."""
        return tuple(dict.fromkeys((*self.before, *self.after)))


@dataclass(frozen=True)
class Act:
    """What one transaction did to one record; its entries, newest first."""

    entries: tuple[Entry, ...]

    @property
    def last(self) -> Entry:
        """The entry it ended with."""
        return self.entries[0]

    @cached_property
    def changes(self) -> tuple[Entry, ...]:
        """The entries that changed the record, oldest first."""
        return tuple(one for one in reversed(self.entries) if one.action not in EVENTS)

    @cached_property
    def action(self) -> str:
        """What it came to: an event that explains the changes, else birth or death before a change."""
        actions = [one.action for one in self.entries]
        return next((one for one in (*EVENTS, "insert", "delete", "erase") if one in actions), actions[0])

    @property
    def follows(self) -> bool:
        """Whether all of it followed from other writes."""
        return all(one.follows for one in self.entries)

    @property
    def erased(self) -> bool:
        """Whether values of it were erased."""
        return any(one.erased for one in self.entries)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns it speaks of."""
        return tuple(dict.fromkeys(name for one in self.changes for name in one.columns))

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Why doubted values were saved, by column."""
        return {name: why for one in self.changes for name, why in one.reasons.items()}

    def before(self, column: str) -> Any:
        """What a column held before it."""
        return next((one.before.get(column) for one in self.changes if column in one.columns), None)

    def after(self, column: str) -> Any:
        """What a column held after it."""
        return next((one.after.get(column) for one in reversed(self.changes) if column in one.columns), None)

    def moved(self, column: str) -> bool:
        """Whether a column holds something else than before; of a secret the trail knows only that it changed."""
        told = [one for one in self.changes if column in one.columns]
        return self.before(column) != self.after(column) or any(one.after.get(column) == "changed" for one in told)


def history(
    connection: Connection,
    entity: str,
    records: Sequence[int],
    *,
    limit: int = 50,
    until: int | None = None,
    since: int = 0,
) -> tuple[Entry, ...]:
    """The latest entries of records between two others' ids, newest first; none of what the actor may not read."""
    values = {"entity": entity, "records": list(records), "limit": limit, "until": until, "since": since}
    return tuple(_entry(**row) for row in connection.execute(_HISTORY, values).mappings())


def acts(entries: Iterable[Entry]) -> tuple[Act, ...]:
    """The acts these entries of one record make up, newest first."""
    return tuple(Act(tuple(group)) for _, group in groupby(entries, key=lambda one: one.act))


def act_records(connection: Connection, entity: str, entry: int) -> tuple[int, ...]:
    """The records of the entity that the act of this entry changed, as far as the actor sees them."""
    return tuple(connection.execute(_ACT, {"entity": entity, "entry": entry}).scalar_one())


def _entry(*, before: str | None, after: str | None, **rest: Any) -> Entry:
    became = dict(_values(after))
    reasons = became.pop(_OVERRIDE, _NOTHING)
    follows = bool(became.pop(_CONSEQUENCE, False))
    return Entry(**rest, before=_values(before), after=became, reasons=reasons, follows=follows)


def _values(stored: str | None) -> Mapping[str, Any]:
    return orjson.loads(stored) if stored else _NOTHING
