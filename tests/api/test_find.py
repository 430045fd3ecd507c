"""POST /api/v1/find: what one's own stores hold by id, of other stores no word about persons."""

from collections.abc import Iterator

import pytest

from app.fields import Vin
from tests.appkit import Desk, Premises
from tests.make import Make

FIND = "/api/v1/find"


@pytest.fixture(autouse=True)
def _unhurried(premises: Premises) -> Iterator[None]:
    yield
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'claim:%'")


def test_a_car_of_another_store_is_told_without_its_owner(consultant: Desk, make: Make) -> None:
    vin = Vin().example(make.number())
    owner = make.customer(store="XH", name="不可外传")
    make.vehicle(store="XH", vin=vin, model="凯美瑞", color="银色", customer=str(owner))
    answer = consultant.post(FIND, json={"value": vin.lower()})
    assert answer.status_code == 200
    (there,) = answer.json.pop("elsewhere")
    assert (there["model"], there["color"], there["store"]) == ("凯美瑞", "银色", "徐汇店")
    assert {name: answer.json[name] for name in ("kind", "here", "stores")} == {"kind": "vin", "here": [], "stores": 1}
    assert "不可外传" not in answer.text


def test_a_number_elsewhere_is_only_counted(consultant: Desk, make: Make) -> None:
    phone = f"1360{make.number():07d}"
    make.customer(store="XH", phone=phone)
    here = make.customer(phone=phone)
    answer = consultant.post(FIND, json={"value": phone, "kind": "phone"}).json
    assert (answer["stores"], answer["elsewhere"]) == (1, [])
    assert [(one["entity"], one["id"]) for one in answer["here"]] == [("customer", here)]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"value": 5},
        {"value": "8000"},
        {"value": "沪A12345", "kind": "name"},
        {"value": "x", "more": 1},
        {"value": "沪A12345", "kind": {}},
        {"value": "沪A12345", "kind": None},
    ],
)
def test_what_is_no_question_is_malformed(consultant: Desk, given: dict[str, object]) -> None:
    assert consultant.post(FIND, json=given).status_code == 400


def test_who_may_not_search_may_not_find_and_is_told_of_no_such_address(premises: Premises) -> None:
    technician = premises.caller("technician")
    assert technician.post(FIND, json={"value": "沪A12345"}).status_code == 403
    assert FIND not in technician.get("/api/v1/openapi.json").json["paths"]
    assert FIND in premises.caller("consultant").get("/api/v1/openapi.json").json["paths"]
    assert premises.caller("nobody").post(FIND, json={"value": "沪A12345"}).status_code == 401


def test_asking_is_limited_by_the_hour(consultant: Desk) -> None:
    for _ in range(60):
        assert consultant.post(FIND, json={"value": "沪A12345"}).status_code == 200
    refused = consultant.post(FIND, json={"value": "沪A12345"})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many")
    assert int(refused.headers["Retry-After"]) > 0
