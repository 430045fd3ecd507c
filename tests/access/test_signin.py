from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access.gate import Visit
from app.access.signin import Door
from app.core.errors import Invalid, NotFound, Refusal, TooMany
from tests.access.conftest import KEYS, PASSWORD, VISIT, Counted

NEW = "copper lantern meadow 7 quilt"


def refused(door, login, password=PASSWORD, visit=VISIT) -> Refusal:
    with pytest.raises(Refusal) as caught:
        door.authenticate(login, password, visit)
    return caught.value


def test_the_right_password_opens_a_session_that_announces_its_person(door, person, who):
    user = person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    assert who(signed.token) == user == signed.person


def test_a_login_is_found_however_it_is_typed(door, person):
    user = person("LiLei")
    assert door.authenticate(" ｌｉｌｅｉ ", PASSWORD, VISIT).person == user


def test_unknown_wrong_disabled_and_inactive_are_told_the_same(door, person, run):
    person("wrong")
    person("inactive")
    run("UPDATE gate.credential SET disabled_at = now() WHERE user_id = :u", u=person("disabled"))
    run("UPDATE ab_user SET active = false WHERE username = 'inactive'")
    answers = {
        (type(error), error.status, error.code, error.label)
        for error in (
            refused(door, "nobody"),
            refused(door, "wrong", "not the password"),
            refused(door, "disabled"),
            refused(door, "inactive"),
            refused(door, "no\0body\ud800"),
        )
    }
    assert len(answers) == 1
    assert answers.pop()[1] == 401


def test_the_limit_is_the_same_for_accounts_that_exist_and_that_do_not(door, person, run):
    person("lilei")
    run("UPDATE gate.allowance SET size = 2 WHERE class = 'login'")
    for login in ("lilei", "nobody"):
        codes = [refused(door, login, "wrong").status for _ in range(4)]
        assert codes == [401, 401, 429, 429]


def test_two_hundred_parallel_guesses_cost_at_most_ten_hashes(web, person, run):
    person("lilei")
    run("UPDATE gate.allowance SET size = 10000 WHERE class = 'ip'")
    counted = Counted(KEYS.pepper, wait=30)
    door = Door(web, KEYS, passwords=counted)
    with ThreadPoolExecutor(20) as threads:
        errors = list(threads.map(lambda n: refused(door, "lilei", f"guess {n}", Visit(f"198.51.100.{n}")), range(200)))
    assert counted.checks == 10
    assert sum(isinstance(error, TooMany) for error in errors) == 190
    assert all(error.retry_after > 60 for error in errors if isinstance(error, TooMany))


def test_a_flood_on_one_account_leaves_others_alone(door, person, run):
    person("lilei")
    other = person("hanmeimei")
    run("UPDATE gate.allowance SET size = 1 WHERE class = 'login'")
    assert [refused(door, "lilei", "wrong").status for _ in range(2)] == [401, 429]
    assert door.authenticate("hanmeimei", PASSWORD, Visit("192.0.2.9")).person == other


def test_a_known_device_gets_in_while_strangers_have_used_up_the_account(door, person, run):
    person("lilei")
    known = door.authenticate("lilei", PASSWORD, VISIT).device
    run("UPDATE gate.bucket SET filled = 0 WHERE key LIKE 'login:%'")
    assert refused(door, "lilei").status == 429
    assert door.authenticate("lilei", PASSWORD, Visit("192.0.2.7", device=known)).device == known


def test_a_device_known_for_one_account_is_a_stranger_to_another(door, person, run):
    person("lilei")
    person("hanmeimei")
    known = door.authenticate("lilei", PASSWORD, VISIT).device
    refused(door, "hanmeimei", "wrong", Visit("192.0.2.7", device=known))
    run("UPDATE gate.bucket SET filled = 0 WHERE key LIKE 'login:%'")
    assert refused(door, "hanmeimei", PASSWORD, Visit("192.0.2.7", device=known)).status == 429


def test_success_gives_the_attempt_back(door, person, run):
    person("lilei")
    run("UPDATE gate.allowance SET size = 2 WHERE class = 'login'")
    for _ in range(5):
        door.authenticate("lilei", PASSWORD, VISIT)


def test_an_address_has_its_own_limit_and_an_ipv6_home_is_one_address(door, run):
    run("UPDATE gate.allowance SET size = 3 WHERE class = 'ip'")
    codes = [refused(door, f"login{n}", visit=Visit(f"2001:db8:1:1::{n}")).status for n in range(1, 6)]
    assert codes == [401, 401, 401, 429, 429]


def test_a_hundred_failures_in_a_row_close_the_account_until_a_reset(door, admin, person, run):
    user = person("lilei")
    run("UPDATE gate.credential SET failures = 99")
    refused(door, "lilei", "wrong")
    assert refused(door, "lilei").status == 401
    with admin.begin() as connection:
        invitation = door.invite(connection, user, "reset")
    assert door.redeem(invitation, NEW, VISIT) == user
    assert door.authenticate("lilei", NEW, VISIT).person == user


def test_success_ends_the_row_of_failures(door, person, run):
    person("lilei")
    refused(door, "lilei", "wrong")
    door.authenticate("lilei", PASSWORD, VISIT)
    assert run("SELECT failures FROM gate.credential") == [(0,)]


def test_signing_out_ends_the_session_at_once(door, person, who):
    person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    door.sign_out(signed.token)
    assert who(signed.token) is None


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE ab_user SET active = false",
        "UPDATE gate.session SET last_seen = now() - idle - interval '1 s'",
        "UPDATE gate.session SET expires_at = now() - interval '1 s'",
        "UPDATE employee SET left_on = '2026-11-20'",
    ],
    ids=["deactivation", "idleness", "age", "leaving"],
)
def test_a_session_ends_with(deed, door, employed, who, run):
    user = employed("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    assert who(signed.token) == user
    run(deed)
    assert who(signed.token) is None


def test_the_fourth_session_ends_the_first(door, person, who):
    user = person("lilei")
    opened = [door.authenticate("lilei", PASSWORD, VISIT) for _ in range(4)]
    assert [who(signed.token) for signed in opened] == [None, user, user, user]
    assert [signed.displaced for signed in opened] == [0, 0, 0, 1]


@pytest.mark.parametrize("role", ["administrator", "security_officer"])
def test_an_officer_has_one_session_and_a_quarter_of_an_hour(role, door, person, who, run):
    user = person("lilei")
    run("INSERT INTO ab_role (name) VALUES (:r) ON CONFLICT DO NOTHING", r=role)
    run("INSERT INTO ab_user_role (user_id, role_id) SELECT :u, id FROM ab_role WHERE name = :r", u=user, r=role)
    first, second = (door.authenticate("lilei", PASSWORD, VISIT) for _ in range(2))
    assert [who(first.token), who(second.token), second.displaced] == [None, user, 1]
    assert run("SELECT idle = interval '15 minutes' FROM gate.session WHERE ended_at IS NULL") == [(True,)]


def test_parallel_sign_ins_leave_three_sessions(door, person, run):
    person("lilei")
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: door.authenticate("lilei", PASSWORD, VISIT), range(6)))
    assert run("SELECT count(*) FROM gate.session WHERE ended_at IS NULL") == [(3,)]


def test_signing_in_again_ends_the_browsers_older_session_and_never_keeps_its_token(door, person, who):
    person("lilei")
    first = door.authenticate("lilei", PASSWORD, VISIT)
    second = door.authenticate("lilei", PASSWORD, VISIT, previous=first.token)
    assert who(first.token) is None
    assert second.token != first.token


def test_stepping_up_makes_the_session_fresh_under_a_new_token(door, person, who, run):
    user = person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    run("UPDATE gate.session SET fresh_at = now() - interval '1 hour'")
    renewed = door.step_up(signed.token, PASSWORD, VISIT)
    assert (who(signed.token), who(renewed.token)) == (None, user)
    assert run("SELECT count(*) FROM gate.session WHERE fresh_at > now() - interval '1 minute'") == [(1,)]


def test_stepping_up_with_a_wrong_password_names_the_field_and_keeps_the_session(door, person, who):
    user = person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    with pytest.raises(Invalid) as caught:
        door.step_up(signed.token, "wrong", VISIT)
    assert caught.value.fields["password"].code == "password_wrong"
    assert who(signed.token) == user


def test_stepping_up_is_limited_like_signing_in(door, person, run):
    person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    run("UPDATE gate.allowance SET size = 2 WHERE class = 'login'")
    run("DELETE FROM gate.bucket")
    for expected in (Invalid, Invalid, TooMany):
        with pytest.raises(expected):
            door.step_up(signed.token, "wrong", VISIT)


def test_a_new_password_ends_every_other_session(door, person, who):
    user = person("lilei")
    other, mine = (door.authenticate("lilei", PASSWORD, VISIT) for _ in range(2))
    changed = door.change_password(mine.token, PASSWORD, NEW, VISIT)
    assert [who(signed.token) for signed in (other, mine, changed)] == [None, None, user]
    assert refused(door, "lilei", PASSWORD).status == 401
    assert door.authenticate("lilei", NEW, VISIT).person == user


@pytest.mark.parametrize(
    ("current", "new", "name", "code"),
    [
        ("wrong", NEW, "current", "password_wrong"),
        (PASSWORD, PASSWORD, "new", "password_same"),
        (PASSWORD, "lilei lilei lilei", "new", "password_own"),
    ],
)
def test_changing_a_password_names_what_will_not_do(current, new, name, code, door, person):  # noqa: PLR0917
    person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    with pytest.raises(Invalid) as caught:
        door.change_password(signed.token, current, new, VISIT)
    assert caught.value.fields[name].code == code


def test_a_password_changed_while_it_was_checked_opens_nothing(door, person, run, passwords, monkeypatch):
    person("lilei")
    other = passwords.hash(NEW)
    check = passwords.matches

    def slow(stored, password):
        right = check(stored, password)
        run("UPDATE gate.credential SET hash = :h", h=other)
        return right

    monkeypatch.setattr(passwords, "matches", slow)
    assert refused(door, "lilei").status == 401
    assert run("SELECT count(*) FROM gate.session") == [(0,)]


def test_an_invitation_sets_a_password_once(door, admin, person):
    user = person("lilei")
    with admin.begin() as connection:
        invitation = door.invite(connection, user, "welcome")
    with pytest.raises(Invalid):
        door.redeem(invitation, "short", VISIT)
    assert door.redeem(invitation, NEW, VISIT) == user
    with pytest.raises(NotFound):
        door.redeem(invitation, NEW, VISIT)


def test_an_invitation_redeemed_twice_at_once_counts_once(door, admin, person):
    user = person("lilei")
    with admin.begin() as connection:
        invitation = door.invite(connection, user, "reset")

    def redeem(_):
        try:
            return door.redeem(invitation, NEW, VISIT)
        except NotFound:
            return None

    with ThreadPoolExecutor(4) as threads:
        assert sorted(filter(None, threads.map(redeem, range(4)))) == [user]


@pytest.mark.parametrize("deed", ["UPDATE gate.invitation SET expires_at = now()", "UPDATE ab_user SET active = false"])
def test_an_invitation_ends(deed, door, admin, person, run):
    user = person("lilei")
    with admin.begin() as connection:
        invitation = door.invite(connection, user, "reset")
    run(deed)
    with pytest.raises(NotFound):
        door.redeem(invitation, NEW, VISIT)


def test_a_reset_ends_sessions(door, admin, person, who):
    user = person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    with admin.begin() as connection:
        invitation = door.invite(connection, user, "reset")
    door.redeem(invitation, NEW, VISIT)
    assert who(signed.token) is None


def test_a_hash_of_another_cost_is_renewed_at_sign_in(door, person, run, passwords):
    from argon2 import PasswordHasher

    person("lilei")
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(passwords._peppered(PASSWORD))
    run("UPDATE gate.credential SET hash = :h", h=old)
    door.authenticate("lilei", PASSWORD, VISIT)
    assert "m=19456,t=2,p=1" in run("SELECT hash FROM gate.credential")[0][0]
    door.authenticate("lilei", PASSWORD, VISIT)


def test_doors_are_noted_in_the_trail_without_the_typed_login(door, person, run):
    user = person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    refused(door, "my-secret-typed-here", "wrong")
    door.sign_out(signed.token)
    entries = run(
        "SELECT action, record_id, actor_id, request_id FROM trail.entry "
        "WHERE entity = 'ab_user' AND action LIKE 'sign%' ORDER BY id"
    )
    assert entries == [
        ("sign_in", user, user, "r-1"),
        ("sign_in_failed", None, None, None),
        ("sign_out", user, user, ""),
    ]
    assert run("SELECT count(*) FROM trail.value WHERE concat(before, after) LIKE '%typed-here%'") == [(0,)]


def test_only_the_first_refusal_of_a_flood_is_noted(door, person, run):
    person("lilei")
    run("UPDATE gate.allowance SET size = 1 WHERE class = 'login'")
    for _ in range(5):
        refused(door, "lilei", "wrong")
    assert run("SELECT count(*) FROM trail.entry WHERE action = 'locked'") == [(1,)]
