"""Every route of the application: who may use it, what its answers carry, and that reading changes nothing."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from flask_appbuilder import AppBuilder
from werkzeug.routing import Rule

import app as package
from app.core.label import Label
from app.heads.builder import Gatekeeper
from app.models import ENTITIES
from tests.appkit import Desk, Premises
from tests.make import Make

PUBLIC = {  # answered to anybody
    "static",
    "signing.sign_in_form",
    "signing.sign_in",
    "signing.sign_out",  # ends what there is to end
    "signing.welcome",  # the holder of a one-time link
    "signing.language",
    "probes.livez",
    "probes.readyz",  # these three from the operators' networks alone
    "probes.startupz",
    "probes.figures",
}
TOKEN = "/api/"  # answered to the holder of a token or a session; the rest to the holder of a session
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def rules(premises: Premises) -> list[Rule]:
    return list(premises.app.url_map.iter_rules())


def address(rule: Rule, number: int = 1) -> str:
    known = {"entity": "customer", "int:pk": str(number), "field": "phone", "kind": "csv", "act": "set"}
    return re.sub(r"<([^>]+)>", lambda found: known.get(found[1], "1"), rule.rule)


def answers(premises: Premises, desk: Desk) -> Iterator[tuple[str, str, Any]]:
    """The answer of every rule by every method it takes; signing out comes last."""
    for rule in sorted(rules(premises), key=lambda rule: rule.rule == "/sign-out"):
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            answer = desk.open(address(rule), method=method)
            yield f"{method} {rule.rule}", rule.endpoint, answer
            answer.close()


def test_a_route_nobody_classified_asks_who_is_there(premises: Premises) -> None:
    for name, endpoint, answer in answers(premises, premises.desk("nobody")):
        if endpoint in PUBLIC:
            continue
        to_the_door = answer.status_code == 302 and answer.location.startswith("/sign-in?next=")
        assert answer.status_code == 401 or to_the_door, name


def test_every_route_called_public_exists(premises: Premises) -> None:
    assert {rule.endpoint for rule in rules(premises)} >= PUBLIC


def test_the_api_answers_strangers_in_problem_json(premises: Premises) -> None:
    for name, _, answer in answers(premises, premises.caller("nobody")):
        if name.partition(" ")[2].startswith(TOKEN) and not name.startswith("HEAD"):
            assert answer.mimetype == "application/problem+json", name
            assert {"title", "status", "code", "request_id"} <= set(answer.json or {}), name


@pytest.mark.parametrize("part", ["nobody", "newcomer", "manager"])
def test_every_answer_carries_its_headers(part: str, premises: Premises) -> None:
    for name, _, answer in answers(premises, premises.desk(part, own=True)):
        carried = {header: answer.headers.get(header) for header in HEADERS}
        assert carried == HEADERS, name
        assert answer.headers["X-Request-Id"], name
        assert guarded(answer), name


@pytest.mark.parametrize(
    "path", ["/", "/no/such/page", "/static/css/none.css", "/data/nothing/", "/api/v1/none", "/data/customer/0"]
)
def test_errors_carry_the_headers_too(path: str, premises: Premises) -> None:
    for method in ("GET", "POST", "TRACE"):
        answer = premises.desk("nobody").open(path, method=method)
        assert {header: answer.headers.get(header) for header in HEADERS} == HEADERS
        assert guarded(answer)


def guarded(answer: Any) -> bool:
    """Whether the content policy lets a page load nothing foreign and anything else nothing at all."""
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    if policy["default-src"] != "'none'" or policy["frame-ancestors"] != "'none'":
        return False
    if answer.mimetype != "text/html":
        return "sandbox" in policy
    scripts = policy["script-src"].split()
    return "'unsafe-inline'" not in scripts and "'unsafe-eval'" not in scripts and policy["base-uri"] == "'none'"


def test_each_page_has_a_nonce_of_its_own_on_every_script(premises: Premises) -> None:
    desk = premises.desk("manager")
    nonces = []
    for _ in range(2):
        page = desk.get("/data/customer/")
        nonce = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])
        assert nonce
        nonces.append(nonce[1])
        assert set(re.findall(r'<script nonce="([^"]*)"', page.text)) == {nonce[1]}
        assert page.text.count("<script") == page.text.count("<script nonce=") + page.text.count(
            '<script type="application/json"'
        )
    assert nonces[0] != nonces[1]


def test_nobodys_pages_are_kept_by_no_cache(premises: Premises) -> None:
    for name, endpoint, answer in answers(premises, premises.desk("manager", own=True)):
        if endpoint != "static":
            assert answer.headers["Cache-Control"] == "no-store", name


# FAB -----------------------------------------------------------------------------------------------------------------
def test_no_asset_or_page_of_fab_is_served(premises: Premises) -> None:
    desk = premises.desk("admin")
    for path in (
        "/static/appbuilder/css/ab.css",
        "/login/",
        "/logout/",
        "/users/list/",
        "/roles/list/",
        "/api/v1/security/login",
        "/swagger/v1",
        "/api/v1/menu/",
        "/back",
        "/locale/en",
    ):
        assert desk.get(path).status_code == 404, path


def test_no_route_belongs_to_fab(premises: Premises) -> None:
    for rule in rules(premises):
        view = inspect.unwrap(premises.app.view_functions[rule.endpoint])
        assert not view.__module__.startswith("flask_appbuilder"), rule.rule


def test_fab_stands_behind_the_screens(premises: Premises) -> None:
    assert isinstance(premises.app.extensions["appbuilder"], AppBuilder)
    assert isinstance(premises.app.extensions["appbuilder"].sm, Gatekeeper)
    assert premises.desk("manager").get("/data/customer/").status_code == 200
    from flask_appbuilder import ModelView

    held = list(premises.app.extensions["forecourt.screens"]._held.values())
    assert held
    assert all(isinstance(head, ModelView) for _, head in held)


# Words ---------------------------------------------------------------------------------------------------------------
SAME = re.compile(r"[\W\d_]*(?:\{\w+\}[\W\d_]*)*|[A-Z0-9/ .+-]+|\{\w+\}.*")  # signs, placeholders and codes read alike


def labels() -> Iterator[tuple[str, Label]]:
    """Every label a module of the product holds, and every label of the descriptions."""
    for found in pkgutil.walk_packages(package.__path__, "app."):
        if found.name.endswith("__main__") or ".process" in found.name or found.name.endswith("workbook_child"):
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            if not name.startswith("__"):
                yield from ((f"{found.name}.{name}", label) for label in within(value))
    for entity in ENTITIES.values():
        yield from ((entity.name, entity.label), (f"{entity.name}s", entity.plural))
        for field in entity.fields:
            yield f"{entity.name}.{field.name}", field.label


def within(value: object) -> Iterator[Label]:
    """The labels in a value, however deep among tuples and mappings."""
    if isinstance(value, Label):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from within(one)
    elif isinstance(value, list | tuple | frozenset | set):
        for one in value:
            yield from within(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from within(getattr(value, one.name))


def test_every_label_speaks_chinese_and_english() -> None:
    found = list(labels())
    wrong = [name for name, label in found if label.zh == label.en and not SAME.fullmatch(label.zh)]
    mixed = [name for name, label in found if re.search(r"[\u4e00-\u9fff]", label.en) and "“" not in label.en]
    assert len(found) > 200
    assert wrong == []
    assert [name for name in mixed if "LANGUAGES" not in name] == []


def test_both_languages_fill_the_same_places() -> None:
    places = re.compile(r"\{(\w+)")
    assert [name for name, label in labels() if set(places.findall(label.zh)) != set(places.findall(label.en))] == []


def test_no_field_is_called_by_its_name_in_code() -> None:
    for entity in ENTITIES.values():
        for field in entity.fields:
            assert field.label.zh != field.name
            assert field.label.en != field.name


# Redirects -----------------------------------------------------------------------------------------------------------
EVIL = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https://evil.example", "https:evil.example", "https:/evil.example", "http:\\\\evil.example", "javascript:alert(1)",
    "data:text/html,x", "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r\nLocation: https://evil.example",
    "https://localhost@evil.example", "//localhost@evil.example", "/%2f/evil.example/..//evil.example",
    " //evil.example", "/\x00/evil.example", "//ⓔvil.example", "/．/evil.example", "https://evil.example\\@localhost",
    "?next=//evil.example",
    "#//evil.example", "evil.example", "/sign-out", "", "/" + "x" * 5_000,
)  # fmt: skip


@pytest.mark.parametrize("target", EVIL)
@pytest.mark.parametrize("path", ["/sign-in", "/language"])
def test_a_redirect_stays_on_this_site(path: str, target: str, premises: Premises) -> None:
    desk = premises.desk("nobody")
    if path == "/sign-in":
        page = desk.get("/sign-in", query_string={"next": target}).text
        found = re.search(r'name="next" value="([^"]*)"', page)
        assert found
        location = found[1]
    else:
        location = desk.post("/language", data={"language": "en", "next": target}).location
    assert re.match(r"/(?![/\\])[^\\\s\x00]*\Z", location)


def test_where_one_wanted_to_go_is_kept_through_the_door(premises: Premises) -> None:
    answer = premises.desk("nobody").get("/data/customer/?where=stage~eq~new")
    assert answer.location.startswith("/sign-in?next=/data/customer/")
    assert "where%3Dstage" in answer.location


# Reading -------------------------------------------------------------------------------------------------------------
def test_reading_changes_nothing_but_the_trail_of_what_was_opened(premises: Premises, make: Make) -> None:
    number = make.customer()
    desk = premises.desk("manager")
    before = contents(premises)
    for rule in rules(premises):
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            for query in ("", "?confirm=1&delete=1&version=1", f"?id={number}&act=delete"):
                desk.get(address(rule, number) + query).close()
    assert contents(premises) == before


def contents(premises: Premises) -> dict[str, str]:
    """A print of every table, but for the trail and the gate's own clockwork."""
    tables = premises.run(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
        " WHERE schemaname = 'public'"
        " OR (schemaname = 'gate' AND tablename IN ('credential', 'token', 'device', 'invitation',"
        " 'factor', 'recovery', 'trust',"
        " 'half_open', 'factor_demand', 'act_demand'))"
    )
    hashed = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    return {table: premises.one(hashed.format(table)) for (table,) in tables}
