"""A description as SQL statements: the same for tables in code (in migrations) and tables made at run time."""

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex, CreateTable

from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from app.models.table import field_columns, index_column, table_of

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def array(items: tuple[str, ...]) -> str:
    """A text[] literal."""
    return "ARRAY[" + ", ".join(literal(item) for item in items) + "]::text[]"


def bare_table(entity: Entity, targets: dict[str, Belongs]) -> Table:
    """The entity's table in a metadata of its own, with stubs of the tables it refers to."""
    metadata = MetaData()
    for name in {"store", *(field.target for field in entity.references if field.target)} - {entity.name}:
        stub = Table(name, metadata, Column("id", BigInteger, primary_key=True))
        if targets.get(name, Belongs.STORE) is Belongs.STORE:
            stub.append_column(Column("store_id", BigInteger))
    return table_of(entity, metadata, targets)


def create(entity: Entity, targets: dict[str, Belongs]) -> Iterator[str]:
    """Every statement that makes the table of `entity`, guarded and with its trail; `targets` as in `table_of`."""
    table = bare_table(entity, targets)
    yield str(CreateTable(table, include_foreign_key_constraints=[]).compile(dialect=DIALECT)).strip()
    for constraint in sorted(table.foreign_key_constraints, key=lambda key: str(key.name or "")):
        yield str(AddConstraint(constraint).compile(dialect=DIALECT)).strip()
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield str(CreateIndex(index).compile(dialect=DIALECT)).strip()
    yield from guard(entity)


def guard(entity: Entity) -> Iterator[str]:
    """The statements that install row policy, verb check, row stamps and trail; repeating them renews them."""
    owners = tuple(entity.by_name[name].column for name in entity.owners)
    team = literal(entity.by_name[entity.team].column) if entity.team else "NULL"
    name = literal(entity.name)
    yield f"SELECT gate.protect({name}, {name}, {literal(entity.belongs.value)}, {array(owners)}, {team})"
    yield f"SELECT trail.attach({name}, {name}, {array(secrets(entity))}, {literal(entity.scope_column or '')})"


def secrets(entity: Entity) -> tuple[str, ...]:
    """The columns whose values the trail records only as changed."""
    return tuple(name for field in entity.fields if field.sealed for name in (field.column, index_column(field)) if name)


def add_field(entity: Entity, field: Field, targets: dict[str, Belongs]) -> Iterator[str]:
    """The statements that add one field of `entity` to its existing table."""
    table = bare_table(entity, targets)
    names = {column.name for column in field_columns(field)}
    for column in table.columns:
        if column.name in names:
            yield f"ALTER TABLE {entity.name} ADD COLUMN {CreateColumn(column).compile(dialect=DIALECT)}"
    for constraint in table.foreign_key_constraints:
        if constraint.name == f"{entity.name}_{field.name}_fk":
            yield str(AddConstraint(constraint).compile(dialect=DIALECT)).strip()
    for index in table.indexes:
        if {column.name for column in index.columns} & names:
            yield str(CreateIndex(index).compile(dialect=DIALECT)).strip()
