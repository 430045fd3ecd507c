"""When things happen: weekdays, seasons, Chinese New Year, the ends of months and quarters; times of the business."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from itertools import accumulate
from random import Random

from app.demo.plan import Plan

CHINA = timezone(timedelta(hours=8))  # no summer time since 1991
NEW_YEARS = (
    date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10),
    date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3),
    date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8),
)  # fmt: skip
SALES_MONTHS = {1: 1.1, 3: 1.05, 6: 1.1, 7: 0.85, 8: 0.9, 9: 1.2, 10: 1.15, 11: 1.1, 12: 1.3}
SERVICE_MONTHS = {1: 1.1, 2: 0.9, 6: 1.1, 7: 1.15, 8: 1.1, 9: 1.05, 11: 1.1, 12: 1.05}
SUMMER, WINTER = (6, 7, 8), (11, 12)
MONTH_END, QUARTER_ENDS = 5, (3, 6, 9, 12)
SATURDAY = 5


def at(day: date, minute: int) -> datetime:
    """That minute of a business day."""
    return datetime.combine(day, time.min, CHINA) + timedelta(minutes=minute)


def holiday(day: date) -> float:
    """How busy a day is for Chinese New Year: nothing in its first week, a rush before, a lull after."""
    for first in NEW_YEARS:
        away = (day - first).days
        if -1 <= away <= 6:
            return 0.04
        if 6 < away <= 20:
            return 0.65
        if -15 <= away < -1:
            return 1.35
    return 1.0


def month_end(day: date) -> float:
    """How much the end of a month, and more that of a quarter, pulls orders."""
    first_of_next = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    if (first_of_next - day).days > MONTH_END:
        return 0.9
    return 2.1 if day.month in QUARTER_ENDS else 1.6


def sales(day: date) -> float:
    """How likely a new prospect comes on a day."""
    weekend = 1.6 if day.weekday() >= SATURDAY else 0.85
    quiet = holiday(day)
    return weekend * SALES_MONTHS.get(day.month, 1.0) * (quiet if quiet < 1 else 1.0)


def signing(day: date) -> float:
    """How likely somebody signs on a day."""
    return sales(day) * month_end(day)


def service(day: date) -> float:
    """How likely a car comes to the workshop on a day."""
    weekend = 1.3 if day.weekday() >= SATURDAY else 0.95
    return weekend * SERVICE_MONTHS.get(day.month, 1.0) * holiday(day)


class Days:
    """Days drawn by how likely each is."""

    def __init__(self, plan: Plan, weight: Callable[[date], float], *, before: int = 0, after: int = 0) -> None:
        self.first = plan.begins_on - timedelta(days=before)
        self.count = (plan.ends_on - self.first).days + after
        self._sums = list(accumulate(weight(self.first + timedelta(days=n)) for n in range(self.count)))

    def draw(self, random: Random, since: date | None = None, until: date | None = None) -> date:
        """A day from `since` until before `until`; `since` itself where nothing lies between."""
        low = max((since - self.first).days, 0) if since else 0
        high = min((until - self.first).days, self.count) if until else self.count
        if low >= high:
            return since or self.first
        base = self._sums[low - 1] if low else 0.0
        found = bisect_left(self._sums, base + random.random() * (self._sums[high - 1] - base), low, high - 1)
        return self.first + timedelta(days=found)


def shares(random: Random, weights: Sequence[float], total: int) -> list[int]:
    """A whole number for each weight, `total` in all, drawn by them."""
    counts = [0] * len(weights)
    for place in random.choices(range(len(weights)), cum_weights=list(accumulate(weights)), k=total):
        counts[place] += 1
    return counts
