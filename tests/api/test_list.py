"""GET /api/v1/data/<entity>/ in plain parameters."""

import pytest
from flask.testing import FlaskClient

from tests.appkit import Premises
from tests.make import Make

CUSTOMERS = "/api/v1/data/customer/"


def names(client: FlaskClient, **query: object) -> list[str]:
    answer = client.get(CUSTOMERS, query_string=query)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json["result"]]


def test_a_condition_finds_what_it_says(consultant, make: Make, source):
    make.customer(name="甲", source=source)
    make.customer(name="乙")
    assert names(consultant, where=f"source~eq~{source}") == ["甲"]


def test_conditions_hold_together(consultant, make: Make, source):
    make.customer(name="甲", source=source, stage="active")
    make.customer(name="乙", source=source, stage="lost")
    assert names(consultant, where=[f"source~eq~{source}", "stage~eq~lost"]) == ["乙"]


def test_cursors_lead_through_every_page_and_back(consultant, make: Make, source):
    made = [
        make.customer(source=source, vip_until=day, vip_reason="v") for day in ("2000-01-02", None, "2000-01-01", None)
    ]
    query = {"where": f"source~eq~{source}", "order": "vip_until", "size": 1}
    seen, answer = [], consultant.get(CUSTOMERS, query_string=query).json
    while True:
        seen += [one["id"] for one in answer["result"]]
        if answer["next"] is None:
            break
        answer = consultant.get(CUSTOMERS, query_string=query | {"after": answer["next"]}).json
    assert seen == [made[2], made[0], made[1], made[3]]
    before = consultant.get(CUSTOMERS, query_string=query | {"after": answer["previous"]}).json
    assert [one["id"] for one in before["result"]] == [made[1]]


def test_a_list_counts_unless_told_not_to(consultant, make: Make, source):
    for _ in range(3):
        make.customer(source=source)
    query = {"where": f"source~eq~{source}", "size": 1}
    counted = consultant.get(CUSTOMERS, query_string=query).json
    assert (counted["count"], counted["count_capped"]) == (3, False)
    assert consultant.get(CUSTOMERS, query_string=query | {"count": "false"}).json["count"] is None


def test_fields_chooses_what_is_told(consultant, customer):
    one = consultant.get(CUSTOMERS, query_string={"fields": "name,stage", "size": 1}).json["result"][0]
    assert set(one) == {"id", "version", "store", "name", "stage", "created_at", "updated_at"}


def test_words_find_names_and_are_never_rison(consultant, make: Make):
    make.customer(name="司马相如")
    assert "司马相如" in names(consultant, q="司马相如")
    assert "司马相如" in names(consultant, q="smxr")


def test_a_protected_value_is_listed_as_its_mask(consultant, customer):
    answer = consultant.get(CUSTOMERS, query_string={"where": "name~eq~张三丰"})
    assert {one["phone"] for one in answer.json["result"]} == {"138****8000"}
    assert "13800138000" not in answer.text


def test_a_protected_value_is_found_by_its_whole_and_that_is_noted(consultant, customer, noted):
    answer = consultant.get(CUSTOMERS, query_string={"where": "phone~eq~13800138000"})
    assert customer in {one["id"] for one in answer.json["result"]}
    assert ("search", "customer", None, len(answer.json["result"])) in noted()


def test_another_stores_customers_are_not_listed(consultant, outsider, make: Make, source):
    number = make.customer(store="XH", source=source)
    query = {"where": f"source~eq~{source}"}
    assert consultant.get(CUSTOMERS, query_string=query).json["count"] == 0
    assert [one["id"] for one in outsider.get(CUSTOMERS, query_string=query).json["result"]] == [number]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("where=nothing~eq~1", "unknown_field"),
        ("where=uuid~eq~1", "unknown_field"),
        ("where=id_card~has~1&order=id_card", "unknown_field"),
        ("where=phone~ne~13800138000", "unknown_operator"),
        ("where=address~eq~x", "unknown_field"),
        ("where=name~like~x", "unknown_operator"),
        ("where=name", "condition"),
        ("order=phone", "unknown_field"),
        ("order=nothing", "unknown_field"),
        ("size=0", "page_size"),
        ("size=201", "page_size"),
        ("size=x", "page_size"),
        ("after=broken", "cursor"),
        ("after=%00", "cursor"),
        ("fields=password", "unknown_field"),
        ("count=maybe", "malformed"),
        ("page=1", "unknown_parameter"),
        ("_oc_Customer=name", "unknown_parameter"),
        ("&".join(["where=name~eq~x"] * 21), "conditions"),
        (f"q={'x' * 101}", "search"),
    ],
)
def test_what_is_not_understood_is_refused(consultant, query, code):
    answer = consultant.get(f"{CUSTOMERS}?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert answer.mimetype == "application/problem+json"


def test_a_value_that_does_not_fit_names_its_field(consultant):
    answer = consultant.get(f"{CUSTOMERS}?where=vip_until~eq~someday")
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == ["vip_until"]


def test_a_list_needs_the_grant(premises: Premises):
    assert premises.caller("newcomer").get(CUSTOMERS).status_code == 403
    assert premises.caller("consultant").get("/api/v1/data/nothing/").status_code == 404
