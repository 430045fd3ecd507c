"""Values as the trail and the recycle bin keep them, read back as they were stored."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.field import Field

_READ: Mapping[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
}


def past_value(field: Field, kept: Any) -> Any:
    """The stored value of a field from its JSON; a sealed one is not told here, so it is None."""
    if kept is None or field.sealed:
        return None
    if field.kind.sql.startswith("numeric"):
        return Decimal(str(kept))
    return _READ.get(field.kind.sql, _same)(kept)


def kept_value(stored: Any) -> Any:
    """A stored value as JSON keeps it, the opposite of `past_value`."""
    return stored.isoformat() if isinstance(stored, date) else str(stored) if isinstance(stored, Decimal) else stored


def _same(kept: Any) -> Any:
    return kept
