"""Bearer tokens of the API: shown once, kept as a hash, ended by a date."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from app.access.fresh import asked
from app.access.gate import Gate
from app.access.keys import SignInKeys
from app.core.errors import Invalid, Unfit
from app.core.label import Label

PREFIX = "dlr_"
DAYS = 90
MOST_DAYS = 365
_ID_BYTES = 4  # eight hex digits
_SECRET_BYTES = 32  # 43 characters
_TERM = Unfit("term", Label("有效期请填 1 到 365 天。", "Choose a term of 1 to 365 days."))
_NAME = Unfit("required", Label("请给令牌起个名字，说明给谁用。", "Name the token after what will use it."))


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: the only moment its text is known."""

    id: int
    token: str = field(repr=False)
    hint: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What is known of a token afterwards."""

    id: int
    hint: str
    name: str
    created_at: datetime
    expires_at: datetime
    last_used: datetime | None


def open_token(connection: Connection, keys: SignInKeys, name: str, *, days: int = DAYS) -> NewToken:
    """Makes a token for the person announced on the connection; raises Invalid for a bad name or term, StepUp."""
    if not name.strip():
        raise Invalid({"name": _NAME})
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": _TERM})
    hint = PREFIX + secrets.token_hex(_ID_BYTES)
    token = hint + secrets.token_urlsafe(_SECRET_BYTES)
    with asked():
        row = Gate(connection, keys).open_token(token, hint, name.strip(), days)
    return NewToken(row.id, token, hint, row.expires_at)


def end_token(connection: Connection, token: int) -> bool:
    """Ends a token of the announced person, or anybody's where he tends accounts; whether there was one to end."""
    return bool(connection.scalar(text("SELECT gate.end_token(:token)"), {"token": token}))


def my_tokens(connection: Connection) -> list[TokenInfo]:
    """The living tokens of the announced person, newest first."""
    return [TokenInfo(*row) for row in connection.execute(text("SELECT * FROM gate.my_tokens()"))]
