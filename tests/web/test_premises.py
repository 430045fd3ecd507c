"""The installation the other stories stand on."""

import pytest

from tests.appkit import Premises
from tests.cast import EVERYBODY, PUDONG, XUHUI
from tests.make import Make


@pytest.mark.parametrize("part", EVERYBODY)
def test_each_of_the_cast_is_announced_as_himself(part: str, premises: Premises) -> None:
    assert premises.actor(part).id == premises.users.get(part)


def test_the_cast_works_in_two_stores(premises: Premises) -> None:
    assert premises.actor("consultant").stores == (premises.stores[PUDONG],)
    assert premises.actor("outsider").stores == (premises.stores[XUHUI],)
    assert set(premises.actor("boss").stores) == set(premises.stores.values())


@pytest.mark.parametrize("entity", ["company", "store", "team", "employee", "customer", "vehicle"])
def test_a_record_of_any_entity_can_be_made(entity: str, make: Make) -> None:
    assert make.record(entity) != make.record(entity)


def test_a_browser_of_the_cast_reads_a_page_and_writes(premises: Premises, make: Make) -> None:
    desk = premises.desk("consultant")
    assert desk.get("/data/customer/").status_code == 200
    assert desk.post("/data/customer/add", data={"name": "韩梅梅"}).status_code == 303
    assert desk.post("/data/customer/add", data={"name": "韩梅梅"}, csrf=False).status_code == 400
