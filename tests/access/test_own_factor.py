"""A second factor set up, changed and taken off; trusted devices; fresh sign-ins; who may do what to whose."""

import pytest
from sqlalchemy.exc import DBAPIError

from app.access import own_factor
from app.access.factor_gate import FactorGate, Shown
from app.access.gate import Visit
from app.access.keys import SignInKeys
from app.access.seal import SealBroken
from app.access.second_factor import Codes, matching_step, sealed, unsealed
from app.access.signin import HalfOpen, SignedIn
from app.core.errors import Forbidden, Invalid, NotFound, Refusal, StepUp, TooMany
from tests.access.conftest import PASSWORD, SEALER, STEP, VISIT, calm, code, half


def refused(codes: Codes, token: str, shown: str, visit: Visit = VISIT) -> Refusal:
    with pytest.raises(Refusal) as caught:
        codes.answer(token, shown, visit)
    return caught.value


# Set-up --------------------------------------------------------------------------------------------------------------
def test_a_factor_counts_only_once_a_code_confirmed_it(door, person, mine, who):
    person("lilei")
    token = door.authenticate("lilei", PASSWORD, VISIT).token
    other = door.authenticate("lilei", PASSWORD, VISIT).token
    mine(token, lambda one: one.begin())
    with pytest.raises(Invalid) as caught:
        mine(token, lambda one: one.confirm("000000" if code(one.pending().secret) != "000000" else "111111"))
    assert caught.value.fields["code"].code == "code_wrong"
    assert isinstance(door.authenticate("lilei", PASSWORD, VISIT), SignedIn)
    mine(token, lambda one: one.confirm(code(one.pending().secret)))
    assert isinstance(door.authenticate("lilei", PASSWORD, VISIT), HalfOpen)
    assert who(token)
    assert who(other) is None  # other sessions end when the factor changes


def test_a_new_phone_replaces_the_old_only_when_confirmed(door, codes, enrolled, mine, run):
    old, _ = enrolled("lilei")
    token = codes.answer(half(door).token, code(old), VISIT).token
    mine(token, lambda one: one.begin())
    run("UPDATE gate.factor SET step = 0")
    assert codes.answer(half(door).token, code(old), VISIT).token
    new = mine(token, lambda one: one.pending()).secret
    mine(token, lambda one: one.confirm(code(new, -1)))
    assert refused(codes, half(door).token, code(old, 1)).status == 401
    assert codes.answer(half(door).token, code(new), VISIT).token


def test_a_waiting_secret_waits_a_quarter_of_an_hour(door, person, mine, run):
    person("lilei")
    token = door.authenticate("lilei", PASSWORD, VISIT).token
    mine(token, lambda one: one.begin())
    secret = mine(token, lambda one: one.pending()).secret
    run("UPDATE gate.factor SET pending_at = now() - interval '16 minutes'")
    with pytest.raises(NotFound):
        mine(token, lambda one: one.confirm(code(secret)))


@pytest.mark.parametrize("deed", ["begin", "pending", "renew_codes", "drop"])
def test_a_factor_is_changed_by_a_fresh_sign_in_alone(deed, door, codes, enrolled, mine, run):  # noqa: PLR0917
    secret, _ = enrolled("lilei")
    token = codes.answer(half(door).token, code(secret), VISIT).token
    run("UPDATE gate.session SET fresh_at = now() - interval '16 minutes'")
    with pytest.raises(StepUp) as caught:
        mine(token, lambda one: getattr(one, deed)())
    assert (caught.value.act, caught.value.minutes) == ("factor", 15)
    mine(codes.step_up(token, code(secret, 1), VISIT).token, lambda one: getattr(one, deed)())


def test_taking_a_factor_off_ends_other_sessions_and_is_noted(door, codes, enrolled, mine, who, run):  # noqa: PLR0917
    secret, recovery = enrolled("lilei")
    token, other = (codes.answer(half(door).token, one, VISIT).token for one in (code(secret), recovery[0]))
    assert mine(token, lambda one: one.drop())
    assert who(token)
    assert who(other) is None
    assert isinstance(door.authenticate("lilei", PASSWORD, VISIT), SignedIn)
    assert run("SELECT count(*) FROM trail.entry WHERE action = 'factor_removed'") == [(1,)]
    assert not mine(token, lambda one: one.drop())


def test_a_sealed_secret_opens_for_its_person_alone(enrolled, run):
    secret, _ = enrolled("lilei")
    user, blob = run("SELECT user_id, secret FROM gate.factor")[0]
    assert unsealed(SEALER, bytes(blob), user) == secret
    assert secret.encode() not in bytes(blob)
    with pytest.raises(SealBroken):
        unsealed(SEALER, bytes(blob), user + 1)


def test_a_secret_moved_to_another_account_opens_nothing(door, codes, enrolled, run):
    secret, _ = enrolled("lilei")
    enrolled("hanmeimei")
    run("UPDATE gate.factor f SET secret = (SELECT o.secret FROM gate.factor o ORDER BY user_id LIMIT 1)")
    with pytest.raises(SealBroken):
        codes.answer(half(door, "hanmeimei").token, code(secret), VISIT)


def test_a_secret_has_160_bits_and_follows_the_rfc():
    # RFC 6238, appendix B: the SHA-1 key of ASCII digits, whose codes of eight digits end like these of six.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, shown in ((59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (20000000000, "353130")):
        assert matching_step(secret, shown, moment // STEP) == moment // STEP
    assert matching_step(secret, "287082", 1 + 2) is None
    import base64

    from app.access.second_factor import new_secret

    assert len(base64.b32decode(new_secret())) == 20
    assert new_secret() != new_secret()


# Trusted devices -----------------------------------------------------------------------------------------------------
def trusted(door, codes, secret) -> Visit:
    signed = codes.answer(half(door).token, code(secret), VISIT, trusts=True)
    return Visit("192.0.2.7", device=signed.device)


def test_a_trusted_device_is_asked_for_no_code_and_others_are(door, codes, enrolled):
    secret, _ = enrolled("lilei")
    home = trusted(door, codes, secret)
    assert isinstance(door.authenticate("lilei", PASSWORD, home), SignedIn)
    assert isinstance(door.authenticate("lilei", PASSWORD, VISIT), HalfOpen)


def test_a_device_trusted_by_one_is_a_stranger_to_another(door, codes, enrolled):
    secret, _ = enrolled("lilei")
    enrolled("hanmeimei")
    assert isinstance(door.authenticate("hanmeimei", PASSWORD, trusted(door, codes, secret)), HalfOpen)


def test_a_device_is_trusted_only_when_asked_to_be(door, codes, enrolled):
    secret, _ = enrolled("lilei")
    signed = codes.answer(half(door).token, code(secret), VISIT)
    assert isinstance(door.authenticate("lilei", PASSWORD, Visit("192.0.2.7", device=signed.device)), HalfOpen)


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE gate.trust SET until = now() - interval '1 s'",
        "UPDATE gate.credential SET changed_at = now()",
        "DELETE FROM gate.device",
        "SELECT gate.end_doors(user_id, 'left') FROM gate.factor",
        "SELECT gate.factor_changed(user_id) FROM gate.factor",
    ],
    ids=["thirty days", "a new password", "forgetting the device", "closing the account", "a new factor"],
)
def test_trust_ends_with(deed, door, codes, enrolled, run):
    secret, _ = enrolled("lilei")
    home = trusted(door, codes, secret)
    run(deed)
    assert isinstance(door.authenticate("lilei", PASSWORD, home), HalfOpen)


def test_a_changed_password_and_a_reset_end_trust(door, codes, enrolled, admin):
    secret, _ = enrolled("lilei")
    home = trusted(door, codes, secret)
    token = door.authenticate("lilei", PASSWORD, home).token
    new = "copper lantern meadow 7 quilt"
    door.change_password(token, PASSWORD, new, home)
    assert isinstance(door.authenticate("lilei", new, home), HalfOpen)
    home = Visit("192.0.2.7", device=codes.answer(door.authenticate("lilei", new, VISIT).token, code(secret, 1), VISIT, trusts=True).device)  # fmt: skip  # noqa: E501
    with admin.begin() as connection:
        invitation = door.invite(connection, codes_person(connection), "reset")
    door.redeem(invitation, PASSWORD, VISIT)
    assert isinstance(door.authenticate("lilei", PASSWORD, home), HalfOpen)  # a reset takes no factor off


def codes_person(connection) -> int:
    return connection.exec_driver_sql("SELECT user_id FROM gate.factor").scalar_one()


def test_trust_is_listed_and_ended_by_its_owner_alone(door, codes, enrolled, person, announced):
    secret, _ = enrolled("lilei")
    home = trusted(door, codes, secret)
    token = door.authenticate("lilei", PASSWORD, home).token
    person("hanmeimei")
    with announced(token) as connection:
        (one,) = own_factor.trusts(connection)
    with announced(door.authenticate("hanmeimei", PASSWORD, VISIT).token) as connection:
        assert own_factor.trusts(connection) == []
        assert not own_factor.end_trust(connection, one.id)
    with announced(token) as connection:
        assert own_factor.end_trust(connection, one.id)
    assert isinstance(door.authenticate("lilei", PASSWORD, home), HalfOpen)


# Fresh sign-in -------------------------------------------------------------------------------------------------------
def test_a_code_makes_a_session_fresh_once_under_a_new_token(door, codes, enrolled, who, run):
    secret, _ = enrolled("lilei")
    token = codes.answer(half(door).token, code(secret, -1), VISIT).token
    run("UPDATE gate.session SET fresh_at = now() - interval '1 hour'")
    calm()
    renewed = codes.step_up(token, code(secret), VISIT)
    assert (who(token), who(renewed.token)) == (None, renewed.person)
    with pytest.raises(Invalid):
        codes.step_up(renewed.token, code(secret), VISIT)
    assert run(
        "SELECT count(*) FROM gate.session WHERE fresh_at > now() - interval '1 minute' AND ended_at IS NULL"
    ) == [(1,)]


def test_a_recovery_code_makes_no_session_fresh(door, codes, enrolled):
    secret, recovery = enrolled("lilei")
    token = codes.answer(half(door).token, code(secret), VISIT).token
    with pytest.raises(Invalid):
        codes.step_up(token, recovery[0], VISIT)
    assert codes.answer(half(door).token, recovery[0], VISIT).codes_left == 9


def test_codes_at_a_session_are_limited_like_those_at_the_door(door, codes, enrolled):
    secret, _ = enrolled("lilei")
    token = codes.answer(half(door).token, code(secret), VISIT).token
    for _ in range(10):
        with pytest.raises(Invalid):
            codes.step_up(token, "12345", VISIT)
    with pytest.raises(TooMany):
        codes.step_up(token, code(secret, 1), VISIT)


# Proofs and rights ---------------------------------------------------------------------------------------------------
FORGERIES = (
    lambda gate, knock, opened: gate.knock_code("token", VISIT),
    lambda gate, knock, opened: gate.pass_code("token", knock, Shown(1), opened, VISIT, trusts=True),
    lambda gate, knock, opened: gate.renew_by_code("token", "other", knock, 1, ""),
)
OWN_FORGERIES = (
    lambda gate, person: gate.prepare(person, b"sealed"),
    lambda gate, person: gate.confirm(person, b"sealed", 1, b"salt", [b"digest"]),
    lambda gate, person: gate.renew_codes(person, b"salt", [b"digest"]),
    lambda gate, person: gate.drop(person),
)
FORGER = SignInKeys.parse(bytes(32))


def test_nothing_is_had_for_a_forged_proof(web, door, enrolled, announced):
    from app.access.factor_gate import CodeKnock
    from app.access.gate import Session

    enrolled("lilei")
    knock = CodeKnock(0, 1, None, None, 0, "code:1", "192.0.2.7")
    for forge in FORGERIES:
        with web.begin() as connection, pytest.raises(DBAPIError, match="not proven"):
            forge(FactorGate(connection, FORGER), knock, Session("t", "d", 60, 60))


def test_an_injected_statement_changes_nobodys_factor(door, person, announced):
    user = person("lilei")
    token = door.authenticate("lilei", PASSWORD, VISIT).token
    for forge in OWN_FORGERIES:
        with announced(token) as connection, pytest.raises(DBAPIError, match="not proven"):
            forge(FactorGate(connection, FORGER), user)


def test_nobody_resets_a_factor_without_tending_accounts_and_nobody_his_own(  # noqa: PLR0917
    door, codes, enrolled, person, announced, run
):
    secret, _ = enrolled("lilei")
    user = run("SELECT user_id FROM gate.factor")[0][0]
    person("hanmeimei")
    for token in (
        codes.answer(half(door).token, code(secret), VISIT).token,
        door.authenticate("hanmeimei", PASSWORD, VISIT).token,
    ):
        with announced(token) as connection, pytest.raises(Forbidden):
            own_factor.reset(connection, user)
    assert isinstance(door.authenticate("lilei", PASSWORD, VISIT), HalfOpen)


def test_who_tends_accounts_resets_anothers_factor_freshly_and_the_trail_says_so(  # noqa: PLR0917
    door, codes, enrolled, person, announced, who, run
):
    secret, _ = enrolled("lilei")
    user = run("SELECT user_id FROM gate.factor")[0][0]
    session = codes.answer(half(door).token, code(secret), VISIT).token
    boss = person("hanmeimei")
    run("INSERT INTO ab_role (name) VALUES ('tender')")
    run(
        "INSERT INTO role_grant (role_id, entity, actions, reach)"
        " SELECT id, 'ab_user', '{update}', 'group' FROM ab_role WHERE name = 'tender'"
    )
    run("INSERT INTO ab_user_role (user_id, role_id) SELECT :u, id FROM ab_role WHERE name = 'tender'", u=boss)
    token = door.authenticate("hanmeimei", PASSWORD, VISIT).token
    run("UPDATE gate.session SET fresh_at = now() - interval '1 hour'")
    with announced(token) as connection, pytest.raises(StepUp):
        own_factor.reset(connection, user)
    token = door.step_up(token, PASSWORD, VISIT).token
    with announced(token) as connection:
        assert [(one.login, one.set_at is not None, one.mine) for one in own_factor.accounts(connection, "")] == [
            ("lilei", True, False), ("hanmeimei", False, True),
        ]  # fmt: skip
        with pytest.raises(Forbidden), connection.begin_nested():
            own_factor.reset(connection, boss)
        assert own_factor.reset(connection, user)
    assert (who(session), who(token)) == (None, boss)
    assert isinstance(door.authenticate("lilei", PASSWORD, VISIT), SignedIn)
    assert run("SELECT actor_id, record_id FROM trail.entry WHERE action = 'factor_reset'") == [(boss, user)]


def test_a_person_with_a_factor_may_choose_a_shorter_password(door, codes, enrolled):
    secret, _ = enrolled("lilei")
    token = codes.answer(half(door).token, code(secret), VISIT).token
    door.change_password(token, PASSWORD, "mauve kiln 93x", VISIT)
    assert isinstance(door.authenticate("lilei", "mauve kiln 93x", VISIT), HalfOpen)


def test_sweeping_removes_what_no_longer_waits(door, enrolled, run):
    enrolled("lilei")
    half(door)
    assert run("SELECT gate.sweep_doors()") == [(0,)]
    run("UPDATE gate.half_open SET expires_at = now() - interval '1 s'")
    assert run("SELECT gate.sweep_doors()") == [(1,)]


def test_the_other_sessions_end_and_the_one_that_asks_stays(door, person, announced, who):
    person("lilei")
    other, token = (door.authenticate("lilei", PASSWORD, VISIT).token for _ in range(2))
    with announced(token) as connection:
        assert own_factor.end_others(connection) == 1
        assert [one.mine for one in own_factor.seats(connection)] == [True]
        assert own_factor.end_others(connection, own_factor.seats(connection)[0].id) == 0
    assert (who(other) is None, who(token) is None) == (True, False)
    assert sealed(SEALER, "x", 1) != sealed(SEALER, "x", 1)
