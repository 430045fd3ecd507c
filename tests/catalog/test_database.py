"""The database is what the descriptions ask for: neither has a column, key, policy or trigger the other lacks."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, pool

from app.core.entity import Entity
from app.models import ENTITIES
from app.studio import ddl
from app.studio.bring import bring
from config import Config

FACTS = {
    "columns": """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid), c.collname
          FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          LEFT JOIN pg_collation c ON c.oid = a.attcollation
         WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped""",
    "keys": """
        SELECT conname, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n'""",
    "indexes": "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass",
    "policies": """
        SELECT polname, polcmd, polpermissive, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),
               pg_get_expr(polwithcheck, polrelid)
          FROM pg_policy WHERE polrelid = %s::regclass""",
    "triggers": """
        SELECT pg_get_triggerdef(oid), tgenabled
          FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal""",
    "security": """
        SELECT relrowsecurity, relforcerowsecurity, relowner::regrole::text FROM pg_class WHERE oid = %s::regclass""",
    "rights": """
        SELECT x.grantee::regrole::text, x.privilege_type
          FROM pg_class c, aclexplode(c.relacl) AS x WHERE c.oid = %s::regclass""",
    "trail": "SELECT entity, secrets, store_column, ready FROM trail.attached WHERE relation = %s::regclass",
}
# What migrations add to a table beside its description, each for a reason of its own.
BESIDE = {
    "the guard reads the organisation when it computes who may do what": r"'guard'|'forecourt_guard'",
    "rights are computed anew when they may have changed": r"TRIGGER bump_access ",
    "whoever leaves is signed out": r"TRIGGER ends_doors ",
    "customers of several stores who are one person are linked": r"TRIGGER link_(inserted|updated) ",
    "an account stands for one employee": r"INDEX employee_of_user ",
}


@pytest.fixture(scope="module")
def both(config: Config) -> Iterator[Connection]:
    """A connection to a started database whose schema `fresh` holds every table as its description makes it."""
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool)
    targets = {entity.name: entity.belongs for entity in ENTITIES.values()}
    with engine.connect() as connection, connection.begin() as transaction:
        bring(connection, list(ENTITIES.values()))  # as every start does
        connection.exec_driver_sql("CREATE SCHEMA fresh AUTHORIZATION forecourt_owner")
        connection.exec_driver_sql("SET LOCAL ROLE forecourt_owner")
        connection.exec_driver_sql("SET LOCAL search_path = fresh")
        ddl.run(connection, [ddl.create_table(entity, targets) for entity in ENTITIES.values()])
        for entity in ENTITIES.values():
            ddl.run(connection, [*ddl.complete(entity, targets), *ddl.guard(entity)])
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql("SET LOCAL search_path = ''")
        yield connection
        transaction.rollback()


def facts(connection: Connection, kind: str, table: str) -> set[str]:
    """What the system's catalogs say, without the schema and the numbers of the trail's functions."""
    rows = connection.exec_driver_sql(FACTS[kind], (table,)).all()
    plain = (re.sub(r"\b(public|fresh)\.", "", str(tuple(row))) for row in rows)
    found = {re.sub(r"trail\.capture_\d+", "trail.capture", one) for one in plain}
    return {one for one in found if not any(re.search(known, one) for known in BESIDE.values())}


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_a_table_is_what_its_description_asks_for(both: Connection, entity: Entity, kind: str) -> None:
    asked, stands = facts(both, kind, f"fresh.{entity.name}"), facts(both, kind, f"public.{entity.name}")
    assert asked == stands, f"write a migration of what app.studio.ddl makes of {entity.name}"
    assert asked


@pytest.mark.parametrize("reason", BESIDE)
def test_an_exception_is_still_needed(both: Connection, reason: str) -> None:
    told = [
        str(tuple(row))
        for kind in FACTS
        for name in ENTITIES
        for row in both.exec_driver_sql(FACTS[kind], (f"public.{name}",))
    ]
    assert [one for one in told if re.search(BESIDE[reason], one)]


def test_a_difference_is_noticed(both: Connection) -> None:
    both.exec_driver_sql("SAVEPOINT planted")
    both.exec_driver_sql("ALTER TABLE fresh.customer ALTER COLUMN number SET NOT NULL")
    both.exec_driver_sql("DROP INDEX fresh.customer_stage_order")
    for kind in ("columns", "indexes"):
        assert facts(both, kind, "fresh.customer") != facts(both, kind, "public.customer")
    both.exec_driver_sql("ROLLBACK TO SAVEPOINT planted")
