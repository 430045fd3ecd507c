"""Answers that would tell a protected value to somebody who guesses it."""

import pytest

from tests.appkit import Premises
from tests.make import Make

PHONE, OTHER = "13800138000", "13900139000"
CARD, OTHER_CARD = "11010519491231002X", "440524188001010014"


@pytest.fixture
def record(make: Make) -> int:
    """A customer whom the consultant does not own, changed once since version 1."""
    return make.customer(phone=PHONE, id_card=CARD, email=None)


@pytest.fixture
def consultant(premises: Premises, record: int):
    desk = premises.caller("consultant")
    answer = desk.patch(f"/api/v1/data/customer/{record}", json={"note": "改过", "version": 1})
    assert answer.status_code == 200
    return desk


def test_a_stale_change_does_not_tell_that_a_masked_value_was_guessed(consultant, record):
    address = f"/api/v1/data/customer/{record}"
    right, wrong = (
        consultant.patch(address, json={"phone": phone, "version": 1}).get_json() for phone in (PHONE, OTHER)
    )
    assert [one["field"] for one in right["differences"]] == [one["field"] for one in wrong["differences"]] == ["phone"]
    assert right["differences"][0]["theirs"] == wrong["differences"][0]["theirs"] == "138****8000"


@pytest.mark.parametrize("card", [CARD, OTHER_CARD, "1"])
@pytest.mark.parametrize("version", [1, 2])
def test_a_hidden_field_is_unknown_in_a_change_whatever_its_value(card, version, consultant, record):
    answer = consultant.patch(f"/api/v1/data/customer/{record}", json={"id_card": card, "version": version})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "unknown_field")


def test_saving_a_guess_answers_as_saving_anything(consultant, record):
    address = f"/api/v1/data/customer/{record}"
    assert consultant.patch(address, json={"phone": PHONE, "version": 2}).get_json()["version"] == 3
    assert consultant.patch(address, json={"phone": OTHER, "version": 3}).get_json()["version"] == 4


def test_saving_what_one_sees_in_clear_changes_nothing(consultant, record):
    address = f"/api/v1/data/customer/{record}"
    assert consultant.patch(address, json={"note": "改过", "version": 2}).get_json()["version"] == 2


@pytest.mark.parametrize("wanted", ["1", "0"])
def test_a_hidden_field_is_not_asked_whether_it_has_a_value(wanted, consultant):
    asked = consultant.get(f"/api/v1/data/customer/?where=id_card~has~{wanted}")
    assert (asked.status_code, asked.get_json()["code"]) == (400, "unknown_field")
    assert consultant.get(f"/api/v1/data/customer/?where=phone~has~{wanted}").status_code == 200


def test_its_presence_is_not_offered_either(consultant):
    told = {one["name"]: one["operators"] for one in consultant.get("/api/v1/data/customer/_info").get_json()["fields"]}
    assert "has" not in told["id_card"]
    assert "has" in told["phone"]
