"""Verification: recomputes every digest from stored values, every tree and head, and names the first damage.

The server recomputes digests with its built-in functions, batch by batch, and hands over the leaves; trees, heads,
signatures and exported notes are checked here. Whatever disagrees is examined again in Python alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg import Connection

from app.audit import merkle, unsealed
from app.audit.checkpoint import Note
from app.audit.digest import SQL_BLANK, SQL_DIGEST, SQL_VALUES
from app.audit.examine import against, examine, first_sealed
from app.audit.exported import Exported
from app.audit.note import START, Batch, NotANote, head, is_signed, opening
from app.audit.unsealed import many
from app.audit.verdict import Damage, Finding, Verdict

CHUNK = 50_000  # entries looked at by one statement, more or less

_NUMBERS = "SELECT no, entries FROM trail.batch WHERE no > %s ORDER BY no LIMIT 5000"
_BATCHES = """
SELECT no, entries, size, root, previous, head, note, signature FROM trail.batch WHERE no BETWEEN %s AND %s ORDER BY no
"""
_SINCE = "SELECT entry_id FROM trail.seal WHERE batch_no >= %s AND entry_id < %s ORDER BY entry_id"
_RANGE = (
    "SELECT min(entry_id), max(entry_id), min(at)::text, max(at)::text FROM trail.seal WHERE batch_no BETWEEN %s AND %s"
)
_LEAVES = f"""
SELECT batch_no, count(id), pg_catalog.string_agg(found, ''::bytea ORDER BY position, entry_id),
       min(position) = 0 AND max(position) = count(*) - 1 AND count(id) = count(*)
       AND pg_catalog.bool_and(coalesce(digest = calculated AND leaf = found AND (blank OR kept), false)),
       pg_catalog.array_agg(id) FILTER (WHERE blank)
  FROM (SELECT batch_no, position, entry_id, leaf, id, digest, calculated, blank, kept,
               pg_catalog.sha256('\\x00'::bytea || calculated) AS found
          FROM (SELECT s.batch_no, s.position, s.entry_id, s.leaf, e.id, e.digest,
                       {SQL_DIGEST} AS calculated, {SQL_BLANK} AS blank, {SQL_VALUES} AS kept
                  FROM trail.seal s
                  LEFT JOIN trail.entry e ON e.id = s.entry_id AND e.at = s.at
                            AND e.id BETWEEN %(low)s AND %(high)s
                            AND e.at BETWEEN %(since)s::timestamptz AND %(until)s::timestamptz
                  LEFT JOIN trail.value v ON v.entry_id = s.entry_id AND v.at = s.at
                            AND v.entry_id BETWEEN %(low)s AND %(high)s
                            AND v.at BETWEEN %(since)s::timestamptz AND %(until)s::timestamptz
                 WHERE s.batch_no BETWEEN %(first)s AND %(last)s
                OFFSET 0) AS one OFFSET 0) AS two
 GROUP BY batch_no
"""  # OFFSET 0 keeps each digest computed once


@dataclass(frozen=True, slots=True)
class _Row:
    """A batch as the database holds it."""

    no: int
    entries: int
    size: int
    root: bytes
    previous: bytes
    head: bytes
    note: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class _Leaves:
    """A batch's leaves, recomputed by the server from stored columns and values."""

    found: int
    leaves: bytes
    is_good: bool
    blank: list[int] | None

    def agree(self, batch: _Row) -> bool:
        """Whether they are the batch's, in number and under its root."""
        data = self.leaves
        return (
            self.is_good
            and self.found == batch.entries
            and merkle.root([data[i : i + 32] for i in range(0, len(data), 32)]) == batch.root
        )


_NONE = _Leaves(0, b"", is_good=False, blank=None)


def verify(connection: Connection, checkpoints: Path | None, public_key: Ed25519PublicKey | None) -> Verdict:
    """Checks the whole trail in one snapshot, in bounded memory.

    `checkpoints` is a folder or file of exported notes; without it a cut tail does not show. The connection's role
    must be able to read schema `trail`, and no transaction may be open on it.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL work_mem = '64MB'")
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("SET LOCAL jit = off")
        return _Verification(connection, checkpoints, public_key).run()


class _Verification:
    """One walk over all batches, beside the exported notes."""

    def __init__(self, connection: Connection, checkpoints: Path | None, key: Ed25519PublicKey | None) -> None:
        self._connection = connection
        self._key = key
        self._verdict = Verdict()
        self._exported = Exported(checkpoints, key, self._verdict)
        self._erased = unsealed.erased(connection)
        self._head = START
        self._size = 0
        self._last = 0
        self._is_rebuilt = False

    def run(self) -> Verdict:
        for first, last in self._chunks():
            self._walk(first, last)
        for note in () if self._is_rebuilt else self._exported.rest():
            self._lost(note, Damage.TRUNCATED)
        unsealed.check(self._connection, self._verdict, self._erased)
        self._exported.complete()
        return self._verdict

    def _chunks(self) -> Iterator[tuple[int, int]]:
        """First and last number of batches that together hold about CHUNK entries."""
        after, weight, first = 0, 0, None
        while numbers := self._connection.execute(_NUMBERS, (after,)).fetchall():
            for no, entries in numbers:
                first = no if first is None else first
                after, weight = no, weight + entries
                if weight >= CHUNK:
                    yield first, after
                    weight, first = 0, None
        if first is not None:
            yield first, after

    def _walk(self, first: int, last: int) -> None:
        if self._is_rebuilt:
            return
        leaves = self._leaves(first, last)
        for row in self._connection.execute(_BATCHES, (first, last)):
            batch = _Row(*row)
            self._skipped(batch.no)
            self._head, self._size = self._batch(batch, leaves.get(batch.no, _NONE))
            self._last = batch.no
            if self._is_rebuilt:
                return

    def _leaves(self, first: int, last: int) -> dict[int, _Leaves]:
        limits = self._connection.execute(_RANGE, (first, last)).fetchone()
        names = dict(zip(("low", "high", "since", "until"), limits or (), strict=False))
        with many(self._connection):
            rows = self._connection.execute(_LEAVES, {"first": first, "last": last, **names})
        return {no: _Leaves(*rest) for no, *rest in rows}

    def _skipped(self, no: int) -> None:
        """Batches between the last and `no` are gone."""
        for missing in range(self._last + 1, min(no, self._last + 1000)):
            note = self._exported.take(missing)
            if note:
                self._lost(note, Damage.CHAIN_BROKEN)
            else:
                self._verdict.report(Finding(Damage.CHAIN_BROKEN, first_sealed(self._connection, missing), missing))

    def _lost(self, note: Note, otherwise: Damage) -> None:
        """A batch that was exported is not in the database any more."""
        found = examine(self._connection, note.batch.no, note.batch, self._erased)
        gone = [finding for finding in found if finding.damage is Damage.REMOVED]
        self._verdict.report(Finding(otherwise, note.batch.entries[0], note.batch.no))
        for finding in gone[1:]:
            self._verdict.report(finding)

    def _batch(self, batch: _Row, leaves: _Leaves) -> tuple[bytes, int]:
        """Judges one batch; answers the head and size that the next one must continue."""
        self._verdict.batches += 1
        self._verdict.entries += leaves.found
        blank = leaves.blank or []
        self._verdict.erased += len(blank)
        note = self._exported.take(batch.no)
        if note is not None and note.batch.head != batch.head:
            self._rebuilt(note)
            return batch.head, batch.size
        damage = self._damage(batch, note)
        if damage is None and leaves.agree(batch) and self._erased.issuperset(blank):
            return batch.head, batch.size
        evidence = self._evidence(batch, note)
        found = examine(self._connection, batch.no, evidence, self._erased)
        for finding in found or [Finding(damage or Damage.CHAIN_BROKEN, self._first(batch, note), batch.no)]:
            self._verdict.report(finding)
        return (evidence.head, evidence.size) if evidence else (batch.head, batch.size)

    def _rebuilt(self, note: Note) -> None:
        """From this batch on the database contradicts what was exported: entries are held against the notes alone."""
        self._is_rebuilt = True
        known: set[int] = set()
        before = self._verdict.findings
        for signed in (note, *self._exported.rest()):
            known.update(signed.batch.entries)
            for finding in against(self._connection, signed.batch, self._erased):
                self._verdict.report(finding)
        for (entry_id,) in self._connection.execute(_SINCE, (note.batch.no, max(known))):
            if entry_id not in known:
                self._verdict.report(Finding(Damage.INSERTED, entry_id))
        if self._verdict.findings == before:
            self._verdict.report(Finding(Damage.REBUILT, note.batch.entries[0], note.batch.no))

    def _damage(self, batch: _Row, note: Note | None) -> Damage | None:
        """What is wrong with the batch itself, as far as can be said without its entries."""
        is_checked = note is not None and (note.text, note.signature) == (batch.note, batch.signature)
        if not (is_checked or self._key is None or is_signed(self._key, batch.note, batch.signature)):
            return Damage.SIGNATURE_WRONG
        holds = batch.previous == self._head and batch.size == self._size + batch.entries
        is_head = batch.head == head(batch.previous, batch.no, batch.size, batch.root)
        is_noted = batch.note.startswith(opening(batch.no, batch.size, batch.root, batch.previous))
        return None if holds and is_head and is_noted else Damage.CHAIN_BROKEN

    def _evidence(self, batch: _Row, note: Note | None) -> Batch | None:
        """What was signed about the batch: outside, or else as the database keeps it."""
        if note is not None:
            return note.batch
        if self._key is None or not is_signed(self._key, batch.note, batch.signature):
            return None
        try:
            signed = Batch.read(batch.note)
        except NotANote:
            return None
        return signed if signed.no == batch.no else None

    def _first(self, batch: _Row, note: Note | None) -> int | None:
        evidence = self._evidence(batch, note)
        return evidence.entries[0] if evidence else first_sealed(self._connection, batch.no)
