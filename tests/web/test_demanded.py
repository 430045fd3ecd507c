"""A second factor demanded by role: days of grace with a banner, then nothing but setting it up, on every road."""

import re
from collections.abc import Iterator

import pytest

from tests.appkit import Premises
from tests.house.test_routes import PUBLIC, address, rules
from tests.make import Make
from tests.web.doorway import Somebody, somebody
from tests.web.test_rights import number


@pytest.fixture
def role(premises: Premises) -> Iterator[int]:
    """The sales managers' role, of which no factor is demanded before or after."""
    found = number(premises, "sales_manager")
    yield found
    premises.run("DELETE FROM gate.factor_demand WHERE role_id = %s", found)


@pytest.fixture
def one(premises: Premises, role: int) -> Somebody:
    made = somebody(premises, "sales_manager")
    premises.run(
        "INSERT INTO employee (store_id, number, name, user_id) VALUES (%s, %s, '门经理', %s)",
        premises.stores["PD"], made.login, made.user,
    )  # fmt: skip
    return made


def demand(premises: Premises, role: int, grace: int) -> None:
    premises.run("INSERT INTO gate.factor_demand (role_id, grace) VALUES (%s, %s)", role, grace)


def older(premises: Premises, days: float) -> None:
    """Time passes."""
    premises.run("UPDATE gate.factor_demand SET set_at = set_at - make_interval(hours => %s)", int(days * 24))
    premises.run("UPDATE gate.factor_since SET since = since - make_interval(hours => %s)", int(days * 24))
    premises.run("UPDATE gate.stamp SET access = access + 1")


def test_during_grace_a_banner_counts_the_days_and_work_goes_on(one: Somebody, role: int, premises: Premises):
    demand(premises, role, 7)
    one.sign_in()
    page = one.desk.get("/data/customer/").text
    assert "还有 7 天" in page
    assert 'href="/security/"' in page
    older(premises, 4.5)
    assert "还有 3 天" in one.desk.get("/data/customer/").text
    assert "请在 3 天内设置" in one.desk.get("/security/").text
    one.enrol()
    assert "两步验证，还有" not in one.desk.get("/data/customer/").text


def test_grace_begins_with_the_first_sign_in_not_before(one: Somebody, role: int, premises: Premises):
    demand(premises, role, 7)
    older(premises, 30)
    one.sign_in()
    assert "还有 7 天" in one.desk.get("/data/customer/").text


def test_grace_ends_by_time_alone(one: Somebody, role: int, premises: Premises):
    demand(premises, role, 7)
    one.sign_in()
    due = "UPDATE gate.factor_since SET since = now() - interval '7 days' + interval '2 seconds' WHERE user_id = %s"
    premises.run(due, one.user)
    premises.run("UPDATE gate.factor_demand SET set_at = now() - interval '30 days'")
    assert one.desk.get("/data/customer/").status_code == 200
    premises.run("SELECT pg_sleep(2.1)")
    assert one.desk.get("/data/customer/").location == "/security/"


@pytest.mark.parametrize("grace", [0, 7])
def test_after_grace_every_route_leads_to_setting_it_up(
    grace: int, one: Somebody, role: int, premises: Premises, make: Make
):
    customer = make.customer()
    if grace:
        demand(premises, role, grace)
        one.sign_in()
        older(premises, 8)
    else:
        one.sign_in()
        demand(premises, role, grace)
    for rule in rules(premises):
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            if rule.endpoint in PUBLIC or rule.endpoint.split(".")[0] in ("security", "signing"):
                continue
            answer = one.desk.open(address(rule, customer), method=method)
            if rule.rule.startswith("/api/"):
                assert (answer.status_code, answer.json["code"]) == (403, "factor_due"), (method, rule.rule)
            else:
                assert (answer.status_code, answer.location) == (303, "/security/"), (method, rule.rule)
    assert "现在就请设置" in one.desk.get("/security/").text
    one.enrol()
    assert one.desk.get(f"/data/customer/{customer}").status_code == 200


def test_after_grace_the_database_gives_him_nothing(one: Somebody, role: int, premises: Premises, make: Make):
    make.customer()
    one.sign_in()
    token = one.desk.get_cookie("sid").value
    asked = (
        "SELECT (SELECT count(*) FROM customer), gate.may('customer', 'read'), gate.has_role(ARRAY['sales_manager'])"
    )
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (token,))
        count, may, has = connection.execute(asked).fetchone()
    assert (count > 0, may, has) == (True, True, True)
    demand(premises, role, 0)
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (token,))
        assert connection.execute(asked).fetchone() == (0, False, False)


def test_after_grace_his_tokens_and_jobs_do_nothing_either(one: Somebody, role: int, premises: Premises, make: Make):
    make.customer()
    one.sign_in()
    token = one.desk.post("/api/v1/tokens", json={"name": "BI", "scopes": {"*": ["*"]}}).json["token"]
    caller = premises.desk("nobody")
    caller.bearer = token
    assert caller.get("/api/v1/data/customer/").json["result"]
    demand(premises, role, 0)
    assert caller.get("/api/v1/data/customer/").json["code"] == "factor_due"
    with premises.connect("worker") as connection:
        assert connection.execute("SELECT gate.announce_job(%s, 'r-job')", (one.user,)).fetchone() == (True,)
        assert connection.execute("SELECT count(*) FROM customer").fetchone() == (0,)


def test_taking_a_demanded_factor_off_begins_no_new_grace(one: Somebody, role: int, premises: Premises):
    demand(premises, role, 7)
    one.enrol()
    older(premises, 8)
    assert one.desk.get("/data/customer/").status_code == 200
    assert one.desk.post("/security/factor/off").status_code == 303
    assert one.desk.get("/data/customer/").location == "/security/"


def test_a_clone_of_the_role_demands_the_same(one: Somebody, role: int, premises: Premises):
    demand(premises, role, 7)
    admin = premises.desk("admin")
    made = admin.post(f"/rights/{role}/clone", data={"name": "试用克隆"}).location.rsplit("/", 1)[1]
    assert premises.one("SELECT grace FROM gate.factor_demand WHERE role_id = %s", int(made)) == 7
    assert admin.post(f"/rights/{made}/remove").status_code == 303
    assert premises.one("SELECT count(*) FROM gate.factor_demand WHERE role_id = %s", int(made)) == 0


# Setting the rules ---------------------------------------------------------------------------------------------------
def test_who_tends_rights_sets_what_is_asked_and_the_trail_tells(role: int, premises: Premises):
    admin = premises.desk("admin")
    page = admin.get("/security/rules").text
    assert "销售经理" in page
    form = dict(re.findall(r'<select [^>]*name="([^"]+)"[^>]*>.*?<option value="(\w+)" selected', page))
    form |= {f"role.{role}": "7", "act.export": "none", "act.factor": "none", "act.rights": "999"}
    assert admin.post("/security/rules", data=form).status_code == 303
    assert premises.one("SELECT grace FROM gate.factor_demand WHERE role_id = %s", role) == 7
    stands = dict(premises.run("SELECT act, minutes FROM gate.act_demand"))
    assert (stands["export"], stands["rights"]) == (None, 15)
    history = admin.get(f"/rights/{role}").text
    assert "两步验证：不要求 → 7 天内" in history
    noted = "SELECT count(*) FROM trail.entry WHERE entity = 'act_demand' AND actor_id = %s"
    assert premises.one(noted, premises.users["admin"]) == 1
    admin.post("/security/rules", data={f"role.{role}": "none", "act.export": "15"})
    assert premises.one("SELECT count(*) FROM gate.factor_demand WHERE role_id = %s", role) == 0
    assert premises.one("SELECT minutes FROM gate.act_demand WHERE act = 'export'") == 15


def test_changing_a_factor_always_asks(premises: Premises):
    admin = premises.desk("admin")
    admin.post("/security/rules", data={"act.factor": "none"})
    assert premises.one("SELECT minutes FROM gate.act_demand WHERE act = 'factor'") == 15


def test_the_officer_reads_the_rules_and_changes_none(premises: Premises):
    officer = premises.desk("auditor")
    assert officer.get("/security/rules").status_code == 200
    assert officer.post("/security/rules", data={"act.export": "none"}).status_code == 403
    assert premises.one("SELECT minutes FROM gate.act_demand WHERE act = 'export'") == 15


def test_the_first_run_gives_the_two_officers_seven_days(premises: Premises):
    shipped = "SELECT r.name, d.grace FROM gate.factor_demand d JOIN ab_role r ON r.id = d.role_id ORDER BY 1"
    assert premises.run(shipped) == [("administrator", 7), ("security_officer", 7)]
