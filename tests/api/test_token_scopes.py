"""What a token may do: never more than its scopes, its addresses and its owner."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.appkit import Desk, Premises
from tests.make import Make

TOKENS = "/api/v1/tokens"
CUSTOMERS, VEHICLES = "/api/v1/data/customer/", "/api/v1/data/vehicle/"
OPENAPI = "/api/v1/openapi.json"


def caller(premises: Premises, part: str, scopes: object, **given: object) -> Desk:
    """A program with a token made through the API."""
    made = premises.desk(part).post(TOKENS, json={"name": "范围", "scopes": scopes} | given)
    assert made.status_code == 201, made.text
    found = premises.caller("nobody")
    found.part, found.bearer = str(made.json["id"]), made.json["token"]
    return found


def asked(premises: Premises, token: str, statement: str, *values: object) -> Any:
    """What one statement of the web role answers, announced by a token; rolled back."""
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (token,))
        found = connection.execute(statement, values or None).fetchone()
        connection.rollback()
    return found and found[0]


def test_a_token_does_what_it_was_made_for_and_nothing_else(premises: Premises, make: Make):
    number = make.customer()
    program = caller(premises, "manager", {"customer": ["list"]})
    assert program.get(CUSTOMERS).status_code == 200
    assert program.get(f"{CUSTOMERS}{number}").status_code == 403
    assert program.post(CUSTOMERS, json={"name": "不行"}).status_code == 403
    assert program.patch(f"{CUSTOMERS}{number}", json={"name": "不行", "version": 1}).status_code == 403
    assert program.delete(f"{CUSTOMERS}{number}").status_code == 403
    assert program.get(f"{CUSTOMERS}export.csv").status_code == 403
    assert program.get(VEHICLES).status_code == 403


def test_the_database_itself_keeps_to_the_scopes(premises: Premises, make: Make):
    """Somebody who can run any statement with the token gets no further."""
    make.customer()
    token = caller(premises, "manager", {"vehicle": ["list", "read"]}).bearer
    assert asked(premises, token, "SELECT count(*) FROM customer") == 0
    assert asked(premises, premises.session("manager"), "SELECT count(*) FROM customer") > 0
    for refused in (
        "INSERT INTO vehicle (store_id, vin) VALUES (1, 'x')",
        "DELETE FROM vehicle",
        "UPDATE customer SET name = 'x'",
        "SELECT gate.spend_reveal('customer', false)",
        "SELECT * FROM gate.tokens_of_others(5)",
        "SELECT gate.set_rights(1, '{}', '')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(premises, token, refused)


def test_everything_is_everything_but_revealing(premises: Premises, make: Make):
    number = make.customer(phone="13800138000")
    address = f"{CUSTOMERS}{number}/reveal/phone"
    every = caller(premises, "manager", "everything")
    assert every.get(CUSTOMERS).status_code == 200
    assert every.post(address, json={"reason": "回访"}).status_code == 403
    named = caller(premises, "manager", {"*": ["*"], "customer": ["reveal"]})
    assert named.post(address, json={"reason": "回访"}).status_code == 200
    assert named.get(VEHICLES).status_code == 200


def test_reading_alone_reads_and_writes_nothing(premises: Premises, make: Make):
    number = make.customer()
    program = caller(premises, "manager", "read")
    assert program.get(f"{CUSTOMERS}{number}").status_code == 200
    assert program.get(VEHICLES).status_code == 200
    assert program.patch(f"{CUSTOMERS}{number}", json={"name": "不行", "version": 1}).status_code == 403


def test_a_token_tends_neither_accounts_nor_roles_whatever_it_is_for(premises: Premises):
    token = caller(premises, "admin", "everything").bearer
    for noun in ("ab_user", "rights", "catalog"):
        assert asked(premises, premises.session("admin"), "SELECT gate.may(%s, 'update')", noun) is True
        assert asked(premises, token, "SELECT gate.may(%s, 'update')", noun) is False


def test_only_a_token_for_everything_speaks_for_its_owners_roles(premises: Premises):
    role = "SELECT gate.has_role(ARRAY['sales_manager'])"
    assert asked(premises, caller(premises, "manager", "everything").bearer, role) is True
    assert asked(premises, caller(premises, "manager", {"customer": ["*"]}).bearer, role) is False
    assert asked(premises, caller(premises, "manager", "read").bearer, role) is False


def test_a_role_left_out_does_not_open_a_second_budget_of_reveals(premises: Premises, make: Make):
    number = make.customer(phone="13800138001")
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'reveal%%'")
    program = caller(premises, "consultant", {"customer": ["read", "reveal"]})
    assert program.post(f"{CUSTOMERS}{number}/reveal/phone", json={"reason": "回访"}).status_code == 200
    spent = premises.run("SELECT key FROM gate.bucket WHERE key LIKE 'reveal%%'")
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'reveal%%'")
    assert spent == [(f"reveal_calling:{premises.users['consultant']}",)]


@pytest.fixture
def lesser(premises: Premises) -> Iterator[int]:
    """A person without roles is given one that lists and creates customers; its number."""
    role: int = premises.one("INSERT INTO ab_role (name) VALUES ('lesser') RETURNING id")
    give = "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'customer', %s, 'store')"
    premises.run(give, role, ["list", "create"])
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", premises.users["newcomer"], role)
    yield role
    premises.run("DELETE FROM ab_role WHERE id = %s", role)


def test_a_token_has_the_rights_its_owner_has_now(premises: Premises, lesser: int):
    program = caller(premises, "newcomer", {"customer": ["list", "create"]})
    every = caller(premises, "newcomer", "everything")
    assert program.get(CUSTOMERS).status_code == every.get(CUSTOMERS).status_code == 200
    premises.run("UPDATE role_grant SET actions = '{create}' WHERE role_id = %s", lesser)
    assert program.get(CUSTOMERS).status_code == every.get(CUSTOMERS).status_code == 403
    premises.run("UPDATE role_grant SET actions = '{list,read,create}' WHERE role_id = %s", lesser)
    assert program.get(f"{CUSTOMERS}0").status_code == 403, "not in its scopes, whatever he may do since"
    assert every.get(f"{CUSTOMERS}0").status_code == 404


def test_what_a_token_may_not_do_does_not_rub_off_on_its_owner(premises: Premises, make: Make):
    number = make.customer()
    program, desk = caller(premises, "manager", {"customer": ["list"]}), premises.desk("manager")
    for _ in range(2):
        assert program.get(f"{CUSTOMERS}{number}").status_code == 403
        assert program.get(CUSTOMERS).status_code == 200
        assert desk.get(f"{CUSTOMERS}{number}").status_code == 200
        assert desk.get(f"/data/customer/{number}/edit").status_code == 200
    assert "update" in asked(premises, premises.session("manager"), "SELECT gate.my_profile() #> '{g,customer,a}'")


def test_two_tokens_of_one_person_are_told_apart(premises: Premises):
    first, second = (caller(premises, "manager", {name: ["list"]}) for name in ("customer", "vehicle"))
    for _ in range(2):
        assert [one.get(CUSTOMERS).status_code for one in (first, second)] == [200, 403]
        assert [one.get(VEHICLES).status_code for one in (first, second)] == [403, 200]


def test_a_description_shows_a_token_its_own_world(premises: Premises):
    told = caller(premises, "manager", {"customer": ["list"]}).get(OPENAPI).json
    whole = caller(premises, "manager", "everything").get(OPENAPI).json
    data = {path for path in told["paths"] if path.startswith("/api/v1/data/")}
    assert {path.split("/")[4] for path in data} == {"customer"}
    assert set(told["paths"]["/api/v1/data/customer/"]) == {"get"}
    assert "customer.new" not in told["components"]["schemas"]
    assert "vehicle" not in told["components"]["schemas"]
    assert "/api/v1/find" not in told["paths"]
    assert data < set(whole["paths"])


# What it is made with -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "scopes",
    [
        None, "", "all", [], {}, {"customer": []}, {"customer": "list"}, {"customer": ["list", 1]},
        {"customer": ["fly"]}, {"nothing": ["list"]}, {"ab_user": ["update"]}, {"rights": ["update"]},
        {"customer": {"list": True}}, {"*": ["reveal"]}, {"*": ["*", "reveal"]}, {"employee": ["delete"]},
    ],
)  # fmt: skip
def test_scopes_that_do_not_fit_are_told_at_the_field(premises: Premises, scopes: object):
    given = {"name": "x"} if scopes is None else {"name": "x", "scopes": scopes}
    answer = premises.desk("consultant").post(TOKENS, json=given)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == ["scopes"]


def test_what_one_may_not_do_himself_reads_as_what_there_is_not(premises: Premises):
    told = [
        premises.desk("technician").post(TOKENS, json={"name": "x", "scopes": {name: ["list"]}}).json["errors"]
        for name in ("ab_user", "no_such_thing")
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "scopes", ["{}", "[]", '{"*": ["reveal"]}', '{"customer": []}', '{"customer": "list"}', '{"X": ["list"]}', "1"]
)
def test_the_database_takes_no_scopes_it_cannot_read(premises: Premises, scopes: str):
    assert premises.one("SELECT gate.fair_scopes(%s::jsonb) IS TRUE", scopes) is False


def test_what_was_said_of_a_token_stands(premises: Premises):
    number = caller(premises, "manager", {"customer": ["list"]}, addresses=["10.0.0.0/8"]).part
    for change in (
        """scopes = '{"*": ["*"]}'""",
        "addresses = NULL",
        "expires_at = expires_at + interval '1 day'",
        "user_id = user_id + 1",
        "token_hash = sha256('x')",
    ):
        with pytest.raises(psycopg.errors.CheckViolation, match="never widened"):
            premises.run(f"UPDATE gate.token SET {change} WHERE id = %s", number)
    premises.run("UPDATE gate.token SET ended_at = now() WHERE id = %s", number)
    with pytest.raises(psycopg.errors.CheckViolation, match="never widened"):
        premises.run("UPDATE gate.token SET ended_at = NULL WHERE id = %s", number)


def test_a_person_keeps_at_most_fifty_tokens(premises: Premises):
    filler = (
        "INSERT INTO gate.token (token_hash, hint, user_id, name, expires_at, scopes)"
        " SELECT sha256(('filler' || n)::bytea), 'dlr_filler', %s, 'filler', now() + interval '1 hour',"
        """ '{"*": ["list"]}' FROM generate_series(1, 50) n"""
    )
    premises.run(filler, premises.users["technician"])
    answer = premises.desk("technician").post(TOKENS, json={"name": "x", "scopes": "read"})
    premises.run("UPDATE gate.token SET ended_at = now() WHERE hint = 'dlr_filler'")
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "most")


# Who knows of it ------------------------------------------------------------------------------------------------------
def test_a_token_knows_of_itself_alone_and_ends_itself_alone(premises: Premises):
    first, second = (caller(premises, "manager", "everything") for _ in range(2))
    assert [str(one["id"]) for one in first.get(TOKENS).json["result"]] == [first.part]
    assert first.delete(f"{TOKENS}/{second.part}").status_code == 404
    assert second.get(CUSTOMERS).status_code == 200
    assert first.delete(f"{TOKENS}/{first.part}").status_code == 204
    assert first.get(CUSTOMERS).status_code == 401


def test_what_is_known_of_a_token_is_told_to_its_owner(premises: Premises):
    program = caller(premises, "manager", {"customer": ["list"]}, addresses=["127.0.0.1", "2001:db8::/32"])
    assert program.get(CUSTOMERS, environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200
    told = {str(one["id"]): one for one in premises.desk("manager").get(TOKENS).json["result"]}[program.part]
    assert (told["scopes"], told["addresses"]) == ({"customer": ["list"]}, ["127.0.0.1/32", "2001:db8::/32"])
    assert (told["last_address"], bool(told["last_used"])) == ("127.0.0.1", True)
    assert program.bearer not in json.dumps(told)


def test_pages_are_for_people(premises: Premises):
    program = caller(premises, "manager", "everything")
    for path in ("/", "/data/customer/", "/import/", "/rights/", "/password", "/tokens/"):
        assert program.get(path).status_code == 302, path
    assert program.post("/import/", data={}).status_code in (401, 405)


def test_work_a_token_asks_for_stays_within_its_scopes(premises: Premises):
    program = caller(premises, "manager", {"customer": ["list"]})
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-work')", (program.bearer,))
        row = connection.execute(
            "INSERT INTO work.outbox (kind) VALUES ('test.nothing') RETURNING id, requested_by, requested_token"
        ).fetchone()
    assert row
    assert row[1:] == (premises.users["manager"], int(program.part))
    premises.run("UPDATE work.outbox SET state = 'cancelled', finished_at = now() WHERE id = %s", row[0])
    announce, may = "SELECT gate.announce_job(%s, 'r-work', %s)", "SELECT gate.may('customer', %s)"
    with premises.connect("worker") as worker:
        assert worker.execute(announce, row[1:]).fetchone() == (True,)
        assert worker.execute(may, ("list",)).fetchone() == (True,)
        assert worker.execute(may, ("update",)).fetchone() == (False,)
        assert worker.execute(announce, (premises.users["consultant"], row[2])).fetchone() == (False,)
        premises.run("UPDATE gate.token SET ended_at = now() WHERE id = %s", row[2])
        assert worker.execute(announce, row[1:]).fetchone() == (False,)


# What programs need in practice ---------------------------------------------------------------------------------------
def test_the_smallest_token_for_website_leads(premises: Premises, make: Make):
    """As the guide shows it: it makes leads, and reads nobody's customers."""
    source = premises.one("SELECT source_id FROM lead WHERE id = %s", make.record("lead"))
    program = caller(premises, "manager", {"lead": ["create", "read"], "lead_source": ["read"]})
    given = {"name": "张三", "phone": "13800138111", "intent": "H", "source": source}
    made = program.post("/api/v1/data/lead/", json=given)
    assert made.status_code == 201, made.text
    assert premises.one("SELECT store_id FROM lead WHERE id = %s", made.json["id"]) == premises.stores["PD"]
    assert program.get(f"/api/v1/data/lead/{made.json['id']}").json["result"]["phone"] == "138****8111"
    assert program.get("/api/v1/data/lead/").status_code == 403
    assert program.get(CUSTOMERS).status_code == 403
    unsourced = caller(premises, "manager", {"lead": ["create", "read"]})
    assert [one["field"] for one in unsourced.post("/api/v1/data/lead/", json=given).json["errors"]] == ["source"]
    blind = caller(premises, "manager", {"lead": ["create"], "lead_source": ["read"]})
    assert blind.post("/api/v1/data/lead/", json=given).json["code"] == "unknown_field"
