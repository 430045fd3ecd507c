"""Another store's records by their numbers (attack Z4): answered like numbers there are none of, at the same cost.

That every entity's every route says so word for word stands in tests/contract/test_scope.py; here it is numbers drawn
at random, and what an answer costs, since a slower one tells as much as another text.
"""

import random
import re

import pytest

from tests.api.test_token_scopes import caller
from tests.appkit import Desk, Premises
from tests.house.test_routes import address
from tests.make import Make

NEVER = 2**40
DRAWN = 300
BODY = {"version": 1, "name": "不行"}


@pytest.fixture(scope="module")
def theirs(make: Make) -> list[int]:
    """Customers of another store."""
    return [make.customer(store="XH", phone=f"1390013{number:04}") for number in range(12)]


def shapes(premises: Premises, desk: Desk, path: str, method: str) -> tuple[int, str, tuple[str, ...]]:
    """The status, the body and the statements of a request, without what differs between any two."""
    api = path.startswith("/api/")
    with premises.statements() as sent:
        answer = desk.open(path, method=method, **({"json": BODY} if api and method != "GET" else {"data": BODY}))
    told = re.sub(r'r-[0-9a-f]{16}|nonce="[^"]*"|value="[\w.-]{30,}"|/(?:data|ask)/\w+/\d+[\w/]*', "", answer.text)
    return answer.status_code, told, tuple(re.sub(r"\d+", "#", one) for one in sent)


@pytest.mark.parametrize("prefix", ["/data/", "/api/v1/data/"])
def test_every_route_does_the_same_work_for_a_foreign_number_as_for_none(
    prefix: str, premises: Premises, theirs: list[int]
):
    desk = premises.desk("consultant") if prefix == "/data/" else premises.caller("consultant")
    rules = [r for r in premises.app.url_map.iter_rules() if r.rule.startswith(prefix) and "<int:pk>" in r.rule]
    assert len(rules) > 5
    for rule in rules:
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            shapes(premises, desk, address(rule, NEVER), method)  # what is computed once is
            never = shapes(premises, desk, address(rule, NEVER), method)
            foreign = shapes(premises, desk, address(rule, theirs[0]), method)
            assert foreign == never, (method, rule.rule)
            assert never[0] in (400, 403, 404), (method, rule.rule)


def test_numbers_drawn_at_random_open_nothing_foreign(premises: Premises, make: Make, theirs: list[int]):
    own = {make.customer(), make.customer()}
    dice, programs = random.Random(7), [premises.caller("consultant"), caller(premises, "consultant", "read")]
    highest = premises.one("SELECT max(id) FROM customer")
    stores = dict(premises.run("SELECT id, store_id FROM customer"))
    answers: dict[int, set[str]] = {200: set(), 404: set()}
    for number in [*own, *theirs, *(dice.randint(1, highest + 50) for _ in range(DRAWN))]:
        answer = dice.choice(programs).get(f"/api/v1/data/customer/{number}")
        mine = stores.get(number) == premises.stores["PD"]
        assert answer.status_code == (200 if mine else 404), number
        answers[answer.status_code].add("" if mine else re.sub(r"r-[0-9a-f]{16}", "", answer.text))
    assert len(answers[404]) == 1, "one text for what is foreign and what never was"
    assert answers[200]


@pytest.mark.parametrize(
    "number", ["0", "-1", "1e3", "01", "1%00", "1/../2", "٤٢", "2147483648", "9" * 30, "1;2", "1,2", "%31"]
)
def test_no_way_to_write_a_number_leads_around(number: str, premises: Premises, theirs: list[int]):
    for desk, prefix in ((premises.desk("consultant"), ""), (premises.caller("consultant"), "/api/v1")):
        answer = desk.get(f"{prefix}/data/customer/{number}")
        assert answer.status_code in (200, 301, 308, 400, 404)
        for one in theirs:
            assert f'"id": {one},' not in answer.text
            assert "1390013" not in answer.text
