"""Reading the trail of one record, as far as the announced actor may."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, text

_HISTORY = text(
    "SELECT id, at, actor_id, actor_kind, actor_name, action, version, before, after, erased"
    " FROM trail.history(:entity, :record_id, :limit)"
)
_OVERRIDE = "@override"  # no column is called so
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a record; a secret column's value reads `changed`, an absent one was or became empty."""

    id: int
    at: datetime
    actor_id: int | None
    actor_kind: str
    actor_name: str | None
    action: str
    version: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    erased: bool  # its values were erased
    reasons: Mapping[str, str]  # why a doubted value was saved, by column

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it speaks of, in the table's order."""
        return tuple(dict.fromkeys((*self.before, *self.after)))


def history(connection: Connection, entity: str, record_id: int, limit: int = 50) -> tuple[Entry, ...]:
    """The latest entries of a record, newest first; none when the actor may not read it."""
    rows = connection.execute(_HISTORY, {"entity": entity, "record_id": record_id, "limit": limit})
    return tuple(_entry(**row) for row in rows.mappings())


def _entry(*, before: str | None, after: str | None, **rest: Any) -> Entry:
    became = dict(_values(after))
    reasons = became.pop(_OVERRIDE, _NOTHING)
    return Entry(**rest, before=_values(before), after=became, reasons=reasons)


def _values(stored: str | None) -> Mapping[str, Any]:
    return orjson.loads(stored) if stored else _NOTHING
