"""_info, lookup, export.csv and reveal."""

import csv
import io

import pytest

from tests.appkit import Premises

CUSTOMERS = "/api/v1/data/customer/"


def test_info_tells_fields_and_verbs_of_the_actor(consultant):
    info = consultant.get(f"{CUSTOMERS}_info", headers={"Accept-Language": "en"}).json
    fields = {one["name"]: one for one in info["fields"]}
    assert info["label"] == "Customer"
    assert "delete" not in info["actions"]
    assert fields["name"]["operators"] == ["eq", "ne", "in", "has"]
    assert fields["phone"]["operators"] == ["eq", "has", "tail"]
    assert (fields["phone"]["privacy"], fields["phone"]["sortable"]) == ("sealed", False)
    assert fields["sales_owner"]["target"] == "employee"


def test_info_offers_the_right_to_search_only_to_those_who_have_it(premises: Premises):
    info = premises.caller("technician").get(f"{CUSTOMERS}_info").json
    fields = {one["name"]: one for one in info["fields"]}
    assert fields["phone"]["operators"] == ["has"]
    assert not any(one["writable"] for one in info["fields"])


def test_info_tells_a_stranger_nothing(premises: Premises):
    assert premises.caller("newcomer").get(f"{CUSTOMERS}_info").status_code == 403


def test_lookup_finds_titles(consultant, make):
    number = make.customer(name="诸葛亮")
    answer = consultant.get(f"{CUSTOMERS}lookup?q=诸葛亮").json
    assert {"id": number, "title": "诸葛亮"} in answer["result"]


def test_lookup_stays_within_scope(consultant, make):
    make.customer(name="上官婉儿", store="XH")
    assert consultant.get(f"{CUSTOMERS}lookup?q=上官婉儿").json == {"result": []}


def test_an_export_holds_masks_and_is_noted(manager, make, noted, source):
    make.customer(name="=1+1", phone="13800138000", source=source)
    answer = manager.get(f"{CUSTOMERS}export.csv?where=source~eq~{source}")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 1
    assert rows[0]["phone"] == "138****8000"
    assert not rows[0]["name"].startswith("=")
    assert ("export", "customer", None, 1) in noted()


def test_an_export_needs_the_grant(consultant):
    assert consultant.get(f"{CUSTOMERS}export.csv").status_code == 403


def test_a_reveal_tells_the_value_and_stands_in_the_trail(consultant, customer, noted):
    answer = consultant.post(f"{CUSTOMERS}{customer}/reveal/phone", json={"reason": "回访"})
    assert answer.json == {"result": {"field": "phone", "value": "+8613800138000"}}
    assert ("reveal", "customer", customer, None) in noted()


@pytest.mark.parametrize("given", [{}, {"reason": ""}, {"reason": "  "}, {"reason": None}])
def test_a_reveal_needs_a_reason(consultant, customer, given, noted):
    answer = consultant.post(f"{CUSTOMERS}{customer}/reveal/phone", json=given)
    assert answer.status_code == 422
    assert "8000" not in answer.text
    assert noted() == []


def test_a_reveal_needs_the_grant(premises: Premises, customer):
    client = premises.caller("technician")
    answer = client.post(f"{CUSTOMERS}{customer}/reveal/phone", json={"reason": "回访"})
    assert answer.status_code == 403


def test_what_is_hidden_is_not_revealed(consultant, make):
    others = make.customer()
    for field in ("id_card", "nothing", "uuid"):
        answer = consultant.post(f"{CUSTOMERS}{others}/reveal/{field}", json={"reason": "回访"})
        assert answer.status_code == 404, field


def test_a_foreign_record_is_not_revealed(consultant, foreign):
    answer = consultant.post(f"{CUSTOMERS}{foreign}/reveal/phone", json={"reason": "回访"})
    assert answer.status_code == 404
