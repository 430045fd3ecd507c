"""Passwords as they are stored: Argon2id over a peppered digest, two at a time."""

import hmac
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import Busy
from app.core.label import Label

AT_ONCE = 2  # hashes a process works on; more would starve its other requests
WAIT = 2.0  # seconds
_BUSY = Label("登录的人太多，请稍候几秒再试。", "Too many people are signing in; try again in a few seconds.")


class Passwords:
    """Hashes and checks passwords at a cost that does not depend on whether an account exists."""

    def __init__(self, pepper: bytes, *, wait: float = WAIT) -> None:
        self._pepper = pepper
        self._wait = wait
        # OWASP's smallest setting for Argon2id: 19 MiB, two passes, about 20 ms.
        self._argon2 = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._decoy = self._argon2.hash(b"nobody's password")

    def hash(self, password: str) -> str:
        """The hash to store; raises Busy when no turn comes within the wait."""
        with self._turn():
            return self._argon2.hash(self._peppered(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password made `stored`; None takes as long as a wrong one. Raises Busy like `hash`."""
        with self._turn():
            try:
                return self._argon2.verify(stored or self._decoy, self._peppered(password)) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, stored: str) -> bool:
        """Whether `stored` was made at another cost than today's."""
        return self._argon2.check_needs_rehash(stored)

    def _peppered(self, password: str) -> bytes:
        text = unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
        return hmac.digest(self._pepper, text, "sha256")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._wait):
            raise Busy(_BUSY)
        try:
            yield
        finally:
            self._turns.release()
