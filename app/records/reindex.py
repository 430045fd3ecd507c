"""Makes an entity's records findable again: after writes that went past `records`, or when what is searched changed."""

from collections.abc import Sequence

from sqlalchemy import Connection

from app.access.seal import Sealer
from app.core.entity import Entity
from app.core.scope import Belongs
from app.records.plan import plan_of
from app.records.row import Record
from app.records.search import tokens_of

CHUNK = 1_000
INSERT = (
    "INSERT INTO search_token (store_id, token, record_id, entity)"
    " SELECT %s, unnest(%s::bigint[]), %s, %s ON CONFLICT DO NOTHING"
)


def reindex(connection: Connection, sealer: Sealer, entity: Entity, only: Sequence[int] | None = None) -> int:
    """Renews the tokens of every record the connection reaches, or of those in `only`; answers how many records."""
    plan, done, last = plan_of(entity), 0, 0
    among, ids_of = ("", ()) if only is None else (" AND t.id = ANY (%s)", (list(only),))
    while True:
        sql = f"SELECT {plan.columns} FROM {plan.table} t WHERE t.id > %s{among} ORDER BY t.id LIMIT {CHUNK}"
        chunk = [Record(plan, row) for row in connection.exec_driver_sql(sql, (last, *ids_of))]
        if not chunk:
            return done
        ids = [record.id for record in chunk]
        connection.exec_driver_sql(
            "DELETE FROM search_token WHERE record_id = ANY (%s) AND entity = %s", (ids, entity.name)
        )
        for record in chunk:
            connection.exec_driver_sql(
                INSERT,
                (
                    place(entity, record),
                    list(tokens_of(sealer, entity, plain(sealer, entity, record))),
                    record.id,
                    entity.name,
                ),
            )
        done, last = done + len(chunk), ids[-1]


def place(entity: Entity, record: Record) -> int:
    """The store under which a record is found; 0 where rows belong to none."""
    return record.store or 0 if entity.belongs is not Belongs.GROUP else 0


def plain(sealer: Sealer, entity: Entity, record: Record) -> dict[str, object]:
    """The record's values, sealed ones opened."""
    values: dict[str, object] = {}
    for field in entity.fields:
        stored = record[field.name]
        if field.sealed and stored is not None:
            text = sealer.open(bytes(stored), entity.name, field.name, record.row[1])
            stored = text if field.kind.sql == "text" else field.kind.read(text)
        values[field.name] = stored
    return values
