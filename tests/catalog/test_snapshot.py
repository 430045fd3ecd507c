"""The snapshot: descriptions of one moment, read once, never changed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import Connection, Engine, create_engine, pool

from app.catalog import Catalog
from app.catalog.spec import dump
from app.core.entity import Origin
from app.models import ENTITIES
from config import Config
from tests.studio.samples import loan_car


@pytest.fixture
def admin(database: Config) -> Iterator[Engine]:
    engine = create_engine(database.url("administrator"), poolclass=pool.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def web(database: Config) -> Iterator[Engine]:
    engine = create_engine(database.url("web"), pool_size=8)
    yield engine
    engine.dispose()


@pytest.fixture
def tell(admin: Engine) -> Callable[..., None]:
    """Stores a version of the sample and moves the stamp, in one transaction."""

    def act(version: int, *, removed: bool = False) -> None:
        spec = json.dumps(dump(replace(loan_car(version, mark=f" {version}"), origin=Origin.STUDIO)))
        with admin.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO catalog_entity (name, version, spec, removed_at)"
                " VALUES ('loan_car', %s, %s::jsonb, CASE WHEN %s THEN now() END) ON CONFLICT (name) DO UPDATE"
                " SET version = excluded.version, spec = excluded.spec, removed_at = excluded.removed_at",
                (version, spec, removed),
            )
            connection.exec_driver_sql("SELECT gate.bump_catalog()")

    return act


def stamp(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT gate.catalog_stamp()").scalar_one())


def test_code_and_studio_stand_side_by_side(web: Engine, tell: Callable[..., None]) -> None:
    tell(1)
    with web.connect() as connection:
        snapshot = Catalog(ENTITIES.values()).now(connection)
    assert set(snapshot.entities) == {*ENTITIES, "loan_car"}
    assert snapshot.get("loan_car").origin is Origin.STUDIO


def test_a_held_stamp_costs_no_statement(web: Engine, tell: Callable[..., None]) -> None:
    catalog = Catalog(ENTITIES.values())
    with web.connect() as connection:
        first = catalog.now(connection)
    assert catalog.at(connection, first.stamp) is first  # on a closed connection


def test_only_what_changed_is_read_anew(web: Engine, tell: Callable[..., None]) -> None:
    catalog = Catalog(ENTITIES.values())
    tell(1)
    with web.connect() as connection:
        before = catalog.now(connection)
        tell(1)  # the stamp moves, the description does not
        after = catalog.now(connection)
    assert after.stamp > before.stamp
    assert after.get("loan_car") is before.get("loan_car")


def test_a_snapshot_older_than_the_database_is_not_made_up(web: Engine, tell: Callable[..., None]) -> None:
    tell(1)
    with web.connect() as connection:
        announced = stamp(connection)
        tell(2)
        found = Catalog(ENTITIES.values()).at(connection, announced)
    assert found.stamp == announced + 1
    assert found.get("loan_car").version == 2


def test_a_removed_entity_is_gone(web: Engine, tell: Callable[..., None]) -> None:
    tell(1)
    tell(1, removed=True)
    with web.connect() as connection:
        assert Catalog(ENTITIES.values()).now(connection).get("loan_car") is None


def test_stamp_and_descriptions_are_of_one_moment_while_others_publish(web: Engine, tell: Callable[..., None]) -> None:
    tell(1)
    with web.connect() as connection:
        first = stamp(connection)
    catalog = Catalog(ENTITIES.values())
    seen: set[tuple[int, int]] = set()

    def read() -> None:
        with web.connect() as connection:
            for _ in range(150):
                found = catalog.now(connection)
                seen.add((found.stamp - first, found.get("loan_car").version - 1))
                connection.rollback()

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in range(2, 30):
        tell(version)
    for thread in threads:
        thread.join()
    assert len(seen) > 3
    assert {published for published, version in seen if published != version} == set()
