"""POST /api/v1/data/<entity>/."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.appkit import Premises

CUSTOMERS = "/api/v1/data/customer/"


def test_a_record_is_made_and_its_place_told(consultant, stored, premises: Premises):
    answer = consultant.post(CUSTOMERS, json={"name": "新客", "phone": "138 0013 8001"})
    assert answer.status_code == 201
    number = answer.json["id"]
    assert answer.json == {"id": number, "version": 1}
    assert answer.headers["Location"] == f"{CUSTOMERS}{number}"
    assert stored(number)["store_id"] == premises.stores["PD"]
    assert stored(number)["created_by"] == premises.users["consultant"]


def test_it_stands_in_the_trail(consultant, noted):
    number = consultant.post(CUSTOMERS, json={"name": "新客"}).json["id"]
    assert ("insert", "customer", number, None) in noted()


@pytest.mark.parametrize("name", ["𠮷野", "㛃", "😀", "=1+1", "<b>x</b>", "O'Neil; DROP TABLE customer"])
def test_names_come_back_as_they_were_given(consultant, name):
    number = consultant.post(CUSTOMERS, json={"name": name}).json["id"]
    assert consultant.get(f"{CUSTOMERS}{number}").json["result"]["name"] == name


def test_everything_wrong_is_told_at_once(consultant):
    given = {"phone": "12", "birth_date": "someday", "kind": "alien"}
    answer = consultant.post(CUSTOMERS, json=given)
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json["errors"]} == {"name", "phone", "birth_date", "kind"}


@pytest.mark.parametrize("field", ["id", "uuid", "created_by", "updated_at", "store_id", "phone_bidx", "nothing"])
def test_fields_that_are_not_a_clients_are_unknown(consultant, field):
    answer = consultant.post(CUSTOMERS, json={"name": "新客", field: 1})
    assert (answer.status_code, answer.json["code"]) == (400, "unknown_field")


def test_a_mask_is_never_taken_for_a_value(consultant):
    answer = consultant.post(CUSTOMERS, json={"name": "新客", "phone": "138****8000"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "mask"


def test_another_store_is_refused(consultant, premises: Premises):
    answer = consultant.post(CUSTOMERS, json={"name": "新客", "store": premises.stores["XH"]})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == ["store"]


def test_a_reference_into_another_store_is_refused(consultant, make):
    stranger = make.employee(store="XH")
    answer = consultant.post(CUSTOMERS, json={"name": "新客", "sales_owner": stranger})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == ["sales_owner"]


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b"[" * 5000, "application/json", 400),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b'{"name": "x"}', "text/plain", 415),
        (b'{"note": "' + b"x" * 2**20 + b'"}', "application/json", 413),
    ],
)
def test_content_that_cannot_be_read_is_refused(consultant, content, media, status):
    answer = consultant.post(CUSTOMERS, data=content, content_type=media)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, ["x"], {"a": 1}, 10**30, "\u0000", "x" * 10_001])
@pytest.mark.parametrize("field", ["name", "phone", "birth_date", "stage", "sales_owner", "note"])
def test_any_value_is_taken_or_refused_by_its_field(consultant, field, value):
    answer = consultant.post(CUSTOMERS, json={"name": "新客"} | {field: value})
    assert answer.status_code in (201, 422)


def test_a_browsers_write_carries_its_pages_token(premises: Premises):
    desk = premises.desk("consultant")
    refused = desk.post(CUSTOMERS, json={"name": "新客"}, csrf=False)
    assert (refused.status_code, refused.json["code"]) == (400, "csrf")
    assert desk.post(CUSTOMERS, json={"name": "新客"}).status_code == 201


def test_a_write_needs_the_grant_and_a_denial_is_noted(premises: Premises, noted):
    answer = premises.caller("auditor").post(CUSTOMERS, json={"name": "新客"})
    assert answer.status_code == 403
    assert "denied" in {action for action, *_ in noted()}


def test_a_key_sent_again_answers_the_first_record(consultant, premises: Premises):
    headers, given = {"Idempotency-Key": "order-1"}, {"name": "只建一次"}
    first, again = (consultant.post(CUSTOMERS, json=given, headers=headers) for _ in range(2))
    assert again.status_code == 201
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert premises.one("SELECT count(*) FROM customer WHERE name = '只建一次'") == 1


def test_a_key_stands_for_one_content(consultant):
    headers = {"Idempotency-Key": "order-2"}
    consultant.post(CUSTOMERS, json={"name": "甲"}, headers=headers)
    answer = consultant.post(CUSTOMERS, json={"name": "乙"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key")


def test_a_key_is_one_persons(consultant, manager):
    headers, given = {"Idempotency-Key": "order-3"}, {"name": "甲"}
    mine, his = (client.post(CUSTOMERS, json=given, headers=headers).json["id"] for client in (consultant, manager))
    assert mine != his


def test_a_key_lasts_a_day(consultant, premises: Premises):
    headers, given = {"Idempotency-Key": "order-4"}, {"name": "甲"}
    first = consultant.post(CUSTOMERS, json=given, headers=headers).json["id"]
    premises.run("UPDATE work.idempotency SET at = at - interval '25 hours' WHERE record = %s", first)
    assert consultant.post(CUSTOMERS, json=given, headers=headers).json["id"] != first


def test_a_failed_creation_leaves_its_key_free(consultant):
    headers = {"Idempotency-Key": "order-5"}
    assert consultant.post(CUSTOMERS, json={"name": ""}, headers=headers).status_code == 422
    assert consultant.post(CUSTOMERS, json={"name": "甲"}, headers=headers).status_code == 201


def test_parallel_requests_with_one_key_make_one_record(premises: Premises):
    def send(_: int) -> int:
        answer = premises.caller("consultant").post(
            CUSTOMERS, json={"name": "并发"}, headers={"Idempotency-Key": "order-6"}
        )
        return answer.json["id"]

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(8)))) == 1


def test_a_key_that_is_no_key_is_refused(consultant):
    for key in ("", "x" * 201):
        answer = consultant.post(CUSTOMERS, json={"name": "甲"}, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key")
