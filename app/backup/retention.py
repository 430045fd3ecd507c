"""Which backups stay: the newest of each of the last hours, days, weeks and months, and those nobody may do without."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.core.clock import SHANGHAI

Period = Callable[[datetime], object]
PERIODS: Mapping[str, tuple[Period, int]] = MappingProxyType(
    {
        "hour": (lambda at: (at.date(), at.hour, at.utcoffset()), 24),
        "day": (lambda at: at.date(), 14),
        "week": (lambda at: at.isocalendar()[:2], 8),
        "month": (lambda at: (at.year, at.month), 12),
    }
)
LEAST = 3


def kept(made: Iterable[datetime], proven: Iterable[datetime] = (), *, zone: ZoneInfo = SHANGHAI) -> set[datetime]:
    """The moments whose backups stay, by the business's hours and days.

    Of `proven`, those restored whole, the newest stays whatever its age; and never are fewer than three left.
    """
    ordered = sorted(made, reverse=True)
    found = {*ordered[:LEAST], *sorted(proven)[-1:]}
    for period, count in PERIODS.values():
        found |= _newest(ordered, lambda at, period=period: period(at.astimezone(zone)), count)  # type: ignore[misc]
    return found


def _newest(ordered: Sequence[datetime], period: Period, count: int) -> set[datetime]:
    """The newest moment of each of the last `count` periods in which there is any."""
    first: dict[object, datetime] = {}
    for at in ordered:
        first.setdefault(period(at), at)
        if len(first) > count:
            first.popitem()
            break
    return {*first.values()}
