"""Brings entities into a database; default grants are given once, and what administrators change stays."""

from collections.abc import Iterable

from sqlalchemy import Connection

from app.access.roles import ROLES
from app.core.entity import Entity
from app.studio.bring import bring

# Accounts are no entity; the gate asks for this grant before anybody invites, resets or closes one.
ACCOUNTS = "ab_user"
TENDS_ACCOUNTS = ("create", "list", "read", "update")
# Nor is the catalog; publishing a new, a changed or no more entity asks for these verbs on it.
CATALOG = "catalog"
TENDS_CATALOG = ("create", "delete", "list", "read", "update")


def install_roles(connection: Connection) -> None:
    """Adds the roles a dealership starts with, those that are missing."""
    for role in ROLES:
        connection.exec_driver_sql("INSERT INTO ab_role (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", (role.name,))
    sql = (
        "INSERT INTO role_grant (role_id, entity, actions, reach) SELECT id, %s, %s, 'group' FROM ab_role"
        " WHERE name = 'administrator' ON CONFLICT DO NOTHING"
    )
    for noun, verbs in ((ACCOUNTS, TENDS_ACCOUNTS), (CATALOG, TENDS_CATALOG)):
        connection.exec_driver_sql(sql, (noun, list(verbs)))


def install_grants(connection: Connection, entity: Entity) -> None:
    """Adds the default grants of an entity; a role that does not exist is left out."""
    sql = (
        "INSERT INTO role_grant (role_id, entity, actions, reach)"
        " SELECT r.id, %s, %s, %s FROM ab_role r WHERE r.name = %s ON CONFLICT (role_id, entity, reach)"
        " DO UPDATE SET actions = ARRAY(SELECT DISTINCT unnest(role_grant.actions || excluded.actions))"
    )
    for grant in entity.grants:
        connection.exec_driver_sql(sql, (entity.name, sorted(grant.actions), grant.reach.value, grant.role))


def install_once(connection: Connection, entity: Entity) -> None:
    """Gives an entity that is new to this database its default grants."""
    sql = "INSERT INTO catalog_installed (name) VALUES (%s) ON CONFLICT DO NOTHING RETURNING name"
    if connection.exec_driver_sql(sql, (entity.name,)).scalar_one_or_none():
        install_grants(connection, entity)


def install_code(connection: Connection, entities: Iterable[Entity]) -> None:
    """Brings the entities in code into this database: tables and columns it lacks, roles, grants of what is new."""
    described = list(entities)
    bring(connection, described)
    install_roles(connection)
    for entity in described:
        install_once(connection, entity)
