"""Rolling a run back: what it made goes, what it changed or removed is as before; what others changed since stays."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.core.entity import Entity
from app.core.label import Label
from app.core.scope import Belongs
from app.exchange.feeds import run as runs
from app.exchange.feeds.marks import ONE_WRITER
from app.exchange.feeds.profile import Profile, by_id
from app.exchange.feeds.run import Run, State
from app.exchange.steps import Steps, Tools, context_of
from app.records.context import Context
from app.records.event import note
from app.records.plan import named
from app.records.reindex import reindex

CHUNK = 500
CORRECTS = "SELECT set_config('forecourt.of_record', 'on', true)"
NOT_DONE = Label(
    "只有已完成的导入可以回滚，请刷新页面。", "Only a finished import can be rolled back; reload the page."
)

# Whether somebody else has had a hand in a record since: a person, or a later file.
CHANGED = """(t.id IS NOT NULL AND (
    (t.version <> l.version AND (t.updated_at > %s OR t.updated_by IS DISTINCT FROM %s))
    OR EXISTS (SELECT FROM feed_link n JOIN feed_run r ON r.id = n.run_id
                WHERE n.entity = l.entity AND n.record_id = l.record_id AND n.run_id <> l.run_id AND n.undone IS NULL
                  AND (r.finished_at IS NULL OR r.finished_at > %s))))"""


def undo(steps: Steps, tools: Tools, number: int) -> None:
    """Undoes a run in small transactions; goes on where it stopped when it is run again."""
    with steps.transaction() as connection:
        run = runs.get(connection, number, lock=True)
        if run.state is not State.UNDOING:
            return
        profile = by_id(connection, run.profile)
    done = 0
    for step in (_removed, _updated, _created):
        for name in _entities(steps, tools, profile, number):
            while True:
                with steps.transaction() as connection:
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (ONE_WRITER,))
                    connection.exec_driver_sql(CORRECTS)
                    context = context_of(connection, tools.sealer)
                    count = step(context, run, context.entity(name))
                if not count:
                    break
                done += count
                steps.progress(done)
    with steps.transaction() as connection:
        _finish(context_of(connection, tools.sealer), runs.get(connection, number, lock=True), profile)
        steps.finish(connection, {"run": number})


def _entities(steps: Steps, tools: Tools, profile: Profile, number: int) -> Iterable[str]:
    """The entities a run touched: parts, wholes, then what was made on the way; ledgers, which stay, at the end."""
    with steps.transaction() as connection:
        sql = "SELECT DISTINCT entity FROM feed_link WHERE run_id = %s ORDER BY 1"
        found = list(connection.exec_driver_sql(sql, (number,)).scalars())
        ledgers = {name for name in found if context_of(connection, tools.sealer).entity(name).ledger}
    own = [name for name in profile.spec.entities if name in found]
    order = [*reversed(own), *(name for name in reversed(found) if name not in own)]
    return sorted(order, key=ledgers.__contains__)


def _links(context: Context, run: Run, entity: Entity, action: str) -> list[Any]:
    """The next records the run did this to: id, store, what stood before, whether others changed it since, if there."""
    sql = f"""
        SELECT l.record_id, l.store_id, l.before, {CHANGED}, t.id IS NOT NULL
          FROM feed_link l LEFT JOIN "{entity.name}" t ON t.id = l.record_id
         WHERE l.run_id = %s AND l.entity = %s AND l.action = %s AND l.undone IS NULL
         ORDER BY l.record_id LIMIT {CHUNK} FOR UPDATE OF l"""
    given = (run.finished, run.by, run.finished, run.id, entity.name, action)
    return list(context.connection.exec_driver_sql(sql, given))


def _created(context: Context, run: Run, entity: Entity) -> int:
    """Removes what the run made, unless others changed it or refer to it, or it is a ledger's, whose lines stay."""
    rows = _links(context, run, entity, "created")
    if entity.ledger:
        _mark(context.connection, run, entity, {row[0]: "ledger" if row[4] else "removed" for row in rows})
        return len(rows)
    fates = {number: "changed" for number, _, _, changed, there in rows if there and changed}
    fates |= {number: "removed" for number, _, _, _, there in rows if not there}
    going = [number for number, *_ in rows if number not in fates]
    stores = list({store for _, store, *_ in rows})
    fates |= dict.fromkeys(_worked_on(context, run, entity, going, stores), "used")
    going = [number for number in going if number not in fates]
    gone = _delete(context.connection, entity, going)
    fates |= {number: "removed" if number in gone else "used" for number in going}
    _mark(context.connection, run, entity, fates)
    return len(rows)


def _worked_on(
    context: Context, run: Run, entity: Entity, ids: Sequence[int], stores: Sequence[int | None]
) -> set[int]:
    """Those of the records to which somebody else added a part since: it would go with its whole."""
    found: set[int] = set()
    for child in context.snapshot.entities.values():
        for field in child.fields:
            if field.part_of and field.target == entity.name:
                placed = child.belongs is Belongs.STORE  # their indexes begin with the store
                sql = (
                    f'SELECT DISTINCT c."{field.column}" FROM "{child.name}" c WHERE c."{field.column}" = ANY (%s)'
                    f" AND {'c.store_id = ANY (%s)' if placed else '%s::bigint[] IS NOT NULL'}"
                    " AND (c.created_by IS DISTINCT FROM %s OR c.created_at > %s)"
                )
                given = (list(ids), list(stores), run.by, run.finished)
                found |= set(context.connection.exec_driver_sql(sql, given).scalars())
    return found


def _delete(connection: Connection, entity: Entity, ids: Sequence[int]) -> set[int]:
    """Deletes what nothing refers to: all at once, or by halves."""
    if not ids:
        return set()
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f'DELETE FROM "{entity.name}" WHERE id = ANY (%s)', (list(ids),))
            sql = "DELETE FROM search_token WHERE record_id = ANY (%s) AND entity = %s"
            connection.exec_driver_sql(sql, (list(ids), entity.name))
    except DBAPIError as error:
        if not isinstance(error.orig, pg.ForeignKeyViolation | pg.CheckViolation):
            raise
        middle = len(ids) // 2
        return (
            _delete(connection, entity, ids[:middle]) | _delete(connection, entity, ids[middle:]) if middle else set()
        )
    return set(ids)


def _updated(context: Context, run: Run, entity: Entity) -> int:
    """Puts back what stood in the columns the run changed."""
    rows = _links(context, run, entity, "updated")
    fates = {number: "changed" if there else "removed" for number, _, _, changed, there in rows if changed or not there}
    back = [(number, before) for number, _, before, _, _ in rows if number not in fates]
    if back:
        names = list(dict.fromkeys(name for _, before in back for name in before))
        sets = ", ".join(f'"{name}" = v."{name}"' for name in names)
        sql = f"""
            WITH given AS MATERIALIZED (
                SELECT g.id AS "@id", v.* FROM unnest(%s::bigint[], %s::jsonb[]) AS g (id, record)
                 CROSS JOIN LATERAL jsonb_populate_record(NULL::"{entity.name}", g.record) v)
            UPDATE "{entity.name}" t SET {sets} FROM given v WHERE t.id = v."@id"
            """
        told = [orjson.dumps(before).decode() for _, before in back]
        context.connection.exec_driver_sql(sql, ([number for number, _ in back], told))
        reindex(context.connection, context.sealer, entity, [number for number, _ in back])
    _mark(context.connection, run, entity, fates | {number: "restored" for number, _ in back})
    return len(rows)


def _removed(context: Context, run: Run, entity: Entity) -> int:
    """Brings back what the run removed, as a record of a new number: numbers are never used twice."""
    rows = _links(context, run, entity, "removed")
    fates: dict[int, str] = {}
    for number, store, before, _, _ in rows:
        fates[number] = "restored" if _bring_back(context, entity, store, before) else "changed"
    _mark(context.connection, run, entity, fates)
    return len(rows)


def _bring_back(context: Context, entity: Entity, store: int | None, before: dict[str, Any]) -> bool:
    """Adds a removed record again; False where something of its key stands there by now."""
    common = {"id", "version", "created_at", "created_by", "updated_at", "updated_by", "store_id"}
    columns = [name for name in before if name not in common]
    names = ", ".join(f'"{name}"' for name in columns)
    placed = entity.belongs is Belongs.STORE
    sql = f"""
        INSERT INTO "{entity.name}" ({"store_id, " if placed else ""}{names})
        SELECT {"%s, " if placed else ""}{", ".join(f'v."{name}"' for name in columns)}
          FROM jsonb_populate_record(NULL::"{entity.name}", %s::jsonb) v ON CONFLICT DO NOTHING RETURNING id"""
    told = orjson.dumps(before).decode()
    try:
        with context.connection.begin_nested():
            made = context.connection.exec_driver_sql(sql, (store, told) if placed else (told,)).scalar_one_or_none()
    except DBAPIError as error:
        if not isinstance(error.orig, pg.IntegrityError):
            raise
        return False
    if made is not None:
        reindex(context.connection, context.sealer, entity, [made])
    return made is not None


def _mark(connection: Connection, run: Run, entity: Entity, fates: dict[int, str]) -> None:
    sql = (
        "UPDATE feed_link l SET undone = p.fate FROM unnest(%s::bigint[], %s::text[]) AS p (record, fate)"
        " WHERE l.run_id = %s AND l.entity = %s AND l.record_id = p.record"
    )
    if fates:
        connection.exec_driver_sql(sql, (list(fates), list(fates.values()), run.id, entity.name))


def _finish(context: Context, run: Run, profile: Profile) -> None:
    """Lets older rows write again where the run stood, counts, and notes it in the trail."""
    connection = context.connection
    sql = (
        "UPDATE feed_mark SET at = (former ->> 0)::timestamptz, sequence = (former ->> 1)::bigint, former = NULL,"
        " tie = decode(former ->> 2, 'hex'), run_id = (former ->> 3)::bigint WHERE run_id = %s AND former IS NOT NULL"
        " AND EXISTS (SELECT FROM feed_run r WHERE r.id = (former ->> 3)::bigint)"
    )
    connection.exec_driver_sql(sql, (run.id,))
    connection.exec_driver_sql("DELETE FROM feed_mark WHERE run_id = %s", (run.id,))
    connection.exec_driver_sql("DELETE FROM feed_row WHERE run_id = %s", (run.id,))
    sql = "SELECT undone, count(*) FROM feed_link WHERE run_id = %s AND undone IS NOT NULL GROUP BY 1"
    undone = dict(map(tuple, connection.exec_driver_sql(sql, (run.id,))))
    counts = dict(run.counts) | {"undone": undone, "refused": 0, "waiting": 0}
    runs.change(connection, run.id, state=State.UNDONE.value, counts=counts, problem=None)
    entity = context.entity(profile.spec.entities[0])
    details = {"profile": profile.code, "run": run.id, "undone": undone}
    store = profile.stores[0] if len(profile.stores) == 1 else None
    note(connection, "import_undone", entity, store=store, details=details, count=undone.get("removed", 0))


def spared(context: Context, run: Run, most: int) -> list[tuple[str, int, str, str, str | None, Any]]:
    """Records a rolling back left alone: entity, id, title, why, who changed it last, and when."""
    found: list[tuple[str, int, str, str, str | None, Any]] = []
    sql = "SELECT DISTINCT entity FROM feed_link WHERE run_id = %s AND undone NOT IN ('removed', 'restored') ORDER BY 1"
    for name in context.connection.exec_driver_sql(sql, (run.id,)).scalars().all():
        entity = context.entity(name)
        sql = f"""
            SELECT t.id, {named(entity)}, l.undone, coalesce(e.name, u.username), t.updated_at
              FROM feed_link l JOIN "{name}" t ON t.id = l.record_id
              LEFT JOIN ab_user u ON u.id = t.updated_by LEFT JOIN employee e ON e.user_id = u.id
             WHERE l.run_id = %s AND l.entity = %s AND l.undone NOT IN ('removed', 'restored') ORDER BY t.id LIMIT %s"""
        rows = context.connection.exec_driver_sql(sql, (run.id, name, most - len(found)))
        found += [(name, number, title or f"#{number}", why, by, at) for number, title, why, by, at in rows]
    return found
