"""Every route, as somebody else's page, program or habit would call it (attacks A5, W2)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from werkzeug.routing import Rule

from app.heads.quota import Quota
from tests.api.test_token_scopes import caller
from tests.appkit import Premises
from tests.cast import CAST
from tests.house.test_routes import HEADERS, PUBLIC, address, contents, guarded
from tests.make import Make

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)
OWN = (
    {"Origin": "http://localhost"},
    {"Origin": "http://upstream:8000", "Sec-Fetch-Site": "same-origin"},  # behind a proxy that tells another host
    {"Sec-Fetch-Site": "none"},
    {"Origin": "null"},  # a page that sends no referrer, without TLS
    {},
)
# Pages that are no entity's, and who of the cast opens them; everybody else is refused.
PAGES = {
    "/": {one.part for one in CAST},
    "/tokens/": {one.part for one in CAST},
    "/tokens/new": {one.part for one in CAST},
    "/password": {one.part for one in CAST},
    "/security/": {one.part for one in CAST},
    "/trail/": {"auditor"},
    "/trail/export.csv": {"auditor"},
    "/rights/": {"admin", "auditor"},
    "/rights/1": {"admin", "auditor"},
    "/rights/why": {"admin", "auditor"},
    "/rights/6/fields/customer": {"admin", "auditor"},
    "/rights/1/clone": {"admin"},
    "/console/": {"admin"},
    "/console/work/": {"admin"},
    "/console/schedules/": {"admin"},
    "/console/runs/": {"admin"},
    "/console/dead/": {"admin"},
    "/console/trail/": {"admin"},
    "/console/descriptions/": {"admin"},
    "/console/backups/": {"admin"},
    "/console/database/": {"admin"},
    "/console/storage/": {"admin"},
    "/console/valkey/": {"admin"},
    "/console/settings/": {"admin"},
}


def written(premises: Premises) -> Iterator[tuple[Rule, str]]:
    """Every rule and method that may write; the end of the session comes last."""
    for rule in sorted(premises.app.url_map.iter_rules(), key=lambda rule: rule.rule == "/sign-out"):
        for method in sorted((rule.methods or set()) & WRITES):
            yield rule, method


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_no_other_sites_page_writes_though_it_has_cookie_and_token(
    headers: dict[str, str], premises: Premises, make: Make
):
    number, desk = make.customer(), premises.desk("manager")
    before = contents(premises)
    for rule, method in written(premises):
        answer = desk.open(address(rule, number), method=method, headers=headers, data={"id": number, "version": 1})
        assert answer.status_code == 403, (method, rule.rule)
        answer.close()
    assert contents(premises) == before


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_our_own_page_does(headers: dict[str, str], premises: Premises):
    answer = premises.desk("manager").post("/language", data={"language": "en", "next": "/"}, headers=headers)
    assert answer.status_code == 303


def test_the_address_people_type_is_ours_wherever_the_server_stands(premises: Premises):
    here, headers = premises.house, {"Origin": "https://dms.example.cn"}
    desk = premises.desk("manager")
    assert desk.post("/language", data={"language": "en"}, headers=headers).status_code == 403
    known = replace(here, config=replace(here.config, public_url="https://dms.example.cn"))
    premises.app.extensions["forecourt"] = known
    try:
        assert desk.post("/language", data={"language": "en"}, headers=headers).status_code == 303
    finally:
        premises.app.extensions["forecourt"] = here


def test_an_api_write_with_a_session_and_without_the_pages_token_changes_nothing(premises: Premises, make: Make):
    number, desk = make.customer(), premises.desk("manager")
    before = contents(premises)
    for rule, method in written(premises):
        if rule.rule.startswith("/api/"):
            answer = desk.open(address(rule, number), method=method, json={"version": 1, "name": "x"}, csrf=False)
            assert (answer.status_code, answer.json["code"]) == (400, "csrf"), (method, rule.rule)
    assert contents(premises) == before


def test_no_method_a_route_does_not_take_does_anything(premises: Premises, make: Make):
    number = make.customer()
    desk, before = premises.desk("manager"), contents(premises)
    rules = list(premises.app.url_map.iter_rules())
    for path in sorted({rule.rule for rule in rules}):
        taken = {method for rule in rules if rule.rule == path for method in rule.methods or ()}
        for method in {"GET", "TRACE", "CONNECT", "PROPFIND", "BREW", *WRITES} - taken:
            answer = desk.open(address(next(rule for rule in rules if rule.rule == path), number), method=method)
            assert answer.status_code in (404, 405), (method, path)
            answer.close()
    assert contents(premises) == before


def test_a_method_is_not_overridden_by_a_header_or_field(premises: Premises, make: Make):
    number = make.customer()
    for override in ("DELETE", "PATCH"):
        sent = {"X-HTTP-Method-Override": override, "X-HTTP-Method": override, "X-Method-Override": override}
        premises.desk("manager").get(f"/api/v1/data/customer/{number}?_method={override}", headers=sent)
        premises.desk("manager").post(f"/data/customer/{number}", data={"_method": override}, headers=sent)
    assert premises.one("SELECT version FROM customer WHERE id = %s", number) == 1


@pytest.mark.parametrize("part", [one.part for one in CAST])
def test_hand_made_pages_open_to_whom_they_are_for(part: str, premises: Premises):
    for path, people in PAGES.items():
        assert premises.desk(part).get(path).status_code == (200 if part in people else 403), path


@pytest.mark.parametrize("part", ["newcomer", "technician", "auditor", "admin"])
def test_every_route_answers_every_role_without_a_fault(part: str, premises: Premises, make: Make):
    number, desk = make.customer(), premises.desk(part, own=True)
    for rule in premises.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            if rule.endpoint in PUBLIC or rule.endpoint.startswith("rights."):
                continue
            answer = desk.open(address(rule, number), method=method)
            assert answer.status_code < 500, (method, rule.rule)
            assert part != "newcomer" or answer.status_code in (200, 302, 303, 400, 401, 403, 404, 405, 415, 422), (
                rule.rule
            )
            answer.close()


# Headers --------------------------------------------------------------------------------------------------------------
def test_every_kind_of_answer_carries_the_headers(premises: Premises, make: Make):
    """Found, made, moved, wrong, unknown, forbidden, missing, refused, too large, too many, failed."""
    number, desk, here = make.customer(), premises.desk("manager"), premises.house
    limited = caller(premises, "manager", "read")
    answers = [
        desk.get("/data/customer/"),
        desk.post("/api/v1/tokens", json={"name": "x", "scopes": "read"}),
        premises.desk("nobody").get("/data/customer/"),
        desk.post("/language", data={"language": "en"}),
        desk.get("/data/customer/?where=x"),
        premises.caller("nobody").get("/api/v1/data/customer/"),
        premises.desk("newcomer").get("/data/customer/"),
        desk.get(f"/data/customer/{2**40}"),
        desk.open("/data/customer/", method="TRACE"),
        desk.patch(f"/api/v1/data/customer/{number}", json={"version": 99, "name": "甲"}),
        desk.post("/api/v1/data/customer/", data=b"x" * 30, content_type="text/plain"),
        premises.caller("manager").post("/api/v1/data/customer/", json={"name": "x" * 1024 * 1025}),
        desk.post("/api/v1/data/customer/", json={}),
        desk.patch(f"/api/v1/data/customer/{number}", json={"name": "甲"}),
    ]
    view = premises.app.view_functions["probes.livez"]
    premises.app.view_functions["probes.livez"] = lambda: 1 // 0
    premises.app.extensions["forecourt"] = replace(here, quota=Quota(here.config.redis, 0))
    try:
        answers += [desk.get("/livez"), limited.get("/api/v1/openapi.json")]
    finally:
        premises.app.view_functions["probes.livez"], premises.app.extensions["forecourt"] = view, here
    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 201, 302, 303, 400, 401, 403, 404, 405, 409, 415, 413, 422, 428, 500, 429]
    for answer in answers:
        assert {header: answer.headers.get(header) for header in HEADERS} == HEADERS, answer.status
        assert guarded(answer), answer.status
        assert answer.headers["Cache-Control"] == "no-store", answer.status
        assert "Server" not in answer.headers or "werkzeug" not in answer.headers["Server"].lower()
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path", ["/sign-in", "/static/css/forecourt.css", "/no/such/page", "/api/v1/tokens", "/data/customer/"]
)
def test_over_tls_every_answer_asks_for_tls_ever_after(path: str, premises: Premises):
    answer = premises.desk("nobody").get(path, base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in premises.desk("nobody").get(path).headers


def test_no_answer_lets_another_origin_read_it(premises: Premises):
    for path in ("/data/customer/", "/api/v1/data/customer/", "/api/v1/openapi.json"):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}
            answer = premises.desk("manager").open(path, method=method, headers=headers)
            assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
