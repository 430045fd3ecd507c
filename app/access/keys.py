"""The keys values are sealed and sign-ins are checked with, as their files hold them."""

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
LARGEST_ID = 0xFFFF  # two bytes in the header of a sealed value
OTHERS = 0o077
INDEX = "index"  # the name of the key of blind indexes among fingerprints


class KeyFileError(Exception):
    """A key file that cannot be used; the message says which and what to do."""


def read_private(path: Path) -> bytes:
    """The content of a secret file; KeyFileError when others than its owner may touch it."""
    mode = path.stat().st_mode
    if mode & OTHERS:
        raise KeyFileError(f"{path.name} may be read by others (mode {mode & 0o777:04o}): run chmod 600 on it")
    return path.read_bytes()


def derive(key: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, from which neither the key nor another purpose's can be found (HKDF, RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"forecourt|{purpose}".encode()).derive(key)


def checked(name: str, key: bytes) -> bytes:
    """The key, when it is as long as it must be; KeyFileError otherwise."""
    if len(key) < KEY_BYTES:
        raise KeyFileError(f"{name} is shorter than {KEY_BYTES} bytes: restore it from its escrow copy")
    return key


@dataclass(frozen=True)
class FieldKeys:
    """The keys of sealed values: one that seals, all that still open, and the one blind indexes come from."""

    current: int
    keys: Mapping[int, bytes] = field(repr=False)
    index: bytes = field(repr=False)

    @classmethod
    def parse(cls, field_keys: bytes, index_key: bytes) -> Self:
        """The keys from the contents of `field_keys.json` and `index_key`; KeyFileError when they cannot be used."""
        try:
            given = json.loads(field_keys)
            keys = {int(name): b64decode(text, validate=True) for name, text in given["keys"].items()}
            current = int(given["current"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyFileError('field_keys.json is not {"current": 1, "keys": {"1": "<base64>"}}') from error
        for number, key in keys.items():
            if len(key) != KEY_BYTES or not 0 < number <= LARGEST_ID:
                raise KeyFileError(f"field_keys.json: key {number} is not {KEY_BYTES} bytes numbered 1 to {LARGEST_ID}")
        if current not in keys:
            raise KeyFileError(f"field_keys.json: the current key {current} is not among its keys")
        return cls(current, keys, checked("index_key", index_key))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The keys from the two files in `folder`, which nobody else may read."""
        return cls.parse(read_private(folder / "field_keys.json"), read_private(folder / "index_key"))

    def now(self, wanted: int | None = None) -> "FieldKeys":  # noqa: ARG002 - these never change
        """These keys, whatever key is wanted."""
        return self

    @property
    def prints(self) -> dict[str, str]:
        """What each key is known by; nothing about the key can be told from it."""
        named = {str(number): key for number, key in self.keys.items()} | {INDEX: self.index}
        return {name: derive(key, "fingerprint")[:16].hex() for name, key in named.items()}

    def with_next(self, number: int) -> "FieldKeys":
        """These keys and a new one under `number`, which seals from now on."""
        return FieldKeys(number, {**self.keys, number: secrets.token_bytes(KEY_BYTES)}, self.index)

    def without(self, number: int) -> "FieldKeys":
        """These keys but the one of that number; KeyFileError for the one that seals."""
        if number == self.current:
            raise KeyFileError(f"key {number} seals new values: it cannot be taken away")
        return FieldKeys(self.current, {one: key for one, key in self.keys.items() if one != number}, self.index)

    def written(self) -> bytes:
        """The content of `field_keys.json` that holds them."""
        keys = {str(number): b64encode(key).decode() for number, key in sorted(self.keys.items())}
        return json.dumps({"current": self.current, "keys": keys}).encode()


class KeySource(Protocol):
    """Where sealers find the keys of now."""

    def now(self, wanted: int | None = None) -> FieldKeys:
        """The keys as they stand; with `wanted`, the key of that number among them where there is one."""
        ...


@dataclass(frozen=True)
class SignInKeys:
    """What a process that checks passwords knows: the pepper, the key of its proofs, and the one that hides logins."""

    pepper: bytes = field(repr=False)
    proof: bytes = field(repr=False)  # the database holds it too, as gate.secret('sign_in')
    digest: bytes = field(repr=False)

    @classmethod
    def parse(cls, password_pepper: bytes) -> Self:
        """The keys from the content of `password_pepper`; the database learns only the derived proof key."""
        key = checked("password_pepper", password_pepper)
        return cls(*(derive(key, f"sign-in {purpose}") for purpose in ("pepper", "proof", "digest")))
