"""Acts that ask again who somebody is: what was to be sent goes on afterwards, and the database asks as pages do."""

import re
from collections.abc import Iterator
from html import unescape

import psycopg
import pytest

from tests.appkit import Desk, Premises
from tests.make import Make
from tests.web.doorway import PASSWORD, Somebody, somebody
from tests.web.test_rights import number, ticked


@pytest.fixture
def manager(premises: Premises) -> Somebody:
    """Somebody with a sales manager's rights and a post, signed in long ago."""
    one = somebody(premises, "sales_manager")
    premises.run(
        "INSERT INTO employee (store_id, number, name, user_id) VALUES (%s, %s, '门经理', %s)",
        premises.stores["PD"], one.login, one.user,
    )  # fmt: skip
    one.sign_in()
    one.stale()
    return one


@pytest.fixture
def tender(premises: Premises) -> Iterator[Somebody]:
    """Somebody who tends rights, signed in long ago."""
    one = somebody(premises, "administrator")
    one.sign_in()
    one.stale()
    yield one
    premises.run("UPDATE ab_user SET active = false WHERE id = %s", one.user)


@pytest.fixture
def asks(premises: Premises) -> Iterator[None]:
    """The shipped demands, and again afterwards."""
    yield
    premises.run("UPDATE gate.act_demand SET minutes = 15")


def carried(page: str) -> dict[str, str]:
    """What the question would send again."""
    form = page[page.index('action="/security/fresh"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}  # the desk carries its own


def confirmed(desk: Desk, asked, answer: str = PASSWORD, **headers: str):
    """The answer after the person showed who he is, following as a browser does: 307 sends all of it again."""
    form = {**carried(asked.text), "step_up_answer": answer}
    done = desk.post("/security/fresh", data=form, headers=headers)
    if done.status_code == 307:
        return desk.post(done.location, data=form, headers=headers)
    return desk.get(done.location) if done.status_code == 303 else done


# Reveal --------------------------------------------------------------------------------------------------------------
def test_a_telephone_number_never_asks(manager: Somebody, make: Make):
    customer = make.customer(phone="13800138555")
    answer = manager.desk.post(f"/data/customer/{customer}/reveal/phone", data={"reason": "call"})
    assert answer.status_code == 200
    assert "138 0013 8555" in answer.text


def test_an_identity_number_asks_and_is_opened_afterwards_with_its_reason(
    manager: Somebody, make: Make, premises: Premises
):
    paper = make.record("customer_identity", kind="id_card", number="11010519491231002X")
    path = f"/data/customer_identity/{paper}/reveal/number"
    asked = manager.desk.post(path, data={"reason_text": "核对保单"})
    assert asked.status_code == 403
    assert "11010519491231002X" not in asked.text
    noted = (
        "SELECT count(*) FROM trail.entry WHERE action = 'reveal' AND entity = 'customer_identity' AND record_id = %s"
    )
    assert premises.one(noted, paper) == 0
    assert confirmed(manager.desk, asked, "not the password").status_code == 422
    opened = confirmed(manager.desk, manager.desk.post(path, data={"reason_text": "核对保单"}))
    assert opened.status_code == 200
    assert "11010519491231002X" in opened.text
    assert premises.one(noted, paper) == 1
    assert manager.desk.post(path, data={"reason": "call"}).status_code == 200  # fresh for a while


def test_in_the_place_of_the_value_a_script_swaps_the_question_in(manager: Somebody, make: Make):
    paper = make.record("customer_identity", kind="id_card", number="11010519491231002X")
    asked = manager.desk.post(
        f"/data/customer_identity/{paper}/reveal/number", data={"reason": "call"}, headers={"HX-Request": "true"}
    )
    assert asked.status_code == 200
    assert "<html" not in asked.text
    assert 'hx-post="/security/fresh"' in asked.text
    wrong = confirmed(manager.desk, asked, "wrong", **{"HX-Request": "true"})
    assert "<html" not in wrong.text
    assert "当前密码不正确" in wrong.text
    opened = confirmed(manager.desk, wrong, **{"HX-Request": "true"})
    assert "<html" not in opened.text
    assert "11010519491231002X" in opened.text


def test_a_token_opens_as_before(premises: Premises, make: Make):
    paper = make.record("customer_identity", kind="id_card", number="11010519491231002X")
    premises.run("UPDATE gate.act_demand SET minutes = 1 WHERE act = 'reveal'")
    answer = premises.caller("manager").post(
        f"/api/v1/data/customer_identity/{paper}/reveal/number", json={"reason": "核对"}
    )
    premises.run("UPDATE gate.act_demand SET minutes = 15")
    assert answer.status_code == 200


def test_the_database_asks_where_a_page_would_forget(manager: Somebody, premises: Premises):
    token = manager.desk.get_cookie("sid").value
    for call in (
        "gate.spend_reveal('customer', true)",
        "gate.spend_reveal('customer', NULL)",
        "gate.demand_fresh('export')",
        "gate.demand_fresh('nothing there is')",
    ):
        with premises.connect("web") as connection:
            connection.execute("SELECT gate.announce(%s, 'r-bare')", (token,))
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="fresh"):
                connection.execute(f"SELECT {call}")


# Export --------------------------------------------------------------------------------------------------------------
def test_an_export_asks_and_goes_on(manager: Somebody, make: Make):
    make.customer()
    asked = manager.desk.get("/data/customer/export.csv?q=zz")
    assert asked.status_code == 403
    assert carried(asked.text)["step_up_target"] == "/data/customer/export.csv?q=zz"
    file = confirmed(manager.desk, asked)
    assert file.status_code == 200
    assert file.mimetype == "text/csv"


def test_the_export_of_ticked_records_keeps_the_ticks(manager: Somebody, make: Make):
    ids = [make.customer(name=f"勾选客户{nth}") for nth in range(2)]
    asked = manager.desk.post("/data/customer/bulk/export", data={"id": ids})
    assert asked.status_code == 403
    form = asked.text[asked.text.index('action="/security/fresh"') :]
    assert re.findall(r'name="id" value="(\d+)"', form) == [str(one) for one in ids]


def test_a_browsers_api_call_is_told_to_step_up_and_a_token_goes_on(manager: Somebody, premises: Premises):
    told = manager.desk.get("/api/v1/data/customer/export.csv")
    assert told.status_code == 403
    assert told.mimetype == "application/problem+json"
    assert told.json["code"] == "step_up"
    assert told.json["step_up"] == {"act": "export", "minutes": 15, "page": "/security/fresh"}
    assert premises.caller("manager").get("/api/v1/data/customer/export.csv").status_code == 200


def test_an_act_the_dealership_does_not_ask_for_goes_on(manager: Somebody, premises: Premises, asks: None):
    premises.run("UPDATE gate.act_demand SET minutes = NULL WHERE act = 'export'")
    assert manager.desk.get("/data/customer/export.csv").status_code == 200


def test_a_window_of_the_dealerships_own_holds(manager: Somebody, premises: Premises, asks: None):
    premises.run("UPDATE gate.session SET fresh_at = now() - interval '20 minutes' WHERE user_id = %s", manager.user)
    assert manager.desk.get("/data/customer/export.csv").status_code == 403
    premises.run("UPDATE gate.act_demand SET minutes = 30 WHERE act = 'export'")
    assert manager.desk.get("/data/customer/export.csv").status_code == 200


# Tokens, rights, roles -----------------------------------------------------------------------------------------------
def test_making_a_token_asks_by_json(manager: Somebody):
    wish = {"name": "BI", "scopes": {"customer": ["list"]}}
    told = manager.desk.post("/api/v1/tokens", json=wish)
    assert (told.status_code, told.json["code"], told.json["step_up"]["act"]) == (403, "step_up", "tokens")
    manager.desk.post("/security/fresh", data={"step_up_answer": PASSWORD})
    assert manager.desk.post("/api/v1/tokens", json=wish).status_code == 201


def test_setting_rights_asks_and_loses_nothing(tender: Somebody, premises: Premises):
    role = number(premises, "analyst")
    before = premises.run("SELECT entity, actions, reach FROM role_grant WHERE role_id = %s ORDER BY 1", role)
    form = ticked(tender.desk.get(f"/rights/{role}").text)
    form["reach.lead"], form["do.lead"] = ["store"], ["list"]
    preview = tender.desk.post(f"/rights/{role}/preview", data=form).text
    save = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(wanted|print)" value="([^"]*)"', preview)
    }
    asked = tender.desk.post(f"/rights/{role}", data=save)
    assert asked.status_code == 403
    assert carried(asked.text)["wanted"] == save["wanted"]
    assert premises.run("SELECT entity, actions, reach FROM role_grant WHERE role_id = %s ORDER BY 1", role) == before
    assert confirmed(tender.desk, asked).status_code == 303
    assert premises.run("SELECT actions FROM role_grant WHERE role_id = %s AND entity = 'lead'", role) == [(["list"],)]
    premises.run("DELETE FROM role_grant WHERE role_id = %s AND entity = 'lead'", role)
    for entity, actions, reach in before:
        if entity == "lead":
            premises.run("INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, %s, %s, %s)", role, entity, actions, reach)  # fmt: skip  # noqa: E501


def test_giving_a_role_asks_and_a_token_cannot(tender: Somebody, premises: Premises):
    role, path = number(premises, "analyst"), f"/rights/{number(premises, 'analyst')}/people"
    held = "SELECT count(*) FROM ab_user_role WHERE role_id = %s AND user_id = %s"
    asked = tender.desk.post(path, data={"add": "newcomer"})
    assert (asked.status_code, premises.one(held, role, premises.users["newcomer"])) == (403, 0)
    assert premises.caller("admin").post(path, data={"add": "newcomer"}).status_code == 401
    assert confirmed(tender.desk, asked).status_code == 303
    assert premises.one(held, role, premises.users["newcomer"]) == 1
    tender.desk.post(path, data={"remove": str(premises.users["newcomer"])})
    assert premises.one(held, role, premises.users["newcomer"]) == 0


@pytest.mark.parametrize(
    "call",
    [
        "gate.set_rights(3, '{}', '')", "gate.clone_role(3, '试用甲')", "gate.drop_role(3)",
        "gate.give_role(1, 3, true)",
        "gate.demand_factor(3, 7)", "gate.demand_act('export', NULL)", "gate.reset_factor(1)",
    ],
)  # fmt: skip
def test_the_database_asks_who_tends_rights(call: str, tender: Somebody, premises: Premises):
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (tender.desk.get_cookie("sid").value,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="fresh"):
            connection.execute(f"SELECT {call}")


# Showing who one is --------------------------------------------------------------------------------------------------
def test_a_code_will_do_once_and_the_old_session_token_is_dead(manager: Somebody):
    manager.enrol()
    manager.stale()
    old = manager.desk.get_cookie("sid").value
    code = manager.code()
    answer = manager.desk.post("/security/fresh", data={"step_up_answer": code, "step_up_target": "/security/"})
    assert (answer.status_code, answer.location) == (303, "/security/")
    thief = manager.browser()
    thief.set_cookie("sid", old)
    assert thief.get("/security/").status_code == 302
    assert manager.desk.post("/security/fresh", data={"step_up_answer": code}).status_code == 422


def test_a_wrong_answer_keeps_what_was_to_be_sent(manager: Somebody):
    form = {
        "step_up_target": "/rights/3",
        "step_up_method": "POST",
        "wanted": '{"a": "<b>"}',
        "step_up_answer": "wrong",
    }
    page = manager.desk.post("/security/fresh", data=form)
    assert page.status_code == 422
    again = carried(page.text)
    assert {name: again[name] for name in ("wanted", "step_up_target", "step_up_method")} == {
        name: form[name] for name in ("wanted", "step_up_target", "step_up_method")
    }
    assert "wrong" not in page.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_what_goes_on_stays_on_this_site(target: str, manager: Somebody):
    for method in ("GET", "POST"):
        form = {"step_up_answer": PASSWORD, "step_up_target": target, "step_up_method": method}
        assert manager.desk.post("/security/fresh", data=form).location == "/"


def test_guessing_the_password_here_is_limited_as_at_the_door(manager: Somebody):
    statuses = [
        manager.desk.post("/security/fresh", data={"step_up_answer": f"guess {n}"}).status_code for n in range(25)
    ]
    assert set(statuses[:10]) == {422}
    assert statuses[-1] == 429


def test_another_site_makes_nobody_fresh(manager: Somebody):
    answer = manager.desk.post("/security/fresh", data={"step_up_answer": PASSWORD}, csrf=False)
    assert answer.status_code == 400
