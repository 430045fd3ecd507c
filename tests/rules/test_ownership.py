"""Who a customer belongs to: handed over by who leaves, transferred, given back to the pool and claimed."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from tests.appkit import Premises
from tests.cast import BY_PART
from tests.make import Make
from tests.rules.conftest import NOW
from tests.rules.desk import changed, done, errors


@pytest.fixture
def leaver(make: Make) -> int:
    """An employee of the first store with three customers."""
    number = make.employee(left_on=None)
    for _ in range(3):
        make.customer(sales_owner=str(number), stage="active", do_not_contact="0")
    return number


def owners(premises: Premises, ids: list[int]) -> list[int]:
    """How many customers each of these employees has."""
    counts = dict(
        premises.run("SELECT sales_owner_id, count(*) FROM customer WHERE sales_owner_id = ANY (%s) GROUP BY 1", ids)
    )
    return [counts.get(one, 0) for one in ids]


def test_who_has_open_items_does_not_leave_before_he_hands_over(premises: Premises, leaver: int):
    answer = changed(premises, "admin", "employee", leaver, left_on="2026-11-20")
    assert errors(answer) == {"left_on": "open_items"}
    assert "交接" in answer.json["errors"][0]["message"]


def test_what_is_his_is_shared_among_colleagues_and_his_days_end(premises: Premises, make: Make, leaver: int):
    first, second = make.employee(left_on=None), make.employee(left_on=None)
    answer = done(premises, "manager", "employee", leaver, "hand_over", to=first, second=second, last_day="2026-11-20")
    assert answer.status_code == 200, answer.json
    assert owners(premises, [leaver, first, second]) == [0, 2, 1]
    assert premises.one("SELECT left_on::text FROM employee WHERE id = %s", leaver) == "2026-11-20"
    tasks = "SELECT count(*) FROM task WHERE kind = 'greeting' AND assignee_id = ANY (%s)"
    assert premises.one(tasks, [first, second]) == 3
    kept = "SELECT count(*) FROM customer_ownership WHERE employee_id = %s AND until IS NOT NULL"
    assert premises.one(kept, leaver) == 3
    why = "SELECT DISTINCT reason FROM customer_ownership WHERE employee_id = ANY (%s)"
    assert premises.run(why, [first, second]) == [("离职交接",)]
    noted = "SELECT count(*) FROM trail.entry WHERE action = 'hand_over' AND record_id = %s"
    assert premises.one(noted, leaver) == 1


@pytest.mark.parametrize(("part", "code"), [("consultant", 403), ("technician", 403), ("outsider", 404)])
def test_only_leaders_of_the_store_hand_over(part: str, code: int, premises: Premises, make: Make, leaver: int):
    answer = done(
        premises, part, "employee", leaver, "hand_over", to=make.employee(left_on=None), last_day="2026-11-20"
    )
    assert answer.status_code == code


def test_the_function_itself_asks_for_role_and_store(premises: Premises, make: Make, leaver: int):
    heir = make.employee(left_on=None)
    for part in ("consultant", "outsider"):
        with premises.connect("web") as connection:
            connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session(part),))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT hand_over(%s, ARRAY[%s::bigint], '2026-11-20')", (leaver, heir))


def test_nobody_of_another_store_takes_over_nor_the_leaver_himself(premises: Premises, make: Make, leaver: int):
    for heir in (leaver, make.employee(store="XH", left_on=None)):
        answer = done(premises, "manager", "employee", leaver, "hand_over", to=heir, last_day="2026-11-20")
        assert answer.status_code in (404, 422)
    assert owners(premises, [leaver]) == [3]


@pytest.fixture
def customer(make: Make) -> int:
    return make.customer(name="要搬家的客户", phone="13800139911")


def test_a_customer_moves_to_another_store_and_his_history_stays(premises: Premises, customer: int):
    answer = done(premises, "manager", "customer", customer, "transfer", store="XH")
    assert answer.status_code == 200, answer.json
    assert premises.one("SELECT archived_at IS NOT NULL FROM customer WHERE id = %s", customer)
    assert premises.one("SELECT store_id FROM customer WHERE id = %s", customer) == premises.stores["PD"]
    there = premises.caller("outsider").get("/api/v1/data/customer/?q=13800139911").json["result"]
    assert [row["name"] for row in there] == ["要搬家的客户"]
    asked = premises.caller("outsider").post(
        f"/api/v1/data/customer/{there[0]['id']}/reveal/phone", json={"reason": "联系客户"}
    )
    assert asked.json["result"]["value"].replace(" ", "").endswith("13800139911")
    assert premises.caller("manager").get("/api/v1/data/customer/?q=13800139911").json["result"] == []


@pytest.mark.parametrize(("code", "why"), [("ZZ", "nowhere"), ("PD", "here")])
def test_he_goes_to_another_store_of_the_company(code: str, why: str, premises: Premises, customer: int):
    assert errors(done(premises, "manager", "customer", customer, "transfer", store=code)) == {"store": why}


def test_another_companys_store_needs_consent_first(premises: Premises, make: Make, customer: int):
    premises.run("INSERT INTO company (code, name) VALUES ('OTHER', '另一公司') ON CONFLICT DO NOTHING")
    premises.run(
        "INSERT INTO store (code, name, company_id) SELECT 'OT', '别家店', id FROM company WHERE code = 'OTHER'"
        " ON CONFLICT DO NOTHING"
    )
    assert errors(done(premises, "manager", "customer", customer, "transfer", store="OT")) == {"store": "company"}
    said = {"customer": str(customer), "purpose": "group_share", "channel": "any"}
    shown = {"notice": str(make.record("privacy_notice")), "evidence": "柜台屏幕勾选"}
    make.record("consent", **said, **shown, action="grant", at="2026-10-01T09:00:00+08:00")
    make.record("consent", **said, action="withdraw", at="2026-11-01T09:00:00+08:00")
    assert errors(done(premises, "manager", "customer", customer, "transfer", store="OT")) == {"store": "company"}
    one = said | {"channel": "sms"}
    make.record("consent", **one, **shown, action="grant", at="2026-11-01T12:00:00+08:00")
    assert errors(done(premises, "manager", "customer", customer, "transfer", store="OT")) == {"store": "company"}
    make.record("consent", **said, **shown, action="grant", at="2026-11-02T09:00:00+08:00")
    assert done(premises, "manager", "customer", customer, "transfer", store="OT").status_code == 200
    assert premises.one("SELECT count(*) FROM customer c JOIN store s ON s.id = c.store_id WHERE s.code = 'OT'") == 1


def test_a_customer_in_the_pool_goes_to_who_claims_him_first(premises: Premises, customer: int):
    premises.run("UPDATE customer SET sales_owner_id = NULL, pooled_at = now() WHERE id = %s", customer)
    version = premises.one("SELECT version FROM customer WHERE id = %s", customer)
    path = f"/api/v1/data/customer/{customer}/do/claim"
    first = premises.caller("consultant").post(path, json={"version": version})
    second = premises.caller("manager").post(path, json={"version": version})
    assert (first.status_code, second.status_code) == (200, 409)
    me = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users[BY_PART["consultant"].part])
    assert premises.run("SELECT sales_owner_id, pooled_at FROM customer WHERE id = %s", customer) == [(me, None)]
    why = "SELECT reason FROM customer_ownership WHERE customer_id = %s AND until IS NULL"
    assert premises.run(why, customer) == [("认领",)]


def test_what_nobody_touched_for_a_month_goes_to_the_pool(premises: Premises, make: Make, run: Callable[[str], None]):
    owner = make.employee(left_on=None)
    old, fresh, active, spoken = (
        make.customer(sales_owner=str(owner), stage=stage) for stage in ("prospect", "prospect", "active", "prospect")
    )
    make.record("interaction", customer=str(spoken), at=(NOW - timedelta(days=29)).isoformat())
    premises.run("ALTER TABLE customer DISABLE TRIGGER stamp_row")
    aged = "UPDATE customer SET updated_at = %s WHERE id = ANY (%s)"
    premises.run(aged, NOW - timedelta(days=31), [old, active, spoken])
    premises.run("ALTER TABLE customer ENABLE ALWAYS TRIGGER stamp_row")
    run("ownership.pool")
    rows = premises.run(
        "SELECT sales_owner_id IS NULL, pooled_at IS NULL FROM customer WHERE id = ANY (%s) ORDER BY id",
        [old, fresh, active, spoken],
    )
    assert rows == [(True, False), (False, True), (False, True), (False, True)]
