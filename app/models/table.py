"""The table a description asks for: columns, keys and indexes as SQLAlchemy objects."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs

COMMON = ("id", "uuid", "version", "created_at", "created_by", "updated_at", "updated_by")
TYPES: dict[str, TypeEngine[Any]] = {
    "text": Text(),
    "text[]": ARRAY(Text()),
    "bigint": BigInteger(),
    "integer": Integer(),
    "smallint": SmallInteger(),
    "boolean": Boolean(),
    "date": Date(),
    "timestamptz": DateTime(timezone=True),
}


def column_type(field: Field) -> TypeEngine[Any]:
    """The SQLAlchemy type that stores the field: bytes where it is sealed."""
    if field.sealed:
        return LargeBinary()
    sql = field.kind.sql
    if sql.startswith("numeric("):
        precision, scale = sql[8:-1].split(",")
        return Numeric(int(precision), int(scale))
    return TYPES[sql]


def key_column(field: Field) -> str | None:
    """The companion column by which a name is sorted (its pinyin), or None."""
    return f"{field.name}_key" if getattr(field.kind, "names", False) and not field.sealed else None


def index_column(field: Field) -> str | None:
    """The companion column that holds a sealed field's blind index, where it is found by its whole; or None."""
    return f"{field.name}_bidx" if field.sealed and (field.search or field.unique) else None


def common_columns(entity: Entity) -> Iterator[Column[Any]]:
    """The columns every record has; the database fills all but the store."""
    by_database = FetchedValue()
    yield Column("id", BigInteger, Identity(always=True), primary_key=True)
    yield Column("uuid", Uuid, nullable=False, server_default=text("gen_random_uuid()"), unique=True)
    yield Column("version", Integer, nullable=False, server_default=text("1"), server_onupdate=by_database)
    for moment, person in (("created_at", "created_by"), ("updated_at", "updated_by")):
        yield Column(moment, DateTime(timezone=True), nullable=False, server_default=text("now()"))
        yield Column(person, BigInteger)
    if entity.belongs is Belongs.STORE:
        yield Column("store_id", BigInteger, ForeignKey("store.id"), nullable=False)


def field_columns(field: Field) -> Iterator[Column[Any]]:
    """The column of a field and its companions."""
    yield Column(field.column, column_type(field), key=field.name, nullable=not field.required)
    if key := key_column(field):
        yield Column(key, Text(collation="C"))
    if blind := index_column(field):
        yield Column(blind, LargeBinary)


def table_of(entity: Entity, metadata: MetaData, targets: dict[str, Belongs] | None = None) -> Table:
    """The table of `entity` in `metadata`; `targets` says what the entities it refers to belong to (None: no keys).

    A reference between two entities of stores is a composite key, so a record cannot point into another store.
    """
    table = Table(entity.name, metadata, *common_columns(entity))
    for field in entity.fields:
        for column in field_columns(field):
            table.append_column(column)
    for field in entity.references if targets is not None else ():
        table.append_constraint(reference(entity, field, (targets or {}).get(field.target or "", Belongs.STORE)))
    if entity.belongs is Belongs.STORE:
        table.append_constraint(UniqueConstraint("store_id", "id", name=f"{entity.name}_in_store"))
    for constraint in uniques(entity):
        table.append_constraint(constraint)
    add_indexes(entity, table)
    return table


def reference(entity: Entity, field: Field, target: Belongs) -> ForeignKeyConstraint:
    """The foreign key of a reference; both sides' store is part of it where both belong to stores."""
    name = f"{entity.name}_{field.name}_fk"
    columns = [field.name]
    remote = [f"{field.target}.id"]
    if entity.belongs is Belongs.STORE and target is Belongs.STORE:
        columns, remote = ["store_id", field.name], [f"{field.target}.store_id", f"{field.target}.id"]
    return ForeignKeyConstraint(
        columns, remote, name=name, use_alter=True, ondelete="CASCADE" if field.part_of else None
    )


def uniques(entity: Entity) -> Iterator[UniqueConstraint]:
    """What may stand only once: within its store, or everywhere where rows belong to none."""
    place = ["store_id"] if entity.belongs is Belongs.STORE else []
    singles = [(field.name,) for field in entity.fields if field.unique]
    for group in (*singles, *entity.unique):
        columns = [index_column(entity.by_name[name]) or name for name in group]
        yield UniqueConstraint(*place, *columns, name=f"{entity.name}_{'_'.join(group)}_once")


def add_indexes(entity: Entity, table: Table) -> None:
    """Gives the table the indexes its description implies: ordered within a store, ending in the id that pages."""
    place = [table.c.store_id] if entity.belongs is Belongs.STORE else []
    for field in entity.fields:
        if blind := index_column(field):
            Index(f"{entity.name}_{blind}", table.c[blind])
        elif field.index or field.target:
            column = table.c[key_column(field) or field.name]
            Index(f"{entity.name}_{field.name}_order", *place, column, table.c.id)
