"""What became of imports, filled: one import's result, and the list of them."""

from app.core.action import Action
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange import report
from app.exchange.batch import Batch, State
from app.exchange.steps import CUSTOMER, IMPORTED
from app.heads import door
from app.heads.frame import frame, local
from app.heads.pages import Batch as Row
from app.heads.pages import BatchesPage, Button, Count, Empty, ResultPage, Spared, Tag
from app.heads.pages.frame import State as Colour
from app.heads.words import texts
from app.records.context import Context
from app.views.import_pages import FIRST, added, failing, kept, planned, steps
from app.views.import_words import (
    AND,
    CHANGED_BY,
    FAILING,
    LEFT_OUT,
    MATCHED,
    NEW_IMPORT,
    NO_BATCH,
    NO_BATCH_ADVICE,
    OWNER,
    OWNERS,
    REMOVED,
    REPEATED,
    STATES,
    STORE,
    TITLE,
    USED,
    WHEN,
    WHO,
)

A_PAGE = 30  # imports


def result(context: Context, batch: Batch) -> ResultPage:
    """What an import did, or why it stopped, and its undoing."""
    locale, actor = door.locale(), context.actor
    undoable = batch.state in (State.DONE, State.FAILED) and all(
        actor.may(Action.DELETE, entity.name) for entity in IMPORTED if entity.name in batch.entities
    )
    word, colour = STATES[batch.state]
    own = batch.by == actor.id
    return ResultPage(
        frame=frame(),
        title=TITLE.text(locale),
        **steps(batch, 3),
        **failing(context, batch, own=own),
        file=batch.file,
        tag=Tag(text=word.text(locale), state=colour),
        counts=tuple(done(batch, locale)),
        records_href="/data/customer/?order=-id" if batch.state is State.DONE else None,
        rollback_action=f"/import/{batch.id}/rollback" if undoable else None,
        retry_action=f"/import/{batch.id}/run" if own and batch.state is State.FAILED else None,
        rolled_back=undone(batch, locale),
        spared=spared(context, batch, locale) if batch.state is State.UNDONE else (),
        kept=kept(batch),
        facts=facts(context, batch, locale),
        problem=batch.problem.text(locale) if batch.problem else None,
    )


def done(batch: Batch, locale: str) -> list[Count]:
    """What was written."""
    written = batch.counts.get("written")
    if written is None:
        return planned(batch, locale) if batch.counts else []
    made = added(batch, written["created"], locale)
    for name in batch.entities:
        joined = written["joined"].get(name, 0)
        if number := joined + written["matched"].get(name, 0):
            note = Label("其中补全 {n}", "{n} of them completed").format(n=joined).text(locale) if joined else None
            made.append(Count(text=MATCHED[name].text(locale), value=f"{number:,}", state="info", note=note))
    rest: list[tuple[Label, int, Colour]] = [
        (REPEATED, batch.counts["duplicates"], "neutral"),
        (LEFT_OUT, batch.counts["left_out"], "neutral"),
        (FAILING, batch.counts["failing"], "bad"),
    ]
    made += [Count(text=word.text(locale), value=f"{number:,}", state=state) for word, number, state in rest if number]
    return made


def undone(batch: Batch, locale: str) -> str | None:
    """What a rolling back did, in one sentence."""
    fates = batch.counts.get("undone")
    if fates is None:
        return None
    sums = {
        fate: sum(one.get(fate, 0) for one in fates.values()) for fate in ("removed", "restored", "changed", "used")
    }
    told = REMOVED.format(removed=sums["removed"], restored=sums["restored"], spared=sums["changed"] + sums["used"])
    return told.text(locale)


def spared(context: Context, batch: Batch, locale: str) -> tuple[Spared, ...]:
    """Records a rolling back left alone."""
    made = []
    for one in report.spared(context.connection, batch, FIRST):
        at = f"{local(one.at):%Y-%m-%d %H:%M}"
        why = USED if one.why == "used" else CHANGED_BY.format(by=one.by or "—", at=at)
        made.append(Spared(text=one.title, href=f"/data/{one.entity}/{one.record}", why=why.text(locale)))
    return tuple(made)


def facts(context: Context, batch: Batch, locale: str) -> tuple[Count, ...]:
    """Who imported what, when and where."""
    store = report.store_names(context.connection, [batch.store]).get(batch.store, "—")
    who = report.people_names(context.connection, [batch.by]).get(batch.by or 0, "SYSTEM")
    told = (
        (WHO, who),
        (WHEN, f"{local(batch.finished or batch.at):%Y-%m-%d %H:%M}"),
        (STORE, store),
        (OWNER, OWNERS[batch.owner].text(locale)),
    )
    return tuple(Count(text=word.text(locale), value=value) for word, value in told)


def listing(context: Context, before: int | None) -> BatchesPage:
    """The imports within reach, a page of them."""
    locale = door.locale()
    found = batches.newest(context.connection, before, A_PAGE + 1)
    shown = found[:A_PAGE]
    stores = report.store_names(context.connection, {one.store for one in shown})
    people = report.people_names(context.connection, {one.by for one in shown})
    empty = Empty(text=NO_BATCH.text(locale), advice=NO_BATCH_ADVICE.text(locale)) if not found and not before else None
    return BatchesPage(
        frame=frame(),
        title=texts(locale).batches,
        batches=tuple(row(one, stores, people, locale) for one in shown),
        buttons=(Button(text=NEW_IMPORT.text(locale), href="/import/new", icon="upload", main=True),),
        next_href=f"/import/?before={shown[-1].id}" if len(found) > A_PAGE else None,
        previous_href="/import/" if before else None,
        empty=empty,
    )


def row(one: Batch, stores: dict[int, str], people: dict[int, str], locale: str) -> Row:
    """An import in the list."""
    word, colour = STATES[one.state]
    names = [entity.label.text(locale) for entity in IMPORTED if entity.name in one.entities]
    return Row(
        file=one.file,
        href=f"/import/{one.id}",
        tag=Tag(text=word.text(locale), state=colour),
        entity=AND.text(locale).join(names) or CUSTOMER.label.text(locale),
        store=stores.get(one.store, "—"),
        who=people.get(one.by or 0, "SYSTEM"),
        when=f"{local(one.at):%m-%d %H:%M}",
        exact=local(one.at).isoformat(timespec="seconds"),
        counts=tuple(brief(one, locale)),
    )


def brief(one: Batch, locale: str) -> list[Count]:
    """An import's numbers in short: what is new, what failed."""
    numbers = one.counts.get("written", {}).get("created") or one.counts.get("new")
    if numbers is None:
        return []
    failed = one.counts.get("failing", 0)
    rest = [Count(text=FAILING.text(locale), value=f"{failed:,}", state="bad")] if failed else []
    return added(one, numbers, locale) + rest
