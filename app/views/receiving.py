"""Reception: find a car or a number in the group, and enter who came in."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as Answered

from app.core.errors import Forbidden, Invalid, Malformed
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, say
from app.records.claim import ask_transfer, find_or_claim, kind_of, may_ask, whole
from app.records.context import Context
from app.records.query import natural
from app.records.reception import CAR, PERSON, Arrived, arrive
from app.views import receive_page as pages
from app.views import receive_words as w
from app.views.controls import reasons
from app.views.receive_form import arrival

receiving = Blueprint("receiving", __name__, url_prefix="/receive")
INPUTS = (*CAR, *PERSON, "relation", "person", "vehicle")
LONGEST = 200


def permitted() -> Context:
    """The request's transaction, for somebody who may look for cars and customers."""
    signed_in()
    context = door.context()
    if not may_ask(context.actor):
        raise Forbidden
    return context


@receiving.get("", strict_slashes=False)
@through_door
def ask() -> str:
    """The box."""
    permitted()
    return draw(pages.page())


@receiving.post("", strict_slashes=False)
@through_door
def find() -> str | tuple[str, int]:
    """What is known of the value, and the form of who comes in with it; it is posted, so that no address holds it."""
    context = permitted()
    value = posted("value")
    try:
        kind = kind_of(value)
        plain = whole(context, kind, value)
    except Malformed as malformed:
        return draw(pages.page(value, malformed.label)), 422
    answer = pages.answered(context, kind, plain, find_or_claim(context, kind, value))
    form = arrival(context, {kind: value}, answer)
    return draw(pages.page(value, answer=answer, form=form))


@receiving.post("/arrive")
@through_door
def came() -> Answered | tuple[str, int]:
    """Enters who came in and goes on to what is next; otherwise the form again."""
    context = permitted()
    given = {name: posted(name) for name in INPUTS if posted(name)}
    fields = [context.entity("vehicle").by_name[name] for name in ("plate", "vin")]
    try:
        with context.connection.begin_nested():
            arrived = arrive(context, given, reasons(fields, request.form))
    except Invalid as invalid:
        typed = given | {name: value for name, value in request.form.items() if name.endswith("__override")}
        return draw(pages.page(form=arrival(context, typed, failed=invalid))), 422
    parts = {"vehicle": arrived.vehicle, "customer": arrived.customer, "mileage": natural(given.get("mileage", ""))}
    return redirect(f"/receive/done?{urlencode({name: part for name, part in parts.items() if part})}", 303)


@receiving.get("/done")
@through_door
def done() -> str | Answered:
    """Who came in, and what is next."""
    context = permitted()
    came = Arrived(number("vehicle"), number("customer"))
    if came == Arrived(None, None):
        return redirect("/receive")
    return draw(pages.received(context, came, str(number("mileage") or "")))


@receiving.post("/transfer")
@through_door
def transfer() -> Answered:
    """Asks the other stores to hand over; they are told which store asks, and this one how many there are."""
    context = permitted()
    stores = ask_transfer(context, posted("kind"), posted("value"))
    say(w.ASKED.format(n=stores) if stores else w.ASKED_NOBODY, "ok" if stores else "info")
    return redirect("/receive", 303)


def posted(name: str) -> str:
    """A posted text, as the database can take it."""
    return door.storable(request.form.get(name, "")).strip()[:LONGEST]


def number(name: str) -> int | None:
    """A number of the address."""
    return natural(request.args.get(name, "")) or None
