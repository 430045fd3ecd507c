"""How an installation knows that it is a demonstration: a mark only the loader makes, and only where nothing was."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from app.core.scope import Belongs
from app.demo.plan import Plan
from app.models import ENTITIES

MAKE = """
CREATE SCHEMA demo;
REVOKE ALL ON SCHEMA demo FROM PUBLIC;
CREATE TABLE demo.year (one boolean PRIMARY KEY DEFAULT true CHECK (one), seed bigint NOT NULL, scale float8 NOT NULL,
                        ends_on date NOT NULL, activity float8 NOT NULL, loaded_at timestamptz)
"""
BEFORE = frozenset({"company", "store", "team", "department", "employee"})  # what first data may have made
WORKED_ON = ("customer", "vehicle", "lead", "opportunity", "sales_order", "work_order", "insurance_policy", "complaint")


@dataclass(frozen=True, slots=True)
class Marked:
    """What the mark says: which year was loaded, and whether to its end."""

    seed: int
    scale: float
    ends_on: date
    activity: float
    whole: bool


def marked(connection: Connection) -> Marked | None:
    """The mark; None where this is no demonstration."""
    if connection.exec_driver_sql("SELECT to_regclass('demo.year')").scalar_one() is None:
        return None
    row = connection.exec_driver_sql(
        "SELECT seed, scale, ends_on, activity, loaded_at IS NOT NULL FROM demo.year"
    ).one()
    return Marked(*row)


def mark(connection: Connection, plan: Plan) -> None:
    """Makes the mark; the year is not whole yet."""
    connection.exec_driver_sql(MAKE)
    sql = "INSERT INTO demo.year (seed, scale, ends_on, activity) VALUES (%s, %s, %s, %s)"
    connection.exec_driver_sql(sql, (plan.seed, plan.scale, plan.ends_on, plan.activity))


def finish(connection: Connection) -> None:
    """Says that the year is whole."""
    connection.exec_driver_sql("UPDATE demo.year SET loaded_at = now()")


def filled(connection: Connection) -> str | None:
    """The first table that holds a store's records already; None in an installation without any."""
    for entity in ENTITIES.values():
        asked = entity.belongs is Belongs.STORE and entity.name not in BEFORE
        if asked and connection.exec_driver_sql(f'SELECT EXISTS (SELECT FROM "{entity.name}")').scalar_one():
            return entity.name
    return None


def by_people(connection: Connection) -> int:
    """How many records of the main tables people have added themselves."""
    one = " + ".join(f'(SELECT count(*) FROM "{name}" WHERE created_by IS NOT NULL)' for name in WORKED_ON)
    return int(connection.exec_driver_sql(f"SELECT {one}").scalar_one())
