"""Sealed values: encrypted for one place, found by keyed hashes; the key never meets the database."""

import hmac
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.access.keys import FieldKeys, derive

VERSION = 1
NONCE = 12
HEADER = 1 + 2 + NONCE  # version, key id, nonce
INDEX_BYTES = 16
TOKEN_BYTES = 8


class SealBroken(Exception):
    """A sealed value that does not open here: altered, moved from another place, or its key is missing."""


class Sealer:
    """Seals and opens values, and makes the keyed hashes by which they are found."""

    def __init__(self, keys: FieldKeys) -> None:
        self._current = keys.current
        self._ciphers = {number: AESGCM(key) for number, key in keys.keys.items()}
        self._index = keys.index
        self._derived: dict[str, bytes] = {}

    def seal(self, value: str, entity: str, field: str, uuid: UUID) -> bytes:
        """The value as version(1) key id(2) nonce(12) ciphertext tag(16); opens only in this field of this record."""
        nonce = secrets.token_bytes(NONCE)
        place = _place(entity, field, uuid, self._current)
        sealed = self._ciphers[self._current].encrypt(nonce, value.encode(), place)
        return b"".join((bytes((VERSION,)), self._current.to_bytes(2, "big"), nonce, sealed))

    def open(self, blob: bytes, entity: str, field: str, uuid: UUID) -> str:
        """The value that was sealed in this field of this record, under any key still held; raises SealBroken."""
        number = key_id(blob)
        cipher = self._ciphers.get(number)
        if cipher is None:
            raise SealBroken(
                f"{entity}.{field} of {uuid} is sealed under key {number}, which the key file does not hold"
            )
        try:
            value = cipher.decrypt(blob[3:HEADER], blob[HEADER:], _place(entity, field, uuid, number))
        except InvalidTag:
            raise SealBroken(f"{entity}.{field} of {uuid} was altered or belongs to another place") from None
        return value.decode()

    def index(self, kind: str, value: str) -> bytes:
        """The 16-byte blind index of a normalised value: equal for equal values of a kind in whatever table."""
        return self._hash(f"index {kind}", value)[:INDEX_BYTES]

    def token(self, entity: str, word: str) -> int:
        """The signed 64-bit search token of a word in an entity."""
        return int.from_bytes(self._hash(f"token {entity}", word)[:TOKEN_BYTES], "big", signed=True)

    def _hash(self, purpose: str, value: str) -> bytes:
        key = self._derived.get(purpose)
        if key is None:
            key = self._derived[purpose] = derive(self._index, purpose)
        return hmac.digest(key, value.encode(), "sha256")


def key_id(blob: bytes) -> int:
    """The number of the key a sealed value is under; raises SealBroken for what is no sealed value."""
    if len(blob) < HEADER or blob[0] != VERSION:
        raise SealBroken("this is no sealed value of a version known here")
    return int.from_bytes(blob[1:3], "big")


def _place(entity: str, field: str, uuid: UUID, key: int) -> bytes:
    return f"{entity}|{field}|{uuid}|{key}".encode()
