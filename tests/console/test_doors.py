"""Who comes into the console: the operator alone, through the product's own door, whatever the address."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from tests.appkit import Desk, Premises
from tests.cast import CAST

STAFF = [one.part for one in CAST if one.part != "admin"]
STRANGE = (
    "/console",
    "/console/none",
    "/console/static/bootstrap/bootstrap4/css/bootstrap.min.css",
    "/console/static/../../config.py",
    "/console/work/edit/?id=1",
    "/console/work/export/csv/",
    "/console/work/ajax/lookup/",
    "/console/work/%2e%2e/settings/",
    "/console//work/",
    "/console/" + "x" * 3_000,
)


def rules(premises: Premises) -> Iterator[Rule]:
    """Every rule of the console."""
    return (rule for rule in premises.app.url_map.iter_rules() if rule.rule.startswith("/console"))


def addresses(premises: Premises) -> list[str]:
    """An address of every rule, and strange ones."""
    made = [re.sub(r"<[^>]+>", "1", rule.rule) for rule in rules(premises)]
    assert len(made) == 13
    return [*made, *STRANGE]


def followed(desk: Desk, path: str) -> tuple[int, str, str]:
    """Status, location and text of the answer, after the slash Werkzeug may add."""
    answer = desk.get(path)
    while answer.status_code == 308:
        answer = desk.get(answer.location)
    return answer.status_code, answer.location or "", answer.text


def test_a_stranger_is_sent_to_the_door_from_every_address(premises: Premises) -> None:
    for path in addresses(premises):
        status, location, body = followed(premises.desk("nobody"), path)
        assert status == 302, path
        assert location.startswith("/sign-in?next=/console"), path
        assert "forecourt_web" not in body


@pytest.mark.parametrize("part", STAFF)
def test_staff_are_refused_at_every_address_and_told_nothing(part: str, premises: Premises) -> None:
    desk = premises.desk(part)
    for path in addresses(premises):
        status, _, body = followed(desk, path)
        assert status == 403, path
        assert "stack console" not in body, path
        assert 'href="/console/' not in body, path


def test_the_operator_gets_in(premises: Premises) -> None:
    for rule in rules(premises):
        wanted = 404 if "<" in rule.rule else 200
        assert premises.desk("admin").get(re.sub(r"<[^>]+>", "1", rule.rule)).status_code == wanted, rule.rule


def test_a_token_opens_nothing(premises: Premises) -> None:
    for path in addresses(premises):
        status, location, _ = followed(premises.caller("admin"), path)
        assert (status, location[:8]) == (302, "/sign-in"), path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("csrf", [True, False])
def test_nothing_is_written_there(method: str, csrf: bool, premises: Premises) -> None:
    for path in addresses(premises):
        answer = premises.desk("admin").open(path, method=method, csrf=csrf)
        assert answer.status_code in ((400,) if not csrf else (404, 405, 308)), (method, path)
        answer.close()


def test_every_rule_reads_only(premises: Premises) -> None:
    for rule in rules(premises):
        assert rule.methods == {"GET", "HEAD", "OPTIONS"}, rule.rule


def test_a_refusal_stands_in_the_trail(premises: Premises) -> None:
    desk = premises.desk("manager")
    name = desk.get("/console/database/").headers["X-Request-Id"]
    sql = (
        "SELECT e.action, v.after::jsonb ->> 'path' FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id"
        " WHERE e.request_id = %s"
    )
    assert premises.run(sql, name) == [("denied", "/console/database/")]


def test_a_look_stands_in_the_trail(premises: Premises) -> None:
    desk = premises.desk("admin")
    name = desk.get("/console/work/?state=dead&kind=&nothing=1").headers["X-Request-Id"]
    sql = (
        "SELECT e.action, e.entity, e.actor_id, v.after::jsonb FROM trail.entry e"
        " JOIN trail.value v ON v.entry_id = e.id WHERE e.request_id = %s"
    )
    details = {"page": "work", "asked": ["state"]}
    assert premises.run(sql, name) == [("console_read", "console", premises.users["admin"], details)]


def test_the_right_can_be_given_and_taken(premises: Premises) -> None:
    """The grant decides, not the role's name; FAB is asked, and by it our grants."""
    role = premises.one("SELECT id FROM ab_role WHERE name = 'technician'")
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'console', '{list}', 'group')", role
    )
    try:
        assert premises.desk("technician").get("/console/work/").status_code == 200
    finally:
        premises.run("DELETE FROM role_grant WHERE role_id = %s AND entity = 'console'", role)
    assert premises.desk("technician").get("/console/work/").status_code == 403


def test_nothing_of_flask_admins_own_is_served_or_named(premises: Premises) -> None:
    for path in addresses(premises):
        status, _, body = followed(premises.desk("admin"), path)
        assert status == 404 or "stack console" in body
        linked = re.findall(r'(?:src|href|action)="([^"]+)"', body)
        assert [one for one in linked if re.match(r"(https?:)?//|.*(jquery|bootstrap)", one)] == []


def test_the_menu_leads_there_for_who_may_go(premises: Premises) -> None:
    assert 'href="/console/"' in premises.desk("admin").get("/").text
    assert 'href="/console/"' not in premises.desk("auditor").get("/").text
