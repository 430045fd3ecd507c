"""Sealing: committed entries become signed Merkle batches, each holding the head of the one before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection

from app.audit import digest, merkle
from app.audit.checkpoint import Folder, Note
from app.audit.note import START, Batch, key_id, prints

ONE_AT_A_TIME = 0x62617463  # a second sealer waits here, and finds the queue as the first left it
AT_MOST = 10_000  # entries in a batch, one bulk statement's chunk more or less

_TAKE = f"""
WITH waiting AS (SELECT * FROM trail.queue ORDER BY id LIMIT %(most)s),
     summed AS (SELECT *, sum(cardinality(entries)) OVER (ORDER BY id) - cardinality(entries) AS before FROM waiting),
     taken AS (SELECT id, at, entries FROM summed WHERE before < %(most)s)
SELECT t.id, i.id, t.at, pg_catalog.sha256('\\x00'::bytea || e.digest),
       e.digest = {digest.SQL_DIGEST}, {digest.SQL_BLANK}, {digest.SQL_VALUES}, e.id IS NOT NULL
  FROM taken t CROSS JOIN unnest(t.entries) AS i (id)
  LEFT JOIN trail.entry e ON e.id = i.id AND e.at = t.at
  LEFT JOIN trail.value v ON v.entry_id = i.id AND v.at = t.at
 ORDER BY i.id
"""
_ERASED = """
SELECT EXISTS (SELECT FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
                WHERE e.action = 'erase' AND v.after::jsonb -> 'entries' @> to_jsonb(%s::bigint))
"""
_LAST = "SELECT no, size, head FROM trail.batch ORDER BY no DESC LIMIT 1"


class ChainBroken(Exception):
    """The database's batches do not continue what was exported: somebody removed or rewrote some."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one round of sealing did."""

    batch: int | None  # its number; None when nothing was fit for sealing
    entries: int
    refused: tuple[tuple[int, str], ...]  # entry id and what was wrong with it


@dataclass(frozen=True, slots=True)
class _Waiting:
    queue_id: int
    entry_id: int
    at: datetime
    leaf: bytes
    digest_agrees: bool
    is_blank: bool
    values_agree: bool
    exists: bool


def seal_next(connection: Connection, signer: Ed25519PrivateKey, at_most: int = AT_MOST) -> Sealed:
    """Seals the entries that wait, about `at_most` of them, in one transaction of its own.

    Each entry's digest is recomputed from its stored values first; one that does not agree is refused and kept apart.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
        connection.execute("SET LOCAL enable_hashjoin = off")  # by key, whatever the planner believes about new tables
        connection.execute("SET LOCAL enable_mergejoin = off")
        waiting = [_Waiting(*row) for row in connection.execute(_TAKE, {"most": at_most}, binary=True)]
        faults = {w.entry_id: fault for w in waiting if (fault := _fault(connection, w))}
        fit = [w for w in waiting if w.entry_id not in faults]
        no = _write(connection, signer, fit) if fit else None
        for w in waiting:
            if w.entry_id in faults:
                connection.execute(
                    "INSERT INTO trail.refused (entry_id, at, reason) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    (w.entry_id, w.at, faults[w.entry_id]),
                )
        connection.execute("DELETE FROM trail.queue WHERE id = ANY (%s)", ([*{w.queue_id for w in waiting}],))
    return Sealed(no, len(fit), tuple(faults.items()))


def _fault(connection: Connection, w: _Waiting) -> str | None:
    if not w.exists:
        return "removed"
    if w.is_blank:
        row = connection.execute(_ERASED, (w.entry_id,)).fetchone()
        return None if w.digest_agrees and row and row[0] else "values missing"
    return None if w.digest_agrees and w.values_agree else "altered"


def _write(connection: Connection, signer: Ed25519PrivateKey, fit: list[_Waiting]) -> int:
    """Writes one batch with its seals; answers its number."""
    row = connection.execute(_LAST).fetchone()
    no, size, previous = row or (0, 0, START)
    leaves = [w.leaf for w in fit]
    (now,) = connection.execute("SELECT clock_timestamp()").fetchone() or ()
    batch = Batch(
        no + 1, size + len(fit), merkle.root(leaves), previous, now, tuple(w.entry_id for w in fit), prints(leaves)
    )
    text = batch.text
    connection.execute(
        "INSERT INTO trail.batch (no, entries, size, root, previous, head, note, signature, key_id, sealed_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            batch.no,
            len(fit),
            batch.size,
            batch.root,
            previous,
            batch.head,
            text,
            signer.sign(text.encode()),
            key_id(signer.public_key()).hex(),
            now,
        ),
    )
    columns = "COPY trail.seal (entry_id, at, batch_no, position, leaf) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(columns) as copy:
        copy.set_types(["int8", "timestamptz", "int8", "int4", "bytea"])
        for position, w in enumerate(fit):
            copy.write_row((w.entry_id, w.at, batch.no, position, w.leaf))
    return batch.no


def export(connection: Connection, folder: Folder) -> int:
    """Brings a folder of checkpoints up to date with the database; answers how many notes it got.

    Raises ChainBroken when the database lacks or contradicts what the folder already holds.
    """
    last = folder.last()
    if last is not None:
        row = connection.execute("SELECT head FROM trail.batch WHERE no = %s", (last.batch.no,)).fetchone()
        if row is None or row[0] != last.batch.head:
            raise ChainBroken(f"batch {last.batch.no} of {folder.path} is not the database's")
    fresh = _notes_after(connection, last.batch.no if last else 0)
    return folder.append(_chained(fresh, last.batch.head if last else None))


def _notes_after(connection: Connection, no: int) -> Iterator[Note]:
    rows = connection.execute(
        "SELECT note, key_id, signature FROM trail.batch WHERE no > %s ORDER BY no LIMIT 1000", (no,)
    )
    for text, key, signature in rows:
        yield Note(Batch.read(text), text, bytes.fromhex(key), signature)


def _chained(notes: Iterator[Note], head: bytes | None) -> Iterator[Note]:
    for note in notes:
        if head is not None and note.batch.previous != head:
            raise ChainBroken(f"batch {note.batch.no} does not hold the one before it")
        head = note.batch.head
        yield note
