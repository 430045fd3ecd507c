"""The page of backups: how they stand, a month of them, each one, each attempt."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.backup.history import Attempt, Backup, Standing, attempts, backups, days, standing
from app.backup.ledger import ALARMS
from app.core.label import Label
from app.heads import door
from app.heads.frame import frame, local
from app.heads.house import house
from app.heads.pages import (
    ActivityRow,
    BackupRow,
    BackupsPage,
    BackupTable,
    Button,
    Count,
    DayBar,
    Empty,
    Link,
    State,
    Tag,
)
from app.records.context import Context
from app.views import backups_words as w
from app.views.trail_pages import midnight, text, today

HERE = "/backups/"
MONTH, LATEST = 30, 12
LONGEST = timedelta(hours=4)  # an attempt that began earlier and has no end was killed
MIB = 1024 * 1024
STEPS = tuple(w.STEPS)


def page(context: Context) -> BackupsPage:
    """The whole page."""
    stands, acts = standing(context.connection), attempts(context.connection)
    running, percent = at_work(stands, acts)
    return BackupsPage(
        frame=frame(),
        title=text(w.TITLE),
        note=text(w.NOTE),
        buttons=() if running else (Button(text=text(w.NOW), href=f"{HERE}now", icon="archive", main=True, post=True),),
        here=HERE,
        running=running,
        percent=percent,
        alarms=tuple(text(w.SINCE, what=text(ALARMS[one.code]), at=local(one.since)) for one in stands.alarms),
        counts=tuple(counts(stands, acts)),
        activity_title=text(w.MONTH),
        activity=tuple(month(context)),
        tables=(tried(acts[:LATEST], stands.now), kept(backups(context.connection))),
    )


def at_work(stands: Standing, acts: Sequence[Attempt]) -> tuple[str | None, int]:
    """What a backup is doing and how far it is, of a hundred; None while none is made."""
    last = next((one for one in acts if one.act == "create"), None)
    if last is not None and goes_on(last, stands.now):
        step = str(last.details.get("step", ""))
        label = w.STEPS.get(step, w.STEPS[""])
        seconds = int((stands.now - last.began_at).total_seconds())
        done = STEPS.index(step) if step in STEPS else 0
        return text(w.AT_WORK, step=text(label), n=max(seconds, 0)), 100 * done // len(STEPS)
    return (text(w.WAITING), 0) if stands.waits else (None, 0)


def goes_on(one: Attempt, now: datetime) -> bool:
    """Whether an attempt is still at work."""
    return one.ok is None and now - one.began_at < LONGEST


def counts(stands: Standing, acts: Sequence[Attempt]) -> Iterator[Count]:
    """How backups stand, and what the last drill compared."""
    codes = {one.code for one in stands.alarms}
    yield _age(w.NEWEST, stands.newest, stands.now, bad="old" in codes)
    yield _age(w.PROVEN, stands.proven, stands.now, bad="unproven" in codes)
    drill = next((one for one in acts if one.act == "drill" and one.ok), None)
    if drill is not None:
        yield Count(text=text(w.TOOK), value=seconds(drill.details.get("seconds", 0)), note=more(drill) or None)
    lost: State = "bad" if "lost" in codes else "neutral"
    yield Count(text=text(w.KEPT), value=f"{stands.kept:,}", state=lost, note=text(w.GOOD_OF, n=stands.good))


def _age(label: Label, at: datetime | None, now: datetime, *, bad: bool) -> Count:
    if at is None:
        return Count(text=text(label), value=text(w.NEVER), state="bad" if bad else "warn")
    note = f"{local(at):%m-%d %H:%M}"
    return Count(text=text(label), value=age(now - at), state="bad" if bad else "ok", note=note)


def age(span: timedelta) -> str:
    """How long ago, in the largest unit that makes two of it."""
    minutes = max(int(span.total_seconds() // 60), 0)
    if minutes < 120:  # noqa: PLR2004
        return text(w.MINUTES, n=minutes)
    return text(w.HOURS, n=minutes // 60) if minutes < 48 * 60 else text(w.DAYS, n=minutes // 1440)


def month(context: Context) -> Iterator[ActivityRow]:
    """Sizes and durations over thirty days."""
    last = today()
    span = [last - timedelta(days=n) for n in reversed(range(MONTH))]
    found = days(context.connection, midnight(span[0]), house().config.time_zone.key)
    for label, pick, show in (
        (w.SIZES, lambda day: float(day.bytes), lambda value: size(int(value))),
        (w.DURATIONS, lambda day: day.seconds, seconds),
    ):
        values = {day: pick(found[day]) for day in span if day in found}
        most = max(values.values(), default=0.0) or 1.0
        yield ActivityRow(
            link=Link(text=text(label), href=""),
            bars=tuple(
                DayBar(
                    height=min(100, -int(-100 * values[day] // most)),
                    text=text(w.BAR, day=day, value=show(values[day]), n=found[day].number),
                )
                if day in values
                else DayBar(height=0, text=text(w.NO_BAR, day=day))
                for day in span
            ),
            total=show(max(values.values(), default=0.0)),
        )


def kept(found: Sequence[Backup]) -> BackupTable:
    """The backups, newest first."""
    return BackupTable(
        title=text(w.BACKUPS),
        columns=tuple(text(one) for one in w.BACKUP_COLUMNS),
        rows=tuple(
            BackupRow(
                when=f"{local(one.made_at):%m-%d %H:%M}",
                exact=one.made_at.isoformat(),
                tag=state_of(one),
                cells=(size(one.bytes), f"{one.rows:,}", seconds(one.seconds)),
                more=one.name,
            )
            for one in found
        ),
        empty=None if found else Empty(text=text(w.NONE), advice=text(w.NONE_HINT)),
    )


def state_of(one: Backup) -> Tag:
    """Good only once it was restored."""
    if one.gone:
        return Tag(text=text(w.STATES[one.gone]), state="bad" if one.gone == "lost" else "neutral")
    if one.restored_at:
        return Tag(text=text(w.STATES["good"], at=local(one.restored_at)), state="ok")
    return Tag(text=text(w.STATES["unproven"]), state="warn")


def tried(acts: Sequence[Attempt], now: datetime) -> BackupTable:
    """The attempts, newest first, with why one failed."""
    return BackupTable(
        title=text(w.ACTS),
        columns=tuple(text(one) for one in w.ACT_COLUMNS),
        rows=tuple(
            BackupRow(
                when=f"{local(one.began_at):%m-%d %H:%M}",
                exact=one.began_at.isoformat(),
                tag=result_of(one, now),
                cells=(text(w.DOING[one.act]), took(one)),
                more=more(one),
            )
            for one in acts
        ),
        empty=None if acts else Empty(text=text(w.NO_ACTS), advice=text(w.NONE_HINT)),
    )


def result_of(one: Attempt, now: datetime) -> Tag:
    """How an attempt ended, if it did."""
    if one.ok is None:
        on = goes_on(one, now)
        return Tag(text=text(w.GOES_ON if on else w.BROKEN_OFF), state="info" if on else "warn")
    return Tag(text=text(w.DONE), state="ok") if one.ok else Tag(text=text(w.FAILED), state="bad")


def took(one: Attempt) -> str:
    """How long an attempt took."""
    return seconds((one.ended_at - one.began_at).total_seconds()) if one.ended_at else "—"


def more(one: Attempt) -> str:
    """Why an attempt failed, what a drill compared, or which backup it was."""
    if one.reason is not None:
        return one.reason.text(door.locale())
    if one.act == "drill" and "tables" in one.details:
        told = {name: f"{one.details.get(name, 0):,}" for name in ("tables", "rows", "entries", "opened", "files")}
        return text(w.COMPARED, **told)
    if one.act == "prune" and one.ok:
        return text(w.GONE, n=one.details.get("pruned", 0))
    return one.backup or ""


def size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / MIB:,.1f} MB" if count < 1024 * MIB else f"{count / MIB / 1024:,.1f} GB"


def seconds(value: float) -> str:
    """A duration in seconds, with a tenth below ten."""
    return text(w.SECONDS, n=f"{value:.1f}" if value < 10 else f"{value:,.0f}")  # noqa: PLR2004
