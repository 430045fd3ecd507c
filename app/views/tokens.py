"""One's own API tokens on the screen: made, shown once, ended; and others' for who tends accounts."""

import re

from flask import Blueprint, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from app.access import tokens as access
from app.access.keys import SignInKeys
from app.access.scopes import SHORT, Scopes, TokenWish, networks_of, scopes_of
from app.access.tokens import TokenInfo
from app.core.errors import Invalid, NotFound, Unfit
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, say
from app.heads.house import house
from app.records.context import Context
from app.views import tokens_pages as pages
from app.views import tokens_words as w

own_tokens = Blueprint("own_tokens", __name__, url_prefix=pages.HERE)
LONGEST = 100
LARGEST_ID = 2**63 - 1
BETWEEN = re.compile(r"[\s,，;；、]+")
TICK, TICKED_TOO = Unfit("required", w.NOTHING_TICKED), Unfit("ticked", w.TICKED_TOO)


@own_tokens.get("/")
@through_door
def listed() -> str:
    """The tokens somebody may see."""
    signed_in()
    return draw(pages.listing(door.context()))


@own_tokens.get("/new")
@through_door
def ask() -> str:
    """Asks what a token is for."""
    signed_in()
    return draw(pages.asking(door.context(), {}, {}, {}))


@own_tokens.post("/new")
@through_door
def make() -> str | tuple[str, int]:
    """Makes a token and shows its text, once."""
    signed_in()
    context, form = door.context(), request.form
    ticked = ticks(form)
    try:
        wish = wished(context, form, ticked)
        keys = SignInKeys.parse(house().config.secret("password_pepper"))
        new = access.open_token(context.connection, keys, wish)
    except Invalid as invalid:
        typed = {name: door.storable(value) for name, value in form.items()}
        return draw(pages.asking(context, typed, ticked, invalid.fields)), 422
    return draw(pages.made(context, new, wish)), 201


@own_tokens.route("/<int:number>/end", methods=("GET", "POST"))
@through_door
def end(number: int) -> Answer | str:
    """Asks, and ends a token at once."""
    signed_in()
    context = door.context()
    one = found(context, number)
    if request.method == "GET":
        return draw(pages.ending(one))
    if not access.end_token(context.connection, one.id):
        raise NotFound
    say(w.ENDED)
    return redirect(f"{pages.HERE}/", 303)


def found(context: Context, number: int) -> TokenInfo:
    """A token one may see; NotFound for any other."""
    others = access.tokens_of_others(context.connection) if pages.tends(context) else []
    for one in (*access.my_tokens(context.connection), *others):
        if one.id == number:
            return one
    raise NotFound


def ticks(form: MultiDict[str, str]) -> Scopes:
    """What was ticked: verbs by entity."""
    named = {key.removeprefix("do."): frozenset(form.getlist(key)) for key in form if key.startswith("do.")}
    return {name: verbs for name, verbs in named.items() if verbs}


def wished(context: Context, form: MultiDict[str, str], ticked: Scopes) -> TokenWish:
    """The token a form asks for; Invalid names the controls that will not do."""
    wrong: dict[str, Unfit] = {}
    wish = TokenWish(
        name=door.storable(form.get("name", ""))[:LONGEST],
        scopes=chosen(context, form.get("mode", ""), ticked, wrong),
        days=int(days) if re.fullmatch(r"[0-9]{1,4}", days := form.get("days", "").strip()) else 0,
    )
    try:
        addresses = networks_of([part for part in BETWEEN.split(form.get("addresses", "")) if part])
    except Unfit as unfit:
        raise Invalid(wrong | {"addresses": unfit}) from unfit
    if wrong:
        raise Invalid(wrong)
    return TokenWish(wish.name, wish.scopes, wish.days, addresses)


def chosen(context: Context, mode: str, ticked: Scopes, wrong: dict[str, Unfit]) -> Scopes:
    """The scopes of a mode and ticks that say the same; nothing, and why in `wrong`, otherwise."""
    try:
        if mode in SHORT:
            if ticked:
                raise TICKED_TOO
            return SHORT[mode]
        if not ticked:
            raise TICK
        return scopes_of(
            {name: sorted(verbs) for name, verbs in ticked.items()}, context.actor, context.snapshot.entities
        )
    except Unfit as unfit:
        wrong["scopes"] = unfit
        return {}
