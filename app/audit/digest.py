"""An entry's digest, recomputed from what is stored: in Python for one, in SQL for many."""

from dataclasses import dataclass
from hashlib import sha256

# The same encodings as in migrations/sql/trail.sql, written in place so that verification calls no stored function.
_SIZED = "coalesce(pg_catalog.octet_length({0}) || ':' || {0}, '-')"
_MICROS = "CASE WHEN isfinite(e.at) THEN (extract(epoch FROM e.at) * 1000000)::bigint END"
_HEAD = ("e.actor_kind", "e.actor_name", "e.db_role", "e.request_id", "e.action", "e.entity")
SQL_DIGEST = (
    "pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat("
    "e.id, '|', e.record_id, '|', e.store_id, '|', e.version, '|', e.count, '|', "
    "pg_catalog.encode(e.values_digest, 'hex'), '|', "
    f"{_MICROS}, '|', e.tx, '|', e.actor_id, '|', "
    + ", ".join(_SIZED.format(column) for column in _HEAD)
    + "), 'UTF8'))"
)
SQL_BLANK = "(e.values_digest IS NOT NULL AND v.salt IS NULL AND v.before IS NULL AND v.after IS NULL)"
# Whether the values are those the entry was written with; a blank is judged by the erasures.
SQL_VALUES = (
    "CASE WHEN e.values_digest IS NULL THEN v.entry_id IS NULL ELSE e.values_digest = pg_catalog.sha256("
    "v.salt || '\\x1f'::bytea || pg_catalog.convert_to(pg_catalog.concat(v.before, E'\\x1f', v.after), 'UTF8')) END"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry with its values, as the database holds them now."""

    id: int
    micros: int | None  # since 1970 in UTC
    tx: str
    actor_id: int | None
    actor_kind: str
    actor_name: str | None
    db_role: str
    request_id: str | None
    action: str
    entity: str | None
    record_id: int | None
    store_id: int | None
    version: int | None
    count: int | None
    values_digest: bytes | None
    digest: bytes
    has_values: bool
    salt: bytes | None
    before: str | None
    after: str | None

    @property
    def is_blank(self) -> bool:
        """Whether values it once had are gone."""
        return self.values_digest is not None and self.salt is None and self.before is None and self.after is None

    @property
    def values_agree(self) -> bool:
        """Whether the stored values are those the entry was written with."""
        if self.values_digest is None or self.salt is None:
            return self.values_digest is None and not self.has_values
        return values_digest(self.salt, self.before, self.after) == self.values_digest


COLUMNS = (
    f"e.id, {_MICROS}, e.tx::text, e.actor_id, e.actor_kind, e.actor_name, e.db_role, e.request_id, e.action, "
    "e.entity, e.record_id, e.store_id, e.version, e.count, e.values_digest, e.digest, "
    "v.entry_id IS NOT NULL, v.salt, v.before, v.after"
)


def values_digest(salt: bytes, before: str | None, after: str | None) -> bytes:
    """The salted digest of an entry's values."""
    return sha256(salt + b"\x1f" + (before or "").encode() + b"\x1f" + (after or "").encode()).digest()


def entry_digest(entry: Stored) -> bytes:
    """The digest of every sealed column of an entry."""
    values = entry.values_digest.hex() if entry.values_digest is not None else None
    subject = (entry.id, entry.record_id, entry.store_id, entry.version, entry.count, values)
    act = (entry.micros, entry.tx, entry.actor_id)
    words = (entry.actor_kind, entry.actor_name, entry.db_role, entry.request_id, entry.action, entry.entity)
    numbers = "".join(f"{'' if number is None else number}|" for number in subject + act)
    return sha256((numbers + "".join(map(_sized, words))).encode()).digest()


def _sized(word: str | None) -> str:
    return "-" if word is None else f"{len(word.encode())}:{word}"
