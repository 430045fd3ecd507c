"""What somebody who can run any statement as the web role gets out of the gate."""

import statistics
import time

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.access.gate import Gate, Session, Visit, hashed
from app.access.keys import SignInKeys
from app.access.scopes import EVERYTHING, TokenWish
from app.access.signin import Door
from app.access.tokens import NewToken, end_token, my_tokens, open_token
from app.core.errors import Invalid, Refusal
from tests.access.conftest import KEYS, PASSWORD, VISIT

FORGER = SignInKeys.parse(b"not the key that the door's web processes hold")


def attempt(web, statement: str, **values: object) -> None:
    with web.begin() as connection:
        connection.execute(text(statement), values)


@pytest.mark.parametrize(
    "table",
    ["secret", "session", "token", "credential", "invitation", "device", "bucket", "allowance", "profile", "stamp"],
)
def test_the_web_role_reads_and_writes_no_table_of_the_gate(table, web):
    for statement in (
        f"SELECT * FROM gate.{table}",
        f"DELETE FROM gate.{table}",
        f"INSERT INTO gate.{table} DEFAULT VALUES",
    ):
        with pytest.raises(DBAPIError, match="permission denied for table"):
            attempt(web, statement)


@pytest.mark.parametrize(
    "call",
    [
        "provision('sign_in', '\\x00')",
        "demand('knock', '\\x00', 'a')",
        "hmac('\\x00', '\\x00')",
        "take('all:')",
        "give_back('all:')",
        "end_doors(1, 'x')",
        "close_sessions(1, 'x', NULL)",
        "admit(1, 'person', 1, 'r')",
        "punch('{}', '{}')",
        "sign('h', '{}')",
        "sweep_doors()",
        "may_enter(1)",
        "note('sign_in', 1, '{}')",
        "use_code(1, 1, NULL)",
        "let_in(1, '\\x00', '\\x00', 60, 60, 'x', 'x', 'r')",
        "freshen(1, '\\x00', '\\x01', 'r')",
        "keep_codes(1, '\\x00', ARRAY['\\x00'::bytea])",
        "has_factor(1)",
    ],
)
def test_the_web_role_calls_no_inner_function(call, web):
    with pytest.raises(DBAPIError, match="permission denied for function"):
        attempt(web, f"SELECT gate.{call}")


FORGERIES = (
    lambda gate, knock: gate.knock("lilei", VISIT),
    lambda gate, knock: gate.fail(knock),
    lambda gate, knock: gate.refund(knock.bucket),
    lambda gate, knock: gate.rehash(knock.person, knock.hash, "mine"),
    lambda gate, knock: gate.open_session(knock, Session("token", "device", 60, 60), VISIT),
    lambda gate, knock: gate.holder("token"),
    lambda gate, knock: gate.renew(knock, "token", "other", ""),
    lambda gate, knock: gate.change_password(knock, "mine", "token", "other", ""),
    lambda gate, knock: gate.invite(knock.person, "reset", "token", 24),
    lambda gate, knock: gate.invited("token", None),
    lambda gate, knock: gate.redeem("token", "mine"),
    lambda gate, knock: gate.open_token("dlr_", "hint", TokenWish("name", EVERYTHING, 1)),
)


def test_nothing_is_had_for_a_forged_proof(web, person):
    person("lilei")
    with web.begin() as connection:
        knock = Gate(connection, KEYS).knock("lilei", VISIT)
    for forge in FORGERIES:
        with web.begin() as connection, pytest.raises(DBAPIError, match="not proven"):
            forge(Gate(connection, FORGER), knock)


def test_a_proof_is_worth_nothing_in_another_transaction_or_for_other_values(web, person):
    user = person("lilei")
    statement = "SELECT gate.holder(:session, :proof)"
    with web.begin() as connection:
        gate = Gate(connection, KEYS)
        values = {"session": hashed("token"), "proof": gate._proof("holder", hashed("token"))}
        connection.execute(text(statement), values)
        with pytest.raises(DBAPIError, match="not proven"), connection.begin_nested():
            connection.execute(text(statement), values | {"session": hashed("another")})
    with pytest.raises(DBAPIError, match="not proven"):
        attempt(web, statement, **values)
    assert user


def test_without_a_provisioned_key_no_proof_is_right(web, run):
    run("DELETE FROM gate.secret WHERE name = 'sign_in'")
    with pytest.raises(DBAPIError, match="not proven"), web.begin() as connection:
        Gate(connection, KEYS).knock("lilei", VISIT)


def test_the_ticket_key_is_never_provisioned(admin):
    with pytest.raises(DBAPIError, match="not set from outside"), admin.begin() as connection:
        connection.execute(text("SELECT gate.provision('ticket', :key)"), {"key": bytes(32)})


def test_the_databases_hmac_is_the_standard_one(run):
    import hmac

    for key in (b"k" * 32, b"k" * 64, b"k" * 100):
        given = run("SELECT gate.hmac(:k, :m)", k=key, m=b"message")[0][0]
        assert bytes(given) == hmac.digest(key, b"message", "sha256")


def test_a_person_who_tends_no_accounts_invites_nobody(announced, door, person):
    user = person("lilei")
    signed = door.authenticate("lilei", PASSWORD, VISIT)
    with announced(signed.token) as connection, pytest.raises(DBAPIError, match="those who tend accounts"):
        door.invite(connection, user, "reset")


def test_a_person_ends_his_own_sessions_and_nobody_elses(announced, door, person, who):
    mine, other = person("lilei"), person("hanmeimei")
    signed = [door.authenticate(login, PASSWORD, VISIT) for login in ("lilei", "hanmeimei")]
    end = text("SELECT gate.end_sessions(:user, 'all devices')")
    with announced(signed[0].token) as connection, pytest.raises(DBAPIError, match="not yours"):
        connection.execute(end, {"user": other})
    with announced(signed[0].token) as connection:
        connection.execute(end, {"user": mine})
    assert [who(one.token) for one in signed] == [None, other]


def test_a_person_sees_only_his_own_sessions(announced, door, person):
    person("lilei")
    person("hanmeimei")
    tokens = [door.authenticate(login, PASSWORD, VISIT).token for login in ("lilei", "lilei", "hanmeimei")]
    with announced(tokens[0]) as connection:
        assert connection.execute(text("SELECT mine FROM gate.my_sessions()")).scalars().all() == [False, True]


# API tokens ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def session(door, person) -> str:
    """The session of a person."""
    person("lilei")
    return door.authenticate("lilei", PASSWORD, VISIT).token


@pytest.fixture
def new(announced, session) -> NewToken:
    """An API token of that person."""
    with announced(session) as connection:
        return open_token(connection, KEYS, TokenWish("till", EVERYTHING))


def test_an_api_token_announces_its_owner_until_it_is_ended(announced, session, new, who):
    assert (new.token.startswith(new.hint), len(new.token)) == (True, 4 + 8 + 43)
    assert who(new.token) == who(session)
    with announced(session) as connection:
        assert [info.hint for info in my_tokens(connection)] == [new.hint]
        assert end_token(connection, new.id) is True
        assert end_token(connection, new.id) is False
    assert who(new.token) is None


def test_an_api_token_is_stored_as_a_hash_alone(new, run):
    assert bytes(run("SELECT token_hash FROM gate.token")[0][0]) == hashed(new.token)
    assert new.token[12:] not in str(run("SELECT t::text FROM gate.token t"))


@pytest.mark.parametrize("deed", ["UPDATE gate.token SET expires_at = now()", "UPDATE ab_user SET active = false"])
def test_an_api_token_ends_with(deed, new, who, run):
    run(deed)
    assert who(new.token) is None


def test_an_api_token_makes_no_other(announced, new):
    with announced(new.token) as connection, pytest.raises(DBAPIError, match="a person who is signed in"):
        open_token(connection, KEYS, TokenWish("another", EVERYTHING))


@pytest.mark.parametrize(("name", "days"), [("till", 0), ("till", 366), (" ", 90)])
def test_a_token_without_a_name_or_a_fair_term_is_refused(name, days, announced, session):
    with announced(session) as connection, pytest.raises(Invalid):
        open_token(connection, KEYS, TokenWish(name, EVERYTHING, days))


def test_a_stranger_ends_nobodys_token(announced, new, door, person, who):
    person("hanmeimei")
    stranger = door.authenticate("hanmeimei", PASSWORD, VISIT).token
    with announced(stranger) as connection:
        assert end_token(connection, new.id) is False
    assert who(new.token) is not None


# Housekeeping and time -----------------------------------------------------------------------------------------------
def test_sweeping_removes_what_opens_nothing_and_spares_the_rest(database, door, person, run, who):
    person("lilei")
    old, living = (door.authenticate("lilei", PASSWORD, VISIT) for _ in range(2))
    door.sign_out(old.token)
    run("UPDATE gate.session SET ended_at = ended_at - interval '40 days'")
    with psycopg.connect(database.url("worker").replace("+psycopg", "")) as worker:
        assert worker.execute("SELECT gate.sweep_doors()").fetchone() == (1,)
    assert who(living.token)


def test_unknown_wrong_and_disabled_take_the_same_time(door, person, run, record_property):
    person("lilei")
    run("UPDATE gate.credential SET disabled_at = now() WHERE user_id = :u", u=person("closed"))
    run("UPDATE gate.allowance SET size = 10000")
    spent: dict[str, list[float]] = {"nobody": [], "lilei": [], "closed": []}
    for _ in range(40):
        for login, times in spent.items():
            begun = time.perf_counter()
            with pytest.raises(Refusal):
                door.authenticate(login, "wrong", Visit("192.0.2.1"))
            times.append(time.perf_counter() - begun)
    medians = [statistics.median(times) for times in spent.values()]
    record_property("medians", dict(zip(spent, medians, strict=True)))
    assert max(medians) < 1.5 * min(medians)  # within 5 ms on a quiet machine; leaving the hash out makes it 5 times


def test_busy_answers_503_and_gives_the_attempt_back(web, person, run):
    from app.access.password import Passwords

    person("lilei")
    passwords = Passwords(KEYS.pepper, wait=0.05)
    door = Door(web, KEYS, passwords=passwords)
    with passwords._turn(), passwords._turn(), pytest.raises(Refusal) as caught:
        door.authenticate("lilei", PASSWORD, VISIT)
    assert caught.value.status == 503
    assert run("SELECT filled FROM gate.bucket WHERE key LIKE 'login:%'") == [(10,)]
