"""Names what happened to each entry of one batch, slowly and in Python alone."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import groupby

from psycopg import Connection

from app.audit import merkle
from app.audit.digest import COLUMNS, Stored, entry_digest, values_digest
from app.audit.note import PRINT, Batch
from app.audit.verdict import Damage, Finding

_ROWS = f"""
WITH ids AS (SELECT unnest(%(ids)s::bigint[]) AS id UNION SELECT entry_id FROM trail.seal WHERE batch_no = %(no)s)
SELECT i.id, s.position, s.leaf, e.id IS NOT NULL, {COLUMNS}
  FROM ids i LEFT JOIN trail.seal s ON s.batch_no = %(no)s AND s.entry_id = i.id
  LEFT JOIN trail.entry e ON e.id = i.id LEFT JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
 ORDER BY i.id
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a batch: where it is sealed, and as what it is stored now."""

    id: int
    position: int | None
    leaf: bytes | None
    stored: Stored | None

    @property
    def is_whole(self) -> bool:
        """Whether the stored entry agrees with itself."""
        return self.stored is not None and entry_digest(self.stored) == self.stored.digest


def examine(connection: Connection, no: int, evidence: Batch | None, erased: AbstractSet[int]) -> list[Finding]:
    """Every damaged entry of batch `no`; `evidence` is its validly signed note, where there is one."""
    rows = _rows(connection, no, evidence)
    expected = _expected(rows, evidence)
    sight = _Sight(expected, {row.stored.values_digest for row in rows if row.stored}, erased)
    found = ((row.id, sight.judge(row)) for row in rows)
    return [Finding(damage, entry_id, no) for entry_id, damage in found if damage]


def against(connection: Connection, signed: Batch, erased: AbstractSet[int]) -> list[Finding]:
    """Damaged entries among those a note names, whichever batches the database says they are in."""
    found = examine(connection, 0, signed, erased)
    return [replace(finding, batch=signed.no) for finding in found if finding.damage is not Damage.SEAL_REMOVED]


def first_sealed(connection: Connection, no: int) -> int | None:
    """The first entry that the seals of batch `no` name."""
    row = connection.execute("SELECT min(entry_id) FROM trail.seal WHERE batch_no = %s", (no,)).fetchone()
    return row[0] if row else None


def _rows(connection: Connection, no: int, evidence: Batch | None) -> list[Row]:
    ids = list(evidence.entries) if evidence else []
    rows = (_row(*columns) for columns in connection.execute(_ROWS, {"ids": ids, "no": no}))
    return [_chosen(group) for _, group in groupby(rows, key=lambda row: row.id)]


def _row(id: int, position: int | None, leaf: bytes | None, exists: bool, *columns: object) -> Row:  # noqa: A002
    return Row(id, position, leaf, Stored(*columns) if exists else None)  # type: ignore[arg-type]


def _chosen(group: Iterator[Row]) -> Row:
    """The row that stands for an id: the one that agrees with itself, when somebody stored the id twice."""
    rows = list(group)
    return next((row for row in rows if row.is_whole), rows[0])


def _expected(rows: Sequence[Row], evidence: Batch | None) -> dict[int, tuple[int, bytes]]:
    """Each sealed entry's position and the beginning of its leaf, as signed or else as the seals say."""
    if evidence is None:
        return {row.id: (row.position, row.leaf[:PRINT]) for row in rows if row.leaf and row.position is not None}
    prints = (evidence.prints[i : i + PRINT] for i in range(0, len(evidence.prints), PRINT))
    return {entry: (i, beginning) for i, (entry, beginning) in enumerate(zip(evidence.entries, prints, strict=True))}


class _Sight:
    """What is expected of a batch's entries."""

    def __init__(
        self, expected: dict[int, tuple[int, bytes]], digests: set[bytes | None], erased: AbstractSet[int]
    ) -> None:
        self._expected = expected
        self._leaves = {beginning for _, beginning in expected.values()}
        self._digests = digests
        self._erased = erased

    def judge(self, row: Row) -> Damage | None:
        """What happened to one entry; None when nothing did."""
        if row.id not in self._expected:
            return Damage.INSERTED if row.stored else Damage.SEAL_REMOVED
        if row.stored is None:
            return Damage.REMOVED
        position, beginning = self._expected[row.id]
        return self._values(row.stored) or self._entry(row.stored, beginning) or self._seal(row, position)

    def _values(self, stored: Stored) -> Damage | None:
        if stored.is_blank:
            return None if stored.id in self._erased else Damage.VALUES_MISSING
        if stored.values_agree:
            return None
        found = values_digest(stored.salt or b"", stored.before, stored.after)
        return Damage.SWAPPED if found in self._digests else Damage.ALTERED

    def _entry(self, stored: Stored, beginning: bytes) -> Damage | None:
        found = entry_digest(stored)
        if found == stored.digest and merkle.leaf(found)[:PRINT] == beginning:
            return None
        return Damage.SWAPPED if self._is_anothers(merkle.leaf(stored.digest), beginning) else Damage.ALTERED

    def _seal(self, row: Row, position: int) -> Damage | None:
        if row.stored is None or row.leaf is None:
            return Damage.SEAL_REMOVED
        if row.leaf == merkle.leaf(row.stored.digest):
            return None if row.position == position else Damage.SWAPPED
        return Damage.SWAPPED if self._is_anothers(row.leaf, self._expected[row.id][1]) else Damage.ALTERED

    def _is_anothers(self, leaf: bytes, own: bytes) -> bool:
        return leaf[:PRINT] != own and leaf[:PRINT] in self._leaves
