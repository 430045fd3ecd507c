"""Events that change no row and still belong in the trail: opened, revealed, searched, exported."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from app.core.entity import Entity


def note(  # what an event is about
    connection: Connection,
    action: str,
    entity: Entity,
    *,
    record: int | None = None,
    store: int | None = None,
    details: dict[str, Any] | None = None,
    count: int | None = None,
) -> None:
    """Writes an event to the trail in this transaction; `details` hold no protected value.

    Who and when is the database's to say.
    """
    note_of(connection, action, entity.name, record=record, store=store, details=details, count=count)


def note_of(  # what an event is about
    connection: Connection,
    action: str,
    noun: str,
    *,
    record: int | None = None,
    store: int | None = None,
    details: dict[str, Any] | None = None,
    count: int | None = None,
) -> None:
    """Writes an event about what is no entity."""
    sql = "SELECT trail.note(%s, %s, %s, %s, %s::jsonb, %s)"
    connection.exec_driver_sql(sql, (action, noun, record, store, orjson.dumps(details or {}).decode(), count))


def note_all(connection: Connection, action: str, events: Sequence[tuple[Entity, dict[str, Any], int]]) -> None:
    """Writes events of one kind to the trail, each with its entity, details and count; one statement for all."""
    if not events:
        return
    sql = (
        "SELECT trail.note(%s, x.entity, NULL, NULL, x.details::jsonb, x.number)"
        " FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS x(entity, details, number)"
    )
    names, details, numbers = zip(*((e.name, orjson.dumps(d).decode(), n) for e, d, n in events), strict=True)
    connection.exec_driver_sql(sql, (action, list(names), list(details), list(numbers)))
