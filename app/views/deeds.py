"""Named actions on a record's page: its buttons, and the page that asks before one is done."""

from typing import Any

from flask import Response, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as Answer

from app.access.state import FieldPolicy
from app.core.entity import Entity
from app.core.errors import Invalid
from app.core.field import Field
from app.core.label import Label
from app.heads import door
from app.heads.frame import draw, frame, say
from app.heads.pages import Button, ConfirmPage, Link
from app.records import deeds, files, read, write
from app.records.context import Context
from app.records.present import Presenter
from app.records.row import Record
from app.records.rulebook import Deed
from app.views import beside
from app.views.controls import posted
from app.views.form_page import Former, named
from app.views.record_page import shower

SURE = Label("“{title}”：{what}？", "{what}: “{title}”?")
MORE = Label("更多操作", "More")
MOST = 2  # buttons beside the menu


def buttons(context: Context, entity: Entity, record: Record, locale: str) -> tuple[Button, ...]:
    """What the actor may do with the record now: the likeliest as buttons, the others in a menu.

    What opens the next paper comes first: it moves the record on as well.
    """
    possible = sorted(deeds.possible(context, entity, record), key=lambda deed: deed.makes is None)
    plain = [deed for deed in possible if not deed.danger]
    shown = [button(entity, record, deed, locale) for deed in plain[:MOST]]
    rest = plain[MOST:] + [deed for deed in possible if deed.danger]
    if not rest:
        return tuple(shown)
    links = tuple(
        Link(text=deed.label.text(locale), href=address(entity, record, deed), icon=deed.icon) for deed in rest
    )
    return (*shown, Button(text=MORE.text(locale), icon="dots", items=links))


def button(entity: Entity, record: Record, deed: Deed, locale: str) -> Button:
    """One action; it is done at once when it asks for nothing."""
    href, at_once = address(entity, record, deed), not deed.fields
    if at_once:
        href += f"?version={record.version}"
    return Button(text=deed.label.text(locale), href=href, icon=deed.icon, post=at_once)


def heir(entity: Entity, record: Record) -> str | None:
    """Where a merged record's page leads: to the record it was merged into. None for one that stands."""
    into = record["merged_into"] if "merged_into" in entity.by_name else None
    return f"/data/{entity.name}/{into}" if into and not request.args.get("tab") else None


def address(entity: Entity, record: Record, deed: Deed) -> str:
    """Where an action is asked about and done."""
    return f"/data/{entity.name}/{record.id}/do/{deed.code}"


def answer(context: Context, entity: Entity, policy: FieldPolicy, number: int, code: str) -> Answer | str:
    """The page of one action, or, posted, what came of it."""
    deed, record = deeds.found(context, entity, code), read.fetch(context, entity, number)
    form = Former(context, entity, policy, door.locale())
    if deed.beside:
        return beside.answer(form, record, deed, deed.beside)
    failed: Invalid | None = None
    if request.method == "POST":
        version = write.parse_version(request.form.get("version") or request.args.get("version"))
        try:
            with context.connection.begin_nested():
                outcome = deeds.take(context, entity, number, version or 0, code, given(form, deed))
        except Invalid as invalid:
            failed = invalid
        else:
            say(outcome.label)
            return redirect(outcome.href or f"/data/{entity.name}/{number}", 303)
    page = asking(form, record, deed, failed)
    return Response(draw(page), 422, mimetype="text/html") if failed else draw(page)


def preset(form: Former, record: Record, field: Field) -> Any:
    """What a question begins with: what the record holds, else its default, and for a moment that must be given now."""
    own = form.entity.field(field.name)
    held = (
        Presenter(form.context, form.entity).values(record, [own]).get(own.name)
        if own is not None and own.kind == field.kind
        else None
    )
    if held is None:
        held = write.default(form.context, field)
    if held is None and field.required and field.kind.code == "datetime":
        return form.context.clock.now().replace(second=0, microsecond=0)
    return held


def given(form: Former, deed: Deed) -> dict[str, object]:
    """What was answered, pickers' words looked up."""
    values = posted(list(deed.fields), request.form)
    for field in deed.fields:
        if field.target and field.name in values:
            form.settle(field, values)
    if form.errors:
        raise Invalid(form.errors)
    return values


def asking(form: Former, record: Record, deed: Deed, failed: Invalid | None) -> ConfirmPage:
    """The page that asks, with what was typed and what is wrong with it."""
    context, entity, locale = form.context, form.entity, form.locale
    page, errors = shower(context, entity, form.policy, record), failed.fields if failed else {}
    what = deed.label.text(locale)
    known = {field.name for field in deed.fields}
    told = [unfit.label.text(locale) for name, unfit in errors.items() if name not in known]
    values = {field.name: preset(form, record, field) for field in deed.fields}
    titles = files.titles(context, named(deed.fields, values))
    typed = request.form if request.method == "POST" else None
    controls = [form.control(field, values[field.name], typed, errors, titles) for field in deed.fields]
    return ConfirmPage(
        frame=frame(),
        title=what,
        crumbs=page.crumbs(),
        action=address(entity, record, deed),
        question=SURE.text(locale).format(title=page.title(), what=what),
        submit=what,
        cancel_href=page.href,
        danger=deed.danger,
        controls=tuple(controls),
        hidden=(("version", str(record.version)),),
        blocked=" ".join(told) or None,
    )
