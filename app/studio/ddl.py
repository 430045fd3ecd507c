"""A description as SQL statements: the same for tables in code (in migrations) and tables made at run time."""

from collections.abc import Iterable, Iterator, Mapping

from psycopg import sql
from sqlalchemy import BigInteger, Column, Connection, ForeignKeyConstraint, Index, MetaData, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex, CreateTable

from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from app.fields.sorting import sort_key
from app.models.table import field_columns, index_column, key_column, table_of
from app.studio.rule_sql import statements

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def array(items: Iterable[str]) -> str:
    """A text[] literal."""
    return "ARRAY[" + ", ".join(literal(item) for item in items) + "]::text[]"


def quoted(name: str) -> str:
    """A checked name as an SQL identifier, whatever word it is."""
    return f'"{name}"'


def run(connection: Connection, statements: Iterable[str]) -> int:
    """Executes statements as they stand, their percent signs included; answers how many."""
    done = 0
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        done += 1
    return done


def bare_table(entity: Entity, targets: Mapping[str, Belongs]) -> Table:
    """The entity's table in a metadata of its own, with stubs of the tables it refers to."""
    metadata = MetaData()
    for name in {"store", *(field.target for field in entity.references if field.target)} - {entity.name}:
        stub = Table(name, metadata, Column("id", BigInteger, primary_key=True))
        if targets.get(name, Belongs.STORE) is Belongs.STORE:
            stub.append_column(Column("store_id", BigInteger))
    return table_of(entity, metadata, dict(targets))


def create(entity: Entity, targets: Mapping[str, Belongs]) -> Iterator[str]:
    """Every statement that makes the table of `entity`, guarded and with its trail; `targets` as in `table_of`."""
    yield create_table(entity, targets)
    yield from complete(entity, targets)
    yield from guard(entity)


def create_table(entity: Entity, targets: Mapping[str, Belongs]) -> str:
    """The statement that makes the table alone, so that tables that refer to each other can all stand first."""
    bare = CreateTable(bare_table(entity, targets), include_foreign_key_constraints=[])
    return str(bare.compile(dialect=DIALECT)).strip()


def complete(entity: Entity, targets: Mapping[str, Belongs]) -> Iterator[str]:
    """The statements that give a new table its foreign keys and indexes."""
    table = bare_table(entity, targets)
    for constraint in sorted(table.foreign_key_constraints, key=lambda key: str(key.name or "")):
        yield add_constraint(constraint)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield create_index(index)


def guard(entity: Entity) -> Iterator[str]:
    """The statements that give a new table its row policy, verb check, row stamps, trail and rules."""
    yield protect(entity)
    yield f"SELECT trail.attach({capture(entity)})"
    for rule in statements(entity):
        yield from rule.make


def renew(entity: Entity) -> Iterator[str]:
    """The statements that bring a standing table's policy and trail to its description, without a gap in the trail."""
    yield protect(entity)
    yield f"SELECT trail.register({capture(entity)})"


def protect(entity: Entity) -> str:
    """The statement that installs, or renews, row policy, verb check and row stamps."""
    owners = tuple(entity.by_name[name].column for name in entity.owners)
    team = literal(entity.by_name[entity.team].column) if entity.team else "NULL"
    name = literal(entity.name)
    return f"SELECT gate.protect({name}, {name}, {literal(entity.belongs.value)}, {array(owners)}, {team})"


def capture(entity: Entity) -> str:
    """What the trail is told about a table: its name twice, its secret columns, the column of its store."""
    name = literal(entity.name)
    return f"{name}, {name}, {array(secrets(entity))}, {literal(entity.scope_column or '')}"


def secrets(entity: Entity) -> tuple[str, ...]:
    """The columns whose values the trail records only as changed."""
    return tuple(
        name for field in entity.fields if field.sealed for name in (field.column, index_column(field)) if name
    )


def add_columns(entity: Entity, field: Field, table: Table) -> Iterator[str]:
    """The statements that add the columns of a field; where it is required, rows that exist get its default."""
    defaults = filled(field) if field.required else {}
    for column in field_columns(field):
        made = CreateColumn(table.c[column.key]).compile(dialect=DIALECT)
        default = f" DEFAULT {defaults[column.name]}" if column.name in defaults else ""
        yield f"ALTER TABLE {quoted(entity.name)} ADD COLUMN {made}{default}"


def filled(field: Field) -> dict[str, str]:
    """The columns of a field that has a default, each with the default's SQL literal."""
    value = field.kind.read(field.default)
    values = {field.column: value}
    if key := key_column(field):
        values[key] = None if value is None else sort_key(value)
    return {name: sql.Literal(one).as_string(None) for name, one in values.items()}


def add_constraint(constraint: ForeignKeyConstraint | UniqueConstraint) -> str:
    """The statement that adds a key to a table that exists."""
    return str(AddConstraint(constraint).compile(dialect=DIALECT)).strip()


def create_index(index: Index) -> str:
    """The statement that makes an index."""
    return str(CreateIndex(index).compile(dialect=DIALECT)).strip()


def relations(table: Table) -> set[str]:
    """The names in the schema that a table takes besides its own: its unique keys' and its indexes'."""
    keys = {str(one.name) for one in table.constraints if isinstance(one, UniqueConstraint) and one.name}
    return keys | {str(index.name) for index in table.indexes}


def links(table: Table) -> set[str]:
    """The names of a table's foreign keys."""
    return {str(one.name) for one in table.foreign_key_constraints if one.name}
