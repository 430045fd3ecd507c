"""Undoing what the trail tells: a page that shows what will change, for one record or for all of one act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, redirect, request
from werkzeug.wrappers import Response as Answer

from app.access.state import FieldPolicy
from app.audit.read import Act, act_records
from app.audit.undo import NOTHING_LEFT, Nothing, Step, To, Undoing, plan, plans, spared, undo, undo_many
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Conflict, Invalid, NotFound, Refusal
from app.core.label import Label
from app.heads import door
from app.heads.frame import draw, frame, local, say
from app.heads.pages import Button, Change, ConfirmPage, Control, Count, Link, Option
from app.records import read, write
from app.records.context import Context
from app.records.past import kept_value
from app.records.present import Presenter
from app.records.query import natural
from app.views.history import Teller
from app.views.record_page import shower

UNDO, BACK = Label("撤销", "Undo"), Label("恢复", "Go back")
ASK_ACT = Label("撤销 {by} 在 {at} 对“{title}”的修改？", "Undo what {by} changed in “{title}” at {at}?")
ASK_MOMENT = Label("把“{title}”恢复到 {at} 时的内容？", "Take “{title}” back to what it held at {at}?")
ASK_MANY = Label("撤销 {by} 在 {at} 对这 {n} 条{what}的修改？", "Undo what {by} changed in these {n} {what} at {at}?")
SINCE = Label("{by} 在 {at} 又改过；默认保留", "{by} changed it again at {at}; kept unless chosen")
OTHERS = Label("之后又改过的栏目：勾选则一并改回", "Changed again since: tick what shall go back too")
OTHERS_TOO = Label("之后又改过的栏目也一并改回", "Also take back what was changed again since")
WRITTEN = Label("撤销本身也记入操作轨迹，可以再撤销。", "The undoing stands in the trail too and can itself be undone.")
RULES = Label("照常检查各项规则；不允许的会保持原样并说明。", "All rules hold; what they refuse stays and is told.")
ALL = Label("同一次操作共改了 {n} 条：一起撤销", "The same act changed {n} records: undo them all")
DONE = Label("已撤销。", "Undone.")
DONE_MANY = Label("已撤销 {n} 条。", "{n} records went back.")
NOT_DONE = Label("{n} 条没有撤销，例如 {title}：{why}", "{n} did not go back, e.g. {title}: {why}")
CHANGED, STANDING = Label("将改回", "Going back"), Label("保持原样", "Staying")
SOMEBODY = Label("系统", "the system")
FIRST = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """Which act, how far back, and of which field alone."""

    entry: int
    to: To
    only: tuple[str, ...] | None

    @classmethod
    def of(cls) -> "Asked":
        """What the address or the form asks for; NotFound for an entry that is no number."""
        entry = natural(request.values.get("entry", ""))
        if not entry:
            raise NotFound
        field = request.values.get("field", "")
        return cls(entry, To.MOMENT if request.values.get("to") == To.MOMENT else To.ACT, (field,) if field else None)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The same for a form."""
        return (("entry", str(self.entry)), ("to", self.to.value), *(("field", one) for one in self.only or ()))


def answer(context: Context, entity: Entity, policy: FieldPolicy, number: int) -> Answer | str:
    """The page that asks, or, posted, what came of it."""
    context.demand(Action.UPDATE, entity)
    asked, record = Asked.of(), read.fetch(context, entity, number)
    undoing = plan(context, entity, record.id, asked.entry, asked.to)
    if request.method == "GET":
        return draw(asking(context, policy, undoing, asked))
    version, others = write.parse_version(request.form.get("version")), request.form.getlist("others")
    try:
        with context.connection.begin_nested():
            undo(context, undoing, version=version or 0, others=others, only=asked.only)
    except (Invalid, Conflict, Nothing) as refusal:
        again = plan(context, entity, record.id, asked.entry, asked.to)
        return Response(draw(asking(context, policy, again, asked, refusal)), refusal.status, mimetype="text/html")
    say(DONE)
    return redirect(f"/data/{entity.name}/{number}?tab=trail", 303)


def asking(
    context: Context, policy: FieldPolicy, undoing: Undoing, asked: Asked, refusal: Refusal | None = None
) -> ConfirmPage:
    """What will go back, what somebody changed since, and what cannot."""
    locale, entity = door.locale(), undoing.entity
    page = shower(context, entity, policy, undoing.record)
    steps = [one for one in undoing.steps if asked.only is None or one.field.name in asked.only]
    names = {"title": page.title(), "by": by(undoing.act), "at": at(undoing.act)}
    possible = any(one.bar is None for one in steps)
    return ConfirmPage(
        frame=frame(),
        title=(BACK if asked.to is To.MOMENT else UNDO).text(locale),
        crumbs=page.crumbs(),
        action=f"{page.href}/undo",
        question=(ASK_MOMENT if asked.to is To.MOMENT else ASK_ACT).format(**names).text(locale),
        submit=(BACK if asked.to is To.MOMENT else UNDO).text(locale),
        cancel_href=f"{page.href}?tab=trail",
        danger=False,
        note=because(refusal, entity, locale) if refusal else None,
        blocked=None if possible else NOTHING_LEFT.text(locale),
        changes=changes(context, undoing, steps, locale),
        controls=tuple(chosen(steps, locale)),
        consequences=(RULES.text(locale), WRITTEN.text(locale)),
        hidden=(*asked.pairs(), ("version", str(undoing.record.version))),
        buttons=together(context, undoing, asked, locale),
    )


def together(context: Context, undoing: Undoing, asked: Asked, locale: str) -> tuple[Button, ...]:
    """The way to undo the same act in every record it changed."""
    if asked.to is To.MOMENT or asked.only:
        return ()
    others = act_records(context.connection, undoing.entity.name, asked.entry)
    href = f"/data/{undoing.entity.name}/undo?entry={asked.entry}"
    return (Button(text=ALL.format(n=len(others)).text(locale), href=href),) if len(others) > 1 else ()


def changes(context: Context, undoing: Undoing, steps: Sequence[Step], locale: str) -> tuple[Change, ...]:
    """Each field as it stands and as it would stand."""
    states = Presenter(context, undoing.entity, masked=False).states(undoing.record)
    teller = Teller(context, undoing.entity, states, locale, undoing.record.id)
    pairs = [(one.field, kept(one), one.then) for one in steps]
    teller.look_up_values((field, value) for field, *values in pairs for value in values)
    made = []
    for step, (field, now, then) in zip(steps, pairs, strict=True):
        note = step.bar or (since(step.since) if step.since else None)
        made.append(teller.change(field, now, then, note=note.text(locale) if note else ""))
    return tuple(made)


def kept(step: Step) -> object:
    """The present value as the trail would keep it."""
    return "changed" if step.field.sealed else kept_value(step.now)


def chosen(steps: Iterable[Step], locale: str) -> Iterable[Control]:
    """The fields somebody changed since, to be ticked."""
    if others := spared(steps):
        labels = {one.field.name: one.field.label for one in steps}
        ticked = request.form.getlist("others")
        options = tuple(
            Option(value=name, text=labels[name].text(locale), selected=name in ticked, note=since(act).text(locale))
            for name, act in others.items()
        )
        yield Control(name="others", label=OTHERS.text(locale), widget="multiselect", options=options, wide=True)


def many(context: Context, entity: Entity) -> Answer | str:
    """The page that asks about every record of an act, or, posted, what came of it."""
    context.demand(Action.UPDATE, entity)
    asked, locale = Asked.of(), door.locale()
    numbers = act_records(context.connection, entity.name, asked.entry)
    found = plans(context, entity, numbers, asked.entry)
    if not found:
        raise NotFound
    if request.method == "GET":
        return draw(asking_many(context, entity, found, asked))
    done, refused = undo_many(context, found, others=request.form.getlist("others")[-1:] == ["1"])
    say(DONE_MANY.format(n=len(done)), "ok" if done else "warn")
    if refused:
        number, why = next(iter(refused.items()))
        title = read.titles(context, {entity.name: {number}}).get(entity.name, {}).get(number, f"#{number}")
        words = because(why, entity, locale)
        say(NOT_DONE.format(n=len(refused), title=title, why=words), "warn")
    return redirect(f"/data/{entity.name}/", 303)


def asking_many(context: Context, entity: Entity, found: Sequence[Undoing], asked: Asked) -> ConfirmPage:
    """How many records would go back and how many stand, with what becomes of the first."""
    locale, base = door.locale(), f"/data/{entity.name}/"
    going = [one for one in found if one.going()]
    touched = [one for one in found if spared(one.steps)]
    titles = read.titles(context, {entity.name: {one.record.id for one in found[:FIRST]}}).get(entity.name, {})
    what = Label(entity.label.zh, entity.plural.en)
    names = {"n": len(found), "what": what, "by": by(found[0].act), "at": at(found[0].act)}
    also = Control(name="others", label=OTHERS_TOO.text(locale), widget="switch", wide=True)
    return ConfirmPage(
        frame=frame(),
        title=UNDO.text(locale),
        crumbs=(Link(text=entity.plural.text(locale), href=base), Link(text=UNDO.text(locale), href="")),
        action=f"{base}undo",
        question=ASK_MANY.format(**names).text(locale),
        submit=UNDO.text(locale),
        cancel_href=base,
        danger=False,
        blocked=None if going or touched else NOTHING_LEFT.text(locale),
        changes=changes(context, found[0], found[0].steps, locale),
        counts=(
            Count(text=CHANGED.text(locale), value=str(len(going))),
            Count(text=STANDING.text(locale), value=str(len(found) - len(going))),
        ),
        records=tuple(
            Link(text=titles.get(one.record.id, f"#{one.record.id}"), href=f"{base}{one.record.id}")
            for one in found[:FIRST]
        ),
        controls=(also,) if touched else (),
        consequences=(RULES.text(locale), WRITTEN.text(locale)),
        hidden=asked.pairs(),
    )


def because(refusal: Refusal, entity: Entity, locale: str) -> str:
    """Why it was not done, with the fields it is about."""
    if not isinstance(refusal, Invalid):
        return refusal.label.text(locale)
    labels = {field.name: field.label.text(locale) for field in entity.fields}
    return " ".join(f"{labels.get(name, name)}: {unfit.label.text(locale)}" for name, unfit in refusal.fields.items())


def since(act: Act) -> Label:
    """Who changed a field meanwhile, and when."""
    return SINCE.format(by=by(act), at=at(act))


def by(act: Act) -> object:
    """Whose act it was."""
    return act.last.actor_name or SOMEBODY


def at(act: Act) -> str:
    """When it was."""
    return f"{local(act.last.at):%Y-%m-%d %H:%M}"
