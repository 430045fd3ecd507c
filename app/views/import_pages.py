"""The wizard's pages on the way, filled: upload, progress, dry run."""

from typing import Any

from flask import request

from app import outbox
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange import report
from app.exchange.batch import Batch, Owner, State
from app.exchange.mapping import Use
from app.exchange.report import Offer
from app.heads import door
from app.heads.frame import frame
from app.heads.pages import (
    Control,
    Count,
    DryRunPage,
    FailingRow,
    JoinOffer,
    Link,
    Option,
    Progress,
    ProgressPage,
    ProgressPart,
    UploadPage,
)
from app.heads.pages.frame import State as Colour
from app.heads.words import texts
from app.records.context import Context
from app.views.import_words import (
    ANSWERS,
    FAILING,
    LIMIT,
    MATCHED,
    MORE_OFFERS,
    MORE_ROWS,
    NEW,
    NO_STAFF,
    NOT_YOURS,
    NOTHING,
    OWNER,
    OWNER_HELP,
    OWNERS,
    PHASES,
    REPEATED,
    ROWS,
    STATES,
    STEPS,
    STORE,
    SUBMIT,
    TITLE,
    TITLES_SKIPPED,
    WHY,
)

FIRST = 20  # rows shown


def steps(batch: Batch | None, current: int) -> dict[str, Any]:
    """The wizard's steps; those behind can be gone back to while nothing is written."""
    locale = door.locale()
    hrefs = ["/import/new", f"/import/{batch.id}/mapping" if batch else "", f"/import/{batch.id}" if batch else "", ""]
    return {
        "steps": tuple(
            Link(text=word.text(locale), href=hrefs[n] if n < current < 3 else "", current=n == current)  # noqa: PLR2004
            for n, word in enumerate(STEPS)
        ),
        "batches_href": "/import/",
    }


def upload(context: Context, most: int, problem: Label | None = None) -> UploadPage:
    """The first step's form; what was chosen before stands again."""
    locale, form = door.locale(), request.form
    chosen = form.get("store", str(context.actor.store or ""))
    stores = tuple(
        Option(value=str(number), text=name, selected=str(number) == chosen)
        for number, name in _stores(context).items()
    )
    rule = form.get("owner", Owner.NOBODY.value)
    rules = tuple(Option(value=one.value, text=word.text(locale), selected=one == rule) for one, word in OWNERS.items())
    return UploadPage(
        frame=frame(),
        title=TITLE.text(locale),
        **steps(None, 0),
        action="/import/new",
        controls=(
            Control(name="file", label=texts(locale).file, widget="file", accept=".csv,.txt,.tsv,.xlsx", required=True),
            Control(name="store", label=STORE.text(locale), widget="select", options=stores, required=True),
            Control(
                name="owner", label=OWNER.text(locale), widget="select", options=rules, required=True,
                help=OWNER_HELP.text(locale),
            ),
        ),
        limit=LIMIT.format(most=most // 1024 // 1024).text(locale),
        problem=problem.text(locale) if problem else None,
    )  # fmt: skip


def _stores(context: Context) -> dict[int, str]:
    """The stores the actor may import into."""
    sql = "SELECT id, name FROM store WHERE id = ANY (gate.my_stores('customer')) ORDER BY code"
    return dict(map(tuple, context.connection.exec_driver_sql(sql)))


def store_of(context: Context) -> int | None:
    """The posted store, when the actor may import into it."""
    chosen = request.form.get("store", "")
    return next((number for number in _stores(context) if str(number) == chosen), None)


def owner_of() -> Owner:
    """The posted owner rule."""
    chosen = request.form.get("owner", "")
    return Owner(chosen) if chosen in set(Owner) else Owner.NOBODY


def progress(context: Context, batch: Batch) -> Progress:
    """How far the work in the background is."""
    locale = door.locale()
    work = outbox.get(context.connection, batch.work) if batch.work else None
    done, total = (work.progress or 0, work.total or 0) if work else (0, 0)
    ended = batch.state not in batches.RUNNING
    percent = 100 if ended else min(99, done * 100 // total) if total else 0
    phase = PHASES.get(batch.state) or STATES[batch.state][0]
    return Progress(
        href=f"/import/{batch.id}/progress",
        phase=phase.text(locale),
        done=f"{done:,}",
        total=f"{total:,}" if total else "…",
        percent=percent,
        running=not ended,
    )


def running(context: Context, batch: Batch) -> ProgressPage:
    """The page of an import at work."""
    current = 2 if batch.state is State.CHECKING else 3
    title = TITLE.text(door.locale())
    told = progress(context, batch)
    return ProgressPage(frame=frame(), title=title, **steps(batch, 3) | _at(current), progress=told, file=batch.file)


def _at(current: int) -> dict[str, Any]:
    """The steps with one marked and none to go back to: the work is under way."""
    locale = door.locale()
    return {"steps": tuple(Link(text=w.text(locale), href="", current=n == current) for n, w in enumerate(STEPS))}


def part(context: Context, batch: Batch) -> ProgressPart:
    """The progress alone."""
    return ProgressPart(frame=frame(), progress=progress(context, batch))


def dry_run(context: Context, batch: Batch, *, own: bool) -> DryRunPage:
    """The third step: what an import would do."""
    locale, counts = door.locale(), batch.counts
    offers = report.offers(context, batch, FIRST)
    more = counts["offers"] - len(offers)
    blocked = None if own and counts["ready"] else NOT_YOURS if not own else NOTHING
    return DryRunPage(
        frame=frame(),
        title=TITLE.text(locale),
        **steps(batch, 2),
        **failing(context, batch, own=own),
        action=f"/import/{batch.id}/run",
        submit=SUBMIT.format(n=f"{counts['ready']:,}").text(locale),
        back_href=f"/import/{batch.id}/mapping",
        counts=tuple(planned(batch, locale)),
        offers=tuple(offer(one, locale) for one in offers),
        offers_more=MORE_OFFERS.format(n=f"{more:,}").text(locale) if more > 0 else None,
        join_all=tuple(Option(value=code, text=word.text(locale)) for code, word in ANSWERS.items()),
        kept=kept(batch),
        blocked=blocked.text(locale) if blocked else None,
    )


def planned(batch: Batch, locale: str) -> list[Count]:
    """What the dry run counted."""
    counts = batch.counts
    skipped = sum(counts["skipped"].values())
    told = TITLES_SKIPPED.format(n=skipped).text(locale) if skipped else None
    made = [Count(text=ROWS.text(locale), value=f"{counts['rows']:,}", note=told), *added(batch, counts["new"], locale)]
    matched = ((name, counts["matched"].get(name)) for name in batch.entities)
    made += [Count(text=MATCHED[name].text(locale), value=f"{n:,}", state="info") for name, n in matched if n]
    rest: list[tuple[Label, int, Colour]] = [
        (REPEATED, counts["duplicates"], "neutral"),
        (NO_STAFF, counts["unknown_staff"], "warn"),
        (FAILING, counts["failing"], "bad"),
    ]
    made += [Count(text=word.text(locale), value=f"{number:,}", state=state) for word, number, state in rest if number]
    return made


def added(batch: Batch, numbers: dict[str, int], locale: str) -> list[Count]:
    """New records, by what they are."""
    return [
        Count(text=NEW[name].text(locale), value=f"{numbers.get(name, 0):,}", state="ok") for name in batch.entities
    ]


def offer(one: Offer, locale: str) -> JoinOffer:
    """A line the store knows already, with what may be done about it."""
    allowed = ("join", "new", "skip") if one.may_add else ("join", "skip")
    chosen = one.answer or "join"
    return JoinOffer(
        key=str(one.line),
        line=str(one.line),
        incoming=one.incoming,
        existing=one.existing,
        href=f"/data/{one.entity}/{one.record}",
        why=WHY[one.why].text(locale),
        options=tuple(Option(value=code, text=ANSWERS[code].text(locale), selected=code == chosen) for code in allowed),
    )


def failing(context: Context, batch: Batch, *, own: bool) -> dict[str, Any]:
    """The first failing rows, how many more there are, and where all of them are a file."""
    locale, total = door.locale(), int(batch.counts.get("failing", 0))
    rows = list(report.failing(context, batch, FIRST))
    told = tuple(
        FailingRow(
            line=str(raw.line), column=one.column or "—", reason=one.label.text(locale), value=report.shown_value(one)
        )
        for raw, failures in rows
        for one in failures
    )
    more = total - len(rows)
    return {
        "failing": told,
        "failing_more": MORE_ROWS.format(n=f"{more:,}").text(locale) if rows and more > 0 else None,
        "failed_href": f"/import/{batch.id}/failed.csv" if rows and own else None,
    }


def kept(batch: Batch) -> tuple[str, ...]:
    """The columns that are kept sealed."""
    return tuple(one.label for one in batch.mapping.columns if one.use is Use.SEALED) if batch.mapping else ()
