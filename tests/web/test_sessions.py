"""Attack A4: a session's token is ours to choose, is dead when it should be, and travels in a guarded cookie."""

import hashlib
from http.cookies import SimpleCookie

import pytest

from tests.appkit import Desk, Premises
from tests.web.doorway import PASSWORD, Somebody, somebody

NEW = "copper lantern meadow 7 quilt"


@pytest.fixture
def one(premises: Premises) -> Somebody:
    made = somebody(premises)
    made.sign_in()
    return made


def alive(one: Somebody, token: str) -> bool:
    """Whether whoever shows this token is let in."""
    thief = one.browser()
    thief.set_cookie("sid", token)
    return thief.get("/security/").status_code == 200


def sid(desk: Desk) -> str:
    return desk.get_cookie("sid").value


def test_a_token_planted_before_the_sign_in_is_not_taken_over(one: Somebody, premises: Premises):
    planted = "f" * 64
    victim = one.browser()
    victim.set_cookie("sid", planted)
    one.sign_in(desk=victim)
    assert sid(victim) != planted
    assert not alive(one, planted)
    assert alive(one, sid(victim))


def test_a_half_open_sign_in_planted_before_is_not_taken_over(one: Somebody):
    one.enrol()
    desk = one.browser()
    desk.set_cookie("half", "e" * 64)
    one.sign_in(desk=desk)
    half = desk.get_cookie("half").value
    assert half != "e" * 64
    desk.post("/sign-in/code", data={"code": one.code()})
    assert sid(desk) != half
    assert not alive(one, half)


def test_signing_in_again_gives_another_token_and_ends_the_old(one: Somebody):
    old = sid(one.desk)
    one.sign_in()
    assert sid(one.desk) != old
    assert not alive(one, old)


def test_a_token_is_dead_after_signing_out(one: Somebody):
    token = sid(one.desk)
    answer = one.desk.post("/sign-out")
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert one.desk.get_cookie("sid") is None
    assert not alive(one, token)


def test_a_token_is_dead_after_a_new_password_here_and_elsewhere(one: Somebody):
    mine = sid(one.desk)
    other = one.browser()
    one.sign_in(desk=other)
    form = {"current": PASSWORD, "password": NEW, "repeat": NEW}
    assert one.desk.post("/password", data=form).status_code == 303
    assert [alive(one, token) for token in (mine, sid(other), sid(one.desk))] == [False, False, True]


def test_a_token_is_dead_after_a_reset(one: Somebody, premises: Premises):
    from sqlalchemy import create_engine, pool

    from app import person

    engine = create_engine(premises.config.url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        path = person.invitation(premises.config, connection, one.user, "reset")
    assert alive(one, sid(one.desk))
    assert one.browser().post(path, data={"password": NEW, "repeat": NEW}).status_code == 303
    assert not alive(one, sid(one.desk))


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE ab_user SET active = false WHERE id = %s",
        "UPDATE gate.session SET last_seen = now() - idle - interval '1 s' WHERE user_id = %s",
        "UPDATE gate.session SET expires_at = now() - interval '1 s' WHERE user_id = %s",
    ],
    ids=["disabling", "idleness", "age"],
)
def test_a_token_is_dead_after(deed: str, one: Somebody, premises: Premises):
    assert alive(one, sid(one.desk))
    premises.run(deed, one.user)
    assert not alive(one, sid(one.desk))


def test_a_session_lives_as_long_as_the_settings_say_whatever_is_done_in_it(one: Somebody, premises: Premises):
    config = premises.house.config
    lives = "SELECT extract(epoch FROM expires_at - created_at), extract(epoch FROM idle) FROM gate.session WHERE token_hash = %s"  # noqa: E501
    before = premises.run(lives, hashlib.sha256(sid(one.desk).encode()).digest())
    assert [tuple(map(int, row)) for row in before] == [
        (config.session_absolute_minutes * 60, config.session_idle_minutes * 60)
    ]
    one.desk.post("/security/fresh", data={"step_up_answer": PASSWORD})
    assert premises.run(lives, hashlib.sha256(sid(one.desk).encode()).digest()) == before


def test_the_fourth_session_ends_the_first(one: Somebody):
    tokens = [sid(one.desk)]
    for _ in range(3):
        desk = one.browser()
        one.sign_in(desk=desk)
        tokens.append(sid(desk))
    assert [alive(one, token) for token in tokens] == [False, True, True, True]


@pytest.mark.parametrize("tls", [False, True])
def test_cookies_are_guarded_and_bound_to_the_host_where_there_is_tls(tls: bool, one: Somebody):
    one.enrol()
    base = "https://localhost" if tls else "http://localhost"
    client = one.premises.app.test_client(use_cookies=False)
    page = client.get("/sign-in", base_url=base)
    ui = cookies(page)["ui"]
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"username": one.login, "password": PASSWORD, "csrf_token": token}
    headers = {"Cookie": f"ui={ui.value}", "Referer": f"{base}/sign-in"}
    waiting = client.post("/sign-in", data=form, headers=headers, base_url=base)
    half = cookies(waiting)["__Host-half" if tls else "half"]
    headers["Cookie"] = f"ui={ui.value}; {half.key}={half.value}"
    passed = client.post(
        "/sign-in/code", data={"code": one.code(), "csrf_token": token}, headers=headers, base_url=base
    )
    given = cookies(passed)
    for cookie in (half, given["__Host-sid" if tls else "sid"], given["device"]):
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/"), cookie.key
        assert bool(cookie["secure"]) is tls, cookie.key
        assert not cookie["domain"]
    assert not given["__Host-sid" if tls else "sid"]["max-age"]  # ends with the browser
    assert int(half["max-age"]) == 600


def cookies(answer) -> SimpleCookie:
    found: SimpleCookie = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        found.load(header)
    return found
