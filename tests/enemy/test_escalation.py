"""Getting more than one has (attack Z5): the officers' own powers, roles for oneself, values nobody may set.

Roles given to oneself, both officers' duties in one hand and the last tender's rights are tried in
tests/web/test_rights.py, a token that grows in tests/api/test_token_scopes.py.
"""

from typing import Any

import psycopg
import pytest

from app.models import ENTITIES
from tests.appkit import Premises
from tests.make import Make

BUSINESS = (
    "customer", "vehicle", "lead", "work_order", "sales_order", "insurance_policy", "complaint", "task", "contract",
)  # fmt: skip
RAW = (
    "INSERT INTO ab_user_role (user_id, role_id) VALUES ({me}, {role})",
    "UPDATE ab_user_role SET role_id = {role} WHERE user_id = {me}",
    "UPDATE ab_user SET active = true",
    "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES ({role}, 'customer', '{{list}}', 'group')",
    "UPDATE role_grant SET actions = '{{list,read,reveal}}'",
    "INSERT INTO record_grant (user_id, entity, record_id, reason, expires_at) SELECT {me}, 'task', 1, '', now()",
    "UPDATE gate.token SET scopes = '{{\"*\": [\"*\"]}}'",
    "UPDATE gate.profile SET reach = '{{\"*\": true}}'",
    "UPDATE gate.token_reach SET reach = '{{\"*\": true}}'",
    "INSERT INTO gate.session (token_hash, user_id, idle, expires_at) VALUES ('x', {me}, '1 day', 'infinity')",
    "SELECT key FROM gate.secret",
    "SELECT hash FROM gate.credential",
    "SELECT gate.admit({me}, 'person', 1, 'r')",
    "SELECT gate.punch('{{}}', '{{\"*\": true}}')",
    "SELECT gate.lend({me})",
    "SELECT gate.reach_of_token(1, NULL)",
    "SELECT gate.announce_system('r')",
    "SELECT gate.announce_job({me}, 'r')",
    "SELECT gate.give_role({me}, {role}, true)",
    "SET ROLE forecourt_owner",
    "SET SESSION AUTHORIZATION postgres",
    "DELETE FROM trail.entry",
    "ALTER TABLE customer DISABLE ROW LEVEL SECURITY",
)  # fmt: skip


@pytest.mark.parametrize("part", ["admin", "auditor"])
def test_the_officers_do_no_business(part: str, premises: Premises, make: Make):
    number, program = make.customer(), premises.caller(part)
    for name in (name for name in BUSINESS if name in ENTITIES):
        answer = program.post(f"/api/v1/data/{name}/", json={})
        assert answer.status_code == 403, name
        assert program.patch(f"/api/v1/data/{name}/{number}", json={"version": 1}).status_code in (403, 404), name
        assert program.delete(f"/api/v1/data/{name}/{number}").status_code == 403, name
        assert program.get(f"/api/v1/data/{name}/export.csv").status_code == 403, name
    assert program.post(f"/api/v1/data/customer/{number}/reveal/phone", json={"reason": "x"}).status_code == 403


def test_the_administrator_reads_no_business_either_by_any_statement(premises: Premises, make: Make):
    make.customer()
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("admin"),))
        for name in (name for name in BUSINESS if name in ENTITIES):
            assert premises.caller("admin").get(f"/api/v1/data/{name}/").status_code == 403, name
            assert connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (0,), name  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["admin", "auditor", "manager"])
def test_no_statement_makes_anybody_more_than_he_is(part: str, premises: Premises):
    role = premises.one("SELECT id FROM ab_role WHERE name = 'general_manager'")
    for statement in RAW:
        if part == "admin" and "give_role" in statement:
            continue  # to himself: a check says so, in tests/web/test_rights.py
        with premises.connect("web") as connection:
            connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session(part),))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.format(me=premises.users[part], role=role))
            connection.rollback()


# Values nobody may set ------------------------------------------------------------------------------------------------
FORBIDDEN: dict[str, Any] = {
    "id": 424242,
    "uuid": "00000000-0000-0000-0000-000000000000",
    "store_id": 2,
    "created_at": "2001-01-01T00:00:00Z",
    "created_by": 1,
    "updated_at": "2001-01-01T00:00:00Z",
    "updated_by": 1,
    "role_id": 1,
    "roles": [1],
    "is_admin": True,
    "actor": "system",
    "person_no": 1,
    "phone_index": "00",
    "__class__": "x",
}


@pytest.fixture
def number(make: Make) -> int:
    return make.customer()


def row(premises: Premises, number: int) -> dict[str, Any]:
    """The whole stored record."""
    told: dict[str, Any] = premises.one("SELECT to_jsonb(c) FROM customer c WHERE id = %s", number)
    return told


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_api_takes_no_field_it_does_not_describe(name: str, number: int, premises: Premises):
    program, before = premises.caller("manager"), row(premises, number)
    count = premises.one("SELECT count(*) FROM customer")
    changed = program.patch(f"/api/v1/data/customer/{number}", json={name: FORBIDDEN[name], "version": 1})
    assert (changed.status_code, changed.json["code"]) == (400, "unknown_field")
    made = program.post("/api/v1/data/customer/", json={"name": "某", "kind": "person", name: FORBIDDEN[name]})
    assert (made.status_code, made.json["code"]) == (400, "unknown_field")
    assert row(premises, number) == before
    assert premises.one("SELECT count(*) FROM customer") == count


def test_a_form_takes_no_field_it_does_not_show(number: int, premises: Premises):
    desk, before = premises.desk("manager"), row(premises, number)
    desk.get(f"/data/customer/{number}/edit")
    posted = {name: str(value) for name, value in FORBIDDEN.items()}
    answer = desk.post(f"/data/customer/{number}/edit", data=posted | {"version": "1", "name": "改名"})
    after = row(premises, number)
    assert answer.status_code in (303, 400, 422)
    moving = {"name", "name_pinyin", "name_initials", "name_key", "updated_at", "updated_by", "version"}
    assert {name for name in before if before[name] != after[name]} <= moving
    assert after["updated_by"] in (before["updated_by"], premises.users["manager"])
    assert after["version"] in (1, 2)


def test_a_version_is_what_was_read_and_not_what_is_wished(number: int, premises: Premises):
    program = premises.caller("manager")
    for version in (0, -1, 99, 2**31, "1 OR 1=1", 1.5, True, [1]):
        answer = program.patch(f"/api/v1/data/customer/{number}", json={"name": "改名", "version": version})
        assert answer.status_code in (400, 409, 422, 428), version
    assert row(premises, number)["version"] == 1


@pytest.mark.parametrize("store", ["XH", "PD"])
def test_a_record_does_not_move_to_another_store(store: str, number: int, premises: Premises):
    there = premises.stores[store]
    answer = premises.caller("manager").patch(f"/api/v1/data/customer/{number}", json={"store": there, "version": 1})
    assert answer.status_code in (400, 422)
    assert row(premises, number)["store_id"] == premises.stores["PD"]


def test_an_account_of_an_employee_is_not_set_by_who_may_not(premises: Premises, make: Make):
    """`user_id` of an employee is whose rights the post gives."""
    number = make.employee()
    before = premises.one("SELECT user_id FROM employee WHERE id = %s", number)
    for field in ("user_id", "user", "account"):
        answer = premises.caller("manager").patch(f"/api/v1/data/employee/{number}", json={field: 1, "version": 1})
        assert answer.status_code in (400, 403), field
    assert premises.one("SELECT user_id FROM employee WHERE id = %s", number) == before
