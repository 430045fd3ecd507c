"""The one door by which people sign in, stay fresh, change passwords and leave."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from app.access.fitness import LEAST_ALONE, LEAST_WITH_FACTOR, check_password
from app.access.gate import Gate, Holder, Knock, Session, Visit
from app.access.keys import SignInKeys
from app.access.password import Passwords
from app.core.errors import Busy, Invalid, NotFound, TooMany, Unauthenticated, Unfit
from app.core.label import Label

INVITATION_HOURS = 24
_TOKEN_BYTES = 32
_WRONG = Label("登录名或密码不正确。", "The login or the password is not right.")
_MANY = Label(
    "尝试次数太多，请过 {minutes} 分钟再试；忘记密码请找管理员重置。",
    "Too many attempts; try again in {minutes} min, or ask an administrator for a reset.",
)
_NOT_YOURS = Unfit(
    "password_wrong", Label("当前密码不正确，请重新输入。", "This is not your current password; enter it again.")
)
_SAME = Unfit(
    "password_same", Label("新密码不能和当前密码一样。", "The new password must differ from the current one.")
)
_USED = Label(
    "这个链接已用过或已过期，请管理员重新发一个。",
    "This link was used or has expired; ask an administrator for a new one.",
)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lives without a request, and altogether."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)

    def session(self, device: str) -> Session:
        """A session that lives so long, to be opened on a device."""
        return Session(new_token(), device, int(self.idle.total_seconds()), int(self.absolute.total_seconds()))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session: its token for the cookie, its end, and the token by which this device is known again."""

    person: int
    token: str = field(repr=False)
    expires_at: datetime
    device: str | None = field(repr=False)
    displaced: int = 0  # older sessions that ended to make room
    codes_left: int | None = None  # recovery codes left, when one was used


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """A sign-in whose password was right and that waits for a code; its token announces nobody."""

    token: str = field(repr=False)
    expires_at: datetime


class Door:
    """Signs people in and out on an engine that reaches the database as the web role."""

    def __init__(
        self,
        engine: Engine,
        keys: SignInKeys,
        *,
        passwords: Passwords | None = None,
        lifetimes: Lifetimes | None = None,
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._passwords = passwords or Passwords(keys.pepper)
        self._lifetimes = lifetimes or Lifetimes()

    def authenticate(
        self, login: str, password: str, visit: Visit, *, previous: str | None = None
    ) -> SignedIn | HalfOpen:
        """Opens a session for who knows the password, or waits for his code; `previous`, this browser's session, ends.

        Raises Unauthenticated, TooMany or Busy, the same for accounts that exist and that do not.
        """
        knock = self._knock(login, visit)
        if not self._matches(knock, password):
            self._fail(knock)
            raise Unauthenticated(_WRONG)
        better = self._passwords.hash(password) if self._passwords.outdated(knock.hash or "") else None
        with self._engine.begin() as connection:
            gate = Gate(connection, self._keys)
            if better:
                gate.rehash(knock.person or 0, knock.hash or "", better)
                knock = replace(knock, hash=better)
            signed = self._open(gate, knock, visit, previous)
        if signed is None:
            raise Unauthenticated(_WRONG)
        return signed

    def sign_out(self, token: str, *, why: str = "signed out", request: str = "") -> None:
        """Ends the session of this token at once; nothing happens when it has ended."""
        with self._engine.begin() as connection:
            Gate(connection, self._keys).end_session(token, why, request)

    def step_up(self, token: str, password: str, visit: Visit) -> SignedIn:
        """Makes a session fresh and gives it a new token; the old one is dead. Invalid names a wrong `password`."""
        knock = self._shown("password", password, self._holder(token), visit)
        renewed = new_token()
        with self._engine.begin() as connection:
            until = Gate(connection, self._keys).renew(knock, token, renewed, visit.request)
        return renewed_as(knock.person, renewed, until, visit)

    def change_password(self, token: str, current: str, new: str, visit: Visit) -> SignedIn:
        """Sets a new password from a signed-in session, which gets a new token; every other session ends.

        Raises Invalid naming `current` or `new` when one of them will not do.
        """
        holder = self._holder(token)
        self._check("new", new, holder)
        if new == current:
            raise Invalid({"new": _SAME})
        knock = self._shown("current", current, holder, visit)
        stored, renewed = self._passwords.hash(new), new_token()
        with self._engine.begin() as connection:
            until = Gate(connection, self._keys).change_password(knock, stored, token, renewed, visit.request)
        return renewed_as(knock.person, renewed, until, visit)

    def invite(self, connection: Connection, person: int, purpose: str, *, hours: int = INVITATION_HOURS) -> str:
        """The one-time token by which a person sets a password ("welcome" or "reset"), in the caller's transaction."""
        token = new_token()
        Gate(connection, self._keys).invite(person, purpose, token, hours)
        return token

    def redeem(self, token: str, new: str, visit: Visit) -> int:
        """Sets the password of the invited person and ends all he had open; who he is. He signs in afterwards.

        Raises NotFound for a used or expired invitation, Invalid naming `new` for an unfit password.
        """
        with self._engine.begin() as connection:
            found = Gate(connection, self._keys).invited(token, visit.ip)
        waited(found.wait)
        if found.person is None:
            raise NotFound(_USED)
        self._check("new", new, Holder(found.person, "", tuple(found.own), found.factor))
        stored = self._passwords.hash(new)
        with self._engine.begin() as connection:
            person = Gate(connection, self._keys).redeem(token, stored)
        if person is None:
            raise NotFound(_USED)
        return person

    def _knock(self, login: str, visit: Visit) -> Knock:
        """Counts the attempt in a transaction of its own, so that no failure later gives it back."""
        with self._engine.begin() as connection:
            knock = Gate(connection, self._keys).knock(login, visit)
        waited(knock.wait)
        return knock

    def _matches(self, knock: Knock, password: str) -> bool:
        try:
            return self._passwords.matches(knock.hash, password)
        except Busy:
            with self._engine.begin() as connection:
                Gate(connection, self._keys).refund(knock.bucket)
            raise

    def _fail(self, knock: Knock) -> None:
        with self._engine.begin() as connection:
            Gate(connection, self._keys).fail(knock)

    def _open(self, gate: Gate, knock: Knock, visit: Visit, previous: str | None) -> SignedIn | HalfOpen | None:
        if previous:
            gate.end_session(previous, "signed in again", visit.request)
        device = visit.device if visit.device and knock.bucket.startswith("device:") else new_token()
        opened = self._lifetimes.session(device)
        row = gate.open_session(knock, opened, visit)
        if row.expires_at is None or knock.person is None:
            return None
        if row.session is None:
            return HalfOpen(opened.token, row.expires_at)
        return SignedIn(knock.person, opened.token, row.expires_at, device, row.displaced)

    def _holder(self, token: str) -> Holder:
        with self._engine.begin() as connection:
            holder = Gate(connection, self._keys).holder(token)
        if holder is None:
            raise Unauthenticated
        return holder

    def _shown(self, name: str, password: str, holder: Holder, visit: Visit) -> Knock:
        """The attempt of a session's holder who has just shown his password; Invalid names a wrong one."""
        knock = self._knock(holder.login, visit)
        if not self._matches(knock, password):
            self._fail(knock)
            raise Invalid({name: _NOT_YOURS})
        return knock

    def _check(self, name: str, password: str, holder: Holder) -> None:
        try:
            check_password(password, holder.own, least=LEAST_WITH_FACTOR if holder.factor else LEAST_ALONE)
        except Unfit as unfit:
            raise Invalid({name: unfit}) from unfit


def new_token() -> str:
    """256 random bits; in hex, so that no session token ever begins like an API token."""
    return secrets.token_hex(_TOKEN_BYTES)


def waited(seconds: int) -> None:
    """Returns when an attempt may go on; raises TooMany with the seconds to wait."""
    if seconds:
        raise TooMany(_MANY.format(minutes=-(-seconds // 60)), seconds)


def renewed_as(person: int | None, token: str, until: datetime | None, visit: Visit) -> SignedIn:
    """The session of a person under its new token; Unauthenticated when it has ended."""
    if until is None or person is None:
        raise Unauthenticated
    return SignedIn(person, token, until, visit.device)
