"""/api/v1/openapi.json, and the API held against it."""

import re
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config import Config
from tests.appkit import Premises, install
from tests.make import Make

ADDRESS = "/api/v1/openapi.json"
EXAMPLES = 8  # requests for an operation
# One of each kind of entity: operations of the others are made by the same few functions.
DESCRIBED = ("customer", "vehicle", "task", "odometer_reading", "product")
STANDING = 1  # the id of a record that is there
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    allow_header_conformance,
]


def test_it_describes_what_the_actor_may_do_and_no_more(premises: Premises):
    consultant, manager = (premises.caller(part).get(ADDRESS).json for part in ("consultant", "manager"))
    one = "/api/v1/data/customer/{id}"
    assert "delete" not in consultant["paths"][one]
    assert "delete" in manager["paths"][one]
    assert "/api/v1/data/customer/export.csv" not in consultant["paths"]
    assert "/api/v1/data/customer/" not in premises.caller("newcomer").get(ADDRESS).json["paths"]


def test_a_field_nobody_may_see_is_not_named(premises: Premises):
    schemas = premises.caller("auditor").get(ADDRESS).json["components"]["schemas"]
    assert "phone" in schemas["customer"]["properties"]
    assert "id_card" not in schemas["customer"]["properties"]
    assert "uuid" not in schemas["customer"]["properties"]
    assert "customer.new" not in schemas


def test_its_schemas_are_schemas_and_its_pointers_lead_somewhere(premises: Premises):
    document = premises.caller("boss").get(ADDRESS).json
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema), name

    def pointers(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if "$ref" in part else [])
            for inner in part.values():
                yield from pointers(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from pointers(inner)

    for pointer in pointers(document):
        _, kind, name = pointer.removeprefix("#/").split("/")
        assert name in document["components"][kind], pointer


def test_it_is_somebodys(premises: Premises):
    assert premises.caller("nobody").get(ADDRESS).status_code == 401


def test_every_operation_asks_who_one_is(premises: Premises):
    nobody = premises.caller("nobody")
    for path, methods in premises.caller("boss").get(ADDRESS).json["paths"].items():
        for method in methods:
            answer = nobody.open(re.sub(r"{(\w+)}", "1", path), method=method, json={})
            assert answer.status_code == 401, (method, path)


@pytest.fixture(scope="module")
def apart(clone: Callable[[], Config]) -> Iterator[Premises]:
    """An installation of its own: what generated requests remove, no other test misses."""
    made = install(clone())
    assert {Make(made).record(name) for name in ("customer", "vehicle")} == {STANDING}
    yield made
    made.house.database.dispose()


@pytest.mark.parametrize("part", ["manager", "consultant"])
def test_every_operation_keeps_to_its_description(apart: Premises, part):
    headers = {"Authorization": f"Bearer {apart.api_token(part)}"}
    described = schemathesis.openapi.from_wsgi(ADDRESS, apart.app, headers=headers)
    for found in described.get_all_operations():
        operation = found.ok()
        told_of = operation.path.removeprefix("/api/v1/data/").split("/")[0]
        if operation.path.startswith("/api/v1/data/") and told_of not in DESCRIBED:
            continue
        if operation.label != "DELETE /api/v1/tokens/{id}":  # it would end the token that asks
            hold(operation, headers)


def hold(operation, headers) -> None:
    """Sends a handful of generated requests, fitting ones and others, also about a record that stands."""
    aimed = {"path_parameters": {"id": STANDING}} if "{id}" in operation.path else {}
    cases = operation.as_strategy(GenerationMode.POSITIVE, **aimed) | operation.as_strategy(GenerationMode.NEGATIVE)

    @given(case=cases)
    @settings(max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @seed(20261121)
    def send(case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
