"""One's own ways in: setting a second factor up and off, recovery codes, trusted devices and sessions."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from app.access.factor_gate import FactorGate
from app.access.fresh import asked
from app.access.keys import SignInKeys
from app.access.password import Passwords
from app.access.rights import refusals
from app.access.seal import Sealer
from app.access.second_factor import WRONG, digests, matching_step, new_codes, new_secret, plain, sealed, unsealed
from app.core.errors import Invalid, NotFound

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Standing:
    """How a factor stands: since when, codes left, when one was last used, and when it must have been set up."""

    set_at: datetime | None
    codes_left: int
    code_used: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A secret that waits to be confirmed by a code, as the database keeps it, and the time step it is."""

    secret: str = field(repr=False)
    sealed: bytes = field(repr=False)
    step: int


@dataclass(frozen=True, slots=True)
class Trust:
    """A device that is asked for no code."""

    id: int
    created_at: datetime
    until: datetime
    agent: str | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A living session; `mine` is the one that asks."""

    id: int
    created_at: datetime
    last_seen: datetime
    ip: str | None
    agent: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Account:
    """An account as who tends accounts sees its factor."""

    user: int
    login: str
    name: str
    store: str | None
    set_at: datetime | None
    codes_left: int
    due: datetime | None
    mine: bool


def standing(connection: Connection) -> Standing:
    """How the announced person's factor stands."""
    return Standing(*connection.exec_driver_sql("SELECT * FROM gate.my_factor()").one())


@dataclass(frozen=True, slots=True)
class OwnFactor:
    """What the announced person may do with his own factor; every act raises StepUp for who is not fresh."""

    connection: Connection
    person: int
    keys: SignInKeys
    sealer: Sealer
    passwords: Passwords

    def begin(self) -> None:
        """Makes a secret that waits to be confirmed; what is in force stays in force."""
        with asked():
            self._gate().prepare(self.person, sealed(self.sealer, new_secret(), self.person))

    def pending(self) -> Pending | None:
        """The secret that waits, for a quarter of an hour."""
        with asked():
            blob, step = self.connection.exec_driver_sql("SELECT sealed, step FROM gate.pending_factor()").one()
        return Pending(unsealed(self.sealer, blob, self.person), blob, step) if blob else None

    def confirm(self, code: str) -> tuple[str, ...]:
        """Puts the waiting secret in force; the recovery codes, told this once.

        Raises Invalid naming a wrong `code`, NotFound when nothing waits.
        """
        waiting = self.pending()
        if waiting is None:
            raise NotFound
        step = matching_step(waiting.secret, plain(code), waiting.step)
        if step is None:
            raise Invalid({"code": WRONG})
        codes, salt, kept = self._codes()
        if not self._gate().confirm(self.person, waiting.sealed, step, salt, kept):
            raise NotFound
        return codes

    def renew_codes(self) -> tuple[str, ...]:
        """New recovery codes, told this once; the old ones are void. Raises NotFound without a factor."""
        codes, salt, kept = self._codes()
        with asked():
            made = self._gate().renew_codes(self.person, salt, kept)
        if not made:
            raise NotFound
        return codes

    def drop(self) -> bool:
        """Takes the factor off; whether there was one."""
        with asked():
            return self._gate().drop(self.person)

    def _gate(self) -> FactorGate:
        return FactorGate(self.connection, self.keys)

    def _codes(self) -> tuple[tuple[str, ...], bytes, list[bytes]]:
        codes, salt = new_codes(), secrets.token_bytes(SALT_BYTES)
        return codes, salt, digests(self.passwords, codes, salt)


def trusts(connection: Connection) -> list[Trust]:
    """The announced person's trusted devices, newest first."""
    return [Trust(*row) for row in connection.exec_driver_sql("SELECT * FROM gate.my_trusts()")]


def end_trust(connection: Connection, number: int) -> bool:
    """Trusts one of one's own devices no more; whether there was one."""
    return bool(connection.scalar(text("SELECT gate.end_trust(:number)"), {"number": number}))


def seats(connection: Connection) -> list[Seat]:
    """The announced person's living sessions, newest first."""
    return [Seat(*row) for row in connection.exec_driver_sql("SELECT * FROM gate.my_sessions()")]


def end_others(connection: Connection, number: int | None = None) -> int:
    """Ends one of one's own other sessions, or all of them; how many there were."""
    with refusals():
        return int(connection.scalar(text("SELECT gate.end_others(:number)"), {"number": number}) or 0)


def accounts(connection: Connection, words: str, most: int = 50) -> list[Account]:
    """Accounts by login or name, those with a factor first; Forbidden for who does not tend accounts."""
    with asked():
        return [
            Account(*row) for row in connection.exec_driver_sql("SELECT * FROM gate.factors(%s, %s)", (words, most))
        ]


def reset(connection: Connection, person: int) -> bool:
    """Takes somebody else's factor off; whether there was one. Raises Forbidden, also for one's own; StepUp."""
    with refusals():
        return bool(connection.scalar(text("SELECT gate.reset_factor(:person)"), {"person": person}))
