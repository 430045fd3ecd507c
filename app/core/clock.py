"""One clock, passed in: stored times are UTC, business dates are Asia/Shanghai."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """The time as an aware UTC datetime."""
        ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's time in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands until it is moved; for tests and for replaying a day."""

    at: datetime

    def now(self) -> datetime:
        """The time it was set to."""
        return self.at


def business_date(moment: datetime, zone: ZoneInfo = SHANGHAI) -> date:
    """The calendar day on which `moment` falls for the business."""
    return moment.astimezone(zone).date()
