"""A day of birth: people are greeted on it, and nobody reads the year without a reason."""

import pytest

from tests.appkit import Premises
from tests.make import Make

BORN, MASK = "1987-06-05", "••••-06-05"


@pytest.fixture
def number(premises: Premises, make: Make) -> int:
    """The consultant's own customer."""
    me = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["consultant"])
    return make.customer(birth_date=BORN, sales_owner=str(me), source="birth")


@pytest.mark.parametrize("part", ["consultant", "manager", "advisor"])
def test_the_year_stands_nowhere(premises, number, part):
    desk, caller = premises.desk(part), premises.caller(part)
    pages = [f"/data/customer/{number}", f"/data/customer/{number}?tab=trail", f"/data/customer/{number}/edit"]
    for path in pages:
        assert "1987" not in desk.get(path).text
    assert MASK in desk.get(pages[0]).text
    answer = caller.get(f"/api/v1/data/customer/{number}").json["result"]
    assert (answer["birth_date"], answer["birthday"]) == (MASK, "06-05")


def test_no_file_and_no_question_tells_it(premises, number):
    manager = premises.desk("manager")
    assert "1987" not in manager.get("/data/customer/export.csv?where=source~eq~birth").get_data(as_text=True)
    for question in (f"where=birth_date~eq~{BORN}", "where=birth_date~lt~1990-01-01", "order=birth_date"):
        assert premises.caller("manager").get(f"/api/v1/data/customer/?{question}").status_code == 400


def test_a_form_left_alone_keeps_it_and_one_filled_in_changes_it(premises, number):
    desk, path = premises.desk("consultant"), f"/data/customer/{number}/edit"
    form = {"name": "改名", "version": premises.one("SELECT version FROM customer WHERE id = %s", number)}
    assert desk.post(path, data=form | {"birth_date": ""}).status_code in (302, 303)
    assert str(premises.one("SELECT birth_date FROM customer WHERE id = %s", number)) == BORN
    form["version"] = premises.one("SELECT version FROM customer WHERE id = %s", number)
    assert desk.post(path, data=form | {"birth_date": "1988-01-02"}).status_code in (302, 303)
    assert str(premises.one("SELECT birth_date FROM customer WHERE id = %s", number)) == "1988-01-02"
    given = {"birth_date": MASK, "version": premises.one("SELECT version FROM customer WHERE id = %s", number)}
    refused = premises.caller("consultant").patch(f"/api/v1/data/customer/{number}", json=given)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "birth_date")


def test_a_reason_opens_it(premises, number):
    path = f"/api/v1/data/customer/{number}/reveal/birth_date"
    assert premises.caller("consultant").post(path, json={"reason": "核对年龄"}).json["result"]["value"] == BORN
    assert premises.caller("technician").post(path, json={"reason": "好奇"}).status_code == 403
