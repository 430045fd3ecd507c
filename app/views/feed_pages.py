"""The pages of feeds, filled: profiles, one profile day by day, what became of a file."""

from datetime import date, timedelta

from app.core.action import Action
from app.core.clock import business_date
from app.core.label import Label
from app.exchange.feeds import profile as profiles
from app.exchange.feeds.feed import failing
from app.exchange.feeds.profile import Profile
from app.exchange.feeds.reconcile import Day, days, summary
from app.exchange.feeds.run import Run, State
from app.exchange.feeds.undo import spared
from app.exchange.report import people_names
from app.heads import door
from app.heads.frame import frame, local
from app.heads.pages import Button, Control, Count, Empty, FailingRow, FeedRow, FeedsPage, Link, ResultPage, Spared, Tag
from app.records.context import Context
from app.views import feed_words as w

SPAN = 31  # days shown
FIRST = 20  # refused lines shown


def today(context: Context) -> date:
    """The business day it is."""
    return business_date(context.clock.now())


def listing(context: Context) -> FeedsPage:
    """The profiles within reach."""
    locale = door.locale()
    rows = [_profile(context, one) for one in profiles.listed(context.connection)]
    return FeedsPage(
        frame=frame(),
        title=w.TITLE.text(locale),
        columns=tuple(one.text(locale) for one in w.COLUMNS),
        rows=tuple(rows),
        buttons=(Button(text=w.NEW.text(locale), href="/feeds/new", icon="plus", main=True),),
        empty=None if rows else Empty(text=w.EMPTY.text(locale), advice=w.ADVICE.text(locale)),
    )


def _profile(context: Context, one: Profile) -> FeedRow:
    locale = door.locale()
    found = days(context.connection, one, today(context), SPAN)
    yesterday = next((day for day in found if day.day == today(context) - timedelta(days=1)), None)
    names = [context.entity(name).label.text(locale) for name in one.spec.entities]
    last = next((day.day.isoformat() for day in found if day.runs), "—")
    missing = sum(day.missing for day in found)
    tag = state_of(yesterday) if yesterday else Tag(text=w.NONE.text(locale))
    cells = (one.brand_system, " · ".join(names), last, str(missing))
    return FeedRow(text=one.label, href=f"/feeds/{one.code}/", tag=tag, cells=cells)


def state_of(day: Day) -> Tag:
    """How a day stands, in a word."""
    locale = door.locale()
    if day.running:
        return Tag(text=w.ON_WAY.text(locale), state="info")
    if day.missing:
        word = w.REFUSED if day.refused_files else w.MISSING
        return Tag(text=word.text(locale), state="bad")
    if day.counts["refused"] or day.counts["waiting"]:
        return Tag(text=w.PARTLY.text(locale), state="warn")
    return Tag(text=(w.LATE if day.late else w.WHOLE).text(locale), state="warn" if day.late else "ok")


def profile_page(context: Context, one: Profile, problem: Label | None = None) -> FeedsPage:
    """A profile, what came in day by day, and where a file is sent."""
    locale = door.locale()
    found = days(context.connection, one, today(context), SPAN)
    told = summary(found, today(context) - timedelta(days=1))
    advice = w.NO_DAYS_ADVICE.format(pattern=one.spec.name).text(locale)
    return FeedsPage(
        frame=frame(),
        title=one.label,
        note=w.SENTENCE.format(**told).text(locale) if found else advice,
        columns=tuple(word.text(locale) for word in w.DAYS),
        rows=tuple(_day(day) for day in found),
        buttons=(Button(text=w.SETTINGS.text(locale), href=f"/feeds/{one.code}/settings", icon="adjustments"),),
        action=f"/feeds/{one.code}/" if one.active else "",
        controls=(
            Control(
                name="file", label=w.FILE.text(locale), widget="file", accept=".csv,.txt,.tsv,.xlsx", required=True,
                help=advice,
            ),
        ),
        submit=w.SEND.text(locale),
        problem=problem.text(locale) if problem else None,
        empty=None if found else Empty(text=w.NO_DAYS.text(locale), advice=advice),
    )  # fmt: skip


def _day(day: Day) -> FeedRow:
    keys = (day.taken, day.counts["created"], day.counts["updated"], day.counts["refused"], day.counts["waiting"])
    links = tuple(Link(text=run.file, href=f"/feeds/runs/{run.id}") for run in day.runs)
    cells = tuple(f"{count:,}" for count in keys) + (() if links else ("—",))
    return FeedRow(text=day.day.isoformat(), tag=state_of(day), cells=cells, links=links)


def result(context: Context, one: Profile, run: Run) -> ResultPage:
    """What became of one file, and its rolling back."""
    locale = door.locale()
    word, colour = w.STATES[run.state]
    undoable = run.state is State.DONE and all(context.actor.may(Action.DELETE, name) for name in one.spec.entities)
    left = failing(context, run, FIRST)
    more = int(run.counts.get("left_lines", 0)) - len(left)
    return ResultPage(
        frame=frame(),
        title=one.label,
        batches_href=f"/feeds/{one.code}/",
        file=run.file,
        tag=Tag(text=word.text(locale), state=colour),
        counts=tuple(counts(run)),
        records_href=f"/data/{one.spec.entities[0]}/?order=-id" if run.state is State.DONE else None,
        failing=tuple(
            FailingRow(line=str(line), column=column or "—", reason=Label(zh, en).text(locale))
            for line, _, _, why in left
            for column, _, _, zh, en in why
        ),
        failing_more=w.MORE.format(n=f"{more:,}").text(locale) if more > 0 else None,
        failed_href=f"/feeds/runs/{run.id}/failed.csv" if left else None,
        rollback_action=f"/feeds/runs/{run.id}/rollback" if undoable else None,
        rolled_back=undone(run, locale),
        spared=tuple(_spared(context, run)) if run.state is State.UNDONE else (),
        facts=facts(context, run),
        problem=run.problem.text(locale) if run.problem else None,
    )


def counts(run: Run) -> list[Count]:
    """The numbers of a run that say something."""
    locale = door.locale()
    told = [(word, colour, int(run.counts.get(key, 0))) for key, (word, colour) in w.COUNTS.items()]
    return [Count(text=word.text(locale), value=f"{count:,}", state=colour) for word, colour, count in told if count]


def undone(run: Run, locale: str) -> str | None:
    """What a rolling back did, in one sentence."""
    fates = run.counts.get("undone")
    if run.state is not State.UNDONE or fates is None:
        return None
    left = sum(fates.get(fate, 0) for fate in ("changed", "used", "ledger"))
    told = {"removed": fates.get("removed", 0), "restored": fates.get("restored", 0), "spared": left}
    return w.ROLLED_BACK.format(**told).text(locale)


def _spared(context: Context, run: Run) -> list[Spared]:
    locale = door.locale()
    made = []
    for entity, number, title, why, by, at in spared(context, run, FIRST):
        changed = w.CHANGED_BY.format(by=by or "SYSTEM", at=f"{local(at):%Y-%m-%d %H:%M}")
        word = {"used": w.USED, "ledger": w.KEPT}.get(why, changed)
        made.append(Spared(text=title, href=f"/data/{entity}/{number}", why=word.text(locale)))
    return made


def facts(context: Context, run: Run) -> tuple[Count, ...]:
    """Of which day a file is, who brought it and when."""
    locale = door.locale()
    who = people_names(context.connection, [run.by]).get(run.by or 0, "SYSTEM")
    told = [
        (w.DAY, run.day.isoformat()),
        (w.WHO, who),
        (w.WHEN, f"{local(run.finished or run.at):%Y-%m-%d %H:%M}"),
        *([(w.REPEATS, str(run.repeats))] if run.repeats else []),
    ]
    return tuple(Count(text=word.text(locale), value=value) for word, value in told)
