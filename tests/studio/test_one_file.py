"""An entity in code is one file with one line a field: table, pages, API, scope and trail follow from it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, pool

from app.fields import Text
from app.models import ENTITIES
from app.studio.bring import Unready, bring
from config import ROOT, Config
from tests.studio.elsewhere import words
from tests.studio.samples import item, loan_car


@pytest.fixture(scope="module")
def told(clone: Callable[[], Config]) -> dict[str, Any]:
    """What a process that knows one model more sees."""
    config = clone()
    argv = [sys.executable, "-m", "tests.studio.one_file", *words(config)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_it_has_a_form_a_list_and_a_page(told: dict[str, Any]) -> None:
    assert {"number", "borrower", "hours", "due_on"} <= set(told["controls"].split())
    assert "Key number" in told["list"]
    assert "K1" in told["list"]
    assert "Key loans" in told["home"]
    assert "Hours 2" in told["record"]


def test_it_has_an_api_and_its_values_are_checked(told: dict[str, Any]) -> None:
    assert told["api"]["number"] == "K1"
    assert told["api"]["hours"] == 2
    assert told["wrong"] == 422


def test_it_obeys_scope_and_stands_in_the_trail(told: dict[str, Any]) -> None:
    assert told["refused"] == 404
    assert "Created" in told["trail"]
    assert "王经理" in told["trail"]


@pytest.fixture
def admin(database: Config) -> Engine:
    return create_engine(database.url("administrator"), poolclass=pool.NullPool)


def test_a_line_added_later_is_a_column_at_the_next_start(admin: Engine) -> None:
    known = list(ENTITIES.values())
    with admin.begin() as connection:
        assert bring(connection, [*known, loan_car()]) == ["loan_car"]
        connection.exec_driver_sql("INSERT INTO company (code, name) VALUES ('A', 'A')")
        connection.exec_driver_sql("INSERT INTO store (code, name, company_id) SELECT 'S', 'S', id FROM company")
        connection.exec_driver_sql("INSERT INTO loan_car (store_id, plate) SELECT id, '沪A12345' FROM store")
        assert bring(connection, [*known, loan_car(extra=True)]) == ["loan_car"]
        assert bring(connection, [*known, loan_car(extra=True)]) == []
        assert connection.exec_driver_sql("SELECT state FROM loan_car").scalar_one() == "free"


def test_a_line_the_database_cannot_follow_is_named(admin: Engine) -> None:
    known, plain = list(ENTITIES.values()), loan_car()
    with admin.begin() as connection:
        bring(connection, [*known, plain])
        connection.exec_driver_sql("INSERT INTO company (code, name) VALUES ('A', 'A')")
        connection.exec_driver_sql("INSERT INTO store (code, name, company_id) SELECT 'S', 'S', id FROM company")
        connection.exec_driver_sql("INSERT INTO loan_car (store_id, plate) SELECT id, '沪A12345' FROM store")
        wanting = replace(plain, fields=(*plain.fields, item("depot", Text(9), required=True)))
        with pytest.raises(Unready, match=r"loan_car\.depot"):
            bring(connection, [*known, wanting])
