"""Connections that break, and requests that end early: the pool keeps its size, people get words."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from app.access.keys import FieldKeys
from app.access.seal import Sealer
from app.db.engine import Database
from app.heads.house import House
from tests.appkit import Premises
from tests.make import Make


@pytest.fixture
def database(premises: Premises) -> Iterator[Database]:
    """A pool of one connection, and one more."""
    made = Database(premises.config.url("web"), pool_size=1)
    yield made
    made.dispose()


def cut(premises: Premises, pid: int) -> None:
    """Ends a connection from the server's side."""
    premises.run("SELECT pg_terminate_backend(%s)", pid)


def test_a_connection_cut_on_its_way_back_leaves_its_place(premises, database):
    def on_reset(dbapi: Any, *_rest: object) -> None:
        cut(premises, dbapi.info.backend_pid)

    event.listen(database.engine, "reset", on_reset)
    for _ in range(4):
        with database.transaction() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    assert database.engine.pool.checkedout() == 0


def test_a_connection_cut_in_its_transaction_leaves_its_place(premises, database):
    for _ in range(4):
        with pytest.raises(DBAPIError), database.transaction() as connection:
            cut(premises, connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    with database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_exports_nobody_reads_to_the_end_hold_no_connection(premises, make: Make):
    make.customer()
    caller = premises.caller("boss")
    for _ in range(30):
        answer = caller.get("/api/v1/data/customer/export.csv")
        next(answer.iter_encoded())
        answer.close()
    assert premises.house.database.engine.pool.checkedout() == 0


def test_fifty_failing_requests_hold_no_connection(premises):
    caller = premises.caller("consultant")
    for path in ("?where=name~eq~%00", "?where=x~y~z", "?order=phone", "999999", "?after=AAAA") * 10:
        assert 400 <= caller.get(f"/api/v1/data/customer/{path}").status_code < 500
    assert premises.house.database.engine.pool.checkedout() == 0


def test_a_process_without_a_free_connection_says_so(premises, database):
    database.engine.pool._timeout = 0.05
    here: House = premises.house
    premises.app.extensions["forecourt"] = replace(here, database=database)
    try:
        with database.transaction(), database.transaction():
            answer = premises.caller("consultant").get("/api/v1/data/customer/")
    finally:
        premises.app.extensions["forecourt"] = here
    assert (answer.status_code, answer.get_json()["code"]) == (503, "busy")


# Sealed values that do not open --------------------------------------------------------------------------------------
@pytest.fixture
def keyless(premises: Premises, make: Make) -> Iterator[None]:
    """The application with a key file that lacks the key everything was sealed under."""
    make.customer(phone="13800138776")
    here: House = premises.house
    other = Sealer(FieldKeys(2, {2: bytes(32)}, premises.config.secret("index_key")))
    premises.app.extensions["forecourt"] = replace(here, sealer=other)
    yield
    premises.app.extensions["forecourt"] = here


@pytest.mark.usefixtures("keyless")
def test_a_missing_key_hides_no_list_and_no_export(premises, make: Make):
    caller, desk = premises.caller("manager"), premises.desk("manager")
    told = caller.get("/api/v1/data/customer/?where=phone~has~1").get_json()["result"]
    assert {one["phone"] for one in told} == {"••••••"}
    assert desk.get("/data/customer/").status_code == 200
    assert "••••••" in caller.get("/api/v1/data/customer/export.csv").get_data(as_text=True)


@pytest.mark.usefixtures("keyless")
def test_a_missing_key_is_told_where_the_value_itself_is_needed(premises):
    number = premises.one(
        "SELECT max(id) FROM customer WHERE phone IS NOT NULL AND store_id = %s", premises.stores["PD"]
    )
    answer = premises.caller("manager").post(f"/api/v1/data/customer/{number}/reveal/phone", json={"reason": "回访"})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "seal_broken")


def test_values_sealed_under_the_key_before_still_open(premises, make: Make):
    number = make.customer(phone="13800138777")
    old = FieldKeys.parse(premises.config.secret("field_keys.json"), premises.config.secret("index_key"))
    rotated = Sealer(FieldKeys(9, {**old.keys, 9: bytes(range(32))}, old.index))
    here: House = premises.house
    premises.app.extensions["forecourt"] = replace(here, sealer=rotated)
    try:
        answer = premises.caller("manager").post(
            f"/api/v1/data/customer/{number}/reveal/phone", json={"reason": "回访"}
        )
    finally:
        premises.app.extensions["forecourt"] = here
    assert "13800138777" in str(answer.get_json())
