"""The inbox: what work tells people, each thing once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, text

from app.core.errors import NotFound
from app.core.label import Label

LEVELS = ("info", "good", "warn", "danger")
_TELL = text("""
    INSERT INTO work.inbox (user_id, key, level, title, note, href, work_id)
    VALUES (:user, :key, :level, CAST(:title AS jsonb), CAST(:note AS jsonb), :href, :work)
    ON CONFLICT (user_id, key) DO NOTHING""")
_READ = text("""
    SELECT id, level, title, note, href, work_id, created_at, read_at FROM work.inbox
     WHERE user_id = gate.my_id() AND (CAST(:before AS bigint) IS NULL OR id < :before)
     ORDER BY id DESC LIMIT :limit""")

_MARK = text("""
    UPDATE work.inbox SET read_at = coalesce(read_at, now())
     WHERE id = :id AND user_id = gate.my_id() RETURNING href""")
_MARK_ALL = text("UPDATE work.inbox SET read_at = now() WHERE user_id = gate.my_id() AND read_at IS NULL")
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing somebody was told; `href` is a path of this site, times are aware."""

    id: int
    level: str
    title: Label
    note: Label | None
    href: str | None
    work_id: int | None
    created_at: datetime
    read_at: datetime | None


def tell(
    connection: Connection,
    users: Sequence[int],
    key: str,
    title: Label,
    *,
    note: Label | None = None,
    href: str | None = None,
    level: str = "info",
    work_id: int | None = None,
) -> None:
    """Tells each user once, whatever runs again; a worker's transaction. Words name records by number, never people."""
    given = {"key": key, "level": level, "title": _json(title), "note": _json(note), "href": href, "work": work_id}
    if users:
        connection.execute(_TELL, [{**given, "user": user} for user in users])


def told(connection: Connection, limit: int, *, before: int | None = None) -> list[Notice]:
    """What the actor was told, newest first, before the notice of that id."""
    found = connection.execute(_READ, {"limit": limit, "before": before}).mappings()
    return [
        Notice(**{**row, "title": Label(**row["title"]), "note": Label(**row["note"]) if row["note"] else None})
        for row in found
    ]


def mark(connection: Connection, number: int) -> str | None:
    """Marks one notice of the actor's as read; where it leads, or None. NotFound when he was told no such thing."""
    if not 0 < number <= LARGEST:
        raise NotFound
    found = connection.execute(_MARK, {"id": number}).first()
    if found is None:
        raise NotFound
    href: str | None = found.href
    return href


def mark_all(connection: Connection) -> int:
    """How many notices of the actor's were unread and now are read."""
    return connection.execute(_MARK_ALL).rowcount


def _json(label: Label | None) -> str | None:
    return orjson.dumps({"zh": label.zh, "en": label.en}).decode() if label else None
