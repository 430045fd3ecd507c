"""A person's own API tokens: made while signed in, shown once, ended at any time."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response

from app.access import tokens
from app.access.keys import SignInKeys
from app.access.scopes import TERM, TokenWish, networks_of, plain, scopes_of
from app.api.answers import answer, nothing
from app.api.body import content
from app.core.actor import ActorKind
from app.core.errors import Forbidden, Invalid, NotFound, Unfit
from app.core.label import Label
from app.heads.door import context, signed_in, through_door
from app.heads.house import house
from app.records.context import Context
from app.records.query import unknown

DAYS = Unfit("days", Label("有效期请填 1 到 365 的整数（天）。", "Give the term as a whole number of days, 1 to 365."))
NAME = Unfit("name", Label("名称请填文字，最多 100 个字。", "The name is text of at most 100 characters."))
PERSON = Label(
    "令牌只能由登录的本人在浏览器会话里建立。",
    "A token is made by a person who is signed in, not by another token.",
)
LONGEST_NAME = 100
TAKEN = ("name", "days", "scopes", "addresses")
T = TypeVar("T")
LARGEST_ID = 2**63 - 1

bearer = Blueprint("tokens", __name__, url_prefix="/api/v1/tokens")


@bearer.get("", strict_slashes=False)
@through_door
def mine() -> Response:
    """The person's living tokens, newest first; never their text."""
    signed_in()
    return answer({"result": [told(one) for one in tokens.my_tokens(context().connection)]})


@bearer.post("", strict_slashes=False)
@through_door
def make() -> Response:
    """A new token; its text is in this answer and nowhere afterwards."""
    if signed_in().kind is not ActorKind.PERSON:
        raise Forbidden(PERSON)
    wish = read(content(), context())
    keys = SignInKeys.parse(house().config.secret("password_pepper"))
    made = tokens.open_token(context().connection, keys, wish)
    return answer({"id": made.id, "token": made.token, "hint": made.hint, "expires_at": made.expires_at}, 201)


@bearer.delete("/<int:number>")
@through_door
def end(number: int) -> Response:
    """Ends a token at once."""
    signed_in()
    if number > LARGEST_ID or not tokens.end_token(context().connection, number):
        raise NotFound
    return nothing()


def read(given: dict[str, Any], context: Context) -> TokenWish:
    """The token asked for; what else is wrong with its name and term `open_token` says."""
    if stray := next((key for key in given if key not in TAKEN), None):
        raise unknown(stray)
    name, days = given.get("name", ""), given.get("days", TERM)
    wrong: dict[str, Unfit] = {}
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not name.isprintable():
        wrong["name"] = NAME
    if not isinstance(days, int) or isinstance(days, bool):
        wrong["days"] = DAYS
    scopes = fitting(wrong, "scopes", lambda: scopes_of(given.get("scopes"), context.actor, context.snapshot.entities))
    addresses = fitting(wrong, "addresses", lambda: networks_of(given.get("addresses", [])))
    if wrong or scopes is None or addresses is None:
        raise Invalid(wrong)
    return TokenWish(name, scopes, days, addresses)


def fitting(wrong: dict[str, Unfit], name: str, parse: Callable[[], T]) -> T | None:
    """What `parse` answers; None, and why in `wrong`, where the value will not do."""
    try:
        return parse()
    except Unfit as unfit:
        wrong[name] = unfit
        return None


def told(one: tokens.TokenInfo) -> dict[str, Any]:
    """What is told of a token afterwards."""
    return {
        "id": one.id,
        "hint": one.hint,
        "name": one.name,
        "created_at": one.created_at,
        "expires_at": one.expires_at,
        "last_used": one.last_used,
        "last_address": one.last_address,
        "scopes": plain(one.scopes),
        "addresses": list(one.addresses),
    }
