"""Values that a check doubts, saved all the same for a reason that stands in the trail."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection

from app.core.entity import Entity
from app.core.errors import Doubtful, Malformed, Unfit
from app.core.field import Field
from app.core.label import Label

LONGEST = 200  # characters of a reason
NONE: Mapping[str, str] = MappingProxyType({})
FORM = Label(
    "overrides 应是以字段名为键、原因为值的对象。", "`overrides` is an object of reasons, by the names of fields."
)
SET = "SELECT set_config('forecourt.override', %s, true)"


def doubting(field: Field) -> bool:
    """Whether a reason can override a check of the field."""
    return bool(field.kind.doubts)


def reasons(raw: object) -> Mapping[str, str]:
    """The reasons a client gives by field, blank ones left out; raises Malformed for another form."""
    if raw is None:
        return NONE
    if not isinstance(raw, dict) or not all(isinstance(reason, str) for reason in raw.values()):
        raise Malformed(FORM, "overrides")
    return {name: told for name, reason in raw.items() if (told := tidy(reason))}


def tidy(reason: str) -> str:
    """A reason as the trail keeps it."""
    return " ".join(reason.replace("\0", "").split())[:LONGEST]


def settle(
    values: dict[str, Any],
    wrong: dict[str, Unfit],
    given: Mapping[str, str],
    stands: Callable[[str, Any], bool] = lambda _name, _value: False,
) -> dict[str, str]:
    """Moves to `values` what is doubted and has a reason, or stands so already; answers the reasons it used."""
    used: dict[str, str] = {}
    for name, unfit in list(wrong.items()):
        if not isinstance(unfit, Doubtful):
            continue
        if not stands(name, unfit.value):
            if name not in given:
                continue
            used[name] = given[name]
        values[name] = unfit.value
        del wrong[name]
    return used


@contextmanager
def recorded(connection: Connection, entity: Entity, used: Mapping[str, str]) -> Iterator[None]:
    """Writes within go into the trail with these reasons; what is raised undoes them with the writes."""
    if used:
        connection.exec_driver_sql(SET, (orjson.dumps({entity.name: dict(used)}).decode(),))
    yield
    if used:
        connection.exec_driver_sql(SET, ("",))
