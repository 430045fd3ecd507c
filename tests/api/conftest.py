"""Programs that speak for the cast, and the customers they ask about."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.appkit import Premises
from tests.make import Make

CUSTOMERS = "/api/v1/data/customer/"
_numbers = count(1)


@pytest.fixture
def consultant(premises: Premises) -> FlaskClient:
    return premises.caller("consultant")


@pytest.fixture
def manager(premises: Premises) -> FlaskClient:
    return premises.caller("manager")


@pytest.fixture
def outsider(premises: Premises) -> FlaskClient:
    return premises.caller("outsider")


@pytest.fixture
def customer(make: Make) -> int:
    """A customer of the consultant's store, at version 1."""
    return make.customer(phone="13800138000", name="张三丰", stage="prospect", id_card=None, email=None)


@pytest.fixture
def foreign(make: Make) -> int:
    """A customer of the other store."""
    return make.customer(store="XH")


@pytest.fixture
def source() -> str:
    """A word that only this test's customers carry as their source."""
    return f"来源{next(_numbers)}"


@pytest.fixture
def stored(premises: Premises) -> Callable[[int], dict[str, Any]]:
    """A customer's row as the database holds it."""

    def read(number: int) -> dict[str, Any]:
        found: dict[str, Any] = premises.one("SELECT to_jsonb(c) FROM customer c WHERE id = %s", number)
        return found

    return read


@pytest.fixture
def noted(premises: Premises) -> Iterator[Callable[[], list[tuple[Any, ...]]]]:
    """The events of the trail since the test began: (action, entity, record, count)."""
    begun = premises.one("SELECT coalesce(max(id), 0) FROM trail.entry")

    def read() -> list[tuple[Any, ...]]:
        sql = "SELECT action, entity, record_id, count FROM trail.entry WHERE id > %s ORDER BY id"
        return premises.run(sql, begun)

    return read
