"""The API's description of itself: each caller's own world, exactly, and nobody's for strangers."""

import re
from collections.abc import Callable

import pytest

from app.models import ENTITIES
from tests.api.test_token_scopes import OPENAPI, caller
from tests.appkit import Desk, Premises

BASE = "/api/v1/data"
SCOPED = {"customer": ["list", "read"], "task": ["create", "read"]}
CALLERS: dict[str, Callable[[Premises], Desk]] = {
    "consultant": lambda premises: premises.caller("consultant"),
    "technician": lambda premises: premises.caller("technician"),
    "auditor": lambda premises: premises.caller("auditor"),
    "newcomer": lambda premises: premises.caller("newcomer"),
    "a scoped token": lambda premises: caller(premises, "manager", SCOPED),
}


@pytest.mark.parametrize("who", CALLERS)
def test_what_is_described_is_what_may_be_done(who: str, premises: Premises):
    """Every entity: named where one may see it, its list described where it is answered; nowhere else a word of it."""
    program = CALLERS[who](premises)
    told = program.get(OPENAPI).json
    described = {path.split("/")[4] for path in told["paths"] if path.startswith(f"{BASE}/")}
    schemas = {name.partition(".")[0] for name in told["components"]["schemas"]}
    for name in ENTITIES:
        listed = "get" in told["paths"].get(f"{BASE}/{name}/", {})
        assert program.get(f"{BASE}/{name}/").status_code == (200 if listed else 403), name
        read = "get" in told["paths"].get(f"{BASE}/{name}/{{id}}", {})
        assert program.get(f"{BASE}/{name}/{2**40}").status_code == (404 if read else 403), name
        created = "post" in told["paths"].get(f"{BASE}/{name}/", {})
        assert (program.post(f"{BASE}/{name}/", json={"no such field": 1}).status_code != 403) == created, name
        assert (name in described) == (listed or read), name
        assert name in described or name not in schemas, name


@pytest.mark.parametrize("who", ["consultant", "auditor", "a scoped token"])
def test_fields_described_are_fields_told(who: str, premises: Premises):
    program = CALLERS[who](premises)
    schemas = program.get(OPENAPI).json["components"]["schemas"]
    told = {field["name"] for field in program.get(f"{BASE}/customer/_info").json["fields"]}
    around = {"id", "version", "store", "created_at", "updated_at"}
    assert set(schemas["customer"]["properties"]) == told | around
    assert ("id_card" in told) == ("id_card" in str(schemas["customer"]))


def test_a_scoped_token_reads_of_nothing_it_may_not_do(premises: Premises):
    told = caller(premises, "manager", SCOPED).get(OPENAPI).json
    operations = {
        f"{method} {re.sub(BASE, '', path)}"
        for path, methods in told["paths"].items() if path.startswith(BASE) for method in methods
    }  # fmt: skip
    assert {one for one in operations if "customer" in one and not one.startswith("get")} == set()
    assert {"get /customer/", "get /customer/{id}", "post /task/", "get /task/{id}"} <= operations
    assert "get /task/" not in operations
    assert "post" not in told["paths"]["/api/v1/tokens"]


def test_a_person_and_his_token_are_told_apart_though_they_may_do_the_same(premises: Premises):
    """Only a person makes tokens; a process that remembers descriptions remembers both."""
    for _ in range(2):
        for asker, makes in ((premises.desk("manager"), True), (premises.caller("manager"), False)):
            assert ("post" in asker.get(OPENAPI).json["paths"]["/api/v1/tokens"]) is makes


def test_strangers_are_told_nothing(premises: Premises):
    answer = premises.caller("nobody").get(OPENAPI)
    assert (answer.status_code, set(answer.json)) == (401, {"type", "title", "status", "code", "request_id"})
    assert premises.desk("nobody").get(OPENAPI).status_code == 401
