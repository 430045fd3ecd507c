"""Brings entities into a database; default grants are given once, and what administrators change stays."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from app.access.roles import ROLES
from app.core.entity import Entity
from app.outbox.desk import JOB
from app.studio.bring import bring

ACCOUNTS, CATALOG, RIGHTS, TRAIL, CONSOLE = "ab_user", "catalog", "rights", "trail", "console"
# What is tended though it is no entity, and by whom. The gate asks for the first before anybody invites, resets or
# closes an account, publishing for the second (a new, a changed, a removed entity takes its verb), setting rights for
# the third, reading the trail of everybody for the fourth, looking at the installation itself for the fifth, seeing and
# tending the work of others for the last.
TENDED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ACCOUNTS: {"administrator": ("create", "list", "read", "update")},
    CATALOG: {"administrator": ("create", "delete", "list", "read", "update")},
    RIGHTS: {"administrator": ("create", "delete", "list", "read", "update"), "security_officer": ("list", "read")},
    TRAIL: {"security_officer": ("export", "list")},
    CONSOLE: {"administrator": ("list",)},
    JOB: {"administrator": ("delete", "list", "update")},
}


def install_roles(connection: Connection) -> None:
    """Adds the roles a dealership starts with, those that are missing."""
    for role in ROLES:
        connection.exec_driver_sql("INSERT INTO ab_role (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", (role.name,))
    sql = (
        "INSERT INTO role_grant (role_id, entity, actions, reach) SELECT id, %s, %s, 'group' FROM ab_role"
        " WHERE name = %s ON CONFLICT DO NOTHING"
    )
    for noun, tenders in TENDED.items():
        if is_new(connection, noun):
            for tender, verbs in tenders.items():
                connection.exec_driver_sql(sql, (noun, list(verbs), tender))


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
    if is_new(connection, entity.name):
        install_grants(connection, entity)


def is_new(connection: Connection, noun: str) -> bool:
    """Whether grants on `noun` were never given here; from now on they were."""
    sql = "INSERT INTO catalog_installed (name) VALUES (%s) ON CONFLICT DO NOTHING RETURNING name"
    return connection.exec_driver_sql(sql, (noun,)).scalar_one_or_none() is not None


def install_code(connection: Connection, entities: Iterable[Entity]) -> None:
    """Brings the entities in code into this database: tables and columns it lacks, roles, grants of what is new."""
    described = list(entities)
    bring(connection, described)
    install_roles(connection)
    for entity in described:
        install_once(connection, entity)
