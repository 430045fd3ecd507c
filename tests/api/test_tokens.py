"""/api/v1/tokens."""

import pytest

from tests.appkit import Premises

TOKENS = "/api/v1/tokens"
CUSTOMERS = "/api/v1/data/customer/"


def test_a_token_is_shown_once_and_speaks_for_its_maker(premises: Premises):
    desk = premises.desk("consultant")
    made = desk.post(TOKENS, json={"name": "对接", "days": 7, "scopes": "everything"})
    assert made.status_code == 201
    token = made.json["token"]
    reader = premises.caller("nobody")
    assert reader.get(CUSTOMERS, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    listed = desk.get(TOKENS)
    assert made.json["id"] in {one["id"] for one in listed.json["result"]}
    assert token not in listed.text


def test_an_ended_token_is_nobody(premises: Premises):
    desk = premises.desk("consultant")
    made = desk.post(TOKENS, json={"name": "对接", "scopes": "everything"}).json
    assert desk.delete(f"{TOKENS}/{made['id']}").status_code == 204
    answer = premises.caller("nobody").get(CUSTOMERS, headers={"Authorization": f"Bearer {made['token']}"})
    assert answer.status_code == 401
    assert desk.delete(f"{TOKENS}/{made['id']}").status_code == 404


def test_a_token_makes_no_token(premises: Premises):
    assert premises.caller("consultant").post(TOKENS, json={"name": "对接", "scopes": "everything"}).status_code == 403


def test_another_persons_token_is_not_found(premises: Premises):
    mine = premises.desk("consultant").post(TOKENS, json={"name": "对接", "scopes": "everything"}).json
    assert premises.desk("advisor").delete(f"{TOKENS}/{mine['id']}").status_code == 404
    assert mine["id"] not in {one["id"] for one in premises.desk("advisor").get(TOKENS).json["result"]}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": 1}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "\u0000"}, "name"),
        ({"name": "x", "days": 0}, "days"),
        ({"name": "x", "days": 366}, "days"),
        ({"name": "x", "days": "7"}, "days"),
        ({"name": "x", "days": True}, "days"),
        ({"name": "x", "days": 10**18}, "days"),
    ],
)
def test_a_name_and_term_that_do_not_fit_are_told(premises: Premises, given, field):
    answer = premises.desk("consultant").post(TOKENS, json={"scopes": "read"} | given)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]


def test_nobody_has_no_tokens(premises: Premises):
    nobody = premises.caller("nobody")
    assert {nobody.get(TOKENS).status_code, nobody.post(TOKENS, json={}).status_code} == {401}
    assert nobody.delete(f"{TOKENS}/1").status_code == 401
