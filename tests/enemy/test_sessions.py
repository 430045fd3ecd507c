"""Stolen, planted and outlived sessions (attack A4): none opens anything."""

import pytest
from werkzeug.test import TestResponse

from app.access.keys import SignInKeys
from app.access.signin import Door
from tests.appkit import Desk, Premises
from tests.enemy.doors import PASSWORD, account, browser, session_of, sign_in

ME = "session-owner"
HOME = "/tokens/"  # everybody's own page
OTHER = "copper lantern meadow 7 quilt"


@pytest.fixture(autouse=True)
def person(premises: Premises) -> int:
    """Somebody with a password and no session; his number."""
    premises.run("DELETE FROM gate.bucket")
    return account(premises, ME)


@pytest.fixture
def desk(premises: Premises) -> Desk:
    """His browser, signed in at the door."""
    made = browser(premises)
    assert sign_in(made, ME).status_code == 303
    assert works(made)
    return made


def works(desk: Desk) -> bool:
    """Whether the browser is somebody."""
    return desk.get(HOME).status_code == 200


def replayed(premises: Premises, session: str) -> bool:
    """Whether a copy of the cookie is somebody."""
    return works(browser(premises, session)) or browser(premises, session).get("/api/v1/tokens").status_code == 200


@pytest.mark.parametrize("planted", ["a" * 64, "known", "", "dlr_x"])
def test_a_session_planted_before_signing_in_is_worth_nothing_after(planted: str, premises: Premises):
    mine = premises.open_session(premises.users["technician"]) if planted == "known" else planted
    victim = browser(premises, mine)
    assert sign_in(victim, ME).status_code == 303
    assert session_of(victim) not in ("", mine)
    assert works(victim)
    assert not replayed(premises, mine), "neither as his nor as the planter's"


def test_signing_out_ends_it_for_every_copy(desk: Desk, premises: Premises):
    stolen = session_of(desk)
    answer = desk.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not replayed(premises, stolen)
    assert session_of(desk) == ""


def test_signing_out_needs_a_post_and_the_pages_token(desk: Desk):
    assert desk.get("/sign-out").status_code == 405
    assert desk.post("/sign-out", csrf=False).status_code == 400
    assert desk.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert works(desk)


def test_a_new_password_ends_what_a_thief_holds_and_gives_the_owner_a_new_one(desk: Desk, premises: Premises):
    stolen = session_of(desk)
    thief = premises.open_session(premises.users[ME])
    changed = desk.post("/password", data={"current": PASSWORD, "password": OTHER, "repeat": OTHER})
    assert changed.status_code == 303
    assert works(desk)
    assert session_of(desk) != stolen
    assert not replayed(premises, stolen)
    assert not replayed(premises, thief)
    assert sign_in(browser(premises), ME, PASSWORD).status_code == 401


def test_a_reset_ends_everything_he_had_open(desk: Desk, premises: Premises):
    stolen, keys = session_of(desk), SignInKeys.parse(premises.config.secret("password_pepper"))
    token = premises.api_token(ME)
    with premises.acting("admin") as context:
        invitation = Door(premises.house.database.engine, keys).invite(context.connection, premises.users[ME], "reset")
    chosen = browser(premises).post(f"/welcome/{invitation}", data={"password": OTHER, "repeat": OTHER})
    assert chosen.status_code == 303
    assert not replayed(premises, stolen)
    program = premises.caller("nobody")
    program.bearer = token
    assert program.get("/api/v1/tokens").status_code == 401
    again = browser(premises).post(f"/welcome/{invitation}", data={"password": PASSWORD, "repeat": PASSWORD})
    assert again.status_code == 404


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE ab_user SET active = false WHERE id = {me}",
        "UPDATE gate.session SET last_seen = now() - idle - interval '1 s' WHERE user_id = {me}",
        "UPDATE gate.session SET expires_at = now() - interval '1 s' WHERE user_id = {me}",
    ],
    ids=["closed account", "idle", "absolute"],
)
def test_it_ends_with(deed: str, desk: Desk, premises: Premises):
    stolen = session_of(desk)
    premises.run(deed.format(me=premises.users[ME]))
    assert not works(desk)
    assert not replayed(premises, stolen)


def test_using_it_does_not_carry_it_past_its_longest_life(desk: Desk, premises: Premises, person: int):
    living = "FROM gate.session WHERE user_id = %s AND ended_at IS NULL"
    stands = f"SELECT expires_at, now() - last_seen < interval '1 minute' {living}"
    [(until, _)] = premises.run(stands, person)
    premises.run("UPDATE gate.session SET last_seen = now() - interval '2 minutes' WHERE user_id = %s", person)
    assert works(desk)
    assert premises.run(stands, person) == [(until, True)]


def test_the_fourth_sign_in_ends_the_oldest(premises: Premises):
    desks = [browser(premises) for _ in range(4)]
    for one in desks:
        assert sign_in(one, ME).status_code == 303
    assert [works(one) for one in desks] == [False, True, True, True]


# The cookie -----------------------------------------------------------------------------------------------------------
def cookies(answer: TestResponse) -> dict[str, set[str]]:
    """The attributes of each cookie an answer sets."""
    parts = [cookie.split("; ") for cookie in answer.headers.getlist("Set-Cookie")]
    return {first.partition("=")[0]: {one.partition("=")[0] if "xpires" in one or "Age" in one else one for one in rest}
            for first, *rest in parts}  # fmt: skip


def test_over_tls_the_cookie_is_bound_to_this_host(premises: Premises):
    answer = sign_in(browser(premises), ME, address="192.0.2.44")
    assert answer.status_code == 303
    told = cookies(answer)
    assert told["__Host-sid"] == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= told["device"]
    assert "sid" not in told


def test_without_tls_on_this_machine_it_is_still_unreadable_by_scripts(premises: Premises):
    told = cookies(sign_in(browser(premises), ME))
    assert told["sid"] == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_a_cookie_of_the_open_web_is_not_taken_over_tls(desk: Desk):
    """Whoever can plant `sid` over plain HTTP has planted nothing the encrypted site reads."""
    assert desk.get(HOME, base_url="https://localhost").status_code == 302


def test_a_session_is_read_from_its_cookie_alone(desk: Desk, premises: Premises):
    session, nobody = session_of(desk), browser(premises)
    assert nobody.get(HOME, query_string={"sid": session, "token": session}).status_code == 302
    for header in (f"Bearer {session}", f"Basic {session}", session):
        assert nobody.get("/api/v1/tokens", headers={"Authorization": header}).status_code == 401
        assert nobody.get(HOME, headers={"Authorization": header}).status_code == 302


def test_an_api_token_in_a_cookie_is_nobody(premises: Premises):
    """A browser would send it by itself, and pages are for people."""
    thief = browser(premises, premises.api_token("manager"))
    assert thief.get("/data/customer/").status_code == 302
    assert thief.get("/api/v1/data/customer/").status_code == 401
    assert premises.caller("manager").get("/api/v1/data/customer/").status_code == 200


def test_no_answer_tells_a_session(desk: Desk):
    session = session_of(desk)
    for path in (HOME, "/password", "/api/v1/tokens", "/no/such/page"):
        answer = desk.get(path)
        assert session not in answer.text
        assert session not in str(answer.headers)
