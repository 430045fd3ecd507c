"""Joining a row to a record that exists: gaps are filled, nothing is overwritten."""

from typing import Any
from uuid import UUID

import orjson

from app.core.entity import Entity
from app.core.field import Field
from app.exchange.batch import Batch
from app.exchange.steps import VEHICLE, columns_of
from app.models.table import index_column, key_column
from app.records.context import Context
from app.records.plan import plan_of
from app.records.reindex import INSERT, place, plain
from app.records.row import Record
from app.records.search import tokens_of

# A column's value as text, so that what a join put there can be told from what others put there later.
DIGEST = "encode(sha256(convert_to(to_jsonb(t) ->> {key}, 'UTF8')), 'hex')"


def join(context: Context, batch: Batch, entity: Entity, joins: dict[int, int], owners: dict[int, int]) -> None:
    """Fills gaps of each line's record from the line and remembers what it filled; `owners` are cars' customers."""
    if not joins:
        return
    patches, sources = _patches(context, entity, batch, joins, owners)
    filled = _fill(context, entity, patches)
    for record in filled:
        renew(context, entity, record)
    told = [
        {
            "line": line,
            "record": target,
            "action": "joined" if line in sources else "matched",
            "filled": filled.get(target) if sources.get(line) == target and _first(sources, target) == line else None,
        }
        for line, target in joins.items()
    ]
    sql = f"""
        INSERT INTO import_link (batch_id, entity, line, store_id, record_id, action, version, filled)
        SELECT %s, %s, j.line, %s, j.record, j.action, t.version, nullif(j.filled, 'null')
          FROM jsonb_to_recordset(%s::jsonb) AS j (line int, record bigint, action text, filled jsonb)
          JOIN "{entity.name}" t ON t.id = j.record"""
    context.connection.exec_driver_sql(sql, (batch.id, entity.name, batch.store, orjson.dumps(told).decode()))


def _first(sources: dict[int, int], target: int) -> int:
    return next(line for line, record in sources.items() if record == target)


def _patches(
    context: Context, entity: Entity, batch: Batch, joins: dict[int, int], owners: dict[int, int]
) -> tuple[dict[int, dict[str, Any]], dict[int, int]]:
    """What is to be filled by record, and the lines it comes from; only lines that can fill something are read."""
    fields = [field for field in entity.fields if not field.unique or not field.required]
    gaps = [f't."{field.column}" IS NULL AND r."{entity.name}" ? \'{field.column}\'' for field in fields]
    if entity is VEHICLE:
        gaps.append("t.customer_id IS NULL AND p.customer IS NOT NULL")
    columns = ", ".join(f't."{field.column}"' for field in fields)
    sql = f"""
        SELECT r.line, r."{entity.name}", t.id, t.uuid, {columns}
          FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS p (line, record, customer)
          JOIN import_row r ON r.batch_id = %s AND r.line BETWEEN %s AND %s AND r.line = p.line
          JOIN "{entity.name}" t ON t.id = p.record
         WHERE {" OR ".join(f"({gap})" for gap in gaps)} ORDER BY r.line FOR UPDATE OF t"""
    values = (list(joins), list(joins.values()), [owners.get(line) for line in joins], batch.id, min(joins), max(joins))
    patches: dict[int, dict[str, Any]] = {}
    sources: dict[int, int] = {}
    for line, row, target, uuid, *stored in context.connection.exec_driver_sql(sql, values):
        staged = row | ({"customer_id": owners[line]} if entity is VEHICLE and line in owners else {})
        patch = patches.setdefault(target, {})
        before = len(patch)
        for field, value in zip(fields, stored, strict=True):
            if value is None and field.column not in patch and staged.get(field.column) is not None:
                patch |= _columns(context, entity, field, staged, uuid)
        if len(patch) > before:
            sources[line] = target
    return {target: patch for target, patch in patches.items() if patch}, sources


def _columns(context: Context, entity: Entity, field: Field, staged: dict[str, Any], uuid: UUID) -> dict[str, Any]:
    """A field's columns as the staged row has them; a sealed value sealed anew, since it opens in one record alone."""
    names = (field.column, key_column(field), index_column(field))
    found = {name: staged[name] for name in names if name and staged.get(name) is not None}
    if field.sealed:
        sealed = bytes.fromhex(staged[field.column][2:])
        text = context.sealer.open(sealed, entity.name, field.name, UUID(staged["uuid"]))
        found[field.column] = f"\\x{context.sealer.seal(text, entity.name, field.name, uuid).hex()}"
    return found


def _fill(context: Context, entity: Entity, patches: dict[int, dict[str, Any]]) -> dict[int, dict[str, str]]:
    """Writes the patches in one statement; answers by record the columns filled, each with the digest of its value."""
    if not patches:
        return {}
    sets = ", ".join(f'"{name}" = coalesce(t."{name}", v."{name}")' for name in columns_of(entity))
    digest = DIGEST.format(key="k")
    sql = f"""
        UPDATE "{entity.name}" t SET {sets}
          FROM unnest(%s::jsonb[]) AS j, LATERAL jsonb_populate_record(NULL::"{entity.name}", j) v
         WHERE t.id = v.id
        RETURNING t.id, (SELECT jsonb_object_agg(k, {digest}) FROM jsonb_object_keys(j) AS k WHERE k <> 'id')"""
    rows = [orjson.dumps({"id": record} | patch).decode() for record, patch in patches.items()]
    return dict(map(tuple, context.connection.exec_driver_sql(sql, (rows,))))


def renew(context: Context, entity: Entity, number: int) -> None:
    """Makes a record findable by what it holds now."""
    plan = plan_of(entity)
    sql = f"SELECT {plan.columns} FROM {plan.table} t WHERE t.id = %s"
    row = context.connection.exec_driver_sql(sql, (number,)).one_or_none()
    context.connection.exec_driver_sql(
        "DELETE FROM search_token WHERE record_id = %s AND entity = %s", (number, entity.name)
    )
    if row is None:
        return
    record = Record(plan, row)
    tokens = list(tokens_of(context.sealer, entity, plain(context.sealer, entity, record)))
    context.connection.exec_driver_sql(INSERT, (place(entity, record), tokens, number, entity.name))
