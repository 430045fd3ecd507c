"""Records of one entity brought to what newer rows say: added, changed where something differs, or left alone.

What stands and what is new are written by statements of their own, not by one INSERT … ON CONFLICT: that would run the
rules of adding for records that only change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.exchange.feeds.marks import Row, link
from app.exchange.feeds.prepare import Why
from app.exchange.feeds.target import Target
from app.records.context import Context
from app.records.reindex import reindex
from app.records.rulebook import RULEBOOK, STILL

WRITTEN = Label(
    "这条记录已经写入，内容与文件不同。这类记录只增不改，请另加一条更正。",
    "This record stands with other content, and its kind is only added to. Add a line that corrects it.",
)
SEVERAL = Label(
    "有不止一条记录符合这个主键，没有改动任何一条；请选更明确的主键。",
    "Several records fit this key, so none was changed; choose a key that is one record's alone.",
)


class Refused(Exception):
    """Rows the engine itself refuses, by line."""

    def __init__(self, lines: Mapping[int, Why]) -> None:
        super().__init__(f"{len(lines)} rows")
        self.lines = dict(lines)


@dataclass(slots=True)
class Written:
    """What became of rows: the counts, and what a run's links hold."""

    counts: dict[str, int] = field(default_factory=lambda: {"created": 0, "updated": 0, "unchanged": 0, "stale": 0})
    links: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Standing:
    """The record that stands under a row's key."""

    id: int
    uuid: str
    stale: bool
    differs: bool
    before: dict[str, Any] | None
    sealed: dict[str, str | None]
    locked: list[str]
    state_locked: bool


def upsert(context: Context, target: Target, rows: Sequence[Row], sequence: int, *, marked: bool = True) -> Written:
    """Brings the rows' records up to date; fills each row's `id`, `stale` and `locked`. Raises Refused."""
    written = Written()
    if not rows:
        return written
    there, several = standing(context, target, rows, sequence, marked=marked)
    fresh, changed = [], []
    name = target.key[0].name if target.key else ""
    refused = {line: Why("", name, "several", SEVERAL.zh, SEVERAL.en) for line in several}
    for row in rows:
        one = there.get(row.line)
        if one is None:
            fresh.append(row)
            continue
        row.id, row.stale, row.locked = one.id, one.stale, one.state_locked
        differs = not one.stale and (_reseal(context, target, row, one) or one.differs)
        if differs and target.entity.ledger:
            refused[row.line] = stands(target)
        elif differs and one.locked:
            refused[row.line] = still(target, one.locked[0])
        elif differs:
            changed.append((row, one))
        written.counts["stale" if one.stale else "updated" if differs else "unchanged"] += 1
    if refused:
        raise Refused(refused)
    insert(context, target, fresh, written)
    update(context, target, changed, written)
    written.counts["created"] = len(fresh)
    return written


def still(target: Target, column: str) -> Why:
    """A locked column a feed that is not the record's own system would change."""
    known = next((one for one in target.mapped if one.column == column), target.mapped[0])
    return Why("", known.name, "locks", STILL.zh, STILL.en)


def stands(target: Target) -> Why:
    """A line of a ledger that a file tells otherwise than it stands."""
    return Why("", target.key[0].name, "ledger", WRITTEN.zh, WRITTEN.en)


def standing(
    context: Context, target: Target, rows: Sequence[Row], sequence: int, *, marked: bool
) -> tuple[dict[int, Standing], set[int]]:
    """What stands under the rows' keys, locked until the transaction ends, and the lines that several records fit.

    By a key that others may share, what was put away or merged into another is not meant.
    """
    entity = target.entity
    same = " AND ".join(f't."{one}" = (g.v)."{one}"' for one in target.known_by)
    if not target.sole:
        same += "".join(f' AND t."{entity.by_name[one].column}" IS NULL' for one in entity.shelved)
    place = "t.store_id = g.store AND " if target.placed else ""
    differs = " OR ".join(f't."{one}" IS DISTINCT FROM (g.v)."{one}"' for one in target.compared) or "false"
    # The rows of a ledger never change, and a lock takes the right to change them.
    lock = "" if entity.ledger else " FOR UPDATE"
    # Each row is looked up by itself: the planner does not know how large a table is that was filled a moment ago.
    sql = f"""
        WITH given AS MATERIALIZED (
            SELECT g.line, g.store, g.at, g.tie, v
              FROM unnest(%s::int[], %s::bigint[], %s::timestamptz[], %s::bytea[], %s::jsonb[])
                   AS g (line, store, at, tie, record)
             CROSS JOIN LATERAL jsonb_populate_record(NULL::"{entity.name}", g.record) v)
        SELECT g.line, t.id, t.uuid::text, {_older(target, marked=marked)}, ({differs}),
               CASE WHEN {differs} THEN {_told(target.columns)} END,
               {_told([one.column for one in target.mapped if one.sealed])}, {_locked(target)}
          FROM given g
         CROSS JOIN LATERAL (SELECT * FROM "{entity.name}" t WHERE {place}{same}{lock}) t
          LEFT JOIN LATERAL (SELECT m.at, m.sequence, m.tie FROM feed_mark m
                              WHERE m.scope = %s AND m.record_id = t.id OFFSET 0) m ON true"""
    given = (
        [row.line for row in rows],
        [row.store for row in rows],
        [row.stamp.at for row in rows],
        [row.stamp.tie for row in rows],
        [orjson.dumps(row.record).decode() for row in rows],
        sequence,
        target.scope or entity.name,
    )
    found: dict[int, Standing] = {}
    several: set[int] = set()
    for line, *rest in context.connection.exec_driver_sql(sql, given):
        if line in found:
            several.add(line)
        found[line] = Standing(*rest)
    return found, several


def _told(columns: Sequence[str]) -> str:
    """SQL: columns of what stands, as JSON."""
    pairs = ", ".join(f"'{one}', t.\"{one}\"" for one in columns)
    return f"jsonb_build_object({pairs})"


def _older(target: Target, *, marked: bool) -> str:
    """SQL: whether what stands is as new as the row, or not the feed's to change; takes the file's version."""
    if not marked:
        return "false AND %s IS NULL"
    sql = "coalesce((m.at, m.sequence, m.tie) >= (g.at, %s, g.tie), false)"
    if not target.fed:
        return sql
    made = f"l.entity = '{target.entity.name}' AND l.record_id = t.id AND l.action = 'created'"
    return f"({sql} OR NOT EXISTS (SELECT FROM feed_link l WHERE {made}))"


def _locked(target: Target) -> str:
    """SQL: the locked columns that differ, and whether what stands is in a state that locks any."""
    state, locks = _state(target.entity), list(target.locks())
    kept = ", ".join(
        f'CASE WHEN t."{state}" = \'{where}\' AND t."{one}" IS DISTINCT FROM (g.v)."{one}" THEN \'{one}\' END'
        for where, one in locks
    )
    held = " OR ".join(f"t.\"{state}\" = '{where}'" for where in dict.fromkeys(where for where, _ in locks))
    return f"array_remove(ARRAY[{kept}]::text[], NULL), ({held or 'false'})"


def _state(entity: Entity) -> str:
    life = RULEBOOK.lifecycle(entity.name)
    return entity.by_name[life.field].column if life else entity.fields[0].column


def _reseal(context: Context, target: Target, row: Row, one: Standing) -> bool:
    """Seals what changed anew, since it opens in one record alone, and keeps what is the same; whether any changed."""
    changed = False
    for known in target.mapped:
        if not known.sealed:
            continue
        was, now = one.sealed.get(known.column), row.record.get(known.column)
        old = _opened(context, target.entity, known, was, one.uuid)
        new = _opened(context, target.entity, known, now, row.record["uuid"])
        if old == new:
            row.record[known.column] = was
        elif new is not None:
            sealed = context.sealer.seal(new, target.entity.name, known.name, UUID(one.uuid))
            row.record[known.column] = f"\\x{sealed.hex()}"
        changed = changed or old != new
    if one.sealed:
        row.record["uuid"] = one.uuid
    return changed


def _opened(context: Context, entity: Entity, known: Field, sealed: str | None, uuid: str) -> str | None:
    if sealed is None:
        return None
    return context.sealer.open(bytes.fromhex(sealed[2:]), entity.name, known.name, UUID(uuid))


def insert(context: Context, target: Target, rows: Sequence[Row], written: Written) -> None:
    """Adds the records of new rows in one statement, with the words by which they are found."""
    if not rows:
        return
    entity = target.entity
    names = [name for name in dict.fromkeys(name for row in rows for name in row.record) if name != "uuid"]
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f'v."{name}"' for name in names)
    sql = f"""
        WITH given AS MATERIALIZED (
            SELECT * FROM unnest(%s::int[], %s::bigint[], %s::jsonb[], %s::text[]) AS g (line, store, record, tokens)
        ), made AS (
            INSERT INTO "{entity.name}" ({"store_id, " if target.placed else ""}uuid, {columns})
            SELECT {"g.store, " if target.placed else ""}v.uuid, {values}
              FROM given g, jsonb_populate_record(NULL::"{entity.name}", g.record) v ORDER BY g.line
            RETURNING id, uuid
        ), known AS (
            SELECT m.id, g.line, g.store, g.tokens FROM made m JOIN given g ON (g.record ->> 'uuid')::uuid = m.uuid
        ), found AS (
            INSERT INTO search_token (store_id, token, record_id, entity)
            SELECT coalesce(k.store, 0), t, k.id, %s FROM known k, unnest(k.tokens::bigint[]) AS t ORDER BY t
        )
        SELECT line, id FROM known"""
    given = (
        [row.line for row in rows],
        [row.store for row in rows],
        [orjson.dumps(row.record).decode() for row in rows],
        ["{" + ",".join(map(str, row.tokens)) + "}" for row in rows],
        entity.name,
    )
    ids = dict(map(tuple, context.connection.exec_driver_sql(sql, given)))
    for row in rows:
        row.id, row.touched = ids[row.line], True
        written.links.append(link(entity, row.id, row.store, "created", None))


def update(context: Context, target: Target, rows: Sequence[tuple[Row, Standing]], written: Written) -> None:
    """Changes the records of rows that differ in one statement, and renews the words by which they are found."""
    if not rows:
        return
    entity = target.entity
    sets = ", ".join(f'"{name}" = v."{name}"' for name in target.columns)
    sql = f"""
        WITH given AS MATERIALIZED (
            SELECT g.id AS "@id", v.* FROM unnest(%s::bigint[], %s::jsonb[]) AS g (id, record)
             CROSS JOIN LATERAL jsonb_populate_record(NULL::"{entity.name}", g.record) v)
        UPDATE "{entity.name}" t SET {sets} FROM given v WHERE t.id = v."@id"
        """
    given = ([one.id for _, one in rows], [orjson.dumps(row.record).decode() for row, _ in rows])
    context.connection.exec_driver_sql(sql, given)
    for row, one in rows:
        row.touched = True
        written.links.append(link(entity, one.id, row.store, "updated", one.before or dict(one.sealed)))
    if any(one.search or one.sealed for one in target.mapped):
        reindex(context.connection, context.sealer, entity, [one.id for _, one in rows])
