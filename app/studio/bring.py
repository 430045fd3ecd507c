"""Brings tables in code into a database: one file with one line a field is all their author writes."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, Table, UniqueConstraint

from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from app.models.table import field_columns
from app.records.rulebook import RULEBOOK
from app.studio import ddl
from app.studio.rule_sql import statements
from app.studio.statement import listed


class Unready(Exception):
    """A table in code that the database cannot follow by adding to it; the message says what its author must do."""


def bring(connection: Connection, entities: Sequence[Entity]) -> list[str]:
    """Makes the tables, columns, keys and indexes the database lacks; answers the names of the tables it touched.

    Run as the server's administrator. What is no longer described stays; other changes are a migration's.
    """
    targets = {entity.name: entity.belongs for entity in entities}
    demand_free_names(connection, targets)
    connection.exec_driver_sql("SET LOCAL ROLE forecourt_owner")
    standing = columns(connection)
    fresh = [entity for entity in entities if entity.name not in standing]
    ddl.run(connection, [ddl.create_table(entity, targets) for entity in fresh])
    for entity in fresh:
        ddl.run(connection, [*ddl.complete(entity, targets), *ddl.guard(entity)])
        note_rules(connection, entity)
    grown = [entity for entity in entities if entity.name in standing and lacking(entity, standing[entity.name])]
    for entity in grown:
        ddl.run(connection, list(growth(connection, entity, standing[entity.name], targets)))
    note_owners(connection, entities)
    changed = [entity for entity in entities if entity not in fresh and renew_rules(connection, entity)]
    connection.exec_driver_sql("RESET ROLE")
    return [entity.name for entity in entities if entity in fresh or entity in grown or entity in changed]


def note_rules(connection: Connection, entity: Entity) -> None:
    """Remembers which rules now stand in the database."""
    connection.exec_driver_sql("DELETE FROM catalog_rule WHERE entity = %s", (entity.name,))
    for rule in statements(entity):
        sql = "INSERT INTO catalog_rule (entity, name, digest, undo) VALUES (%s, %s, %s, %s)"
        connection.exec_driver_sql(sql, (entity.name, rule.name, rule.digest, rule.drop))


def note_owners(connection: Connection, entities: Sequence[Entity]) -> None:
    """Says which columns say whose a record is: whoever leaves hands over what is open under them."""
    rows = [
        (entity.name, entity.by_name[one].column, still_open(entity)) for entity in entities for one in entity.owners
    ]
    standing = {tuple(row) for row in connection.exec_driver_sql("SELECT entity, col, open FROM catalog_owner")}
    if standing == set(rows):
        return
    connection.exec_driver_sql("DELETE FROM catalog_owner")
    for row in rows:
        connection.exec_driver_sql("INSERT INTO catalog_owner (entity, col, open) VALUES (%s, %s, %s)", row)


def still_open(entity: Entity) -> str:
    """The condition under which a record is still worked on: its life cycle leads on, and it was not put away."""
    life = RULEBOOK.lifecycle(entity.name)
    done = [f"{life.field} NOT IN ({listed(sorted(life.ends))})"] if life and life.ends else []
    away = [f'"{entity.by_name[name].column}" IS NULL' for name in entity.shelved]
    return " AND ".join([*done, *away]) or "true"


def renew_rules(connection: Connection, entity: Entity) -> bool:
    """Brings the rules of a standing table to what is declared; answers whether any had changed."""
    sql = "SELECT name, digest, undo FROM catalog_rule WHERE entity = %s"
    standing = {name: (digest, undo) for name, digest, undo in connection.exec_driver_sql(sql, (entity.name,))}
    asked = {rule.name: rule for rule in statements(entity)}
    gone = [undo for name, (digest, undo) in standing.items() if name not in asked or asked[name].digest != digest]
    new = [line for name, rule in asked.items() if standing.get(name, ("",))[0] != rule.digest for line in rule.make]
    if not gone and not new:
        return False
    ddl.run(connection, [*gone, *new])
    note_rules(connection, entity)
    return True


def demand_free_names(connection: Connection, targets: Mapping[str, Belongs]) -> None:
    """Raises Unready when the studio already published one of these names."""
    sql = "SELECT name FROM catalog_entity WHERE name = ANY (%s) LIMIT 1"
    if taken := connection.exec_driver_sql(sql, (list(targets),)).scalar_one_or_none():
        raise Unready(f"{taken}: an entity of this name was published in the studio; give the model another name")


def columns(connection: Connection) -> dict[str, frozenset[str]]:
    """The columns of every table."""
    sql = (
        "SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " GROUP BY c.relname"
    )
    return {name: frozenset(found) for name, found in connection.exec_driver_sql(sql)}


def lacking(entity: Entity, standing: frozenset[str]) -> list[Field]:
    """The fields that want a column the table does not have."""
    return [field for field in entity.fields if {str(one.name) for one in field_columns(field)} - standing]


def growth(
    connection: Connection, entity: Entity, standing: frozenset[str], targets: Mapping[str, Belongs]
) -> Iterator[str]:
    """The statements that add the fields a table lacks, their keys and indexes."""
    table = ddl.bare_table(entity, targets)
    added = lacking(entity, standing)
    filled = connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {ddl.quoted(entity.name)})").scalar_one()
    names: set[str] = set()
    for field in added:
        own = {str(one.name) for one in field_columns(field)}
        if own & standing:
            raise Unready(f"{entity.name}.{field.name}: it is now stored otherwise; that takes a migration")
        if filled and field.required and (field.default is None or field.sealed):
            raise Unready(f"{entity.name}.{field.name}: a required field of a table that holds records needs a default")
        yield from ddl.add_columns(entity, field, table)
        yield from (f"ALTER TABLE {ddl.quoted(entity.name)} ALTER COLUMN {ddl.quoted(one)} DROP DEFAULT" for one in own)
        names |= own
    yield from keys_of(table, names)
    yield from ddl.renew(entity)


def keys_of(table: Table, names: set[str]) -> Iterator[str]:
    """The statements for the keys and indexes that hold one of the named columns."""
    for constraint in sorted(table.constraints, key=lambda one: str(one.name or "")):
        held = {str(column.name) for column in getattr(constraint, "columns", ())}
        if held & names and (isinstance(constraint, UniqueConstraint) or constraint in table.foreign_key_constraints):
            yield ddl.add_constraint(constraint)
    for index in table.indexes:
        if {str(column.name) for column in index.columns} & names:
            yield ddl.create_index(index)
