"""What verification checks outside the batches: entries that wait, entries nobody sealed, erasures, gaps."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

import orjson
from psycopg import Connection

from app.audit.digest import COLUMNS, Stored, entry_digest
from app.audit.verdict import Damage, Finding, Verdict
from app.core.label import Label

NAMED = 1000  # findings of one kind that are read; the first is what counts
LATE = Label(
    "有记录等待封存超过十分钟，请检查封存进程是否在运行。",
    "Entries have waited for their seal longer than ten minutes: is the sealer running?",
)

_ERASURES = """
SELECT v.after FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at
 WHERE e.action = 'erase' ORDER BY e.id
"""
_STRAY = """
SELECT e.id FROM trail.entry e
 WHERE NOT EXISTS (SELECT FROM trail.seal s WHERE s.entry_id = e.id AND s.at = e.at)
   AND NOT EXISTS (SELECT FROM (SELECT unnest(q.entries) AS id, q.at FROM trail.queue q) AS w
                    WHERE w.id = e.id AND w.at = e.at)
   AND NOT EXISTS (SELECT FROM trail.refused r WHERE r.entry_id = e.id)
 ORDER BY e.id LIMIT %s
"""
_BEYOND = """
SELECT s.batch_no, min(s.entry_id) FROM trail.seal s
 WHERE NOT EXISTS (SELECT FROM trail.batch b WHERE b.no = s.batch_no)
 GROUP BY s.batch_no ORDER BY s.batch_no LIMIT %s
"""
_WAITING = f"""
SELECT w.id, e.id IS NOT NULL, {COLUMNS}
  FROM (SELECT unnest(q.entries) AS id, q.at FROM trail.queue q) AS w
  LEFT JOIN trail.entry e ON e.id = w.id AND e.at = w.at LEFT JOIN trail.value v ON v.entry_id = w.id AND v.at = w.at
"""
_REASONS = {"removed": Damage.REMOVED, "values missing": Damage.VALUES_MISSING}


@contextmanager
def many(connection: Connection) -> Iterator[None]:
    """Statements in here read many rows: a fresh bulk load has no statistics that would tell the planner."""
    connection.execute("SET LOCAL enable_nestloop = off")
    yield
    connection.execute("SET LOCAL enable_nestloop = on")


def erased(connection: Connection) -> set[int]:
    """The entries whose values were erased, as the erasures' own entries say; those are verified like any other."""
    return {entry_id for (text,) in connection.execute(_ERASURES) for entry_id in _named(text)}


def _named(text: str | None) -> list[int]:
    """The entries an erasure names; none where its text was tampered with, which its own digest tells."""
    try:
        said = orjson.loads(text or "null")
    except orjson.JSONDecodeError:
        return []
    listed = said.get("entries") if isinstance(said, dict) else None
    return [number for number in listed if isinstance(number, int)] if isinstance(listed, list) else []


def check(connection: Connection, verdict: Verdict, blank: AbstractSet[int]) -> None:
    """Adds to the verdict what stands outside the batches."""
    with many(connection):
        stray = connection.execute(_STRAY, (NAMED,))
        beyond = connection.execute(_BEYOND, (NAMED,))
    for (entry_id,) in stray:
        verdict.report(Finding(Damage.INSERTED, entry_id))
    for no, entry_id in beyond:
        verdict.report(Finding(Damage.CHAIN_BROKEN, entry_id, no))
    for entry_id, reason in connection.execute(
        "SELECT entry_id, reason FROM trail.refused ORDER BY entry_id LIMIT 1000"
    ):
        verdict.report(Finding(_REASONS.get(reason, Damage.ALTERED), entry_id))
    _waiting(connection, verdict, blank)
    verdict.gaps = tuple(name for (name,) in connection.execute("SELECT trail.gaps()"))
    late = connection.execute("SELECT count(*) FROM trail.queue WHERE at < now() - interval '10 minutes'").fetchone()
    if late and late[0]:
        verdict.incomplete.append(LATE)


def _waiting(connection: Connection, verdict: Verdict, blank: AbstractSet[int]) -> None:
    """Entries without a seal yet must agree with their own digests."""
    with connection.cursor(name="trail_waiting") as cursor:
        cursor.itersize = 5000
        cursor.execute(_WAITING)
        for entry_id, exists, *columns in cursor:
            verdict.pending += 1
            damage = _judge(Stored(*columns), blank) if exists else Damage.REMOVED
            if damage:
                verdict.report(Finding(damage, entry_id))


def _judge(stored: Stored, blank: AbstractSet[int]) -> Damage | None:
    if stored.is_blank:
        return None if stored.id in blank else Damage.VALUES_MISSING
    return None if stored.values_agree and entry_digest(stored) == stored.digest else Damage.ALTERED
