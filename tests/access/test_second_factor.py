"""Attack A3: codes replayed, guessed, two steps off, and used by many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access.factor_gate import FactorGate, Shown
from app.access.gate import Gate, Visit
from app.access.second_factor import Codes, HalfOpenEnded
from app.access.signin import Lifetimes, SignedIn
from app.core.errors import Invalid, Refusal, Unauthenticated
from tests.access.conftest import KEYS, PASSWORD, VISIT, calm, code, half


def refused(codes: Codes, token: str, shown: str, visit: Visit = VISIT) -> Refusal:
    with pytest.raises(Refusal) as caught:
        codes.answer(token, shown, visit)
    return caught.value


# Signing in ----------------------------------------------------------------------------------------------------------
def test_the_password_alone_opens_nothing_and_the_code_opens_a_session(door, codes, enrolled, who, run):
    secret, _ = enrolled("lilei")
    before = run("SELECT count(*) FROM gate.session WHERE ended_at IS NULL")
    waiting = half(door)
    assert who(waiting.token) is None
    assert run("SELECT count(*) FROM gate.session WHERE ended_at IS NULL") == before
    signed = codes.answer(waiting.token, code(secret), VISIT)
    assert who(signed.token) == signed.person
    assert who(waiting.token) is None
    assert waiting.token != signed.token


def test_a_code_is_typed_in_many_ways(door, codes, enrolled):
    secret, _ = enrolled("lilei")
    now = code(secret)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in now)
    assert codes.answer(half(door).token, f" {wide[:3]} {wide[3:]} ", VISIT).token


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_counts_one_step_early_or_late(steps, door, codes, enrolled):
    secret, _ = enrolled("lilei")
    calm()
    assert codes.answer(half(door).token, code(secret, steps), VISIT).token


@pytest.mark.parametrize("steps", [-20, -3, -2, 2, 3, 20])
def test_a_code_two_steps_off_is_wrong(steps, door, codes, enrolled):
    secret, _ = enrolled("lilei")
    calm()
    assert refused(codes, half(door).token, code(secret, steps)).status == 401


def test_a_code_is_accepted_once_and_none_older_than_it(door, codes, enrolled):
    secret, _ = enrolled("lilei")
    calm()
    now, earlier = code(secret), code(secret, -1)
    codes.answer(half(door).token, now, VISIT)
    wrong = "000000" if "000000" not in (now, earlier, code(secret, 1)) else "000001"
    answers = {
        (type(error), error.status, error.code, error.label)
        for error in (refused(codes, half(door).token, shown) for shown in (now, earlier, wrong, "", "x", "\0\ud800"))
    }
    assert len(answers) == 1  # a replay is told like any wrong code
    assert codes.answer(half(door).token, code(secret, 1), VISIT).token


def test_the_database_itself_takes_no_step_but_those_around_now(web, door, enrolled):
    """Whatever a web process says a code belongs to."""
    enrolled("lilei")
    token = half(door).token
    for by in (-2, 2, 2**40):
        with web.begin() as connection:
            gate = FactorGate(connection, KEYS)
            knock = gate.knock_code(token, VISIT)
            opened = Lifetimes().session("d" * 64)
            row = gate.pass_code(token, knock, Shown(knock.step + by), opened, VISIT, trusts=False)
        assert (row.person is None, row.session) == (False, None)


def test_the_code_that_confirmed_the_factor_does_not_open_a_session(door, codes, person, mine):
    person("lilei")
    token = door.authenticate("lilei", PASSWORD, VISIT).token
    mine(token, lambda one: one.begin())
    now = code(mine(token, lambda one: one.pending()).secret)
    mine(token, lambda one: one.confirm(now))
    assert refused(codes, half(door).token, now).status == 401


def test_of_fifty_who_use_one_code_at_once_one_gets_in(door, codes, enrolled, run):
    secret, _ = enrolled("lilei")
    run("UPDATE gate.allowance SET size = 1000")
    run("DELETE FROM gate.bucket")
    waiting = [half(door).token for _ in range(50)]
    calm()
    now = code(secret)

    def use(token):
        try:
            return codes.answer(token, now, VISIT)
        except Refusal:
            return None

    with ThreadPoolExecutor(25) as threads:
        assert sum(isinstance(one, SignedIn) for one in threads.map(use, waiting)) == 1


def test_one_half_open_sign_in_used_by_many_at_once_opens_one_session(door, codes, enrolled, run):
    secret, recovery = enrolled("lilei")
    run("UPDATE gate.allowance SET size = 1000")
    token = half(door).token
    calm()
    shown = [*([code(secret)] * 8), *([code(secret, 1)] * 8), *recovery]

    def use(one):
        try:
            return codes.answer(token, one, VISIT)
        except Refusal:
            return None

    with ThreadPoolExecutor(12) as threads:
        assert sum(isinstance(one, SignedIn) for one in threads.map(use, shown)) == 1


# Guessing ------------------------------------------------------------------------------------------------------------
def test_guesses_are_limited_and_showing_the_password_again_wins_none_back(door, codes, enrolled):
    enrolled("lilei")
    statuses = [refused(codes, half(door).token, "000000", Visit(f"198.51.100.{n}")).status for n in range(15)]
    assert statuses == [401] * 10 + [429] * 5


def test_no_password_brings_the_count_of_failures_down_and_a_hundred_close_the_account(door, codes, enrolled, run):
    secret, _ = enrolled("lilei")
    run("UPDATE gate.allowance SET size = 100000, seconds = 1")
    calm()
    for _ in range(100):
        refused(codes, half(door).token, "000000" if code(secret) != "000000" else "000001")
    with pytest.raises(Unauthenticated):
        door.authenticate("lilei", PASSWORD, VISIT)
    assert run("SELECT failures, disabled_at IS NOT NULL FROM gate.credential") == [(101, True)]


def test_a_million_guesses_are_hopeless(run):
    """What the limits leave a guesser who knows the password: a hundred tries at three codes of a million."""
    size, seconds = run("SELECT size, seconds FROM gate.allowance WHERE class = 'code'")[0]
    assert size / seconds * 86_400 < 1_000
    assert 100 * 3 / 10**6 < 0.001


def test_the_owner_gets_in_on_his_device_while_strangers_use_up_the_account(door, codes, enrolled, run):
    secret, _ = enrolled("lilei")
    known = codes.answer(half(door).token, code(secret, -1), VISIT).device
    run("UPDATE gate.bucket SET filled = 0 WHERE key LIKE 'code:%'")
    assert refused(codes, half(door).token, code(secret), Visit("198.51.100.9")).status == 429
    home = Visit("192.0.2.8", device=known)
    waiting = door.authenticate("lilei", PASSWORD, home)
    assert codes.answer(waiting.token, code(secret, 1), home).device == known


def test_an_address_that_guesses_at_half_open_sign_ins_is_stopped(codes, run):
    run("UPDATE gate.allowance SET size = 3 WHERE class = 'ip'")
    statuses = [refused(codes, f"{n:064x}", "123456", Visit("198.51.100.3")).status for n in range(5)]
    assert statuses == [401, 401, 401, 429, 429]


# Half-open sign-ins --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE ab_user SET active = false",
        "UPDATE gate.credential SET changed_at = now()",
        "UPDATE gate.credential SET hash = hash || 'x'",
        "UPDATE gate.credential SET disabled_at = now()",
        "UPDATE gate.half_open SET expires_at = now() - interval '1 s'",
    ],
    ids=["deactivation", "new password", "new hash", "closing", "age"],
)
def test_a_half_open_sign_in_ends_with(deed, door, codes, enrolled, run):
    secret, _ = enrolled("lilei")
    waiting = half(door)
    run(deed)
    assert isinstance(refused(codes, waiting.token, code(secret)), HalfOpenEnded)


def test_a_half_open_sign_in_is_no_session_to_any_function(web, door, codes, enrolled, passwords):
    secret, _ = enrolled("lilei")
    token = half(door).token
    with web.begin() as connection:
        assert Gate(connection, KEYS).holder(token) is None
    for deed in (
        lambda: door.step_up(token, PASSWORD, VISIT),
        lambda: door.change_password(token, PASSWORD, "copper lantern meadow 7 quilt", VISIT),
    ):
        with pytest.raises(Unauthenticated):
            deed()
    with pytest.raises(Invalid):
        codes.step_up(token, code(secret), VISIT)  # no session to make fresh
    door.sign_out(token)
    assert codes.answer(half(door).token, code(secret, 1), VISIT).token


# Recovery codes ------------------------------------------------------------------------------------------------------
def test_a_recovery_code_opens_once_and_is_told_and_noted(door, codes, enrolled, run):
    _, recovery = enrolled("lilei")
    assert len(set(recovery)) == 10
    signed = codes.answer(half(door).token, recovery[3].lower().replace("-", " "), VISIT)
    assert signed.codes_left == 9
    assert refused(codes, half(door).token, recovery[3]).status == 401
    assert run("SELECT record_id = actor_id FROM trail.entry WHERE action = 'recovery_code_used'") == [(True,)]
    assert run("SELECT v.after FROM trail.value v JOIN trail.entry e ON e.id = v.entry_id WHERE action = 'recovery_code_used'") == [('{"left": 9}',)]  # fmt: skip  # noqa: E501


def test_letters_that_read_alike_are_one_letter(door, codes, enrolled):
    _, recovery = enrolled("lilei")
    read = next((one for one in recovery if "0" in one or "1" in one), recovery[0])
    assert codes.answer(half(door).token, read.replace("0", "O").replace("1", "l"), VISIT).codes_left == 9


def test_recovery_codes_are_costly_hashes_in_the_database(enrolled, run):
    _, recovery = enrolled("lilei")
    kept = run("SELECT digest FROM gate.recovery")
    assert {len(bytes(one)) for (one,) in kept} == {32}
    assert run("SELECT octet_length(salt) FROM gate.factor") == [(16,)]
    everything = str(
        run(
            "SELECT string_agg(f::text, '') || (SELECT string_agg(r::text, '') FROM gate.recovery r) FROM gate.factor f"
        )
    )
    assert not any(one in everything or one.replace("-", "") in everything for one in recovery)


def test_new_recovery_codes_void_the_old_ones(door, codes, enrolled, mine):
    secret, old = enrolled("lilei")
    token = codes.answer(half(door).token, code(secret), VISIT).token
    new = mine(token, lambda one: one.renew_codes())
    assert refused(codes, half(door).token, old[0]).status == 401
    assert codes.answer(half(door).token, new[0], VISIT).codes_left == 9


def test_one_recovery_code_used_by_many_at_once_counts_once(door, codes, enrolled, run):
    _, recovery = enrolled("lilei")
    run("UPDATE gate.allowance SET size = 1000")
    waiting = [half(door).token for _ in range(8)]

    def use(token):
        try:
            return codes.answer(token, recovery[0], VISIT)
        except Refusal:
            return None

    with ThreadPoolExecutor(8) as threads:
        assert sum(isinstance(one, SignedIn) for one in threads.map(use, waiting)) == 1
