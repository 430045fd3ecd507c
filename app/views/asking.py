"""The page on which somebody asks to see a record beyond his reach."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from app.core.entity import Entity
from app.core.errors import Forbidden, Invalid, NotFound
from app.core.label import Label
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.errors import ASK
from app.heads.frame import draw, frame, say
from app.heads.pages import ConfirmPage, Control, Link, Option
from app.models.access_request import TERMS
from app.records.asking import LONGEST, ask, may_ask
from app.records.context import Context

QUESTION = Label(
    "申请查看“{what} {number}”。如果有这条记录，它所在门店的负责人会收到申请；答复会出现在您的任务里，到期自动结束。",
    "Ask to see “{what} {number}”. If there is such a record, who leads its store gets the request; the answer becomes"
    " a task of yours, and access ends by itself.",
)
WHY, LONG = Label("为什么要看", "Why"), Label("多久", "How long")
SENT = Label("申请已提交，答复会出现在您的任务里。", "Your request was sent; the answer will be a task of yours.")

asking = Blueprint("asking", __name__, url_prefix="/ask")


def subject(name: str) -> tuple[Context, Entity]:
    """The request's transaction and the kind of record; NotFound for none, Forbidden where there is nothing to ask."""
    signed_in()
    context = door.context()
    entity = context.snapshot.get(name)
    if entity is None:
        raise NotFound
    if not may_ask(context.actor, entity):
        raise Forbidden
    return context, entity


@asking.route("/<name>/<int:number>", methods=("GET", "POST"))
@through_door
def access(name: str, number: int) -> Answer | Response | str:
    """Asks why and for how long, and sends the request."""
    context, entity = subject(name)
    if number >= 1 << 63:
        raise NotFound
    failed = Invalid({})
    if request.method == "POST":
        reason = door.storable(request.form.get("reason", ""))
        try:
            ask(context, entity, number, term=request.form.get("term", ""), reason=reason)
        except Invalid as invalid:
            failed = invalid
        else:
            say(SENT)
            return redirect("/", 303)
    return Response(draw(page(entity, number, failed)), 422 if failed.fields else 200, mimetype="text/html")


def page(entity: Entity, number: int, failed: Invalid) -> ConfirmPage:
    """The question, with what was typed and what is missing."""
    locale = door.locale()
    errors = {name: unfit.label.text(locale) for name, unfit in failed.fields.items()}
    chosen = request.form.get("term", "24")
    terms = tuple(Option(value=one.code, text=one.label.text(locale), selected=one.code == chosen) for one in TERMS)
    what = ASK.text(locale)
    return ConfirmPage(
        frame=frame(),
        title=what,
        crumbs=(Link(text=entity.plural.text(locale), href=f"/data/{entity.name}/"), Link(text=what, href="")),
        action=request.path,
        question=QUESTION.format(what=entity.label, number=number).text(locale),
        controls=(
            Control(
                name="reason",
                label=WHY.text(locale),
                value=request.form.get("reason", ""),
                required=True,
                maxlength=LONGEST,
                error=errors.get("reason"),
            ),
            Control(
                name="term",
                label=LONG.text(locale),
                widget="select",
                required=True,
                options=terms,
                error=errors.get("term"),
            ),
        ),
        submit=what,
        cancel_href="/",
        danger=False,
    )
