"""A database made from a backup: filled beside everything else, then held against what the manifest says of it."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryFile

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg import Connection
from sqlalchemy import Connection as SQLConnection
from sqlalchemy import Engine, create_engine, pool

from app.access.seal import SealBroken, Sealer
from app.audit.verify import verify
from app.backup import parts, snapshot
from app.backup.manifest import Manifest, Rows
from app.backup.refusals import Unsound
from app.backup.server import Server, demand_success, reap
from app.backup.target import Target
from app.catalog.catalog import Catalog
from app.core.entity import Entity
from app.core.field import Field
from app.core.label import Label
from app.models import ENTITIES

SAMPLE = 100  # sealed values that are opened

WRONG_ROWS = Label(
    "备份 {name} 恢复后，表 {table} 与清单不符（应为 {count} 行，实为 {found} 行）。",
    "Backup {name}: after the restore the table {table} is not as the manifest says ({count} rows, found {found}).",
)
WRONG_TRAIL = Label(
    "备份 {name} 恢复后，留痕核验不通过：{why}", "Backup {name}: after the restore the trail does not verify: {why}"
)
OTHER_HEAD = Label("留痕的末端与清单不符", "its head is not the manifest's")
STAYS_SEALED = Label(
    "备份 {name} 里的加密字段用托管的密钥打不开：{why}",
    "Backup {name}: its sealed fields do not open with the escrowed keys: {why}",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found right in a restored database."""

    tables: int
    rows: int
    entries: int  # of the trail
    opened: int  # sealed values


def fill(target: Target, manifest: Manifest, identities: Sequence[pyrage.x25519.Identity], server: Server) -> None:
    """Restores the dump into the empty database of `server`; raises when the tool complains of anything."""
    options = ("--exit-on-error", "--format=custom")
    with TemporaryFile() as errors:
        tool = server.run("pg_restore", *options, stdin=subprocess.PIPE, errors=errors)
        assert tool.stdin is not None  # noqa: S101  # it was asked for
        try:
            with suppress(BrokenPipeError):  # it ended early, and its own words say why
                parts.read(target, manifest.name, manifest.part("database"), identities, tool.stdin)
            tool.stdin.close()
            demand_success("pg_restore", tool, errors)
        finally:
            reap(tool)


def demand_same(server: Server, manifest: Manifest, sealer: Sealer, key: Ed25519PublicKey) -> Checked:
    """What was compared; raises Unsound where the database of `server` is not what the manifest says."""
    with server.connect() as connection:
        found = snapshot.tables(connection)
        for table in sorted({*manifest.tables, *found}):
            if found.get(table) != manifest.tables.get(table):
                raise Unsound(_differs(manifest, table, found))
        entries = _trail(connection, manifest, key)
    engine = create_engine(
        server.url.set(drivername="postgresql+psycopg"), poolclass=pool.NullPool, hide_parameters=True
    )
    try:
        return Checked(len(found), manifest.rows, entries, _open_some(engine, sealer))
    except SealBroken as broken:
        raise Unsound(STAYS_SEALED.format(name=manifest.name, why=broken)) from None


def _differs(manifest: Manifest, table: str, found: Mapping[str, Rows]) -> Label:
    count, other = manifest.tables.get(table), found.get(table)
    numbers = {"count": count.count if count else 0, "found": other.count if other else 0}
    return WRONG_ROWS.format(name=manifest.name, table=table, **numbers)


def _trail(connection: Connection, manifest: Manifest, key: Ed25519PublicKey) -> int:
    verdict = verify(connection, None, key)
    if verdict.first is not None:
        raise Unsound(WRONG_TRAIL.format(name=manifest.name, why=verdict.first.label))
    if verdict.gaps:
        raise Unsound(WRONG_TRAIL.format(name=manifest.name, why=", ".join(verdict.gaps)))
    if snapshot.head(connection) != manifest.trail:
        raise Unsound(WRONG_TRAIL.format(name=manifest.name, why=OTHER_HEAD))
    return verdict.entries


def _open_some(engine: Engine, sealer: Sealer) -> int:
    """How many sealed values were opened: some of each field, chosen by chance."""
    with engine.connect() as connection:
        fields = [*_sealed(Catalog(ENTITIES.values()).now(connection).entities.values(), connection)]
        each = -(-SAMPLE // max(len(fields), 1))
        return sum(_open(connection, sealer, entity, field, each) for entity, field in fields)


def _sealed(entities: Iterable[Entity], connection: SQLConnection) -> Iterator[tuple[Entity, Field]]:
    """The sealed fields that the database has columns for: it may be older than the descriptions in code."""
    columns = "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(%s)"
    for entity in entities:
        held = {*connection.exec_driver_sql(columns, (f'public."{entity.name}"',)).scalars()}
        yield from ((entity, field) for field in entity.fields if field.sealed and field.column in held)


def _open(connection: SQLConnection, sealer: Sealer, entity: Entity, field: Field, count: int) -> int:
    statement = (
        f'SELECT uuid, "{field.column}" FROM public."{entity.name}" WHERE "{field.column}" IS NOT NULL'
        " ORDER BY pg_catalog.random() LIMIT %s"
    )
    rows = connection.exec_driver_sql(statement, (count,)).all()
    for uuid, blob in rows:
        sealer.open(bytes(blob), entity.name, field.name, uuid)
    return len(rows)
