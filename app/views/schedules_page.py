"""What runs by the clock: when next, how it went last, and its switch."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from app.core.action import Action
from app.core.errors import NotFound
from app.heads.frame import frame
from app.heads.house import house
from app.heads.pages import Button, ConfirmPage, Link, SchedulesPage, Tag
from app.heads.pages import ScheduleRow as Row
from app.jobs.cron_words import spoken
from app.jobs.moments import following
from app.jobs.schedules import LABELS
from app.outbox import desk
from app.outbox.desk import JOB, Timed
from app.records.context import Context
from app.views import jobs_words as w
from app.views.jobs_pages import HERE, at, called, tabs, text

SCHEDULES = f"{HERE}schedules/"


def page(context: Context) -> SchedulesPage:
    """Every schedule."""
    tends = context.actor.may(Action.UPDATE, JOB)
    return SchedulesPage(
        frame=frame(),
        title=text(w.SCHEDULES),
        crumbs=(Link(text=text(w.TITLE), href=HERE), Link(text=text(w.SCHEDULES), href="")),
        note=text(w.SCHEDULES_NOTE),
        tabs=tabs(desk.counts(context.connection), "schedules"),
        columns=tuple(text(one) for one in (*w.SCHEDULE_COLUMNS, *([w.ACTS] if tends else []))),
        rows=tuple(row(one, tends=tends) for one in desk.schedules(context.connection)),
    )


def row(one: Timed, *, tends: bool) -> Row:
    """One schedule."""
    return Row(
        name=named(one),
        hint=one.code,
        when=text(spoken(one.cron)),
        after=text(w.CATCH_UP[one.catch_up]),
        next=upcoming(one),
        last=last(one),
        tag=ended(one),
        switch=switch(one),
        switched=text(w.SWITCHED, who=one.switched_by, at=at(one.switched_at)) if one.switched_by else "",
        buttons=tuple(buttons(one)) if tends else (),
    )


def named(one: Timed) -> str:
    """What people call a schedule."""
    return text(LABELS[one.code]) if one.code in LABELS else called(one.kind)


def upcoming(one: Timed) -> str:
    """When it runs next; nothing for one that is off or cannot be read."""
    if not one.enabled:
        return "—"
    try:
        return at(following(one.cron, ZoneInfo(one.tz), house().clock.now()))
    except (ValueError, KeyError):
        return "—"


def last(one: Timed) -> Link:
    """When it ran last, leading to the job while that is kept."""
    if one.slot_at is None:
        return Link(text=text(w.NEVER), href="")
    return Link(text=at(one.slot_at), href=f"{HERE}{one.work}" if one.work else "")


def ended(one: Timed) -> Tag | None:
    """How its last run stands."""
    if one.state is None:
        return None
    word, colour = w.STATES[one.state]
    return Tag(text=text(word), state=colour)


def switch(one: Timed) -> Tag:
    """Whether it is on."""
    if one.kept and one.enabled:
        return Tag(text=text(w.KEPT), state="ok")
    return Tag(text=text(w.ON), state="ok") if one.enabled else Tag(text=text(w.OFF), state="warn")


def buttons(one: Timed) -> Iterator[Button]:
    """What may be done with it."""
    here = f"{SCHEDULES}{one.code}"
    yield Button(text=text(w.RUN), href=f"{here}/run", post=True)
    if not one.enabled:
        yield Button(text=text(w.TURN_ON), href=f"{here}/on", post=True)
    elif not one.kept:
        yield Button(text=text(w.TURN_OFF), href=f"{here}/off")


def found(context: Context, code: str) -> Timed:
    """One schedule; NotFound for none of that code."""
    for one in desk.schedules(context.connection):
        if one.code == code:
            return one
    raise NotFound


def turning_off(one: Timed) -> ConfirmPage:
    """Asks before a schedule is switched off."""
    return ConfirmPage(
        frame=frame(),
        title=text(w.TURN_OFF),
        crumbs=(Link(text=text(w.SCHEDULES), href=SCHEDULES), Link(text=named(one), href="")),
        action=f"{SCHEDULES}{one.code}/off",
        question=text(w.OFF_ASK, name=named(one), when=text(spoken(one.cron))),
        consequences=tuple(text(note) for note in w.OFF_NOTES),
        submit=text(w.TURN_OFF),
        cancel_href=SCHEDULES,
        danger=True,
        blocked=text(desk.REFUSED["schedule_kept"]) if one.kept else None,
    )
