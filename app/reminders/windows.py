"""When people may be told: hours by class and channel, and the days on which nobody is bothered."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from app.core.clock import SHANGHAI

Hours = tuple[tuple[time, time], ...]
ANY: Hours = ()
CALLS: Hours = ((time(9, 30), time(11, 30)), (time(14), time(19, 30)))  # practice.md §5, every day but holidays
NOTICES: Hours = ((time(8), time(21)),)
ADVERTS: Hours = ((time(9), time(20)),)
UNASKED = ("safety", "transactional", "internal")  # classes that keep no hours
# The first day of the lunar year; on it, the day before and the day after nobody is bothered (除夕 to 初二).
NEW_YEARS = frozenset(
    date.fromisoformat(one)
    for one in (
        "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
        "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08", "2036-01-28", "2037-02-15",
        "2038-02-04", "2039-01-24", "2040-02-12",
    )
)  # fmt: skip
QUIET = frozenset(day + timedelta(days=by) for day in NEW_YEARS for by in (-1, 0, 1))


def hours(nature: str, channel: str) -> Hours:
    """The hours in which a message of this class may go out this way; none means at any time."""
    if nature in UNASKED:
        return ANY
    if channel == "call":
        return CALLS
    return ADVERTS if nature in ("marketing", "care") else NOTICES


def opens(now: datetime, permitted: Hours) -> datetime:
    """`now` when it lies within the hours, else the moment they begin next; no hour of a quiet day counts."""
    if not permitted:
        return now
    local = now.astimezone(SHANGHAI)
    for day in _days(local.date()):
        for begins, ends in permitted:
            if day > local.date() or local.time() < ends:
                begin = datetime.combine(day, begins, SHANGHAI)
                return max(begin.astimezone(now.tzinfo), now)
    raise AssertionError("some day is no holiday")


def _days(first: date) -> Iterable[date]:
    return (day for n in range(30) if (day := first + timedelta(days=n)) not in QUIET)


def written(permitted: Hours) -> str:
    """The hours as people write them."""
    return ", ".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in permitted)
