"""/tokens/: one's own API tokens, and others' for who tends accounts."""

import html
import re

import pytest

from tests.appkit import Desk, Premises

NEW = "/tokens/new"
FORM = {"name": "官网线索", "mode": "chosen", "do.customer": ["list", "create"], "days": "30", "addresses": ""}


def made(desk: Desk, **given: object) -> str:
    """The text of a token made on the page."""
    answer = desk.post(NEW, data=FORM | given)
    assert answer.status_code == 201, answer.text
    found = re.search(r'id="token"[^>]* value="(dlr_[^"]+)"', answer.text)
    assert found
    return found[1]


def number_of(premises: Premises, token: str) -> int:
    """The number of a token."""
    found: int = premises.one("SELECT id FROM gate.token WHERE token_hash = sha256(%s::bytea)", token)
    return found


def test_a_token_is_made_shown_once_listed_and_ended(premises: Premises):
    desk = premises.desk("manager")
    token = made(desk, addresses="203.0.113.7\n10.1.0.0/16，2001:db8::/32")
    kept = premises.run(
        "SELECT scopes, addresses::text FROM gate.token WHERE id = %s", number_of(premises, token)
    )  # fmt: skip
    assert kept == [({"customer": ["create", "list"]}, "{203.0.113.7/32,10.1.0.0/16,2001:db8::/32}")]
    page = desk.get("/tokens/").text
    assert token not in page
    assert token[:12] in page
    assert "官网线索" in page
    assert "客户：列表、新增" in page
    assert "10.1.0.0/16" in page
    address = f"/tokens/{number_of(premises, token)}/end"
    assert token[:12] in desk.get(address).text
    assert desk.post(address).status_code == 303
    assert token[:12] not in desk.get("/tokens/").text
    assert desk.post(address).status_code == 404


@pytest.mark.parametrize(("mode", "scopes"), [("read", {"*": ["list", "read"]}), ("everything", {"*": ["*"]})])
def test_shortcuts_are_chosen_by_name(premises: Premises, mode: str, scopes: object):
    token = made(premises.desk("manager"), mode=mode, **{"do.customer": []})
    assert premises.one("SELECT scopes FROM gate.token WHERE id = %s", number_of(premises, token)) == scopes


def test_what_is_offered_is_what_one_may(premises: Premises):
    page = premises.desk("consultant").get(NEW).text
    offered = set(re.findall(r'name="do\.(\w+)" value="(\w+)"', page))
    extents = premises.actor("consultant").extents
    assert offered == {
        (name, verb.value) for name in extents for verb in extents[name].actions if name not in ("rights", "ab_user")
    }
    assert ("customer", "delete") not in offered
    assert page.count('<th scope="row">') == len({name for name, _ in offered}), "a kind he may not touch is not named"
    assert "checked" not in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": " "}, "请给令牌起个名字"),
        ({"name": "a\u202eb"}, "请给令牌起个名字"),
        ({"days": "0"}, "有效期请填 1 到 365 天"),
        ({"days": "many"}, "有效期请填 1 到 365 天"),
        ({"do.customer": []}, "请至少勾选一项"),
        ({"mode": "all"}, None),
        ({"mode": "everything"}, "下面有勾选"),
        ({"mode": "read"}, "下面有勾选"),
        ({"do.customer": ["delete"]}, "您自己没有“客户”的“删除”权限"),
        ({"do.customer": ["*"]}, None),
        ({"do.rights": ["update"]}, "请选择令牌能做什么"),
        ({"addresses": "10.0.0.1/8"}, "地址请写成 IP 或网段"),
        ({"addresses": "x'); DROP TABLE gate.token;--"}, "地址请写成 IP 或网段"),
    ],
)
def test_what_will_not_do_is_told_and_what_was_typed_stays(premises: Premises, given: dict, words: str | None):
    answer = premises.desk("consultant").post(NEW, data=FORM | {"addresses": "198.51.100.1"} | given)
    if words is None:
        assert answer.status_code == 201  # an unknown mode is what was ticked; `*` is all but revealing, of his own
        return
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert "198.51.100.1" in answer.text or "addresses" in given
    assert re.search(r'name="do\.customer" value="list" checked', answer.text) or "do.customer" in given


def test_a_name_is_shown_as_typed(premises: Premises):
    desk = premises.desk("manager")
    token = made(desk, name="<script>alert(1)</script>{{7*7}}")
    page = desk.get("/tokens/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
    desk.post(f"/tokens/{number_of(premises, token)}/end")


def test_nobody_sees_or_ends_a_strangers_token(premises: Premises):
    token = made(premises.desk("manager"))
    number = number_of(premises, token)
    for part in ("consultant", "boss", "auditor"):
        desk = premises.desk(part)
        assert token[:12] not in desk.get("/tokens/").text
        assert {desk.get(f"/tokens/{number}/end").status_code, desk.post(f"/tokens/{number}/end").status_code} == {404}
    assert premises.one("SELECT ended_at FROM gate.token WHERE id = %s", number) is None


def test_who_tends_accounts_sees_and_ends_others_tokens(premises: Premises):
    token, admin = made(premises.desk("manager")), premises.desk("admin")
    page = admin.get("/tokens/").text
    assert token[:12] in page
    assert token not in page
    assert "王经理 (manager)" in page
    address = f"/tokens/{number_of(premises, token)}/end"
    assert "王经理" in admin.get(address).text
    assert admin.post(address).status_code == 303
    program = premises.caller("nobody")
    program.bearer = token
    assert program.get("/api/v1/data/customer/").status_code == 401


def test_it_stands_in_ones_menu(premises: Premises):
    assert 'href="/tokens/"' in premises.desk("technician").get("/").text


def test_the_trail_says_what_a_token_was_made_for(premises: Premises):
    token = made(premises.desk("manager"), addresses="10.0.0.0/8")
    details = premises.one(
        "SELECT v.after::jsonb FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at"
        " WHERE e.action = 'token_created' AND v.after::jsonb ->> 'hint' = %s",
        token[:12],
    )
    assert (details["scopes"], details["addresses"]) == ({"customer": ["create", "list"]}, ["10.0.0.0/8"])
    assert token not in str(details)
