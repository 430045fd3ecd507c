"""Roles and rights on the screen: the matrix, what a change would do to whom, people, clones, files, and why."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from app.access import rights as access
from app.access.rights import NOUN, Holder, Right, Rights, RoleRights
from app.access.rights_change import changed, demand_fitting, keeping
from app.access.roles import label_of
from app.core.action import Action
from app.core.entity import Entity
from app.core.errors import Forbidden, Invalid, NotFound, Unfit
from app.core.label import Label
from app.core.scope import Reach
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame, say
from app.heads.pages import ConfirmPage, Control, Link
from app.records.context import Context
from app.views import rights_pages as pages
from app.views import rights_words as w
from app.views.rights_effects import text
from app.views.why import meant
from app.views.why import page as why_page

rights = Blueprint("rights", __name__, url_prefix=pages.HERE)
NAME = 64


def permitted(action: Action = Action.LIST) -> Context:
    """The request's transaction, for somebody who may do this with rights."""
    signed_in()
    context = door.context()
    if not context.actor.may(action, NOUN):
        raise Forbidden
    return context


@rights.get("/")
@through_door
def listed() -> str:
    """Every role."""
    return draw(pages.listing(permitted()))


@rights.get("/why")
@through_door
def why() -> str:
    """Why somebody may or may not do something."""
    return draw(why_page(permitted(Action.READ), request.args))


@rights.get("/compare")
@through_door
def compare() -> str:
    """Two roles side by side."""
    context = permitted(Action.READ)
    first = access.role(context.connection, number("first"))
    second = access.role(context.connection, number("second")) if request.args.get("second") else None
    return draw(pages.comparison(context, first, second))


@rights.get("/<int:role>")
@through_door
def show(role: int) -> str:
    """One role's matrix and who holds it."""
    context = permitted(Action.READ)
    return draw(pages.matrix(context, access.role(context.connection, role)))


@rights.post("/<int:role>/preview")
@through_door
def preview(role: int) -> Answer | str | tuple[str, int]:
    """What the change that was ticked would make of whom; nothing is saved."""
    context = permitted(Action.UPDATE)
    stands = access.role(context.connection, role)
    ticked = keeping(posted(context, request.form), stands.rights)
    wanted = changed(stands.rights, ticked)
    if not wanted:
        say(w.NOTHING, "info")
        return redirect(f"{pages.HERE}/{role}", 303)
    return asked(context, stands, wanted, request.form.get("print", ""))


def asked(context: Context, role: RoleRights, wanted: Rights, seen: str) -> str | tuple[str, int]:
    """The preview of a change, or the matrix again with why it cannot be."""
    try:
        with context.connection.begin_nested():
            told = access.effects(context.connection, role.id, wanted, seen)
    except Invalid as invalid:
        return draw(pages.matrix(context, role, wanted, invalid)), 422
    return draw(pages.preview(context, role, wanted, seen, told))


@rights.post("/<int:role>")
@through_door
def save(role: int) -> Answer | tuple[str, int]:
    """Saves what was previewed."""
    context = permitted(Action.UPDATE)
    wanted: Rights = {}
    try:
        wanted = told(context, request.form.get("wanted", ""))
        with context.connection.begin_nested():
            access.set_rights(context.connection, role, wanted, request.form.get("print", ""))
    except Invalid as invalid:
        return draw(pages.matrix(context, access.role(context.connection, role), wanted, invalid)), 422
    say(w.SAVED)
    return redirect(f"{pages.HERE}/{role}", 303)


@rights.post("/<int:role>/people")
@through_door
def people(role: int) -> Answer | tuple[str, int]:
    """Gives the role to somebody, or takes it from him."""
    context = permitted(Action.UPDATE)
    taken = request.form.get("remove", "")
    try:
        with context.connection.begin_nested():
            if taken:
                access.give(context.connection, role, digits(taken), holds=False)
                say(w.TAKEN_BACK)
            else:
                person = who(context, request.form.get("add", ""))
                access.give(context.connection, role, person.user, holds=True)
                say(w.GIVEN.format(who=person.name))
    except Invalid as invalid:
        return draw(pages.matrix(context, access.role(context.connection, role), problem=invalid)), 422
    return redirect(f"{pages.HERE}/{role}#people", 303)


@rights.route("/<int:role>/clone", methods=("GET", "POST"))
@through_door
def clone(role: int) -> Answer | str | tuple[str, int]:
    """Asks for a name, and makes a role like this one."""
    context = permitted(Action.CREATE)
    stands = access.role(context.connection, role)
    failed: Invalid | None = None
    name = door.storable(request.form.get("name", "")).strip()
    if request.method == "POST":
        try:
            made = newly(context, role, name)
        except Invalid as invalid:
            failed = invalid
        else:
            say(w.CLONED)
            return redirect(f"{pages.HERE}/{made}", 303)
    base = label_of(stands.base or stands.name)
    error = next(iter(failed.fields.values())).label.text(door.locale()) if failed else None
    field = Control(name="name", label=text(w.CLONE_NAME), value=name, required=True, maxlength=NAME, error=error)
    question = w.CLONE_ASK.format(role=label_of(stands.name), base=base)
    page = question_page(stands, w.CLONE, question, f"{pages.HERE}/{role}/clone", (field,))
    return (draw(page), 422) if failed else draw(page)


@rights.route("/<int:role>/remove", methods=("GET", "POST"))
@through_door
def remove(role: int) -> Answer | str | tuple[str, int]:
    """Asks, and takes a cloned role away."""
    context = permitted(Action.DELETE)
    stands = access.role(context.connection, role)
    if request.method == "POST":
        try:
            with context.connection.begin_nested():
                access.drop(context.connection, role)
        except Invalid as invalid:
            return draw(pages.matrix(context, stands, problem=invalid)), 422
        say(w.REMOVED)
        return redirect(f"{pages.HERE}/", 303)
    question = w.REMOVE_ASK.format(role=label_of(stands.name))
    return draw(question_page(stands, w.REMOVE, question, f"{pages.HERE}/{role}/remove", danger=True))


@rights.get("/<int:role>/export.json")
@through_door
def export(role: int) -> Response:
    """The role as a file, which another installation can load."""
    stands = access.role(permitted(Action.READ).connection, role)
    body = {"role": stands.name, "base": stands.base, "rights": orjson.loads(access.to_json(stands.rights))}
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    return Response(
        text, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="role-{role}.json"'}
    )


@rights.post("/<int:role>/file")
@through_door
def load(role: int) -> Answer | str | tuple[str, int]:
    """Shows what loading a file of rights into the role would do; nothing is saved."""
    context = permitted(Action.UPDATE)
    stands = access.role(context.connection, role)
    sent = request.files.get("file")
    try:
        given = orjson.loads(sent.stream.read(1 << 20)) if sent else {}
        listed = told(context, given["rights"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        listed = None
    except Invalid as invalid:
        return draw(pages.matrix(context, stands, problem=invalid)), 422
    if listed is None:
        return draw(pages.matrix(context, stands, problem=Invalid({NOUN: Unfit("file", w.BROKEN)}))), 422
    nothing = {noun: Right(frozenset(), right.reach) for noun, right in stands.rights.items()}
    wanted = changed(stands.rights, {**nothing, **listed})
    if not wanted:
        say(w.NOTHING, "info")
        return redirect(f"{pages.HERE}/{role}", 303)
    return asked(context, stands, wanted, stands.print)


def posted(context: Context, form: "MultiDict[str, str]") -> Rights:
    """The rights ticked in the matrix, of everything it shows."""
    return told(
        context,
        {
            noun: {"a": form.getlist(f"do.{noun}"), "r": form[f"reach.{noun}"]}
            for _, found in pages.nouns(context.snapshot)
            for noun, _ in found
            if f"reach.{noun}" in form
        },
    )


def told(context: Context, given: Any) -> Rights:
    """Rights from a form, a file or a preview; Invalid for what is none."""
    try:
        plain = orjson.loads(given) if isinstance(given, str) else given
        stray = [noun for noun in plain if noun not in context.snapshot.entities and noun not in w.NOUNS]
        if stray:
            raise Invalid({NOUN: Unfit("unknown", w.UNKNOWN.format(names="、".join(map(str, stray[:5]))))})
        return {noun: one_right(context.snapshot.entities.get(noun), one) for noun, one in plain.items()}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        raise Invalid({NOUN: Unfit("form", w.BROKEN)}) from None


def one_right(entity: Entity | None, given: Mapping[str, Any]) -> Right:
    """One right; ValueError for a verb, reach or state there is not, Invalid for what fields may not stand like."""
    right = Right(
        frozenset(Action(verb) for verb in given["a"]), Reach(given["r"]), access.states_of(given.get("f", {}))
    )
    if right.fields:
        demand_fitting(entity, right)
    return right


def who(context: Context, words: str) -> Holder:
    """The one living account that is meant; Invalid for none or several."""
    found = meant(context, door.storable(words).strip()[:100])
    if isinstance(found, Unfit):
        raise Invalid({"add": found})
    return found


def newly(context: Context, role: int, name: str) -> int:
    """A role like another under a new name; Invalid for a name that will not do."""
    if not 0 < len(name) <= NAME:
        raise Invalid({"name": Unfit("name", w.NAME_NEEDED)})
    with context.connection.begin_nested():
        return access.clone(context.connection, role, name)


def question_page(
    role: RoleRights,
    title: Label,
    question: Label,
    action: str,
    controls: tuple[Control, ...] = (),
    *,
    danger: bool = False,
) -> ConfirmPage:
    """The page that asks before a role is made or taken away."""
    name = text(label_of(role.name))
    return ConfirmPage(
        frame=frame(),
        title=text(title),
        crumbs=pages.crumbs(Link(text=name, href=f"{pages.HERE}/{role.id}"), Link(text=text(title), href="")),
        action=action,
        question=text(question),
        submit=text(title),
        cancel_href=f"{pages.HERE}/{role.id}",
        danger=danger,
        controls=controls,
    )


def number(name: str) -> int:
    """A number of the address; NotFound for none."""
    return digits(request.args.get(name, ""))


def digits(value: str) -> int:
    """A number from text; NotFound for none."""
    if not (value.isascii() and value.isdecimal() and len(value) < 12):  # noqa: PLR2004  # no account has more digits
        raise NotFound
    return int(value)
