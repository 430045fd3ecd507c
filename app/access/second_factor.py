"""The second factor: codes of the moment (RFC 6238) and recovery codes, asked for after the right password."""

import hmac
import secrets
import unicodedata
from uuid import UUID

import pyotp
from sqlalchemy import Engine

from app.access.factor_gate import CodeKnock, FactorGate, Shown
from app.access.gate import Visit
from app.access.keys import SignInKeys
from app.access.password import Passwords
from app.access.seal import Sealer
from app.access.signin import Lifetimes, SignedIn, new_token, renewed_as, waited
from app.core.errors import Busy, Invalid, Unauthenticated, Unfit
from app.core.label import Label

DIGITS = 6
STEPS = (-1, 0, 1)  # a code counts half a minute early or late
SECRET_CHARACTERS = 32  # of base 32: 160 bits
CODES = 10
CODE_CHARACTERS = 10  # of base 32: 50 bits
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that reads like a digit
READS_LIKE = str.maketrans("ILO", "110")
WRONG = Unfit(
    "code_wrong",
    Label("验证码不正确或已用过，请等下一个验证码再试。", "This code is wrong or was used; wait for the next one."),
)
_WRONG = Label(
    "验证码不正确或已用过。请等应用显示下一个再试，或使用恢复码。",
    "This code is wrong or was used. Wait for the next one in your app, or use a recovery code.",
)
_ENDED = Label("登录超时，请重新输入密码。", "This sign-in took too long; enter your password again.")


class HalfOpenEnded(Unauthenticated):
    """The sign-in a code was meant for has ended: it begins again with the password."""

    def __init__(self) -> None:
        super().__init__(_ENDED)


class Codes:
    """Checks codes on an engine that reaches the database as the web role; the database lets each count once."""

    def __init__(
        self,
        engine: Engine,
        keys: SignInKeys,
        sealer: Sealer,
        *,
        passwords: Passwords | None = None,
        lifetimes: Lifetimes | None = None,
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._sealer = sealer
        self._passwords = passwords or Passwords(keys.pepper)
        self._lifetimes = lifetimes or Lifetimes()

    def answer(self, half: str, code: str, visit: Visit, *, trusts: bool = False) -> SignedIn:
        """Opens the session that a half-open sign-in waited for; `trusts` spares this device codes for 30 days.

        Raises Unauthenticated, the same for wrong codes and for used ones, HalfOpenEnded, TooMany or Busy.
        """
        knock = self._knock(half, visit)
        shown = self._shown(knock, code)
        known = visit.device if knock.bucket.startswith("code_device:") else None
        opened = self._lifetimes.session(known or new_token())
        with self._engine.begin() as connection:
            row = FactorGate(connection, self._keys).pass_code(half, knock, shown, opened, visit, trusts=trusts)
        if row.person is None:
            raise HalfOpenEnded
        if row.session is None:
            raise Unauthenticated(_WRONG)
        return SignedIn(row.person, opened.token, row.expires_at, opened.device, row.displaced, row.codes_left)

    def step_up(self, token: str, code: str, visit: Visit) -> SignedIn:
        """Makes a session fresh under a new token; the old one is dead. Invalid names a wrong `password`."""
        knock = self._knock(token, visit)
        renewed, step = new_token(), self._step(knock, plain(code))
        with self._engine.begin() as connection:
            until = FactorGate(connection, self._keys).renew_by_code(token, renewed, knock, step, visit.request)
        if until is None:
            raise Invalid({"password": WRONG})
        return renewed_as(knock.person, renewed, until, visit)

    def _knock(self, token: str, visit: Visit) -> CodeKnock:
        """Counts the attempt in a transaction of its own, so that no failure later gives it back."""
        with self._engine.begin() as connection:
            knock = FactorGate(connection, self._keys).knock_code(token, visit)
        waited(knock.wait)
        if knock.person is None:
            raise HalfOpenEnded
        return knock

    def _shown(self, knock: CodeKnock, code: str) -> Shown:
        typed = plain(code)
        if is_recovery(typed) and knock.salt:
            return Shown(digest=self._digest(knock, typed.translate(READS_LIKE)))
        return Shown(step=self._step(knock, typed))

    def _digest(self, knock: CodeKnock, typed: str) -> bytes:
        try:
            return self._passwords.digest(typed, knock.salt or b"")
        except Busy:
            with self._engine.begin() as connection:
                FactorGate(connection, self._keys).refund(knock.bucket)
            raise

    def _step(self, knock: CodeKnock, typed: str) -> int | None:
        if knock.secret is None or knock.person is None:
            return None
        return matching_step(unsealed(self._sealer, knock.secret, knock.person), typed, knock.step)


def plain(code: str) -> str:
    """A code as it is compared, for every way to type it."""
    typed = unicodedata.normalize("NFKC", code)
    return "".join(letter for letter in typed if letter.isalnum()).upper()[: 2 * CODE_CHARACTERS]


def is_recovery(typed: str) -> bool:
    """Whether this has the length of a recovery code, not of a code of the moment."""
    return len(typed) == CODE_CHARACTERS


def matching_step(secret: str, typed: str, step: int) -> int | None:
    """The step, at most one away from `step`, whose code was typed; None for any other code."""
    totp = pyotp.TOTP(secret, digits=DIGITS)
    typed_bytes = typed.encode()
    found = [step + by for by in STEPS if hmac.compare_digest(totp.generate_otp(step + by).encode(), typed_bytes)]
    return found[-1] if found else None


def new_secret() -> str:
    """160 random bits in base 32, as authenticators take them."""
    return pyotp.random_base32(SECRET_CHARACTERS)


def new_codes() -> tuple[str, ...]:
    """Ten recovery codes of 50 bits, in two groups of five."""
    drawn = ("".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS)) for _ in range(CODES))
    return tuple(f"{code[:5]}-{code[5:]}" for code in drawn)


def digests(passwords: Passwords, codes: tuple[str, ...], salt: bytes) -> list[bytes]:
    """What the database keeps of recovery codes."""
    return [passwords.digest(plain(code).translate(READS_LIKE), salt) for code in codes]


def sealed(sealer: Sealer, secret: str, person: int) -> bytes:
    """A secret as the database keeps it: it opens for this person alone."""
    return sealer.seal(secret, "second_factor", "secret", UUID(int=person))


def unsealed(sealer: Sealer, blob: bytes, person: int) -> str:
    """A person's secret; raises SealBroken for another's."""
    return sealer.open(blob, "second_factor", "secret", UUID(int=person))
