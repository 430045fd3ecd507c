"""The trail on the screen of its officer: read, filtered, taken out as a file that says who took it."""

import hashlib
from urllib.parse import quote

from flask import Blueprint, Response, request

from app.access.fresh import Act, demand
from app.access.rights import refusals
from app.audit.review import TRAIL, Line, browse
from app.core.action import Action
from app.core.errors import Forbidden, Refusal, Unfit
from app.exchange import csv_out
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, local, now_text
from app.heads.house import house
from app.records.context import Context
from app.records.event import note_of
from app.views import trail_pages as pages
from app.views import trail_words as w
from app.views.trail_pages import text

trail = Blueprint("trail", __name__, url_prefix="/trail")
MOST = 50_000


def permitted(action: Action) -> Context:
    """The request's transaction, for somebody who may review the trail."""
    signed_in()
    context = door.context()
    if not context.actor.may(action, TRAIL):
        raise Forbidden
    return context


@trail.get("/")
@through_door
def listed() -> str:
    """The entries asked for; that somebody looked is an entry itself."""
    context = permitted(Action.LIST)
    given = request.args.to_dict()
    made = pages.page(context, given)
    note_of(context.connection, "audit_read", TRAIL, details={"asked": sorted(given)}, count=len(made.rows))
    return draw(made)


@trail.get("/export.csv")
@through_door
def export() -> Response:
    """The entries asked for as a file; its last line says who took it, and the trail keeps the file's digest."""
    context = permitted(Action.EXPORT)
    demand(context.connection, Act.EXPORT)
    try:
        wanted = pages.meant(context, request.args.to_dict())
    except Unfit as unfit:
        raise Refusal(unfit.label, "days") from None
    with refusals():
        lines = browse(context.connection, wanted, most=MOST + 1)
    if len(lines) > MOST:
        raise Refusal(w.TOO_MANY.format(most=f"{MOST:,}"), "too_many")
    body = b"".join(csv_out.stream([text(one) for one in w.COLUMNS], [cells(context, one) for one in lines]))
    mark = text(w.MARK, who=context.actor.name, at=local(house().clock.now()))
    body += b"".join(csv_out.stream([mark], ())).removeprefix("\ufeff".encode())
    details = {"sha256": hashlib.sha256(body).hexdigest(), "asked": sorted(request.args)}
    note_of(context.connection, "audit_export", TRAIL, details=details, count=len(lines))
    name = f"{text(w.TITLE)}-{now_text()}.csv"
    disposition = f"attachment; filename=trail.csv; filename*=UTF-8''{quote(name)}"
    return Response(body, mimetype="text/csv; charset=utf-8", headers={"Content-Disposition": disposition})


def cells(context: Context, one: Line) -> list[str]:
    """One entry as a line of the file."""
    told = pages.row(context, one)
    return [told.exact, told.who.text, told.via, told.what, told.record.text, told.more]
