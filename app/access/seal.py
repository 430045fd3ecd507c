"""Sealed values: encrypted for one place, found by keyed hashes; the key never meets the database."""

import secrets
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.access.keys import FieldKeys, KeySource, derive

VERSION = 1
NONCE = 12
HEADER = 1 + 2 + NONCE  # version, key id, nonce
INDEX_BYTES = 16
TOKEN_BYTES = 8


class SealBroken(Exception):
    """A sealed value that does not open here: altered, moved from another place, or its key is missing."""


class Held:
    """Keys as they stood at one moment, and the ciphers made of them."""

    def __init__(self, keys: FieldKeys) -> None:
        self.keys = keys
        self.ciphers = {number: AESGCM(key) for number, key in keys.keys.items()}


class Sealer:
    """Seals and opens values, and makes the keyed hashes by which they are found."""

    def __init__(self, keys: KeySource) -> None:
        self._source = keys
        self._held = Held(keys.now())
        self._index = self._held.keys.index
        self._keyed: dict[str, KeyedHash] = {}

    @property
    def keys(self) -> FieldKeys:
        """The keys of now."""
        return self._now().keys

    @property
    def current(self) -> int:
        """The number of the key that seals now."""
        return self.keys.current

    def seal(self, value: str, entity: str, field: str, uuid: UUID) -> bytes:
        """The value as version(1) key id(2) nonce(12) ciphertext tag(16); opens only in this field of this record."""
        held, nonce = self._now(), secrets.token_bytes(NONCE)
        number = held.keys.current
        sealed = held.ciphers[number].encrypt(nonce, value.encode(), _place(entity, field, uuid, number))
        return b"".join((bytes((VERSION,)), number.to_bytes(2, "big"), nonce, sealed))

    def open(self, blob: bytes, entity: str, field: str, uuid: UUID) -> str:
        """The value that was sealed in this field of this record, under any key still held; raises SealBroken."""
        number = key_id(blob)
        cipher = self._now(number).ciphers.get(number)
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

    def _now(self, wanted: int | None = None) -> "Held":
        keys, held = self._source.now(wanted), self._held
        if keys is not held.keys:
            held = self._held = Held(keys)
        return held

    def _hash(self, purpose: str, value: str) -> bytes:
        keyed = self._keyed.get(purpose)
        if keyed is None:
            keyed = self._keyed[purpose] = KeyedHash(derive(self._index, purpose))
        return keyed.digest(value.encode())


class KeyedHash:
    """HMAC-SHA256 under one key, whose two halves of the key are hashed once: an import asks for millions."""

    def __init__(self, key: bytes) -> None:
        block = key.ljust(sha256().block_size, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def digest(self, message: bytes) -> bytes:
        """The 32 bytes that RFC 2104 gives for a message."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


def key_id(blob: bytes) -> int:
    """The number of the key a sealed value is under; raises SealBroken for what is no sealed value."""
    if len(blob) < HEADER or blob[0] != VERSION:
        raise SealBroken("this is no sealed value of a version known here")
    return int.from_bytes(blob[1:3], "big")


def _place(entity: str, field: str, uuid: UUID, key: int) -> bytes:
    return f"{entity}|{field}|{uuid}|{key}".encode()
