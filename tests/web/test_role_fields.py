"""How fields stand to holders of a role: set on the screen, seen before, and kept on every road."""

import re
from collections.abc import Iterator

import pytest

from tests.appkit import Desk, Premises
from tests.make import Make
from tests.web.test_rights import carried, number, previewed

PHONE, MASK, SPOKEN = "13800138666", "138****8666", "138 0013 8666"


@pytest.fixture
def admin(premises: Premises) -> Desk:
    return premises.desk("admin")


@pytest.fixture
def role(premises: Premises) -> Iterator[int]:
    """The consultants' own role; what was set on its fields goes with the test."""
    made = number(premises, "sales_consultant")
    yield made
    premises.run("DELETE FROM gate.role_field WHERE role_id IN (SELECT id FROM ab_role)")


@pytest.fixture
def customer(premises: Premises, make: Make) -> int:
    """A customer of the consultant's."""
    me = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["consultant"])
    return make.customer(phone=PHONE, sales_owner=str(me), note="喜欢红色", occupation="医生")


def asked(admin: Desk, role: int, **states: str) -> object:
    """The preview of states: `mine__phone="1"`."""
    page = admin.get(f"/rights/{role}/fields/customer").text
    form = {"print": re.findall(r'name="print" value="(\w+)"', page)[0]}
    form |= {name.replace("__", "."): value for name, value in states.items()}
    return admin.post(f"/rights/{role}/fields/customer", data=form)


def put(admin: Desk, role: int, **states: str) -> None:
    page = asked(admin, role, **states)
    assert page.status_code == 200, page.text
    assert admin.post(f"/rights/{role}", data=carried(page.text)).status_code == 303


def test_a_masked_field_is_masked_everywhere_and_no_question_is_asked_by_it(premises, admin, role, customer):
    page = asked(admin, role, mine__occupation="1", scope__occupation="0", mine__phone="1")
    assert "李顾问（浦东店）：客户 手机（自己的记录）明文 → 打码" in page.text
    assert "职业（其他记录）明文 → 看不到" in page.text
    consultant, path = premises.desk("consultant"), f"/data/customer/{customer}"
    assert SPOKEN in consultant.get(path).text, "a preview changes nothing"
    admin.post(f"/rights/{role}", data=carried(page.text))
    shown = consultant.get(path).text
    assert MASK in shown
    assert SPOKEN not in shown
    assert "医生" not in shown + consultant.get(f"{path}?tab=trail").text + consultant.get(f"{path}/edit").text
    caller = premises.caller("consultant")
    assert caller.get(f"/api/v1/data/customer/{customer}").json["result"]["occupation"] == "医**"
    assert caller.get("/api/v1/data/customer/?where=occupation~eq~医生").status_code == 400
    assert "医生" in premises.desk("manager").get(path).text, "of another role nothing changed"


def test_a_hidden_field_is_no_field(premises, admin, role, customer):
    put(admin, role, mine__note="0", scope__note="0")
    consultant = premises.desk("consultant")
    assert "喜欢红色" not in consultant.get(f"/data/customer/{customer}").text
    caller = premises.caller("consultant")
    assert "note" not in caller.get(f"/api/v1/data/customer/{customer}").json["result"]
    refused = caller.patch(f"/api/v1/data/customer/{customer}", json={"note": "改", "version": 1})
    assert refused.status_code in (400, 422)
    assert premises.one("SELECT note FROM customer WHERE id = %s", customer) == "喜欢红色"


def test_of_two_roles_the_one_that_shows_more_counts(premises, admin, role, customer):
    put(admin, role, mine__note="0", scope__note="0")
    other = number(premises, "customer_care")
    me = premises.users["consultant"]
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", me, other)
    try:
        assert "喜欢红色" in premises.desk("consultant").get(f"/data/customer/{customer}").text
        put(admin, other, mine__note="1", scope__note="1")
        assert "喜欢红色" not in premises.desk("consultant").get(f"/data/customer/{customer}").text
        assert "备注" in premises.desk("consultant").get(f"/data/customer/{customer}").text
    finally:
        premises.run("DELETE FROM ab_user_role WHERE user_id = %s AND role_id = %s", me, other)


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ({"mine__note": "0", "scope__note": "2"}, "不能比别人的看到的更少"),
    ],
)
def test_what_would_not_do_is_said_before_saving(premises, admin, role, states, told):
    page = asked(admin, role, **states)
    assert page.status_code == 422
    assert told in page.text
    assert premises.run("SELECT 1 FROM gate.role_field WHERE role_id = %s", role) == []


def test_what_a_new_record_needs_is_not_hidden_from_who_may_add_one(premises, admin, role):
    page = admin.get(f"/rights/{role}/fields/opportunity").text
    form = {"print": re.findall(r'name="print" value="(\w+)"', page)[0]}
    refused = admin.post(
        f"/rights/{role}/fields/opportunity", data=form | {"mine.customer": "0", "scope.customer": "0"}
    )
    assert (refused.status_code, "新增时必填" in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("field", "pair", "told"),
    [("name", [1, 1], "记录靠它识别"), ("phone", [2, 2], "最多打码"), ("nothing", [1, 1], "没有字段")],
)
def test_a_file_sets_no_more_than_the_page(admin, role, field, pair, told):
    form = {"print": re.findall(r'name="print" value="(\w+)"', admin.get(f"/rights/{role}").text)[0]}
    wanted = f'{{"customer": {{"a": ["list", "read"], "r": "store", "f": {{"{field}": {pair}}}}}}}'
    refused = admin.post(f"/rights/{role}", data=form | {"wanted": wanted})
    assert (refused.status_code, told in refused.text) == (422, True)


def test_the_matrix_keeps_what_was_set_and_a_clone_and_a_file_carry_it(premises, admin, role):
    put(admin, role, mine__note="1", scope__note="1")
    page = admin.get(f"/rights/{role}").text
    assert "字段：1 项另设" in page
    kept = previewed(admin, role, bay=("store",))
    admin.post(f"/rights/{role}", data=carried(kept.text))
    sql = "SELECT field, mine, scope FROM gate.role_field WHERE role_id = %s"
    assert premises.run(sql, role) == [("note", 1, 1)]
    assert admin.get(f"/rights/{role}/export.json").json["rights"]["customer"]["f"] == {"note": [1, 1]}
    made = admin.post(f"/rights/{role}/clone", data={"name": "试用字段"}).headers["Location"].rsplit("/", 1)[1]
    assert premises.run(sql, int(made)) == [("note", 1, 1)]
    admin.post(f"/rights/{made}/remove")
    assert premises.run(sql, int(made)) == []


def test_only_who_tends_rights_sets_fields(premises, role):
    for part, seen in (("consultant", 403), ("auditor", 200)):
        desk = premises.desk(part)
        assert desk.get(f"/rights/{role}/fields/customer").status_code == seen
        assert desk.post(f"/rights/{role}/fields/customer", data={"mine.note": "1"}).status_code == 403
    assert premises.desk("admin").get(f"/rights/{role}/fields/nothing").status_code == 404
