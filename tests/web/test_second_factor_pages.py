"""The second factor on the screen: set up, asked for, lost; and a half-open sign-in opens no route."""

import re
from urllib.parse import unquote

import pytest

from app.access.seal import Sealer
from tests.appkit import Premises
from tests.house.test_routes import PUBLIC, address, rules
from tests.web.doorway import PASSWORD, Somebody, somebody


@pytest.fixture
def one(premises: Premises) -> Somebody:
    return somebody(premises)


def test_a_factor_is_set_up_and_asked_for_beside_the_password(one: Somebody):
    one.enrol()
    assert len(one.recovery) == 10
    assert "已开启" in one.desk.get("/security/").text
    desk = one.browser()
    answer = one.sign_in("/data/customer/?where=stage~eq~new", desk)
    assert answer.location.startswith("/sign-in/code?next=")
    assert desk.get_cookie("sid") is None
    page = desk.get(answer.location).text
    next_ = re.search(r'action="/sign-in/code".*?name="next" value="([^"]*)"', page, re.DOTALL)
    assert next_
    passed = desk.post("/sign-in/code", data={"code": one.code(1), "next": next_[1].replace("&amp;", "&")})
    assert (passed.status_code, passed.location) == (303, "/data/customer/?where=stage~eq~new")
    assert desk.get("/security/").status_code == 200
    assert not desk.get_cookie("half")


def test_a_wrong_code_and_a_used_one_read_the_same(one: Somebody):
    one.enrol()
    used = one.code()
    desk = one.browser()
    one.sign_in(desk=desk)
    assert desk.post("/sign-in/code", data={"code": used}).status_code == 303
    again = one.browser()
    one.sign_in(desk=again)
    answers = [again.post("/sign-in/code", data={"code": shown}) for shown in (used, "", "12345678901", "<b>")]
    assert {answer.status_code for answer in answers} == {401}
    alerts = {re.search(r'role="alert"[^>]*>(.*?)</div></div>', answer.text, re.DOTALL)[1] for answer in answers}
    assert len(alerts) == 1
    assert "<b>" not in answers[3].text


def test_guessing_codes_ends_in_waiting(one: Somebody):
    one.enrol()
    desk = one.browser()
    one.sign_in(desk=desk)
    answers = [desk.post("/sign-in/code", data={"code": "000000"}) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900


def test_a_half_open_sign_in_opens_no_route_by_any_cookie(one: Somebody, premises: Premises):
    one.enrol()
    desk = one.browser()
    one.sign_in(desk=desk)
    half = desk.get_cookie("half").value
    before = premises.one("SELECT count(*) FROM gate.session WHERE user_id = %s", one.user)
    for name, bearer in (("half", ""), ("sid", ""), ("__Host-sid", ""), ("half", half)):
        desk = one.browser()
        desk.set_cookie(name, half)
        desk.bearer = bearer
        for rule in rules(premises):
            if rule.endpoint in PUBLIC or rule.endpoint == "signing.code":
                continue
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                answer = desk.open(address(rule), method=method)
                to_the_door = answer.status_code == 302 and answer.location.startswith("/sign-in?next=")
                assert answer.status_code == 401 or to_the_door, (name, method, rule.rule)
    assert premises.one("SELECT count(*) FROM gate.session WHERE user_id = %s", one.user) == before


def test_without_a_half_open_sign_in_the_second_page_leads_to_the_first(one: Somebody):
    posted = one.desk.post("/sign-in/code", data={"code": "1", "next": "/x"})
    for answer in (one.desk.get("/sign-in/code?next=/x"), posted):
        assert (answer.status_code, answer.location) == (302, "/sign-in?next=/x")
    one.desk.set_cookie("half", "made up\x00")
    answer = one.desk.post("/sign-in/code", data={"code": "123456", "next": "//evil.example"})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/")


def test_a_recovery_code_opens_and_its_use_is_told(one: Somebody):
    one.enrol()
    desk = one.browser()
    one.sign_in(desk=desk)
    desk.post("/sign-in/code", data={"code": one.recovery[0]})
    page = desk.get("/security/").text
    assert "还剩 9 个" in page
    assert "最近一次使用恢复码" in page


def test_a_trusted_browser_is_asked_no_more_until_trust_is_ended(one: Somebody):
    one.enrol()
    desk = one.browser()
    one.sign_in(desk=desk)
    desk.post("/sign-in/code", data={"code": one.code(), "trust": "1"})
    desk.post("/sign-out")
    assert one.sign_in(desk=desk).location == "/"
    page = desk.get("/security/").text
    number = re.search(r'action="/security/devices">.*?name="end" value="(\d+)"', page, re.DOTALL)
    assert number
    assert desk.post("/security/devices", data={"end": number[1]}).status_code == 303
    desk.post("/sign-out")
    assert one.sign_in(desk=desk).location.startswith("/sign-in/code")


def test_the_factor_is_taken_off_by_who_is_fresh(one: Somebody):
    one.enrol()
    assert "确定关闭" in one.desk.get("/security/factor/off").text
    one.stale()
    asked = one.desk.post("/security/factor/off")
    assert asked.status_code == 403
    assert "请确认是您本人" in asked.text
    assert one.sign_in(desk=one.browser()).location.startswith("/sign-in/code")
    one.desk.post("/security/fresh", data={"step_up_answer": PASSWORD, "step_up_target": "/security/"})
    assert one.desk.post("/security/factor/off").status_code == 303
    assert one.sign_in(desk=one.browser()).location == "/"


def test_new_recovery_codes_void_the_old(one: Somebody):
    one.enrol()
    page = one.desk.post("/security/codes").text
    new = re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", page)
    assert len(set(new) | set(one.recovery)) == 20
    desk = one.browser()
    one.sign_in(desk=desk)
    assert desk.post("/sign-in/code", data={"code": one.recovery[0]}).status_code == 401
    assert desk.post("/sign-in/code", data={"code": new[0]}).status_code == 303


def test_the_secret_is_shown_as_a_picture_of_our_own_and_not_logged_in_the_address(one: Somebody):
    one.sign_in()
    one.desk.post("/security/factor")
    page = one.desk.get("/security/factor")
    assert 'src="data:image/svg+xml' in page.text
    drawn = unquote(re.search(r'class="qr" src="([^"]*)"', page.text)[1])
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
    assert page.headers["Cache-Control"] == "no-store"


def test_a_wrong_code_keeps_the_set_up_page_and_its_secret(one: Somebody):
    one.sign_in()
    one.desk.post("/security/factor")
    first = re.search(r'class="secret">([A-Z2-7 ]+)<', one.desk.get("/security/factor").text)[1]
    answer = one.desk.post("/security/factor/confirm", data={"code": "abc"})
    assert answer.status_code == 422
    assert "验证码不正确" in answer.text
    assert first in answer.text
    assert one.sign_in(desk=one.browser()).location == "/"


@pytest.mark.parametrize("path", ["/security/factor/confirm", "/security/factor"])
def test_nothing_waits_to_be_confirmed_for_who_began_nothing(path: str, one: Somebody):
    one.sign_in()
    answer = one.desk.post(path, data={"code": "123456"}) if path.endswith("confirm") else one.desk.get(path)
    assert (answer.status_code, answer.location) == (303, "/security/")


def test_a_token_sees_to_no_ones_ways_in(premises: Premises):
    caller = premises.caller("manager")
    assert caller.get("/security/").location.startswith("/sign-in")
    for path in ("/security/factor", "/security/sessions", "/security/fresh"):
        assert caller.post(path, data={"end": "all"}).status_code == 401, path


def test_one_signs_out_everywhere_else(one: Somebody):
    one.sign_in()
    other = one.browser()
    one.sign_in(desk=other)
    assert "退出其他所有设备" in one.desk.get("/security/").text
    assert one.desk.post("/security/sessions", data={"end": "all"}).status_code == 303
    assert other.get("/security/").status_code == 302
    assert "退出其他所有设备" not in one.desk.get("/security/").text


@pytest.mark.parametrize("end", ["", "x", "9" * 30, "-1", "1e3"])
def test_a_strange_number_ends_nothing(end: str, one: Somebody):
    one.sign_in()
    for path in ("/security/sessions", "/security/devices"):
        assert one.desk.post(path, data={"end": end}).status_code == 404


def test_another_persons_session_is_not_ended(one: Somebody, premises: Premises):
    other = somebody(premises)
    other.sign_in()
    number = premises.one("SELECT max(id) FROM gate.session WHERE user_id = %s", other.user)
    one.sign_in()
    one.desk.post("/security/sessions", data={"end": str(number)})
    assert other.desk.get("/security/").status_code == 200


# Those who tend accounts ---------------------------------------------------------------------------------------------
def test_an_administrator_resets_anothers_factor_and_never_his_own(one: Somebody, premises: Premises):
    one.enrol()
    admin = premises.desk("admin", own=True)
    assert one.login in admin.get("/security/people").text
    assert f"/security/people/{one.user}/reset" in admin.post("/security/people", data={"q": one.login.upper()}).text
    assert "没有找到这个人" in admin.post("/security/people", data={"q": "nobody\x00%_"}).text
    assert "重置“门”的两步验证" in admin.get(f"/security/people/{one.user}/reset").text
    assert admin.post(f"/security/people/{one.user}/reset").status_code == 303
    assert one.sign_in(desk=one.browser()).location == "/"
    assert one.desk.get("/security/").status_code == 302  # his sessions have ended
    assert admin.post(f"/security/people/{premises.users['admin']}/reset").status_code == 403
    assert admin.get("/security/people/999999/reset").status_code == 404
    noted = "SELECT actor_id FROM trail.entry WHERE action = 'factor_reset' AND record_id = %s"
    assert premises.one(noted, one.user) == premises.users["admin"]


@pytest.mark.parametrize("path", ["/security/people", "/security/rules", "/security/people/1/reset"])
def test_who_tends_nothing_sees_none_of_it(path: str, premises: Premises):
    assert premises.desk("consultant").get(path).status_code == 403


def test_the_keys_of_fields_seal_the_secret(one: Somebody, premises: Premises):
    one.enrol()
    from uuid import UUID

    sealer: Sealer = premises.house.sealer
    blob = bytes(premises.one("SELECT secret FROM gate.factor WHERE user_id = %s", one.user))
    assert sealer.open(blob, "second_factor", "secret", UUID(int=one.user)) == one.secret


def test_the_operator_takes_a_lost_factor_off_by_command_and_the_trail_tells(
    one: Somebody, premises: Premises, capsys: pytest.CaptureFixture[str]
):
    from app.process.commands import find

    one.enrol()
    found = find(["person", "factor", "off", one.login])
    assert found
    command, rest = found
    assert command.call(premises.config, rest) == 0
    assert one.login in capsys.readouterr().out
    assert one.desk.get("/security/").status_code == 302
    assert one.sign_in(desk=one.browser()).location == "/"
    assert (
        premises.one("SELECT count(*) FROM trail.entry WHERE action = 'factor_reset' AND record_id = %s", one.user) == 1
    )
    assert command.call(premises.config, rest) == 2
    assert command.call(premises.config, ["nobody-of-that-name"]) == 2
