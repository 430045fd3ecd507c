"""The page of the trail: how it stands, what happened in a fortnight, and the entries asked for."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from app.audit.review import KINDS, Line, Standing, Wanted, activity, browse, newest_backup, standing
from app.core.action import Action
from app.core.errors import Unfit
from app.core.kind import Operator
from app.core.label import Label
from app.heads import door
from app.heads.frame import frame, local
from app.heads.house import house
from app.heads.pages import ActivityRow, Button, Control, Count, DayBar, Empty, Link, Option, State, TrailPage, TrailRow
from app.records import read
from app.records.context import Context
from app.records.query import Condition, Query, natural
from app.views import trail_words as w
from app.views.history import VIA
from app.views.jobs_words import DEEDS
from app.views.record_page import REASONS

HERE = "/trail/"
PAGE, DAYS, LONGEST = 50, 14, 400
FINDING = "risk_finding"
CODED: Mapping[str, Mapping[str, Label]] = {"reason": REASONS, "deed": DEEDS}


def text(label: Label, **given: object) -> str:
    """Words in the reader's language."""
    return label.format(**given).text(door.locale()) if given else label.text(door.locale())


def midnight(day: date) -> datetime:
    """The first moment of a day of business."""
    return datetime.combine(day, time(), house().config.time_zone)


def today() -> date:
    """The day it is in the business's zone."""
    return local(house().clock.now()).date()


def meant(context: Context, given: Mapping[str, str]) -> Wanted:
    """What is asked for; Unfit when the days make no sense. Without any, the last week."""
    if finding := natural(given.get("finding", "")):
        return evidence(context, finding)
    until = day(given.get("until", "")) or today()
    since = day(given.get("since", "")) or until - timedelta(days=6)
    if since > until:
        raise Unfit("days", w.BAD_DAYS)
    if (until - since).days > LONGEST:
        raise Unfit("days", w.TOO_LONG.format(days=LONGEST))
    words = {
        name: door.storable(given.get(name, "")).strip()[:100] or None
        for name in ("person", "entity", "action", "source")
    }
    return Wanted(
        since=midnight(since),
        until=midnight(until + timedelta(days=1)),
        record=natural(given.get("record", "")),
        **words,
    )


def word(given: Mapping[str, str], name: str) -> str | None:
    """What was asked for under a name, or None for any."""
    return door.storable(given.get(name, "")).strip()[:100] or None


def evidence(context: Context, number: int) -> Wanted:
    """The entries that a finding counted; NotFound for none the actor may read."""
    found = read.get(context, context.entity(FINDING), number)
    return Wanted(
        since=found["first_at"],
        until=found["last_at"] + timedelta(microseconds=1),
        risk=found["kind"],
        risk_key=found["key"],
    )


def day(words: str) -> date | None:
    """A day as forms post it, or None."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def page(context: Context, given: Mapping[str, str]) -> TrailPage:
    """The page for what was asked."""
    problem, lines = None, list[Line]()
    title = w.TITLE
    try:
        wanted = meant(context, given)
    except Unfit as unfit:
        problem = text(unfit.label)
    else:
        lines = browse(context.connection, wanted, before=natural(given.get("before", "")), most=PAGE + 1)
        if wanted.risk:
            title = w.EVIDENCE
    return TrailPage(
        frame=frame(),
        title=text(title),
        crumbs=(Link(text=text(w.TITLE), href=HERE), Link(text=text(title), href="")) if title is not w.TITLE else (),
        note=text(w.NOTE),
        buttons=tuple(buttons(context, given)),
        counts=tuple(counts(context, standing(context.connection))) if not given else (),
        activity_title=text(w.ACTIVITY),
        activity=tuple(days(context)) if not given else (),
        action=HERE,
        controls=tuple(controls(context, given)) if title is w.TITLE else (),
        submit=text(w.FILTER),
        problem=problem,
        columns=tuple(text(one) for one in w.COLUMNS),
        rows=tuple(row(context, one) for one in lines[:PAGE]),
        older=older(given, lines),
        empty=None if lines or problem else Empty(text=text(w.NONE), advice=text(w.NONE_HINT)),
    )


def older(given: Mapping[str, str], lines: list[Line]) -> Link | None:
    """Where older entries go on."""
    if len(lines) <= PAGE:
        return None
    return Link(text=text(w.OLDER), href=f"{HERE}?{urlencode({**given, 'before': lines[PAGE - 1].id})}")


def buttons(context: Context, given: Mapping[str, str]) -> Iterator[Button]:
    """Out as a file, and the period's signature."""
    if context.actor.may(Action.EXPORT, "trail"):
        asked = {name: value for name, value in given.items() if name != "before"}
        yield Button(text=text(w.EXPORT), href=f"{HERE}export.csv?{urlencode(asked)}", icon="download")
    if context.actor.may(Action.LIST, "audit_review"):
        yield Button(text=text(w.SIGNED), href="/data/audit_review/", icon="list-check")
    if context.actor.may(Action.CREATE, "audit_review"):
        yield Button(text=text(w.SIGN), href="/data/audit_review/add", icon="signature", main=True)


def counts(context: Context, stands: Standing) -> Iterator[Count]:
    """How the trail stands."""
    if context.actor.may(Action.LIST, FINDING):
        entity = context.entity(FINDING)
        status = entity.by_name["status"]
        waiting = Query(conditions=(Condition(status, Operator.IN, ("open", "escalated")),))
        number = read.count(context, entity, waiting, 1_000)
        yield Count(text=text(w.FINDINGS), value=f"{number:,}", state="warn" if number else "ok")
    verdict, state = verdict_of(stands)
    note = None
    if stands.checked_at is not None:
        note = text(w.AT, at=local(stands.checked_at), entries=f"{stands.entries or 0:,}")
    yield Count(text=text(w.CHECKED), value=text(verdict), state=state, note=note)
    yield Count(text=text(w.WAITING), value=f"{stands.waiting:,}")
    made, restored = newest_backup(context.connection)
    proven = text(w.PROVEN, at=local(restored)) if restored else text(w.UNPROVEN)
    shown = f"{local(made):%m-%d %H:%M}" if made else text(w.NO_BACKUP)
    yield Count(text=text(w.BACKUP), value=shown, state="ok" if made else "warn", note=proven if made else None)


def verdict_of(stands: Standing) -> tuple[Label, State]:
    """What the daily check came to, and its colour."""
    if stands.sound is None:
        return w.NEVER, "neutral"
    if not stands.sound:
        return Label(stands.first_damage or w.DAMAGED.zh, stands.first_damage or w.DAMAGED.en), "bad"
    return (w.INCOMPLETE, "warn") if stands.unchecked else (w.SOUND, "ok")


def days(context: Context) -> Iterator[ActivityRow]:
    """What happened in a fortnight, a row for each kind of event."""
    last = today()
    span = [last - timedelta(days=n) for n in reversed(range(DAYS))]
    found = activity(context.connection, midnight(span[0]), midnight(last + timedelta(days=1)))
    for kind in KINDS:
        numbers = [found.get((one, kind), 0) for one in span]
        most = max(*numbers, 1)
        asked = urlencode({"action": w.FIRST_ACT.get(kind, kind), "since": span[0], "until": last})
        yield ActivityRow(
            link=Link(text=text(w.KINDS[kind]), href=f"{HERE}?{asked}"),
            bars=tuple(
                DayBar(height=-(-100 * number // most), text=text(w.BAR, day=one, n=number))
                for one, number in zip(span, numbers, strict=True)
            ),
            total=f"{sum(numbers):,}",
        )


def controls(context: Context, given: Mapping[str, str]) -> Iterator[Control]:
    """The filter, with what was asked."""
    entities = {one.name: text(one.plural) for one in context.snapshot.entities.values()}
    nouns = {**entities, **{name: text(label) for name, label in w.NOUNS.items()}}
    yield Control(name="person", label=text(w.PERSON), value=given.get("person", ""), maxlength=100)
    yield chooser("entity", w.ENTITY, dict(sorted(nouns.items(), key=lambda one: one[1])), given)
    yield Control(name="record", label=text(w.RECORD), widget="number", value=given.get("record", ""))
    yield chooser("action", w.ACT, {name: text(label) for name, label in w.ACTS.items()}, given)
    yield chooser("source", w.SOURCE, {name: text(label) for name, label in VIA.items()}, given)
    for name, label in (("since", w.SINCE), ("until", w.UNTIL)):
        yield Control(name=name, label=text(label), widget="date", value=given.get(name, ""))


def chooser(name: str, label: Label, options: Mapping[str, str], given: Mapping[str, str]) -> Control:
    """A choice of the filter; nothing chosen is any."""
    chosen = given.get(name, "")
    made: tuple[Option, ...] = (Option(value="", text=text(w.ANY), selected=not chosen),)
    made += tuple(Option(value=value, text=words, selected=value == chosen) for value, words in options.items())
    return Control(name=name, label=text(label), widget="select", options=made)


def row(context: Context, one: Line) -> TrailRow:
    """One entry in words."""
    who = one.actor_name or (text(w.NOBODY) if one.db_role == "forecourt_web" else text(w.DATABASE, role=one.db_role))
    return TrailRow(
        when=f"{local(one.at):%m-%d %H:%M:%S}",
        exact=one.at.isoformat(),
        who=Link(text=who, href=f"{HERE}?{urlencode({'person': one.actor_id})}" if one.actor_id else ""),
        via=text(VIA.get(one.actor_kind, Label(one.actor_kind, one.actor_kind))),
        what=text(w.ACTS.get(one.action, Label(one.action, one.action))),
        record=of(context, one),
        more=more(context, one),
    )


def of(context: Context, one: Line) -> Link:
    """The record an entry is about, leading to its own trail where the reader may read it."""
    if one.entity is None:
        return Link(text="—", href="")
    entity = context.snapshot.get(one.entity)
    name = text(entity.label if entity else w.NOUNS.get(one.entity, Label(one.entity, one.entity)))
    if one.record is None:
        return Link(text=name, href="")
    readable = entity is not None and context.actor.may(Action.READ, one.entity)
    return Link(text=f"{name} {one.record}", href=f"/data/{one.entity}/{one.record}?tab=trail" if readable else "")


def more(context: Context, one: Line) -> str:
    """Which fields an entry is about, or what an event says of itself."""
    entity = context.snapshot.get(one.entity) if one.entity else None
    fields = {field.column: text(field.label) for field in entity.fields} if entity else {}
    told = [fields.get(column, column) for column in one.columns]
    for name, value in one.details.items():
        known = CODED.get(name, {})
        shown = text(known[value]) if isinstance(value, str) and value in known else spelled(value)
        key = w.DETAILS.get(name, Label(name, name))
        told.append(fields.get(shown, shown) if name == "field" else text(w.DETAIL, name=key, value=shown))
    if one.count is not None:
        told.append(text(w.TIMES, n=f"{one.count:,}"))
    return text(Label("、", ", ")).join(told)[:300]


def spelled(value: object) -> str:
    """A detail of an event in a word; what has parts of its own stays with the event."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "…" if isinstance(value, dict) else str(value)
