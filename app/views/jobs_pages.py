"""The boards of jobs, filtered: running ones move by themselves."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from app.core.errors import Unfit
from app.core.label import Label
from app.heads import door
from app.heads.frame import frame, local
from app.heads.house import house
from app.heads.pages import Control, Empty, JobBoard, JobRow, JobsPage, Link, Option, Tag
from app.jobs import registry
from app.outbox import State, desk
from app.outbox.desk import Counts, Seen, Wanted
from app.records.context import Context
from app.records.query import natural
from app.views import jobs_words as w

HERE = "/jobs/"
PAGE = 50
STATES: Mapping[str, tuple[State, ...]] = {
    "running": (State.RUNNING,),
    "waiting": (State.PENDING, State.ENQUEUED),
    "dead": (State.DEAD,),
    "done": (State.DONE,),
    "cancelled": (State.CANCELLED,),
}
FILTERS = ("kind", "person", "since", "until")


def text(label: Label, **given: object) -> str:
    """Words in the reader's language."""
    return label.format(**given).text(door.locale()) if given else label.text(door.locale())


def at(moment: datetime | None) -> str:
    """A moment as the pages show it."""
    return f"{local(moment):%m-%d %H:%M:%S}" if moment else "—"


def spent(begun: datetime | None, ended: datetime | None) -> str:
    """How long something took, or has taken until now."""
    if begun is None:
        return "—"
    seconds = max(0, round(((ended or house().clock.now()) - begun).total_seconds()))
    if seconds >= 3600:  # noqa: PLR2004
        return text(w.HOURS, h=seconds // 3600, m=seconds % 3600 // 60)
    return text(w.MINUTES, m=seconds // 60, s=seconds % 60) if seconds >= 60 else text(w.SECONDS, s=seconds)  # noqa: PLR2004


def called(kind: str) -> str:
    """What people call a kind of job."""
    registry.load()
    return text(registry.label_of(kind))


def board_of(given: Mapping[str, str]) -> str:
    """The board asked for; the one of what runs otherwise."""
    return name if (name := given.get("board", "")) in STATES else "running"


def page(context: Context, given: Mapping[str, str]) -> JobsPage:
    """The boards, with the one asked for."""
    problem, made = None, None
    try:
        made = board(context, given)
    except Unfit as unfit:
        problem = text(unfit.label)
        made = JobBoard(title=text(w.TITLE), columns=())
    return JobsPage(
        frame=frame(),
        title=text(w.TITLE),
        note=text(w.NOTE),
        tabs=tabs(desk.counts(context.connection), board_of(given)),
        action=HERE,
        hidden=(("board", board_of(given)),),
        controls=tuple(controls(given)),
        submit=text(w.FILTER),
        board=made,
        problem=problem,
    )


def tabs(counts: Counts, current: str) -> tuple[Link, ...]:
    """The boards with how much is on each, and the schedules."""
    made = [
        Link(text=text(label), href=f"{HERE}?board={name}", current=name == current, count=tally(name, counts))
        for name, label in w.BOARDS.items()
    ]
    return (*made, Link(text=text(w.SCHEDULES), href=f"{HERE}schedules/", current=current == "schedules"))


def tally(name: str, counts: Counts) -> str:
    """How much is on a board."""
    number = f"{getattr(counts, name):,}"
    return text(w.DONE_TODAY, n=number) if name == "done" else number


def board(context: Context, given: Mapping[str, str]) -> JobBoard:
    """One board; Unfit when the days make no sense."""
    name = board_of(given)
    found = desk.jobs(context.connection, meant(given), before=natural(given.get("before", "")), most=PAGE + 1)
    asked = {key: value for key, value in given.items() if key in FILTERS and value} | {"board": name}
    more = {**asked, "before": found[PAGE - 1].id} if len(found) > PAGE else None
    nothing, hint = w.NONE[name]
    return JobBoard(
        title=text(w.BOARDS[name]),
        columns=tuple(text(one) for one in (w.JOB, w.WHO, w.ASKED, *w.COLUMNS[name], w.TRIES)),
        rows=tuple(row(name, one) for one in found[:PAGE]),
        href=f"{HERE}part?{urlencode(asked)}" if name == "running" and found and "before" not in given else "",
        older=Link(text=text(w.OLDER), href=f"{HERE}?{urlencode(more)}") if more else None,
        empty=None if found else Empty(text=text(nothing), advice=text(hint)),
    )


def meant(given: Mapping[str, str]) -> Wanted:
    """Which jobs are asked for; Unfit when the days make no sense."""
    since, until = day(given.get("since", "")), day(given.get("until", ""))
    if since and until and since > until:
        raise Unfit("days", w.BAD_DAYS)
    person = word(given, "person")
    return Wanted(
        states=STATES[board_of(given)],
        kind=word(given, "kind"),
        person="-" if person in w.ITSELF else person,
        since=midnight(since) if since else None,
        until=midnight(until + timedelta(days=1)) if until and until < date.max else None,
    )


def word(given: Mapping[str, str], name: str) -> str | None:
    """What was asked for under a name, or None for any."""
    return door.storable(given.get(name, "")).strip()[:100] or None


def day(words: str) -> date | None:
    """A day as forms post it, or None."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def midnight(on: date) -> datetime:
    """The first moment of a day of business."""
    return datetime.combine(on, time(), house().config.time_zone)


def controls(given: Mapping[str, str]) -> Iterator[Control]:
    """The filter, with what was asked."""
    registry.load()
    chosen = given.get("kind", "")
    kinds = sorted((text(registry.label_of(kind)), kind) for kind in registry.jobs())
    options: tuple[Option, ...] = (Option(value="", text=text(w.ANY), selected=not chosen),)
    options += tuple(Option(value=kind, text=label, selected=kind == chosen) for label, kind in kinds)
    yield Control(name="kind", label=text(w.KIND), widget="select", options=options)
    person = given.get("person", "")[:100]
    yield Control(name="person", label=text(w.PERSON), value=person, maxlength=100, help=text(w.PERSON_HELP))
    for name, label in (("since", w.SINCE), ("until", w.UNTIL)):
        yield Control(name=name, label=text(label), widget="date", value=given.get(name, ""))


def row(name: str, one: Seen) -> JobRow:
    """One job on a board."""
    percent, bar = far(one) if name == "running" else (None, "")
    waits = name == "waiting" and one.attempts > 0
    return JobRow(
        name=Link(text=called(one.kind), href=f"{HERE}{one.id}"),
        hint=text(w.HINT, id=one.id, queue=one.queue),
        tag=Tag(text=text(w.RETRYING), state="warn") if waits else None,
        cells=(who(one), at(one.created_at), *own(name, one), f"{one.attempts:,}"),
        percent=percent,
        bar=bar,
    )


def own(name: str, one: Seen) -> tuple[str, ...]:
    """What only one board tells."""
    match name:
        case "running":
            return at(one.began_at), spent(one.began_at, None)
        case "waiting":
            return (text(w.NOW) if one.run_after <= house().clock.now() else at(one.run_after),)
        case "dead":
            return at(one.finished_at), one.last_error or "—"
        case "done":
            return at(one.finished_at), spent(one.began_at, one.finished_at)
    return (at(one.finished_at),)


def far(one: Seen) -> tuple[int | None, str]:
    """How far it is, in a hundred and in words; what tells no total has no bar."""
    if one.progress is None:
        return None, ""
    if not one.total:
        return None, text(w.SO_FAR, done=f"{one.progress:,}")
    percent = max(0, min(100, one.progress * 100 // one.total))
    return percent, text(w.FAR, done=f"{one.progress:,}", total=f"{one.total:,}", percent=percent)


def who(one: Seen) -> str:
    """Who asked for it."""
    if one.schedule:
        return text(w.BY_CLOCK, name=one.schedule)
    return one.who or text(w.SYSTEM)
