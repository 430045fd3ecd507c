"""Gives entities their default grants once; what administrators change afterwards stays."""

from collections.abc import Iterable

from sqlalchemy import Connection

from app.access.roles import ROLES
from app.core.entity import Entity


# Accounts are no entity; the gate asks for this grant before anybody invites, resets or closes one.
ACCOUNTS = "ab_user"
TENDS_ACCOUNTS = ("create", "list", "read", "update")


def install_roles(connection: Connection) -> None:
    """Adds the roles a dealership starts with, those that are missing."""
    for role in ROLES:
        connection.exec_driver_sql("INSERT INTO ab_role (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", (role.name,))
    sql = (
        "INSERT INTO role_grant (role_id, entity, actions, reach) SELECT id, %s, %s, 'group' FROM ab_role"
        " WHERE name = 'administrator' ON CONFLICT DO NOTHING"
    )
    connection.exec_driver_sql(sql, (ACCOUNTS, list(TENDS_ACCOUNTS)))


def install_grants(connection: Connection, entity: Entity) -> None:
    """Adds the default grants of an entity; a role that does not exist is left out."""
    sql = (
        "INSERT INTO role_grant (role_id, entity, actions, reach) SELECT r.id, %s, %s, %s FROM ab_role r WHERE r.name = %s"
        " ON CONFLICT (role_id, entity, reach) DO UPDATE SET actions = ARRAY(SELECT DISTINCT unnest(role_grant.actions || excluded.actions))"
    )
    for grant in entity.grants:
        connection.exec_driver_sql(sql, (entity.name, sorted(grant.actions), grant.reach.value, grant.role))


def install_code(connection: Connection, entities: Iterable[Entity]) -> None:
    """Gives each entity in code that is new to this database its default grants."""
    install_roles(connection)
    for entity in entities:
        sql = "INSERT INTO catalog_installed (name) VALUES (%s) ON CONFLICT DO NOTHING RETURNING name"
        if connection.exec_driver_sql(sql, (entity.name,)).scalar_one_or_none():
            install_grants(connection, entity)
