"""Every generated list of the dealership, as the manager of the smallest store, among four stores and among 400."""

import time
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import create_engine, pool

from app import first_data
from app.access.key_file import sealer_of
from app.core.entity import Entity
from app.core.scope import Belongs
from app.demo.load import Loader
from app.demo.plan import Plan
from app.models import ENTITIES
from bench import ground
from bench.house import Office
from bench.meter import measure

SCALES = (1, 100)  # 10,000 customers and 15,000 cars, and a hundred times that
ACTIVITY = 0.05  # of a year's work orders, leads, tasks …; a whole year of 400 stores would take hours to load
SEED, ENDS_ON = 1, date(2026, 11, 1)
LOGIN = "smallest"
ROLES = ("sales_manager", "service_manager")  # of one store; a general manager sees all stores of his company
REPEATS = 15


def run() -> list[dict[str, Any]]:
    """The cost of each list's first page and of one record's page, at both scales."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for scale in SCALES:
        if not ground.exists(name_of(scale)):
            fill(scale)
        ground.migrated(name_of(scale))
        with Office(name_of(scale)) as office:
            browser = office.browser(LOGIN)
            for entity, path in pages(name_of(scale)):
                page = "list" if path.endswith("/") else "record"
                cost = measure(browser, browser.environ(path), name_of(scale), office.engine, REPEATS)
                row = found.setdefault((entity.name, page), {"case": entity.label.en, "page": page})
                row[str(scale)] = asdict(cost) | {"rows": rows(scale, entity)}
                print(f"{scale:>4} {entity.name:<24} {page:<6} web {cost.cpu:6.2f}  db {cost.database:6.2f}"
                      f"  {cost.statements} statements", flush=True)  # fmt: skip
    return list(found.values())


def name_of(scale: int) -> str:
    """The database that holds a group of that scale."""
    return f"bench_group_{scale}"


def fill(scale: int) -> None:
    """Loads a group and opens an account for the manager of its smallest store."""
    half, began = f"{name_of(scale)}_half", time.monotonic()
    ground.create(half)
    ground.migrated(half)
    config = ground.settings(half)
    first_data.load(config)
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool)
    sealer = sealer_of(config)
    Loader(engine, sealer, Plan(SEED, scale, ENDS_ON, ACTIVITY)).run()
    with engine.begin() as connection:
        sql = (
            "SELECT s.code FROM store s JOIN customer c ON c.store_id = s.id"
            " GROUP BY s.code ORDER BY count(*), s.code LIMIT 1"
        )
        code = connection.exec_driver_sql(sql).scalar_one()
        person = first_data.hire(connection, first_data.Newcomer(LOGIN, "店经理", ROLES[0], code, None))
        for role in ROLES[1:]:
            connection.exec_driver_sql(
                "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = %s", (person, role)
            )
    with ground.connect(half) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    ground.rename(half, name_of(scale))
    print(f"a group of scale {scale} loaded in {time.monotonic() - began:.0f} s", flush=True)


def pages(database: str) -> list[tuple[Entity, str]]:
    """The list of each entity the manager may list, and the page of the newest record of his store."""
    granted = (
        "SELECT DISTINCT g.entity FROM ab_user u JOIN ab_user_role ur ON ur.user_id = u.id"
        " JOIN role_grant g ON g.role_id = ur.role_id WHERE u.username = %s AND 'list' = ANY (g.actions) ORDER BY 1"
    )
    home = "SELECT e.store_id FROM employee e JOIN ab_user u ON u.id = e.user_id WHERE u.username = %s"
    found: list[tuple[Entity, str]] = []
    with ground.connect(database) as connection:
        store = connection.execute(home, (LOGIN,)).fetchone()
        for (name,) in connection.execute(granted, (LOGIN,)).fetchall():
            entity = ENTITIES[name]
            found.append((entity, f"/data/{name}/"))
            column = {Belongs.STORE: "store_id", Belongs.SELF: "id"}.get(entity.belongs)
            where = f"WHERE {column} = {store[0]}" if store and column else ""
            newest = connection.execute(f'SELECT max(id) FROM "{name}" {where}').fetchone()
            if newest and newest[0]:
                found.append((entity, f"/data/{name}/{newest[0]}"))
    return found


def rows(scale: int, entity: Entity) -> int:
    """How many rows the table has, as the planner counts them."""
    with ground.connect(name_of(scale)) as connection:
        row = connection.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", (entity.name,)).fetchone()
    return int(row[0]) if row else 0
