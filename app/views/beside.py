"""An action that takes another record in: it is named, laid beside this one by field, and what follows is told."""

from dataclasses import replace
from typing import Any

from flask import Response, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from app.core.entity import Entity
from app.core.errors import Invalid, Unfit
from app.core.field import Field, State
from app.core.label import Label
from app.fields import MultiChoice
from app.heads.frame import draw, frame, say
from app.heads.pages import Change, ConfirmPage, Control, Link, Versus
from app.records import deeds, files, read, write
from app.records.context import Context
from app.records.files import UPLOAD
from app.records.present import Presenter
from app.records.row import Record
from app.records.rulebook import Beside, Deed
from app.views.controls import control, posted
from app.views.form_page import Former
from app.views.lookup import hint
from app.views.record_page import shower

QUESTION = Label("{what}：“{title}” 与哪一份档案？", "{what}: “{title}” and which other record?")
SURE = Label("“{other}” 并入 “{title}”", "“{other}” into “{title}”")
COMPARE = Label("对比", "Compare")
LIKELY = Label("疑似同一人：{title}（{hint}）", "Likely the same: {title} ({hint})")
THIS = Label("本档案：{title}", "This record: {title}")
THAT = Label("对方：{title}", "The other: {title}")
COMPARED = "compared"


def answer(form: Former, record: Record, deed: Deed, beside: Beside) -> Answer | str:
    """The question, then the comparison, then, posted, what came of it."""
    if request.method == "GET":
        named = request.args.get(beside.other, "")
        return draw(compared(form, record, deed, beside, named) if named else asking(form, record, deed, beside))
    try:
        with form.context.connection.begin_nested():
            if request.form.get(COMPARED) != "1":
                return redirect(f"{request.path}?{beside.other}={chosen(form, deed, beside)}", 303)
            version = write.parse_version(request.form.get("version"))
            given = {beside.other: request.form.get(beside.other), beside.take: taken(question(deed, beside.take))}
            outcome = deeds.take(form.context, form.entity, record.id, version or 0, deed.code, given)
    except Invalid as failed:
        return Response(draw(asking(form, record, deed, beside, failed)), 422, mimetype="text/html")
    say(outcome.label)
    return redirect(outcome.href or f"/data/{form.entity.name}/{record.id}", 303)


def taken(take: Field) -> list[str]:
    """The fields whose other value was chosen."""
    return [name for name in takeable(take) if request.form.get(f"choose__{name}") == "theirs"]


def takeable(take: Field) -> list[str]:
    """The fields that may be taken from the other record."""
    return [one.code for one in take.kind.choices] if isinstance(take.kind, MultiChoice) else []


def chosen(form: Former, deed: Deed, beside: Beside) -> Any:
    """The number of the record that was named; Invalid when none was, or none is found."""
    field = question(deed, beside.other)
    values = posted([field], request.form)
    form.settle(field, values)
    if form.errors:
        raise Invalid(form.errors)
    if (number := write.read_one(field, values.get(field.name), writable=True)) is None:
        raise Invalid({field.name: write.MISSING})
    return number


def question(deed: Deed, name: str) -> Field:
    """One of the action's questions."""
    return next(field for field in deed.fields if field.name == name)


def asking(form: Former, record: Record, deed: Deed, beside: Beside, failed: Invalid | None = None) -> ConfirmPage:
    """Which other record; the likely ones are a click away."""
    context, entity, locale = form.context, form.entity, form.locale
    page, what = shower(context, entity, form.policy, record), deed.label.text(locale)
    field = question(deed, beside.other)
    errors: dict[str, Unfit] = failed.fields if failed else {}
    told = [unfit.label.text(locale) for name, unfit in errors.items() if name != field.name]
    return ConfirmPage(
        frame=frame(),
        title=what,
        crumbs=page.crumbs(),
        action=request.path,
        question=QUESTION.text(locale).format(title=page.title(), what=what),
        submit=COMPARE.text(locale),
        cancel_href=page.href,
        danger=False,
        records=tuple(likely(context, entity, record, beside, locale)),
        controls=(picker(form, field, errors.get(field.name)),),
        note=" ".join(told) or None,
    )


def picker(form: Former, field: Field, unfit: Unfit | None) -> Control:
    """The control that names the other record, with what was typed."""
    error, offers = unfit.label.text(form.locale) if unfit else None, form.offers.get(field.name)
    if offers:
        return control(field, form.locale, error=error, widget="select", options=offers)
    typed, shown = request.form.get(field.name), request.form.get(f"{field.name}__text", "")
    return control(field, form.locale, typed=typed, error=error, shown=shown)


def likely(context: Context, entity: Entity, record: Record, beside: Beside, locale: str) -> list[Link]:
    """The records it may be, as links to the comparison."""
    presenter, made = Presenter(context, entity), []
    for number in beside.likely(context, record):
        other = read.fetch(context, entity, number)
        text = LIKELY.text(locale).format(title=presenter.title(other, locale), hint=hint(presenter, other) or "—")
        made.append(Link(text=text, href=f"{request.path}?{beside.other}={number}"))
    return made


def compared(form: Former, record: Record, deed: Deed, beside: Beside, named: str) -> ConfirmPage:
    """The two side by side: where they differ one is chosen, what is blank here is filled in, and what follows."""
    context, entity, locale = form.context, form.entity, form.locale
    field, page = question(deed, beside.other), shower(context, entity, form.policy, record)
    try:
        other = read.fetch(context, entity, write.read_one(field, named, writable=True))
        follows = beside.follows(context, entity, record, other)
    except Unfit as unfit:
        return asking(form, record, deed, beside, Invalid({field.name: unfit}))
    except Invalid as failed:
        return asking(form, record, deed, beside, failed)
    presenter, what = Presenter(context, entity), deed.label.text(locale)
    theirs = presenter.title(other, locale)
    differences, changes = sides(form, presenter, record, other, question(deed, beside.take))
    return ConfirmPage(
        frame=frame(),
        title=what,
        crumbs=page.crumbs(),
        action=request.path,
        question=SURE.text(locale).format(title=page.title(), other=theirs),
        submit=what,
        cancel_href=page.href,
        danger=True,
        sides=(THIS.text(locale).format(title=page.title()), THAT.text(locale).format(title=theirs)),
        differences=tuple(differences),
        changes=tuple(changes),
        consequences=tuple(label.text(locale) for label in follows),
        records=(Link(text=theirs, href=f"/data/{entity.name}/{other.id}"),),
        hidden=(("version", str(record.version)), (beside.other, str(other.id)), (COMPARED, "1")),
    )


def sides(
    form: Former, presenter: Presenter, record: Record, other: Record, take: Field
) -> tuple[list[Versus], list[Change]]:
    """The fields that may be taken in which two records differ, and those that only the other has."""
    entity, differences, changes = form.entity, list[Versus](), list[Change]()
    states = [presenter.states(one) for one in (record, other)]
    fields = [
        entity.by_name[name] for name in takeable(take) if all(state[name] is not State.HIDDEN for state in states)
    ]
    mine, theirs = (presenter.values(one, fields) for one in (record, other))
    titles = files.titles(form.context, wanted(fields, mine, theirs))
    for field in fields:
        if theirs[field.name] is None or presenter.plain(record, field) == presenter.plain(other, field):
            continue
        one = form.versus(field.name, theirs[field.name], mine[field.name], titles)
        if mine[field.name] is None:
            changes.append(Change(label=one.label, before="", after=one.theirs))
        else:
            differences.append(replace(one, chosen="yours"))
    return differences, changes


def wanted(fields: list[Field], *sides: dict[str, Any]) -> dict[str, set[int]]:
    """The records the values refer to."""
    found: dict[str, set[int]] = {}
    for field in fields:
        if target := UPLOAD if field.kind.code == "file" else field.target:
            found.setdefault(target, set()).update(
                value for side in sides if isinstance(value := side[field.name], int)
            )
    return found
