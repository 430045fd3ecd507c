"""Passwords as they are stored: Argon2id over a peppered digest, two at a time."""

import hmac
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret_raw

from app.core.errors import Busy
from app.core.label import Label

AT_ONCE = 2  # hashes a process works on; more would starve its other requests
WAIT = 2.0  # seconds
_turns = threading.BoundedSemaphore(AT_ONCE)  # the process's, however many doors it makes
# The hash of random bytes nobody kept, at today's cost: what a login without an account is checked against.
_DECOY = "$argon2id$v=19$m=19456,t=2,p=1$FgoUmldcQ3Hg6GZFKjrvgQ$ptS43VXELk3COK/+Ps4cSHbG0sEpLt1RqnJOQrYKWS4"
_BUSY = Label("登录的人太多，请稍候几秒再试。", "Too many people are signing in; try again in a few seconds.")


class Passwords:
    """Hashes and checks passwords at a cost that does not depend on whether an account exists. Cheap to make."""

    def __init__(self, pepper: bytes, *, wait: float = WAIT) -> None:
        self._pepper = pepper
        self._wait = wait
        # OWASP's smallest setting for Argon2id: 19 MiB, two passes, about 20 ms.
        self._argon2 = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)

    def hash(self, password: str) -> str:
        """The hash to store; raises Busy when no turn comes within the wait."""
        with self._turn():
            return self._argon2.hash(self._peppered(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password made `stored`; None takes as long as a wrong one. Raises Busy like `hash`."""
        with self._turn():
            try:
                return self._argon2.verify(stored or _DECOY, self._peppered(password)) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def digest(self, text: str, salt: bytes) -> bytes:
        """32 bytes at the cost of a password's hash, the same for the same salt; raises Busy like `hash`."""
        with self._turn():
            return hash_secret_raw(self._peppered(text), salt, 2, 19_456, 1, 32, Type.ID)

    def outdated(self, stored: str) -> bool:
        """Whether `stored` was made at another cost than today's."""
        return self._argon2.check_needs_rehash(stored)

    def _peppered(self, password: str) -> bytes:
        text = unicodedata.normalize("NFC", password).encode(errors="surrogatepass")
        return hmac.digest(self._pepper, text, "sha256")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not _turns.acquire(timeout=self._wait):
            raise Busy(_BUSY)
        try:
            yield
        finally:
            _turns.release()
