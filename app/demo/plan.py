"""What a year is made from: the seed, the scale and the last day; nothing here knows the time."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")
SIZES = (1.15, 1.05, 0.95, 0.85)  # how the volume of a store stands to the mean of all
# How much a store of mean size has; four of them are the group at scale 1.
VOLUMES = {
    "customer": 2_500,
    "vehicle": 3_750,
    "work_order": 10_000,
    "lead": 1_750,
    "walk_in": 520,
    "opportunity": 800,
    "order": 335,
    "stock": 55,
    "complaint": 55,
    "ticket": 100,
    "suggestion": 15,
    "interaction": 6_500,
    "task": 2_200,
    "package": 130,
}
THERE = ("customer", "vehicle", "stock")
DAYS = 365
LEAD_IN = 40  # days before the year from which prospects come, so that its first weeks have deliveries


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a year depends on; `ends_on` is the first day that is not lived any more."""

    seed: int
    scale: float
    ends_on: date
    activity: float = 1.0  # how much happens beside customers and cars being there; benches want less

    @property
    def begins_on(self) -> date:
        """The first day of the year."""
        return self.ends_on - timedelta(days=DAYS)

    @property
    def stores(self) -> int:
        """How many stores there are: more of them, not larger ones, make a larger group."""
        return max(len(SIZES), round(len(SIZES) * self.scale))

    def random(self, table: str, store: int = 0) -> Random:
        """The dice of one table of one store: no other table's rows depend on how often they are thrown."""
        return Random(f"{self.seed}/{store}/{table}")

    def volume(self, what: str, store: int) -> int:
        """How many there are of something in the n-th store."""
        busy = 1.0 if what in THERE else self.activity
        return max(1, round(VOLUMES[what] * SIZES[store % len(SIZES)] * min(self.scale, 1.0) * busy))

    def some(self, things: list[T]) -> list[T]:
        """Those of whom more is told than that they are there: all in a usual year."""
        return things[:: max(round(1 / self.activity), 1)]
