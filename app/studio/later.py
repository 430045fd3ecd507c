"""What a publication leaves for later: columns and tables no request may need any more, defaults for old requests."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.outbox import enqueue
from app.studio.ddl import quoted, run

LATER = timedelta(minutes=10)  # longer than any request lives
SWEEP, REINDEX = "studio.sweep", "studio.reindex"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing whose time has come: a `table`, the `columns` of a field, or the `default` of an added one."""

    entity: str
    field: str
    what: str
    columns: tuple[str, ...] = ()


def later(connection: Connection, one: Due, after: timedelta) -> None:
    """Notes what is to be dropped when `after` has passed."""
    sql = (
        "INSERT INTO catalog_later (entity, field, what, columns, due_at) VALUES (%s, %s, %s, %s, now() + %s)"
        " ON CONFLICT (entity, field, what) DO UPDATE SET columns = excluded.columns, due_at = excluded.due_at"
    )
    connection.exec_driver_sql(sql, (one.entity, one.field, one.what, list(one.columns), after))


def cancel(connection: Connection, entity: str, field: str, what: str) -> None:
    """Keeps what was to be dropped."""
    sql = "DELETE FROM catalog_later WHERE entity = %s AND field = %s AND what = %s"
    connection.exec_driver_sql(sql, (entity, field, what))


def leaving(connection: Connection, entity: str) -> dict[str, tuple[str, ...]]:
    """The fields of an entity that were removed but whose columns still stand, with how they are stored."""
    sql = "SELECT field, columns FROM catalog_later WHERE entity = %s AND what = 'columns'"
    return {field: tuple(columns) for field, columns in connection.exec_driver_sql(sql, (entity,))}


def schedule(connection: Connection, after: timedelta) -> None:
    """Asks for a sweep when `after` has passed."""
    moment: datetime = connection.exec_driver_sql("SELECT now() + %s", (after,)).scalar_one()
    ask(connection, SWEEP, {}, "schema", moment)


def schedule_reindex(connection: Connection, entity: str) -> None:
    """Asks for an entity's records to be made findable anew."""
    ask(connection, REINDEX, {"entity": entity}, "default", None)


def ask(connection: Connection, kind: str, args: dict[str, str], queue: str, moment: datetime | None) -> None:
    """Writes work of the system's own: it must be done even when whoever published has left by then."""
    was = connection.exec_driver_sql(
        "SELECT current_setting('forecourt.ticket', true), current_setting('forecourt.reach', true)"
    ).one()
    connection.exec_driver_sql("SELECT gate.announce_system('studio')")
    enqueue(connection, kind, args, queue=queue, run_after=moment)
    connection.exec_driver_sql(
        "SELECT set_config('forecourt.ticket', %s, true), set_config('forecourt.reach', %s, true)",
        (was[0] or "", was[1] or ""),
    )


def due(connection: Connection) -> list[Due]:
    """What may be dropped now, in the order it was removed."""
    order = "ORDER BY due_at, what, entity, field"
    sql = f"SELECT entity, field, what, columns FROM catalog_later WHERE due_at <= now() {order}"
    return [
        Due(entity, field, what, tuple(columns)) for entity, field, what, columns in connection.exec_driver_sql(sql)
    ]


def drop(connection: Connection, one: Due) -> bool:
    """Drops one due thing; False when it has been taken back meanwhile. Run it under the editors' lock."""
    sql = "DELETE FROM catalog_later WHERE entity = %s AND field = %s AND what = %s AND due_at <= now()"
    if not connection.exec_driver_sql(sql, (one.entity, one.field, one.what)).rowcount:
        return False
    if one.what == "table":
        drop_table(connection, one.entity)
    else:
        names = [quoted(column.split(" ")[0]) for column in one.columns]
        acts = [
            f"DROP COLUMN {name}" if one.what == "columns" else f"ALTER COLUMN {name} DROP DEFAULT" for name in names
        ]
        run(connection, [f"ALTER TABLE {quoted(one.entity)} {', '.join(acts)}"])
    return True


def drop_table(connection: Connection, name: str) -> None:
    """Drops a removed entity's table and what was kept for it; its numbers are not used again."""
    table = quoted(name)
    last = connection.exec_driver_sql(f"SELECT nextval(pg_get_serial_sequence('{name}', 'id'))").scalar_one()
    connection.exec_driver_sql("UPDATE catalog_entity SET next_id = %s WHERE name = %s", (last, name))
    connection.exec_driver_sql(
        f"DELETE FROM search_token s USING {table} t WHERE s.record_id = t.id AND s.entity = %s", (name,)
    )
    run(connection, [f"DROP TABLE {table}"])
    for kept in ("role_grant", "record_grant", "catalog_later"):
        connection.exec_driver_sql(f"DELETE FROM {kept} WHERE entity = %s", (name,))
    connection.exec_driver_sql("DELETE FROM catalog_installed WHERE name = %s", (name,))
