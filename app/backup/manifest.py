"""What a backup consists of, signed and written last: without its manifest there is no backup."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.backup import signed
from app.backup.refusals import FOREIGN, FORGED, NEWER, REPLAYED, UNREADABLE, Unsound, Unusable

FORMAT = 1
NAME = "manifest.note"


@dataclass(frozen=True, slots=True)
class Part:
    """An encrypted object of a backup as it was written."""

    name: str  # its object at the target
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A table in the backup's snapshot: how many rows, and the sum of their hashes, whatever their order."""

    count: int
    sum: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last sealed batch of the trail in the backup's snapshot; `head` stands for all before it."""

    batch: int
    size: int
    head: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A backup: what it holds, from when, and by which keys it opens."""

    name: str
    made_at: datetime  # of the snapshot
    seconds: float
    revision: str  # of the schema
    server: int  # PostgreSQL's major version
    tools: str
    keys: str  # the fingerprint of the keys its sealed values need
    recipients: tuple[str, ...]
    parts: tuple[Part, ...]
    packs: tuple[Part, ...] = ()  # uploaded files; other backups may need them too
    files: int = 0
    database_bytes: int = 0  # of the live database: what a restore needs
    tables: Mapping[str, Rows] = field(default_factory=dict)
    trail: Head | None = None

    @property
    def weight(self) -> int:
        """How much it takes, packs it shares with others included."""
        return sum(part.size for part in (*self.parts, *self.packs))

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(table.count for table in self.tables.values())

    def part(self, kind: str) -> Part:
        """The part whose object is `<backup>/<kind>.age`."""
        return next(part for part in self.parts if part.name == f"{self.name}/{kind}.age")

    @property
    def text(self) -> str:
        """The text that is signed."""
        told = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)

    @property
    def digest(self) -> str:
        """What a proof of this very backup names."""
        return sha256(self.text.encode()).hexdigest()

    def signed(self, key: Ed25519PrivateKey) -> bytes:
        """The object to be written."""
        return signed.sign(self.text, key)

    @classmethod
    def read(cls, name: str, data: bytes, key: Ed25519PublicKey) -> Self:
        """The manifest of the backup `name`; raises Unsound or Unusable for any other than the one written there."""
        told = _told(name, data, key)
        try:
            made = cls._of(told)
        except (KeyError, TypeError, ValueError) as error:
            raise Unsound(UNREADABLE.format(name=name, why=error)) from error
        if made.name != name:
            raise Unsound(REPLAYED.format(name=name, found=made.name))
        return made

    @classmethod
    def _of(cls, told: dict[str, Any]) -> Self:
        trail, tables = told.pop("trail"), told.pop("tables")
        return cls(
            **told
            | {
                "made_at": datetime.fromisoformat(told["made_at"]),
                "recipients": tuple(told["recipients"]),
                "parts": tuple(Part(**one) for one in told["parts"]),
                "packs": tuple(Part(**one) for one in told["packs"]),
                "tables": {name: Rows(**one) for name, one in tables.items()},
                "trail": Head(**trail) if trail else None,
            }
        )


def _told(name: str, data: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """What a signed manifest says, of a format known here."""
    try:
        told: dict[str, Any] = json.loads(signed.opened(data, key))
    except signed.Torn:
        raise Unsound(FORGED.format(name=name)) from None
    except signed.Altered:
        raise Unsound(FORGED.format(name=name)) from None
    except signed.OtherKey as other:
        raise Unusable(FOREIGN.format(name=name, found=other, ours=signed.key_name(key)), "other_key") from None
    if told.pop("format", None) != FORMAT:
        raise Unusable(NEWER.format(name=name, found="manifest"), "newer")
    return told
