"""What is remembered beside records: how new the row is that stands in one, and what each run did to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.core.entity import Entity
from app.records.context import Context

ONE_WRITER = 0x66656564  # feeds write one chunk after another: what they refer to is made once


@dataclass(frozen=True, slots=True)
class Stamp:
    """How new a row is: when it was changed or the day of its file, that file's version, and what settles a draw."""

    at: str
    tie: bytes


@dataclass(slots=True)
class Row:
    """A record as a row says it should be; `record` holds every column, references found."""

    line: int
    store: int | None
    stamp: Stamp
    record: dict[str, Any]
    tokens: Sequence[int]
    id: int | None = None  # of the record it became
    stale: bool = False
    locked: bool = False  # stands in a state that the feed may not correct
    touched: bool = False  # something was written
    ordinal: int = 0  # its place among its whole's parts


def link(
    entity: Entity, number: int, store: int | None, action: str, before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What a run did to a record."""
    return {"entity": entity.name, "record": number, "store": store, "action": action, "before": before}


def keep_links(context: Context, run: int, links: Sequence[Mapping[str, Any]]) -> None:
    """Remembers what a run did, each record by its first change; the record's version is that of now."""
    by_entity: dict[str, list[Mapping[str, Any]]] = {}
    for one in links:
        by_entity.setdefault(one["entity"], []).append(one)
    for name, some in by_entity.items():
        sql = f"""
            INSERT INTO feed_link AS known (run_id, entity, record_id, store_id, action, version, before)
            SELECT %s, %s, g.record, g.store, g.action, coalesce(t.version, 0), nullif(g.before, 'null')
              FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::jsonb[]) AS g (record, store, action, before)
              LEFT JOIN "{name}" t ON t.id = g.record
            ON CONFLICT (run_id, entity, record_id) DO UPDATE SET version = excluded.version, undone = NULL,
                action = CASE WHEN excluded.action = 'removed' THEN 'removed' ELSE known.action END"""
        dumped = [orjson.dumps(one["before"]).decode() for one in some]
        given = ([one["record"] for one in some], [one["store"] for one in some], [one["action"] for one in some])
        context.connection.exec_driver_sql(sql, (run, name, *given, dumped))


def mark(context: Context, scope: str, rows: Sequence[Row], sequence: int, run: int) -> None:
    """Notes how new the rows are that now stand in their records."""
    kept = [row for row in rows if row.id is not None and not row.stale]
    sql = """
        INSERT INTO feed_mark AS known (scope, record_id, at, sequence, tie, run_id)
        SELECT %s, g.record, g.at, %s, g.tie, %s
          FROM unnest(%s::bigint[], %s::timestamptz[], %s::bytea[]) AS g (record, at, tie)
        ON CONFLICT (scope, record_id) DO UPDATE
           SET at = excluded.at, sequence = excluded.sequence, tie = excluded.tie, run_id = excluded.run_id,
               former = CASE WHEN known.run_id = excluded.run_id THEN known.former ELSE jsonb_build_array(
                   known.at, known.sequence, encode(known.tie, 'hex'), known.run_id) END"""
    given = ([row.id for row in kept], [row.stamp.at for row in kept], [row.stamp.tie for row in kept])
    context.connection.exec_driver_sql(sql, (scope, sequence, run, *given))
