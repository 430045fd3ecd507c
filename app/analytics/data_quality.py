"""How good the data is (K68), from the nightly figures: by month, store and person, of what the reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.action import Action
from app.models.quality_figure import COUNTED
from app.records.context import Context
from app.records.plan import within
from app.records.row import select

ENTITY = "quality_figure"
MONTHS = 12
_SUMS = ", ".join(f"sum(t.{name})::bigint" for name in COUNTED)


@dataclass(frozen=True, slots=True)
class Figure:
    """Sums over records in somebody's care, in the order of COUNTED.

    `points` is the sum of their completeness, each 0 to 100.
    """

    records: int = 0
    points: int = 0
    poor: int = 0  # below 60
    unverified: int = 0  # for a year
    issues: int = 0  # open
    doubles: int = 0  # open issues that two records may be one

    @property
    def average(self) -> int | None:
        """The mean completeness rounded down, None of no record."""
        return self.points // self.records if self.records else None


def by_month(context: Context, subject: str, store: int | None = None) -> list[tuple[date, Figure]]:
    """The latest twelve months that were measured, the oldest first; of one store, or of all within reach."""
    given: tuple[Any, ...] = (subject,)
    where = "t.subject = %s"
    if store is not None:
        given, where = (*given, store), f"{where} AND t.store_id = %s"
    found = _summed(context, "t.month", where, given, f"ORDER BY t.month DESC LIMIT {MONTHS}")
    return list(reversed(found))


def by_store(context: Context, subject: str, month: date) -> list[tuple[int, Figure]]:
    """Each store of a month."""
    return _summed(context, "t.store_id", "t.subject = %s AND t.month = %s", (subject, month))


def by_employee(context: Context, subject: str, month: date, store: int) -> list[tuple[int | None, Figure]]:
    """Each person of a store in a month, and None for what is in nobody's care."""
    where = "t.subject = %s AND t.month = %s AND t.store_id = %s"
    return _summed(context, "t.employee_id", where, (subject, month, store))


def worst_first(found: Iterable[tuple[Any, Figure]]) -> list[tuple[Any, Figure]]:
    """Those with records or issues, the least complete first."""
    some = [one for one in found if one[1].records or one[1].issues]
    return sorted(some, key=lambda one: (one[1].average is None, one[1].average or 0, -one[1].records))


def _summed(
    context: Context, key: str, where: str, given: tuple[Any, ...], order: str = ""
) -> list[tuple[Any, Figure]]:
    """The figures summed by a key, within the actor's reach."""
    entity = context.entity(ENTITY)
    context.demand(Action.LIST, entity)
    scope = within(entity, context.actor.extent(ENTITY))
    sql = f"SELECT {key}, {_SUMS} FROM quality_figure t WHERE {where} AND {scope} GROUP BY {key} {order}"
    return [(row[0], Figure(*row[1:])) for row in select(context.connection, sql, given)]
