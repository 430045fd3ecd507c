"""Events that change no row and still belong in the trail: opened, revealed, searched, exported."""

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
    sql = "SELECT trail.note(%s, %s, %s, %s, %s::jsonb, %s)"
    connection.exec_driver_sql(sql, (action, entity.name, record, store, orjson.dumps(details or {}).decode(), count))
