"""PUT and PATCH /api/v1/data/<entity>/<id>."""

import pytest

from app.fields import IdCard

CUSTOMERS = "/api/v1/data/customer/"
BOTH = pytest.mark.parametrize("method", ["PUT", "PATCH"])


@BOTH
def test_the_given_fields_change_and_the_others_stay(manager, customer, stored, method):
    answer = manager.open(
        f"{CUSTOMERS}{customer}", method=method, json={"stage": "active"}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200
    assert answer.json == {"id": customer, "version": 2}
    assert answer.headers["ETag"] == '"2"'
    assert (stored(customer)["stage"], stored(customer)["name"]) == ("active", "张三丰")


def test_the_version_may_stand_in_the_content(manager, customer):
    answer = manager.patch(f"{CUSTOMERS}{customer}", json={"stage": "active", "version": 1})
    assert answer.json["version"] == 2


@BOTH
def test_a_change_says_which_version_it_changes(manager, customer, stored, method):
    answer = manager.open(f"{CUSTOMERS}{customer}", method=method, json={"stage": "active"})
    assert (answer.status_code, answer.json["code"]) == (428, "precondition_required")
    assert stored(customer)["version"] == 1


def test_the_second_of_two_editors_gets_a_comparison(consultant, manager, customer, stored):
    manager.patch(f"{CUSTOMERS}{customer}", json={"name": "先到", "version": 1})
    answer = consultant.patch(f"{CUSTOMERS}{customer}", json={"name": "后到", "stage": "lost", "version": 1})
    assert answer.status_code == 409
    assert answer.json["version"] == 2
    assert {"field": "name", "yours": "后到", "theirs": "先到"} in answer.json["differences"]
    assert stored(customer)["name"] == "先到"


def test_a_comparison_tells_no_protected_value(consultant, manager, customer):
    manager.patch(f"{CUSTOMERS}{customer}", json={"phone": "13900139001", "version": 1})
    answer = consultant.patch(f"{CUSTOMERS}{customer}", json={"phone": "13700137000", "version": 1})
    assert answer.status_code == 409
    assert "13900139001" not in answer.text
    assert "139****9001" in answer.text


@pytest.mark.parametrize("version", ["x", "-1", "*", "9" * 12, '"1", "2"'])
def test_a_version_that_is_none_is_refused(manager, customer, version):
    answer = manager.patch(f"{CUSTOMERS}{customer}", json={"stage": "lost"}, headers={"If-Match": version})
    assert (answer.status_code, answer.json["code"]) == (400, "version")


def test_a_record_without_changes_keeps_its_version(manager, customer):
    answer = manager.patch(f"{CUSTOMERS}{customer}", json={"name": "张三丰", "version": 1})
    assert answer.json["version"] == 1


def test_null_empties_a_field(manager, customer, stored):
    manager.patch(f"{CUSTOMERS}{customer}", json={"phone": None, "version": 1})
    assert (stored(customer)["phone"], stored(customer)["phone_bidx"]) == (None, None)


def test_what_is_required_is_not_emptied(manager, customer):
    answer = manager.patch(f"{CUSTOMERS}{customer}", json={"name": None, "version": 1})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "required"


def test_a_mask_sent_back_is_refused(manager, customer, stored):
    before = stored(customer)["phone"]
    answer = manager.patch(f"{CUSTOMERS}{customer}", json={"phone": "138****8000", "version": 1})
    assert answer.status_code == 422
    assert stored(customer)["phone"] == before


def test_a_field_hidden_in_this_record_is_unknown(consultant, make):
    others = make.customer()
    answer = consultant.patch(f"{CUSTOMERS}{others}", json={"id_card": IdCard().example(7), "version": 1})
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_field")


@pytest.mark.parametrize("field", ["id", "uuid", "store", "created_by", "updated_by", "nothing"])
def test_fields_that_are_not_a_clients_are_unknown(manager, customer, field):
    answer = manager.patch(f"{CUSTOMERS}{customer}", json={field: 1, "version": 1})
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_field")


def test_a_foreign_record_is_not_found(consultant, foreign, stored):
    answer = consultant.patch(f"{CUSTOMERS}{foreign}", json={"stage": "lost", "version": 1})
    assert answer.status_code == 404
    assert stored(foreign)["version"] == 1
