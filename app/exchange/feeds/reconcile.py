"""What came in by a profile, day by day, against what should have come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.exchange.feeds.profile import Profile
from app.exchange.feeds.run import COLUMNS, RUNNING, Run, State, of

KEYS = ("created", "updated", "unchanged", "stale", "refused", "waiting")


@dataclass(frozen=True, slots=True)
class Day:
    """One business day of a profile: the files about it and what became of their records.

    `missing`: a file was expected and none was taken. `late`: the first came after the following day had ended.
    """

    day: date
    runs: tuple[Run, ...]
    counts: Mapping[str, int]
    missing: bool
    late: bool

    @property
    def taken(self) -> int:
        """How many records came in."""
        return self.counts["created"] + self.counts["updated"] + self.counts["unchanged"]

    @property
    def refused_files(self) -> int:
        """How many files were refused whole."""
        return sum(run.state is State.REFUSED for run in self.runs)

    @property
    def running(self) -> bool:
        """Whether a file of the day is on its way."""
        return any(run.state in RUNNING for run in self.runs)


def days(connection: Connection, profile: Profile, today: date, span: int) -> list[Day]:
    """The last `span` days before today and today where a file came, newest first; none before the first file."""
    since = today - timedelta(days=span)
    sql = f"SELECT {COLUMNS} FROM feed_run WHERE profile_id = %s AND day >= %s ORDER BY day, sequence, id"
    found: dict[date, list[Run]] = {}
    for run in map(of, connection.exec_driver_sql(sql, (profile.id, since))):
        found.setdefault(run.day, []).append(run)
    sql = "SELECT min(day) FROM feed_run WHERE profile_id = %s AND state <> 'refused'"
    first = connection.exec_driver_sql(sql, (profile.id,)).scalar_one()
    shown = set(found)
    if first and profile.daily:
        shown |= {today - timedelta(days=n) for n in range(1, span + 1) if today - timedelta(days=n) >= first}
    return [_day(one, found.get(one, ()), profile, today) for one in sorted(shown, reverse=True)]


def _day(day: date, runs: Iterable[Run], profile: Profile, today: date) -> Day:
    runs = tuple(runs)
    taken = [run for run in runs if run.state not in (State.REFUSED, State.UNDONE)]
    counts = {key: sum(int(run.counts.get(key, 0)) for run in taken) for key in KEYS}
    late = bool(taken) and min(run.at.date() for run in taken) > day + timedelta(days=2)
    return Day(day, runs, counts, profile.daily and not taken and day < today, late)


def summary(found: Iterable[Day], yesterday: date) -> dict[str, Any]:
    """Yesterday's records taken, refused and waiting, and how many days are missing."""
    listed = list(found)
    last = next((one for one in listed if one.day == yesterday), None)
    return {
        "taken": last.taken if last else 0,
        "refused": last.counts["refused"] if last else 0,
        "waiting": last.counts["waiting"] if last else 0,
        "missing": sum(one.missing for one in listed),
    }
