"""Bad input at every operation of the API: documented problem JSON, never a fault of ours, nothing half written."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.appkit import Premises
from tests.make import Make
from tests.web import dirt
from tests.web.test_bad_input import state

LANGUAGES = {"zh-CN": r"[\u4e00-\u9fff]", "en": r"[a-z]{3}"}
KNOWN = {400, 401, 403, 404, 405, 409, 413, 415, 422, 428}
RISON = (
    "(", "()", "(((", "(filters:!((col:name,opr:like,value:x)))", "(page:-1)", "(page_size:-1)", "(page_size:99999)",
    "(order_column:phone,order_direction:asc)", "(order_column:created_by.password)", "(columns:!(phone,nothing))",
    "(filters:!((col:sales_owner.user_id,opr:eq,value:1)))", "(filters:!())", "(keys:!(permissions))", "('", "(a:!t",
    "(filters:!((col:phone,opr:sw,value:'138')))", "(" * 2_000, "(a:" * 500 + "1" + ")" * 500, "(page:1e999)", "!(1,2)",
    "(filters:!((col:name,opr:eq,value:'\x00')))", "(q:'" + "长" * 5_000 + "')", f"(page:{dirt.DIGITS})",
)  # fmt: skip
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no object": b"[]",
    "a number": b"1",
    "null": b"null",
    "broken": b'{"name": ',
    "not UTF-8": b'{"name": "\xff\xfe"}',
    "half a character": b'{"name": "\\ud800"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "nested": b'{"name": ' + b"[" * 5_000,
    "NaN": b'{"mileage": NaN}',
    "huge number": b'{"sales_owner": 99999999999999999999999999}',
    "long number": b'{"sales_owner": ' + b"9" * 5_000 + b"}",
    "wrong kinds": b'{"name": {"a": 1}, "stage": 7, "birth_date": [1], "phone": true, "sales_owner": "x"}',
    "unknown field": b'{"nothing": 1}',
    "system fields": b'{"id": 1, "uuid": "x", "created_by": 1, "store_id": 2}',
    "blind index": b'{"phone_bidx": "x"}',
    "a mask": b'{"name": "x", "phone": "138****8000"}',
    "long": b'{"name": "' + "长".encode() * 10_000 + b'"}',
    "two of one name": b'{"name": "", "name": ""}',
}


def operations(premises: Premises) -> Iterator[tuple[Rule, str]]:
    """Every rule of the API with each of its methods."""
    for rule in premises.app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            yield from ((rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def address(rule: Rule, number: object) -> str:
    known = {"entity": "customer", "int:pk": str(number), "int:number": str(number), "field": "phone"}
    return re.sub(r"<([^>]+)>", lambda found: known.get(found[1], "1"), rule.rule)


def documented(answer: TestResponse, language: str = "zh-CN") -> bool:
    """Whether a refusal is problem JSON with a code and words in the reader's language."""
    body = answer.get_json(silent=True) or {}
    whole = {"type", "title", "status", "code", "request_id"} <= set(body)
    return whole and body["status"] == answer.status_code and bool(re.search(LANGUAGES[language], body["title"]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", BODIES)
def test_content_that_cannot_be_read_is_refused_and_writes_nothing(
    name: str, language: str, premises: Premises, make: Make
) -> None:
    number = make.customer()
    before, api = state(premises), premises.caller("manager")
    for rule, method in operations(premises):
        if method in ("POST", "PUT", "PATCH"):
            headers = {"Accept-Language": language, "If-Match": '"1"'}
            path = address(rule, number)
            answer = api.open(path, method=method, data=BODIES[name], content_type="application/json", headers=headers)
            assert answer.status_code in KNOWN, (path, method, answer.text[:300])
            assert documented(answer, language), (path, answer.text[:300])
    assert state(premises) == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_content_of_another_kind_is_refused_by_name(kind: str, premises: Premises) -> None:
    answer = premises.caller("manager").post("/api/v1/data/customer/", data=b'{"name": "x"}', content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (415, "media_type")


@pytest.mark.parametrize("question", RISON, ids=range(len(RISON)))
def test_rison_that_cannot_be_read_is_refused(question: str, premises: Premises) -> None:
    api = premises.caller("manager")
    for path in ("/api/v1/data/customer/", "/api/v1/data/customer/export.csv", "/api/v1/data/customer/lookup"):
        answer = api.get(path, query_string={"q": question})
        assert answer.status_code == 200 or documented(answer), (path, answer.text[:300])
        assert answer.status_code < 500


@pytest.mark.parametrize("parameter", ["where", "order", "size", "after", "q", "fields", "count", "nothing"])
def test_no_parameter_is_a_fault_of_ours(parameter: str, premises: Premises) -> None:
    api = premises.caller("manager")
    texts = [*dirt.TEXTS.values(), *dirt.CURSORS.values(), *dirt.CONDITIONS.values(), *dirt.ORDERS, *dirt.SIZES]
    for text in texts:
        answer = api.get("/api/v1/data/customer/", query_string={parameter: text})
        assert answer.status_code == 200 or (answer.status_code in KNOWN and documented(answer)), (
            text[:80],
            answer.text,
        )


@pytest.mark.parametrize("number", [number for number in dirt.NUMBERS if number != "１"])
def test_no_number_in_an_address_is_a_fault_of_ours(number: str, premises: Premises) -> None:
    api = premises.caller("manager")
    for rule, method in operations(premises):
        if "<int:" in rule.rule:
            answer = api.open(address(rule, number), method=method, json={"version": 1, "reason": "x"})
            assert answer.status_code in (400, 404, 405), (rule.rule, method)
            assert documented(answer)


@pytest.mark.parametrize("version", ["0", "-1", "abc", '"', '"abc"', dirt.HUGE, dirt.DIGITS, "*", "W/"])
def test_a_version_that_is_not_the_records_changes_nothing(version: str, premises: Premises, make: Make) -> None:
    number, api = make.customer(), premises.caller("manager")
    before = state(premises)
    for method in ("PATCH", "PUT", "DELETE"):
        answer = api.open(
            f"/api/v1/data/customer/{number}", method=method, json={"name": "别"}, headers={"If-Match": version}
        )
        assert answer.status_code in (400, 409, 428), (method, answer.text)
        assert documented(answer)
    assert state(premises) == before


@pytest.mark.parametrize("bearer", ["", "x", "dlr_x", "dlr_" + "x" * 10_000, "dlr_\x01", "Bearer Bearer", "dlr_'--"])
def test_a_token_that_is_none_is_nobody(bearer: str, premises: Premises) -> None:
    for scheme in ("Bearer", "bearer", "Basic", "Token"):
        answer = premises.desk("manager").get("/api/v1/data/customer/", headers={"Authorization": f"{scheme} {bearer}"})
        assert answer.status_code == 401
        assert documented(answer)
