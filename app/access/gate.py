"""The gate's sign-in functions as one transaction may call them, each with the proof it asks for."""

import hmac
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from sqlalchemy import Connection, Row, text

from app.access.keys import SignInKeys
from app.access.scopes import TokenWish, to_json

LOGIN_LENGTH = 128
_CAPITALS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_IPV6_HOME = 64  # one household or office has the whole of it, so it counts as one address


def hashed(token: str) -> bytes:
    """What the database keeps of a token."""
    return sha256(token.encode(errors="replace")).digest()


def login_key(login: str) -> str:
    """A login as it is looked up and counted: one form for every way to type it."""
    plain = login.replace("\0", "").encode(errors="ignore").decode()
    return unicodedata.normalize("NFKC", plain).strip().translate(_CAPITALS)[:LOGIN_LENGTH]


def address(ip: str | None) -> str:
    """The address attempts are counted under: an IPv6 one by its /64."""
    try:
        known = ip_address(ip or "")
    except ValueError:
        return "unknown"
    return str(known) if isinstance(known, IPv4Address) else str(ip_network((known, _IPV6_HOME), strict=False))


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from: its address, the token of a known device, the browser, and the request's id."""

    ip: str | None
    device: str | None = field(default=None, repr=False)
    agent: str | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A session to open: its token, the device's, and its lifetimes in seconds."""

    token: str = field(repr=False)
    device: str = field(repr=False)
    idle: int
    life: int


@dataclass(frozen=True, slots=True)
class Knock:
    """A counted attempt: seconds to wait (0 when allowed), whose account, and the hash to check against."""

    wait: int
    person: int | None
    hash: str | None = field(repr=False)
    bucket: str
    digest: str
    ip: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a living session or an invitation belongs to, and the words that are his own."""

    person: int
    login: str
    own: tuple[str | None, ...]
    factor: bool = False  # whether he has a second factor, so that his password may be shorter


class Gate:
    """The sign-in functions on one transaction; proofs are bound to it and worth nothing in another."""

    def __init__(self, connection: Connection, keys: SignInKeys) -> None:
        self._connection = connection
        self._keys = keys
        self._binding: str = connection.scalar(text("SELECT gate.binding()"))

    def knock(self, login: str, visit: Visit) -> Knock:
        """Counts an attempt on an account before anything costly is done for it."""
        name, counted = login_key(login), address(visit.ip)
        digest = hmac.digest(self._keys.digest, name.encode(), "sha256").hex()[:32]
        known = hashed(visit.device) if visit.device else None
        row = self._row(
            "knock(:login, :digest, :ip, :device, :proof)",
            ("knock", name, digest, counted, known),
            login=name,
            digest=digest,
            ip=counted,
            device=known,
        )
        return Knock(row.wait, row.person, row.hash, row.bucket, digest, counted)

    def fail(self, knock: Knock) -> None:
        """Counts a failed attempt against the account and notes it."""
        self._row(
            "fail(:person, :digest, :ip, :proof)",
            ("fail", knock.person, knock.digest, knock.ip),
            person=knock.person,
            digest=knock.digest,
            ip=knock.ip,
        )

    def refund(self, bucket: str) -> None:
        """Gives an attempt back that was not judged."""
        self._row("refund(:bucket, :proof)", ("refund", bucket), bucket=bucket)

    def rehash(self, person: int, seen: str, new: str) -> None:
        """Replaces the hash of an unchanged password."""
        self._row(
            "rehash(:person, :seen, :new, :proof)", ("rehash", person, seen, new), person=person, seen=seen, new=new
        )

    def open_session(self, knock: Knock, opened: Session, visit: Visit) -> Row[Any]:
        """Opens a session; the row's `expires_at` is None when the account has changed since the knock."""
        key, device = hashed(opened.token), hashed(opened.device)
        return self._row(
            "open_session(:person, :seen, :key, :device, :bucket, :idle, :life, :ip, :agent, :request, :proof)",
            ("open_session", knock.person, knock.hash, key, device, knock.bucket, opened.idle, opened.life),
            person=knock.person,
            seen=knock.hash,
            key=key,
            device=device,
            bucket=knock.bucket,
            idle=opened.idle,
            life=opened.life,
            ip=knock.ip,
            agent=visit.agent,
            request=visit.request,
        )

    def holder(self, token: str) -> Holder | None:
        """Whose living session this token is."""
        session = hashed(token)
        row = self._row("holder(:session, :proof)", ("holder", session), session=session)
        return Holder(row.person, row.login, tuple(row.own), row.factor) if row.person else None

    def renew(self, knock: Knock, token: str, renewed: str, request: str) -> datetime | None:
        """Gives a living session a new token and calls it fresh; when it ends, or None."""
        old, new = hashed(token), hashed(renewed)
        answer: datetime | None = self._value(
            "renew_session(:person, :seen, :old, :new, :bucket, :request, :proof)",
            ("renew_session", knock.person, knock.hash, old, new, knock.bucket),
            person=knock.person,
            seen=knock.hash,
            old=old,
            new=new,
            bucket=knock.bucket,
            request=request,
        )
        return answer

    def change_password(self, knock: Knock, password: str, token: str, renewed: str, request: str) -> datetime | None:
        """Stores a new hash, gives the session a new token and ends all others; when it ends, or None."""
        old, new = hashed(token), hashed(renewed)
        answer: datetime | None = self._value(
            "change_password(:person, :seen, :hash, :old, :new, :bucket, :request, :proof)",
            ("change_password", knock.person, knock.hash, password, old, new, knock.bucket),
            person=knock.person,
            seen=knock.hash,
            hash=password,
            old=old,
            new=new,
            bucket=knock.bucket,
            request=request,
        )
        return answer

    def end_session(self, token: str, why: str, request: str) -> None:
        """Ends the session of this token."""
        self._row("end_session(:session, :why, :request)", None, session=hashed(token), why=why, request=request)

    def invite(self, person: int, purpose: str, token: str, hours: int) -> datetime:
        """Stores an invitation; when it ends."""
        invitation = hashed(token)
        answer: datetime = self._value(
            "invite(:person, :purpose, :invitation, :hours, :proof)",
            ("invite", person, purpose, invitation, hours),
            person=person,
            purpose=purpose,
            invitation=invitation,
            hours=hours,
        )
        return answer

    def invited(self, token: str, ip: str | None) -> Row[Any]:
        """Whom an invitation is for (`person`, `own`), counted against the address (`wait`)."""
        invitation, counted = hashed(token), address(ip)
        return self._row(
            "invited(:invitation, :ip, :proof)", ("invited", invitation, counted), invitation=invitation, ip=counted
        )

    def redeem(self, token: str, password: str) -> int | None:
        """Uses an invitation up and stores the hash; whose it was, or None."""
        invitation = hashed(token)
        answer: int | None = self._value(
            "redeem(:invitation, :hash, :proof)",
            ("redeem", invitation, password),
            invitation=invitation,
            hash=password,
        )
        return answer

    def open_token(self, token: str, hint: str, wish: TokenWish) -> Row[Any]:
        """Stores an API token of the announced person: its `id` and `expires_at`."""
        key, scopes, addresses = hashed(token), to_json(wish.scopes), f"{{{','.join(map(str, wish.addresses))}}}"
        return self._row(
            "open_token(:key, :hint, :name, :days, :scopes, :addresses, :proof)",
            ("open_token", key, hint, wish.name, wish.days, scopes, addresses),
            key=key,
            hint=hint,
            name=wish.name,
            days=wish.days,
            scopes=scopes,
            addresses=addresses,
        )

    def _value(self, call: str, proven: tuple[object, ...], **values: object) -> Any:
        return self._row(call, proven, **values)[0]

    def _row(self, call: str, proven: tuple[object, ...] | None, **values: object) -> Row[Any]:
        if proven is not None:
            values["proof"] = self._proof(*proven)
        return self._connection.execute(text(f"SELECT * FROM gate.{call}"), values).one()

    def _proof(self, purpose: object, *parts: object) -> bytes:
        message = f"{purpose}|{self._binding}{'|'.join(map(_part, parts))}"
        return hmac.digest(self._keys.proof, message.encode(), "sha256")


def _part(value: object) -> str:
    """A part of a proof as gate.demand spells it: hex of its text, and of the hex of bytes."""
    if value is None:
        return "-"
    shown = value.hex() if isinstance(value, bytes) else str(value)
    return shown.encode().hex()
