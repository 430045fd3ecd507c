"""Bearer tokens of the API: shown once, kept as a hash, ended by a date."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from psycopg import errors as pg
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from app.access.fresh import asked
from app.access.gate import Gate
from app.access.keys import SignInKeys
from app.access.scopes import Scopes, TokenWish, from_json
from app.core.errors import Invalid, Unfit
from app.core.label import Label

PREFIX = "dlr_"
MOST_DAYS = 365
MOST_SHOWN = 200  # of others' tokens
_ID_BYTES = 4  # eight hex digits
_SECRET_BYTES = 32  # 43 characters
_TERM = Unfit("term", Label("有效期请填 1 到 365 天。", "Choose a term of 1 to 365 days."))
_NAME = Unfit("required", Label("请给令牌起个名字，说明给谁用。", "Name the token after what will use it."))
_MOST = Unfit("most", Label("您已有 50 个令牌，请先停用不用的。", "You have 50 tokens; end those not in use first."))


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: the only moment its text is known."""

    id: int
    token: str = field(repr=False)
    hint: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What is known of a token afterwards; `owner` and `login` where it is somebody else's."""

    id: int
    hint: str
    name: str
    created_at: datetime
    expires_at: datetime
    last_used: datetime | None
    last_address: str | None
    scopes: Scopes
    addresses: tuple[str, ...]  # none: from anywhere
    owner: str = ""
    login: str = ""


def open_token(connection: Connection, keys: SignInKeys, wish: TokenWish) -> NewToken:
    """Makes a token for the person announced on the connection; raises Invalid for a bad name or term, StepUp."""
    if not wish.name.strip() or not wish.name.isprintable():
        raise Invalid({"name": _NAME})
    if not 1 <= wish.days <= MOST_DAYS:
        raise Invalid({"days": _TERM})
    hint = PREFIX + secrets.token_hex(_ID_BYTES)
    token = hint + secrets.token_urlsafe(_SECRET_BYTES)
    try:
        with asked():
            row = Gate(connection, keys).open_token(token, hint, wish)
    except DBAPIError as error:
        if isinstance(error.orig, pg.CheckViolation) and error.orig.diag.constraint_name == "token_most":
            raise Invalid({"name": _MOST}) from error
        raise
    return NewToken(row.id, token, hint, row.expires_at)


def end_token(connection: Connection, token: int) -> bool:
    """Ends a token of the announced person, or anybody's where he tends accounts; whether there was one to end."""
    return bool(connection.scalar(text("SELECT gate.end_token(:token)"), {"token": token}))


def my_tokens(connection: Connection) -> list[TokenInfo]:
    """The living tokens of the announced person, newest first; a token knows of itself alone."""
    return [_info(row) for row in connection.execute(text("SELECT * FROM gate.my_tokens()"))]


def tokens_of_others(connection: Connection) -> list[TokenInfo]:
    """Others' living tokens, last used first, for who tends accounts."""
    found = connection.execute(text("SELECT * FROM gate.tokens_of_others(:most)"), {"most": MOST_SHOWN})
    return [_info(row) for row in found]


def _info(row: Row[tuple[object, ...]]) -> TokenInfo:
    told = row._asdict()
    return TokenInfo(**told | {"scopes": from_json(told["scopes"]), "addresses": tuple(told["addresses"] or ())})
