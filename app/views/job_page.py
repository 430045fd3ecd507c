"""One job: what, who, when, each attempt, and what may be done with it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.core.action import Action
from app.core.label import Label
from app.heads import door
from app.heads.frame import frame, local
from app.heads.house import house
from app.heads.pages import Button, ConfirmPage, Control, JobEvent, JobPage, Link, Progress, ProgressPart, Tag
from app.outbox import State, desk
from app.outbox.desk import JOB, Attempt, Deed, Seen
from app.records.context import Context
from app.views import jobs_words as w
from app.views.jobs_pages import HERE, at, called, far, spent, text, who

RUNS_LATER = (State.PENDING, State.ENQUEUED)


def crumbs(one: Seen, *more: str) -> tuple[Link, ...]:
    """The way here."""
    own = Link(text=called(one.kind), href=f"{HERE}{one.id}" if more else "")
    return (Link(text=text(w.TITLE), href=HERE), own, *(Link(text=word, href="") for word in more))


def page(context: Context, number: int) -> JobPage:
    """The page of one job."""
    one = desk.job(context.connection, number)
    word, colour = w.STATES[one.state]
    log = [*attempts(desk.attempts(context.connection, number)), *deeds(desk.deeds(context.connection, number))]
    return JobPage(
        frame=frame(),
        title=called(one.kind),
        crumbs=crumbs(one),
        tag=Tag(text=text(word), state=colour),
        buttons=tuple(buttons(context, one)),
        problem=problem(one),
        progress=progress(one) if one.state == State.RUNNING else None,
        facts_title=text(w.FACTS),
        facts=tuple(facts(one)),
        result_title=text(w.RESULT),
        result=plain(one.result),
        log_title=text(w.LOG),
        log=tuple(event for _, event in sorted(log, key=lambda pair: pair[0], reverse=True)),
        log_empty=text(w.UNTOUCHED),
    )


def problem(one: Seen) -> str | None:
    """Why it failed, while that matters."""
    if not one.last_error or one.state in (State.DONE, State.CANCELLED):
        return None
    return text(w.FAILED_FOR if one.state == State.DEAD else w.TRIED_FOR, why=one.last_error)


def buttons(context: Context, one: Seen) -> Iterator[Button]:
    """What the actor may do with it as it stands."""
    here = f"{HERE}{one.id}"
    if context.actor.may(Action.UPDATE, JOB):
        if one.state == State.DEAD:
            yield Button(text=text(w.RETRY), href=f"{here}/retry", icon="refresh", post=True, main=True)
        if one.state == State.PENDING and one.run_after > house().clock.now():
            yield Button(text=text(w.HASTEN), href=f"{here}/hasten", icon="player-play", post=True, main=True)
    if context.actor.may(Action.DELETE, JOB) and one.state in (State.DEAD, *RUNS_LATER):
        yield Button(text=text(w.DISCARD), href=f"{here}/discard", icon="ban", danger=True)


def facts(one: Seen) -> Iterator[tuple[str, str]]:
    """What there is to know about it."""
    yield text(w.NUMBER), f"{one.id}"
    yield text(w.KIND), one.kind
    yield text(w.WHO), who(one)
    yield text(w.QUEUE), one.queue
    yield text(w.ASKED), at(one.created_at)
    if one.state in RUNS_LATER:
        yield text(w.DUE), at(one.run_after)
    yield text(w.BEGUN), at(one.began_at)
    if one.finished_at:
        yield text(w.ENDED), at(one.finished_at)
        yield text(w.TOOK), spent(one.began_at, one.finished_at)
    yield text(w.TRIES), f"{one.attempts}"
    if one.store:
        yield text(w.STORE), one.store
    if told := plain(one.args):
        yield text(w.ARGUMENTS), text(Label("；", "; ")).join(f"{name} {value}" for name, value in told)
    if one.request_id:
        yield text(w.REQUEST), one.request_id


def plain(told: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """Values that the database let through, by name."""
    return tuple((name, f"{value:,}" if isinstance(value, int) else str(value)) for name, value in (told or {}).items())


def progress(one: Seen) -> Progress:
    """How far it is, asked again while it runs."""
    percent, _ = far(one)
    word, _ = w.STATES[one.state]
    return Progress(
        href=f"{HERE}{one.id}/progress",
        phase=text(word),
        done=f"{one.progress or 0:,}",
        total=f"{one.total:,}" if one.total else "…",
        percent=percent or 0,
        running=one.state == State.RUNNING,
        note=spent(one.began_at, one.finished_at),
    )


def part(one: Seen) -> ProgressPart:
    """The progress alone."""
    return ProgressPart(frame=frame(), progress=progress(one))


def attempts(found: list[Attempt]) -> Iterator[tuple[datetime, JobEvent]]:
    """Each attempt as something that happened."""
    for one in found:
        word, colour = w.OUTCOMES[one.outcome]
        told = [text(w.LASTED, time=spent(one.began_at, one.ended_at)), one.reason or ""]
        yield (
            one.began_at,
            JobEvent(
                when=at(one.began_at),
                exact=one.began_at.isoformat(),
                icon="robot",
                what=text(w.ATTEMPT, n=one.number),
                who=text(w.BY_WORKER, worker=one.worker) if one.worker else "",
                tag=Tag(text=text(word), state=colour),
                note=text(Label("；", "; ")).join(part for part in told if part),
                steps=tuple(f"{local(datetime.fromisoformat(s['at'])):%H:%M:%S} {s['step']}" for s in one.steps),
            ),
        )


def deeds(found: list[Deed]) -> Iterator[tuple[datetime, JobEvent]]:
    """What people did with it."""
    for one in found:
        yield (
            one.at,
            JobEvent(
                when=at(one.at),
                exact=one.at.isoformat(),
                icon="user",
                what=text(w.DEEDS[one.deed]),
                who=one.who or text(w.SYSTEM),
                note=one.reason or "",
            ),
        )


def discarding(one: Seen, reason: str = "", error: Label | None = None) -> ConfirmPage:
    """Asks before a job is given up, and why."""
    return ConfirmPage(
        frame=frame(),
        title=text(w.DISCARD),
        crumbs=crumbs(one, text(w.DISCARD)),
        action=f"{HERE}{one.id}/discard",
        question=text(w.DISCARD_ASK, name=called(one.kind), id=one.id),
        consequences=tuple(text(note) for note in w.DISCARD_NOTES),
        controls=(
            Control(
                name="reason",
                label=text(w.WHY),
                value=reason,
                help=text(w.WHY_HELP),
                required=True,
                maxlength=200,
                error=error.text(door.locale()) if error else None,
                autofocus=True,
            ),
        ),
        submit=text(w.DISCARD),
        cancel_href=f"{HERE}{one.id}",
        danger=True,
    )
