"""The signed note of a batch: a C2SP checkpoint that also says which entries it seals.

A note is text anybody can read and check without us: origin, number of sealed entries, head, then lines of our own
and an Ed25519 signature. The line `leaves` holds the first four bytes of each leaf, so that a copy of the notes can
name the exact entry when everything in the database was made to agree again.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ORIGIN = "forecourt/trail"
START = bytes(32)  # what the first batch holds as the one before
PRINT = 4  # bytes of each leaf that a note carries
_ED25519 = b"\x01"


class NotANote(ValueError):
    """Text that is no note of ours."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a note says: the entries of one batch and its place in the chain of heads."""

    no: int
    size: int
    root: bytes
    previous: bytes
    sealed_at: datetime
    entries: tuple[int, ...]
    prints: bytes

    @property
    def head(self) -> bytes:
        """The hash that stands for this batch and all before it."""
        return head(self.previous, self.no, self.size, self.root)

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = (
            f"sealed {self.sealed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            f"entries {' '.join(_ranges(self.entries))}",
            f"leaves {_text(self.prints)}",
        )
        return opening(self.no, self.size, self.root, self.previous) + "\n".join(lines) + "\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """The batch a note's text describes; NotANote when it is not exactly what `text` would write."""
        try:
            origin, size, _, *named = text.splitlines()
            words = dict(line.split(" ", 1) for line in named)
            batch = cls(
                no=int(words["batch"]),
                size=int(size),
                root=b64decode(words["root"], validate=True),
                previous=b64decode(words["previous"], validate=True),
                sealed_at=datetime.strptime(words["sealed"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC),
                entries=tuple(_numbers(words["entries"])),
                prints=b64decode(words["leaves"], validate=True),
            )
            same = origin == ORIGIN and batch.text == text
        except (ValueError, KeyError, NotBase64, OverflowError) as error:
            raise NotANote(str(error)) from error
        if not same or len(batch.prints) != PRINT * len(batch.entries):
            raise NotANote("the text does not agree with itself")
        return batch


def opening(no: int, size: int, root: bytes, previous: bytes) -> str:
    """The lines with which the note of a batch begins."""
    place = f"batch {no}\nroot {_text(root)}\nprevious {_text(previous)}\n"
    return f"{ORIGIN}\n{size}\n{_text(head(previous, no, size, root))}\n{place}"


def head(previous: bytes, no: int, size: int, root: bytes) -> bytes:
    """The head of batch `no` over the one before it, the entries sealed so far and its Merkle root."""
    return sha256(b"\x01" + previous + _eight(no) + _eight(size) + root).digest()


def _eight(number: int) -> bytes:
    return (number % 2**64).to_bytes(8, "big")  # whatever a tampered row holds


def prints(leaves: Sequence[bytes]) -> bytes:
    """The beginnings of leaves, as a note carries them."""
    return b"".join(leaf[:PRINT] for leaf in leaves)


def private_key(secret: bytes) -> Ed25519PrivateKey:
    """The signing key that a secret file holds as PEM."""
    key = load_pem_private_key(secret, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the sealing key is no Ed25519 key")
    return key


def key_id(key: Ed25519PublicKey) -> bytes:
    """The four bytes by which a signature line names its key (C2SP signed-note)."""
    return sha256(ORIGIN.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def verifier_key(key: Ed25519PublicKey) -> str:
    """The public key as one line an auditor keeps: name, key id, key (C2SP vkey)."""
    return f"{ORIGIN}+{key_id(key).hex()}+{_text(_ED25519 + key.public_bytes_raw())}"


def signature_line(key: bytes, signature: bytes) -> str:
    """The line that carries a signature under a note's text."""
    return f"— {ORIGIN} {_text(key + signature)}\n"


def is_signed(key: Ed25519PublicKey, text: str, signature: bytes) -> bool:
    """Whether `signature` over a note's text was made with the key."""
    try:
        key.verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _ranges(numbers: Sequence[int]) -> list[str]:
    """Ascending numbers as `first-last` or single ones."""
    found: list[str] = []
    start = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
            first, last = numbers[start], numbers[i - 1]
            found.append(str(first) if first == last else f"{first}-{last}")
            start = i
    return found


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split():
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return found
