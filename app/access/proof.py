"""Whether keys open what a database holds: asked once, before the database knows its keys by their fingerprints."""

from collections.abc import Iterator

from sqlalchemy import Connection

from app.access.key_prints import FOREIGN
from app.access.keys import KeyFileError
from app.access.seal import SealBroken, Sealer
from app.access.second_factor import unsealed
from app.core.entity import Entity
from app.models import ENTITIES
from app.models.table import index_column

_COLUMNS = """
    SELECT c.relname, a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"""


def demand_opens(connection: Connection, sealer: Sealer) -> None:
    """Raises KeyFileError when a value of some sealed field, its index or a second factor is not of these keys."""
    standing = {(row.relname, row.attname) for row in connection.exec_driver_sql(_COLUMNS)}
    try:
        for entity in ENTITIES.values():
            for field, column, blind in _sealed(entity, standing):
                _open_one(connection, sealer, (entity, field), column, blind)
        row = connection.exec_driver_sql("SELECT user_id, secret FROM gate.factor WHERE secret IS NOT NULL").first()
        if row:
            unsealed(sealer, bytes(row.secret), row.user_id)
    except SealBroken as broken:
        raise KeyFileError(FOREIGN.format(names=str(broken))) from broken


def _sealed(entity: Entity, standing: set[tuple[str, str]]) -> Iterator[tuple[str, str, str | None]]:
    for field in entity.fields:
        if field.sealed and (entity.name, field.column) in standing:
            blind = index_column(field)
            yield field.name, field.column, blind if (entity.name, blind) in standing else None


def _open_one(
    connection: Connection, sealer: Sealer, place: tuple[Entity, str], column: str, blind: str | None
) -> None:
    entity, name = place
    found = f'"{blind}"' if blind else "NULL::bytea"
    sql = f'SELECT uuid, "{column}", {found} FROM public."{entity.name}" WHERE "{column}" IS NOT NULL LIMIT 1'
    row = connection.exec_driver_sql(sql).first()
    if row is None:
        return
    text = sealer.open(bytes(row[1]), entity.name, name, row[0])
    if row[2] is not None and sealer.index(entity.by_name[name].kind.code, text) != bytes(row[2]):
        raise SealBroken(f"the index of {entity.name}.{name} is under another index_key")
