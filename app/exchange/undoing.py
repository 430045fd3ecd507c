"""Rolling an import back: what it made goes, what it filled is emptied, what others have used since stays."""

from typing import Any

import orjson
from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.core.entity import Entity
from app.exchange import batch as batches
from app.exchange.batch import Batch, State
from app.exchange.joining import DIGEST, renew
from app.exchange.loading import now
from app.exchange.steps import CUSTOMER, IMPORTED, VEHICLE, Steps, Tools, columns_of, context_of
from app.records.context import Context
from app.records.event import note

CHUNK = 500  # records in one transaction


def undo(steps: Steps, tools: Tools, number: int) -> None:
    """Undoes a batch in small transactions; goes on where it stopped when it is run again."""
    with steps.transaction() as connection:
        batch = batches.get(connection, number)
        if batch.state is not State.UNDOING:
            return
        sql = "SELECT count(*) FROM import_link WHERE batch_id = %s AND (action = 'created' OR filled IS NOT NULL)"
        total = int(connection.exec_driver_sql(sql, (number,)).scalar_one())
    done = 0
    # Filled gaps first, for a car that was given an owner holds him; cars before customers for the same reason.
    for step, entity in ((_restore, VEHICLE), (_restore, CUSTOMER), (_remove, VEHICLE), (_remove, CUSTOMER)):
        while True:
            with steps.transaction() as connection:
                count = step(context_of(connection, tools.sealer), batch, entity)
            if not count:
                break
            done += count
            steps.progress(done, max(total, done))
    with steps.transaction() as connection:
        _finish(steps, connection, batch)
    tools.uploads.remove(batch.hash, batch.uuid)


def _restore(context: Context, batch: Batch, entity: Entity) -> int:
    """Empties what joins filled in others' records, where it still holds what they put there."""
    digest = DIGEST.format(key="k")
    sql = f"""
        SELECT l.line, l.record_id, l.filled, t.id IS NOT NULL,
               (SELECT jsonb_object_agg(k, {digest}) FROM jsonb_object_keys(l.filled) AS k)
          FROM import_link l LEFT JOIN "{entity.name}" t ON t.id = l.record_id
         WHERE l.batch_id = %s AND l.entity = %s AND l.filled IS NOT NULL AND l.undone IS NULL
           AND NOT EXISTS (SELECT FROM import_link x WHERE x.batch_id = l.batch_id AND x.entity = l.entity
                            AND x.record_id = l.record_id AND x.action = 'created')
         ORDER BY l.line LIMIT {CHUNK} FOR UPDATE OF l"""
    rows = context.connection.exec_driver_sql(sql, (batch.id, entity.name)).all()
    clear: dict[int, set[str]] = {}
    fates: dict[int, str] = {}
    for line, record, filled, there, present in rows:
        kept = {name for name, was in filled.items() if there and present[name] not in (was, None)}
        clear.setdefault(record, set()).update(set(filled) - kept if there else ())
        fates[line] = "changed" if kept else "restored"
    _empty(context, entity, {record: names for record, names in clear.items() if names})
    _mark(context.connection, batch, entity, fates)
    return len(rows)


def _empty(context: Context, entity: Entity, clear: dict[int, set[str]]) -> None:
    """Empties the named columns of each record."""
    if not clear:
        return
    names = [name for name in columns_of(entity) if any(name in some for some in clear.values())]
    sets = ", ".join(f'"{name}" = CASE WHEN p.names ? \'{name}\' THEN NULL ELSE t."{name}" END' for name in names)
    sql = f"""
        UPDATE "{entity.name}" t SET {sets}
          FROM jsonb_to_recordset(%s::jsonb) AS p (id bigint, names jsonb) WHERE t.id = p.id"""
    told = [{"id": record, "names": sorted(some)} for record, some in clear.items()]
    context.connection.exec_driver_sql(sql, (orjson.dumps(told).decode(),))
    for record in clear:
        renew(context, entity, record)


def _remove(context: Context, batch: Batch, entity: Entity) -> int:
    """Removes records the batch made that stand as it left them and that nothing refers to."""
    sql = f"""
        SELECT l.line, l.record_id, t.version,
               (SELECT max(x.version) FROM import_link x
                 WHERE x.batch_id = l.batch_id AND x.entity = l.entity AND x.record_id = l.record_id)
          FROM import_link l LEFT JOIN "{entity.name}" t ON t.id = l.record_id
         WHERE l.batch_id = %s AND l.entity = %s AND l.action = 'created' AND l.undone IS NULL
         ORDER BY l.line LIMIT {CHUNK} FOR UPDATE OF l"""
    rows = context.connection.exec_driver_sql(sql, (batch.id, entity.name)).all()
    fates = {line: "changed" for line, _, version, left in rows if version is not None and version != left}
    going = {record: line for line, record, version, _ in rows if version is not None and line not in fates}
    used = _used(context.connection, entity, list(going))
    gone = _delete(context.connection, entity, [record for record in going if record not in used])
    fates |= {line: "removed" if record in gone else "used" for record, line in going.items()}
    fates |= {line: "removed" for line, _, version, _ in rows if version is None}
    _mark(context.connection, batch, entity, fates)
    return len(rows)


def _used(connection: Connection, entity: Entity, ids: list[int]) -> set[int]:
    """Those of the records that cars refer to."""
    if entity is not CUSTOMER or not ids:
        return set()
    sql = "SELECT DISTINCT customer_id FROM vehicle WHERE customer_id = ANY (%s)"
    return set(connection.exec_driver_sql(sql, (ids,)).scalars())


def _delete(connection: Connection, entity: Entity, ids: list[int]) -> set[int]:
    """Deletes what can be deleted: all at once, or one by one when something still refers to one of them."""
    if not ids:
        return set()
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f'DELETE FROM "{entity.name}" WHERE id = ANY (%s)', (ids,))
            sql = "DELETE FROM search_token WHERE record_id = ANY (%s) AND entity = %s"
            connection.exec_driver_sql(sql, (ids, entity.name))
    except DBAPIError as error:
        if not isinstance(error.orig, pg.ForeignKeyViolation):
            raise
        return set().union(*(_delete(connection, entity, [one]) for one in ids)) if len(ids) > 1 else set()
    return set(ids)


def _mark(connection: Connection, batch: Batch, entity: Entity, fates: dict[int, str]) -> None:
    sql = (
        "UPDATE import_link l SET undone = p.fate FROM unnest(%s::int[], %s::text[]) AS p (line, fate)"
        " WHERE l.batch_id = %s AND l.entity = %s AND l.line = p.line"
    )
    if fates:
        connection.exec_driver_sql(sql, (list(fates), list(fates.values()), batch.id, entity.name))


def _finish(steps: Steps, connection: Connection, batch: Batch) -> None:
    sql = "SELECT entity, undone, count(*) FROM import_link WHERE batch_id = %s AND undone IS NOT NULL GROUP BY 1, 2"
    undone: dict[str, Any] = {entity.name: {} for entity in IMPORTED}
    for entity, fate, count in connection.exec_driver_sql(sql, (batch.id,)):
        undone[entity][fate] = count
    for table in ("import_row", "import_kept", "import_progress"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE batch_id = %s", (batch.id,))
    removed = sum(fates.get("removed", 0) for fates in undone.values())
    details = {"batch": batch.id, **undone}
    note(connection, "import_undone", CUSTOMER, store=batch.store, details=details, count=removed)
    counts = dict(batch.counts) | {"undone": undone}
    batches.change(connection, batch, State.UNDONE, counts=counts, problem=None, finished_at=now(connection))
    steps.finish(connection, {"removed": removed})
