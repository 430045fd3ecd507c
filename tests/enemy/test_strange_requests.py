"""Requests no browser sends: the answer is a refusal in words, never a fault."""

import pytest

from tests.appkit import Premises

NUL = "\\000"  # as a quoted cookie writes the sign PostgreSQL cannot hold


@pytest.mark.parametrize(
    "cookie", [f'sid="a{NUL}b"', f'lang="{NUL}"; sid=x', f'ui="{NUL}"', f'device="{NUL}"', "sid=\x80\xff"]
)
def test_a_strange_cookie_is_nobodys(cookie, premises: Premises):
    client = premises.app.test_client(use_cookies=False)
    assert client.get("/data/customer/", headers={"Cookie": cookie}).status_code == 302


@pytest.mark.parametrize("token", ["dlr_\x00", "dlr_\xff", "dlr_" + "x" * 50_000, ""])
def test_a_strange_token_is_nobodys(token, premises: Premises):
    answer = premises.app.test_client().get("/api/v1/data/customer/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_denial_at_a_strange_address_is_noted_all_the_same(premises: Premises):
    before = premises.one("SELECT count(*) FROM trail.entry WHERE action = 'denied'")
    answer = premises.caller("technician").post("/api/v1/data/customer/1/reveal/%00", json={"reason": "x"})
    assert answer.status_code == 403
    assert premises.one("SELECT count(*) FROM trail.entry WHERE action = 'denied'") == before + 1


def test_a_session_ended_by_a_strange_cookie_is_no_fault(premises: Premises):
    client = premises.app.test_client(use_cookies=False)
    for path in ("/sign-out", "/password", "/language", "/sign-in"):
        assert client.post(path, headers={"Cookie": f'sid="{NUL}"'}).status_code < 500


def test_no_cookie_given_over_tls_is_sent_without_it(premises: Premises):
    answer = premises.app.test_client().get("/sign-in", base_url="https://forecourt.example")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_a_forwarded_header_of_a_stranger_is_not_believed(premises: Premises):
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    answer = premises.app.test_client().get("/sign-in", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 403


@pytest.mark.parametrize("authorization", ["", "x", "Basic eDp5", "Bearer", "Bearer x"])
def test_an_invented_authorization_does_not_lift_the_check_of_forms(authorization, premises: Premises):
    answer = premises.desk("consultant").patch(
        "/api/v1/data/customer/1", json={"note": "x"}, csrf=False, headers={"Authorization": authorization}
    )
    assert answer.status_code in (400, 401)
