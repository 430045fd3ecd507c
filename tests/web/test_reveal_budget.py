"""Protected values are opened within a budget: what is left of it is the database's to say, on every road."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.appkit import Premises
from tests.make import Make


@pytest.fixture
def number(premises: Premises, make: Make) -> Iterator[int]:
    """A customer's number, and nobody's budget touched."""
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'reveal%%'")
    yield make.customer(phone="13800138555", sales_owner=None)
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'reveal%%'")


def spend(premises: Premises, part: str, left: int) -> None:
    """Leaves so many openings."""
    kind = "reveal_calling" if part == "consultant" else "reveal"
    premises.run("INSERT INTO gate.bucket VALUES (%s, %s, now())", f"{kind}:{premises.users[part]}", left)


@pytest.mark.parametrize("part", ["consultant", "manager"])
def test_the_budget_is_one_for_pages_and_api_and_its_end_is_told(part: str, premises: Premises, number: int):
    spend(premises, part, 2)
    desk, caller = premises.desk(part), premises.caller(part)
    path = f"/data/customer/{number}/reveal/phone"
    assert desk.post(path, data={"reason": "call"}).status_code == 200
    assert caller.post(f"/api/v1{path}", json={"reason": "回访"}).status_code == 200
    before = premises.one("SELECT count(*) FROM trail.entry WHERE action = 'reveal' AND record_id = %s", number)
    refused = desk.post(path, data={"reason": "call"})
    assert refused.status_code == 429
    assert "138 0013 8555" not in refused.text
    assert "查看完整号码的次数用完了" in refused.text
    told = caller.post(f"/api/v1{path}", json={"reason": "回访"})
    assert (told.status_code, told.json["code"]) == (429, "too_many")
    assert 0 < int(told.headers["Retry-After"]) <= 3600
    assert premises.one("SELECT count(*) FROM trail.entry WHERE action = 'reveal' AND record_id = %s", number) == before


def test_who_calls_customers_has_two_hundred_a_day_and_others_sixty_an_hour(premises: Premises, number: int):
    sizes = "SELECT class, size, seconds FROM gate.allowance WHERE class LIKE 'reveal%%' ORDER BY 1"
    assert [tuple(row) for row in premises.run(sizes)] == [("reveal", 60, 3600), ("reveal_calling", 200, 86400)]


def test_who_may_not_reveal_spends_nothing(premises: Premises, number: int):
    assert (
        premises.desk("technician").post(f"/data/customer/{number}/reveal/phone", data={"reason": "call"}).status_code
        == 403
    )
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("technician"),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT gate.spend_reveal('customer', false)")
    assert premises.run("SELECT 1 FROM gate.bucket WHERE key LIKE 'reveal%%'") == []
