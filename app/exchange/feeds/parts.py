"""The parts of records: brought to what the newest version of their whole says, removed when they vanish from it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from app.core.entity import Entity
from app.exchange.feeds.marks import Row, link, mark
from app.exchange.feeds.run import Run
from app.exchange.feeds.spec import Spec
from app.exchange.feeds.target import Target
from app.exchange.feeds.upsert import Refused, Written, still, upsert
from app.records.context import Context

if TYPE_CHECKING:
    from app.exchange.feeds.write import Group


def write_parts(context: Context, target: Target, spec: Spec, groups: "Sequence[Group]", run: Run) -> Written:
    """Writes the parts of each whole that is not older than what stands; locked wholes keep theirs as they are."""
    column = target.entity.by_name[spec.within].column
    scope = f"{target.entity.name}@"
    wholes = [_whole(group, column) for group in groups]
    if not spec.entity:
        _outdated(context, scope, wholes, run)
    rows: list[Row] = []
    kept: list[Row] = []
    for group, whole in zip(groups, wholes, strict=True):
        if whole.stale or whole.id is None:
            continue
        kept.append(whole)
        rows += _filled(group.parts, column, whole.id, spec.counted)
    written = upsert(context, target, rows, run.sequence, marked=False)
    gone = _vanished(context, target, column, kept, rows)
    _demand_open(target, column, kept, rows, gone)
    _remove(context, target.entity, gone, written)
    if not spec.entity:
        mark(context, scope, kept, run.sequence, run.id)
    return written


def _whole(group: "Group", column: str) -> Row:
    """The row of the whole; where the file holds parts alone, one that stands for it."""
    if group.whole:
        return group.whole
    last = group.parts[-1]
    return Row(last.line, last.store, last.stamp, {}, (), id=last.record.get(column))


def _filled(parts: Iterable[Row], column: str, whole: int, counted: str) -> Iterable[Row]:
    for row in parts:
        row.record[column] = whole
        if counted:
            row.record[counted] = row.ordinal
        yield row


def _outdated(context: Context, scope: str, wholes: Sequence[Row], run: Run) -> None:
    """Marks wholes whose parts stand as a newer file said."""
    sql = """
        SELECT g.record FROM unnest(%s::bigint[], %s::timestamptz[], %s::bytea[]) AS g (record, at, tie)
          JOIN feed_mark m ON m.scope = %s AND m.record_id = g.record
           AND (m.at, m.sequence, m.tie) >= (g.at, %s, g.tie)"""
    told = ([one.id for one in wholes], [one.stamp.at for one in wholes], [one.stamp.tie for one in wholes])
    stale = set(context.connection.exec_driver_sql(sql, (*told, scope, run.sequence)).scalars())
    for one in wholes:
        one.stale = one.id in stale


def _vanished(
    context: Context, target: Target, column: str, wholes: Sequence[Row], rows: Sequence[Row]
) -> list[tuple[int, int, int | None, Any]]:
    """Parts that feeds made and the newest version no longer has: id, whole, store, all their columns."""
    if target.entity.ledger or not wholes:
        return []
    sql = f"""
        SELECT t.id, t."{column}", {"t.store_id" if target.placed else "NULL::bigint"}, to_jsonb(t)
          FROM "{target.entity.name}" t
         WHERE t."{column}" = ANY (%s) AND t.id <> ALL (%s)
           AND EXISTS (SELECT FROM feed_link l WHERE l.entity = %s AND l.record_id = t.id AND l.action = 'created')
         ORDER BY t.id FOR UPDATE OF t"""
    ids = [one.id for one in wholes]
    given = (ids, [row.id for row in rows], target.entity.name)
    return [tuple(row) for row in context.connection.exec_driver_sql(sql, given)]


def _demand_open(
    target: Target, column: str, wholes: Iterable[Row], rows: Iterable[Row], gone: Sequence[tuple[Any, ...]]
) -> None:
    """Refuses changes to the parts of a whole that the feed may not correct."""
    locked = {one.id: one.line for one in wholes if one.locked}
    if not locked:
        return
    touched = {whole for _, whole, _, _ in gone} | {row.record[column] for row in rows if row.touched}
    wrong = {locked[one]: still(target, column) for one in touched if one in locked}
    if wrong:
        raise Refused(wrong)


def _remove(
    context: Context, entity: Entity, gone: Sequence[tuple[int, int, int | None, Any]], written: Written
) -> None:
    """Removes parts, and the words by which they were found."""
    ids = [one[0] for one in gone]
    if ids:
        sql = "DELETE FROM search_token WHERE record_id = ANY (%s) AND entity = %s"
        context.connection.exec_driver_sql(sql, (ids, entity.name))
        context.connection.exec_driver_sql(f'DELETE FROM "{entity.name}" WHERE id = ANY (%s)', (ids,))
    written.counts["removed"] = len(ids)
    written.links += [link(entity, number, store, "removed", all_of) for number, _, store, all_of in gone]
