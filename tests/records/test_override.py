"""Doubted values are saved for a reason, which stands in the trail; what is malformed never is."""

import json
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.fields import Vin
from app.fields.vehicle import check_digit
from app.records import write
from tests.appkit import Premises
from tests.cast import PUDONG
from tests.make import Make

CARS = "/api/v1/data/vehicle/"
WHY = "平行进口车，厂家不编校验位"


@pytest.fixture
def vin(make: Make) -> str:
    """A well-formed VIN nobody used, whose check digit fails."""
    good = Vin().example(make.number())
    return f"{good[:8]}{'X' if check_digit(good) != 'X' else '0'}{good[9:]}"


@pytest.fixture
def car(make: Make) -> int:
    """A car of the consultant's store, at version 1."""
    return make.vehicle()


def told(premises: Premises, number: int, entity: str = "vehicle") -> list[dict[str, str] | None]:
    """The reasons in the entries of a record, oldest first; None for an entry without any."""
    sql = (
        "SELECT v.after FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at"
        " WHERE e.entity = %s AND e.record_id = %s AND v.after IS NOT NULL ORDER BY e.id"
    )
    return [json.loads(after).get("@override") for (after,) in premises.run(sql, entity, number)]


def typed(page: TestResponse, name: str) -> str | None:
    """The value of an input of a page; None where there is no such input."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return found[1] if found else None


def post(premises: Premises, path: str, language: str = "", **data: Any) -> TestResponse:
    return premises.desk("manager", language=language).post(f"/data/vehicle/{path}", data=data)


# Screens --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "asks"), [("zh_Hans_CN", "仍要保存？请写明原因"), ("en", "Save all the same? Say why")]
)
def test_a_doubted_value_is_kept_and_a_reason_asked_for(premises: Premises, vin: str, language: str, asks: str) -> None:
    refused = post(premises, "add", language, vin=vin.lower(), model="凯美瑞", status="delivered")
    assert refused.status_code == 422
    assert asks in refused.text
    assert (typed(refused, "vin__override"), typed(refused, "plate__override")) == ("", None)
    assert f'value="{vin.lower()}"' in refused.text


def test_a_reason_saves_it_and_the_history_tells_it(premises: Premises, vin: str) -> None:
    saved = post(premises, "add", vin=vin, vin__override=f"  {WHY} ", plate="使014001", plate__override="<b>领馆</b>")
    assert saved.status_code == 303
    number = int(saved.location.rpartition("/")[2])
    assert told(premises, number) == [{"vin": WHY, "plate": "<b>领馆</b>"}]
    history = premises.desk("manager").get(f"/data/vehicle/{number}?tab=trail").text
    assert f"存疑仍保存，原因：{WHY}" in history
    assert "&lt;b&gt;领馆&lt;/b&gt;" in history


def test_a_blank_reason_is_none(premises: Premises, vin: str) -> None:
    assert post(premises, "add", vin=vin, vin__override=" \u3000 ").status_code == 422


def test_no_reason_saves_what_is_malformed(premises: Premises, vin: str) -> None:
    for wrong in (vin[:16], vin.replace("G", "I"), f"{vin[:16]}O"):
        refused = post(premises, "add", vin=wrong, vin__override=WHY)
        assert refused.status_code == 422
        assert premises.one("SELECT count(*) FROM vehicle WHERE vin = %s", wrong) == 0


def test_a_reason_stays_typed_while_something_else_is_wrong(premises: Premises, vin: str) -> None:
    refused = post(premises, "add", vin=vin, vin__override=WHY, mileage="many")
    assert refused.status_code == 422
    assert typed(refused, "vin__override") == WHY


def test_what_was_saved_for_a_reason_needs_none_again(premises: Premises, vin: str, car: int) -> None:
    assert post(premises, f"{car}/edit", version="1", vin=vin, vin__override=WHY).status_code == 303
    form = premises.desk("manager").get(f"/data/vehicle/{car}/edit")
    assert (typed(form, "vin__override"), vin in form.text) == (None, True)
    assert post(premises, f"{car}/edit", version="2", vin=vin, model="汉兰达").status_code == 303
    assert told(premises, car) == [None, {"vin": WHY}, None]


def test_a_reason_for_what_nobody_doubts_is_not_kept(premises: Premises, make: Make, car: int) -> None:
    good = Vin().example(make.number())
    assert post(premises, f"{car}/edit", version="1", vin=good, vin__override=WHY).status_code == 303
    assert told(premises, car) == [None, None]


def test_the_second_editors_reason_goes_through_the_comparison(premises: Premises, vin: str, car: int) -> None:
    post(premises, f"{car}/edit", version="1", model="先")
    second = post(premises, f"{car}/edit", version="1", vin=vin, vin__override=WHY)
    assert second.status_code == 409
    assert typed(second, "vin__override") == WHY
    again = post(premises, f"{car}/edit", version="2", vin=vin, vin__override=WHY, choose__vin="yours")
    assert again.status_code == 303
    assert told(premises, car)[-1] == {"vin": WHY}


def test_many_at_once_take_one_reason(premises: Premises, make: Make) -> None:
    plates = [make.record("vehicle_plate") for _ in range(2)]
    ticked = {"id": [str(one) for one in plates], "field": "plate", "confirm": "1", "plate": "沪A临12345"}
    desk, page = premises.desk("manager"), "/data/vehicle_plate/bulk/set"
    asked = desk.post(page, data=ticked)
    assert (asked.status_code, typed(asked, "plate__override")) == (422, "")
    assert desk.post(page, data=ticked | {"plate__override": "临时号牌"}).status_code == 303
    assert [told(premises, one, "vehicle_plate")[-1] for one in plates] == [{"plate": "临时号牌"}] * 2


# API ------------------------------------------------------------------------------------------------------------------
def test_the_api_says_what_a_reason_would_save(premises: Premises, vin: str) -> None:
    refused = premises.caller("manager").post(CARS, json={"vin": vin, "mileage": "many"})
    assert refused.status_code == 422
    by = {one["field"]: one for one in refused.json["errors"]}
    assert by["vin"]["code"] == "vin_check_digit"
    assert (by["vin"].get("doubtful"), by["mileage"].get("doubtful")) == (True, None)


def test_the_api_takes_reasons(premises: Premises, vin: str) -> None:
    api = premises.caller("manager")
    made = api.post(CARS, json={"vin": vin, "overrides": {"vin": WHY, "plate": "unused"}})
    assert made.status_code == 201
    number = made.json["id"]
    changed = api.patch(f"{CARS}{number}", json={"version": 1, "plate": "WJ沪1234", "overrides": {"plate": "武警"}})
    assert changed.status_code == 200
    assert told(premises, number) == [{"vin": WHY}, {"plate": "武警"}]
    assert api.get(f"{CARS}{number}").json["result"]["plate"] == "WJ沪1234"


@pytest.mark.parametrize("overrides", ["why", ["vin"], {"vin": 1}, {"vin": None}, True, 0])
def test_reasons_of_another_form_are_malformed(premises: Premises, vin: str, overrides: object) -> None:
    answer = premises.caller("manager").post(CARS, json={"vin": vin, "overrides": overrides})
    assert (answer.status_code, answer.json["code"]) == (400, "overrides")


def test_the_description_of_the_api_names_the_fields_that_take_reasons(premises: Premises) -> None:
    schemas = premises.caller("manager").get("/api/v1/openapi.json").json["components"]["schemas"]
    for name in ("vehicle.new", "vehicle.change"):
        assert set(schemas[name]["properties"]["overrides"]["properties"]) == {"vin", "plate"}
    assert set(schemas["customer.new"]["properties"]["overrides"]["properties"]) <= {"id_card", "uscc"}
    assert (
        "overrides"
        not in premises.caller("admin")
        .get("/api/v1/openapi.json")
        .json["components"]["schemas"]["store.change"]["properties"]
    )


def test_a_sealed_number_is_saved_for_a_reason_and_told_nowhere(premises: Premises) -> None:
    api, wrong = premises.caller("consultant"), "110105194912310021"
    number = api.post("/api/v1/data/customer/", json={"name": "证件存疑"}).json["id"]
    path = f"/api/v1/data/customer/{number}"
    assert api.patch(path, json={"version": 1, "id_card": wrong}).status_code == 422
    given = {"version": 1, "id_card": wrong, "overrides": {"id_card": "证件原件如此"}}
    assert api.patch(path, json=given).status_code == 200
    assert api.patch(path, json={"version": 2, "id_card": wrong}).status_code == 422
    assert told(premises, number, "customer")[-1] == {"id_card": "证件原件如此"}
    assert premises.one("SELECT count(*) FROM trail.value WHERE after LIKE %s", f"%{wrong}%") == 0


# Found again ----------------------------------------------------------------------------------------------------------
def test_a_special_plate_is_found_by_filter_search_and_tail(premises: Premises, make: Make) -> None:
    plate = f"使{make.number():06d}"
    with premises.acting("manager") as context:
        given = make.values(context.entity("vehicle")) | {"plate": plate, "store": premises.stores[PUDONG]}
        number = write.insert(context, context.entity("vehicle"), given, {"plate": "领馆"})
    api = premises.caller("manager")
    for asked in (f"where=plate~eq~{plate[0]}·{plate[1:]}", f"q={plate}", f"where=plate~tail~{plate[-4:]}"):
        found = api.get(f"{CARS}?{asked}&size=200").json["result"]
        assert number in [one["id"] for one in found], asked
