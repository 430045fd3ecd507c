"""The moments a cron expression names, in a zone's wall time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]

from app.jobs.schedules import CatchUp

GRACE = timedelta(seconds=60)  # a moment this young was not missed
MOST = 100  # moments taken up at once; the rest follow at the next look


def due(cron: str, zone: ZoneInfo, after: datetime, now: datetime, catch_up: CatchUp) -> list[datetime]:
    """The moments after `after` and until `now` that are to run, oldest first, in UTC; ValueError for bad cron."""
    if catch_up is CatchUp.LAST:
        last = next(_backward(cron, zone, now))
        return [last] if last > after else []
    start = after if catch_up is CatchUp.ALL else max(after, now - GRACE)
    found: list[datetime] = []
    for moment in _forward(cron, zone, start):
        if moment > now or len(found) == MOST:
            break
        found.append(moment)
    return found


def following(cron: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The next moment after `now`, in UTC; ValueError for bad cron."""
    return next(_forward(cron, zone, now))


def _forward(cron: str, zone: ZoneInfo, start: datetime) -> Iterator[datetime]:
    times = croniter(cron, start.astimezone(zone))
    while True:
        moment = times.get_next(datetime)
        if not _repeated(cron, moment):
            yield moment.astimezone(UTC)


def _backward(cron: str, zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    times = croniter(cron, now.replace(microsecond=0).astimezone(zone) + timedelta(seconds=1))
    while True:
        moment = times.get_prev(datetime)
        if not _repeated(cron, moment):
            yield moment.astimezone(UTC)


def _repeated(cron: str, moment: datetime) -> bool:
    """Whether clocks were set back and this wall time already was: a named hour runs once, `*` hours go on."""
    # Through UTC, because croniter going backward marks every time as the second of its kind.
    second = bool(moment.astimezone(UTC).astimezone(moment.tzinfo).fold)
    return second and not cron.split()[1].startswith("*")
