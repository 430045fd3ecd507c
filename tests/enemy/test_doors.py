"""Guessing passwords and accounts at the application's door (attacks A1, A2), and being led astray by it (W5)."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest

from tests.appkit import Premises
from tests.enemy.doors import PASSWORD, WRONG, account, bare, browser, counted, session_of, sign_in
from tests.house.test_routes import EVIL

THREADS = 12
# The shipped limits: a bucket of so many tries that fills by one in so many seconds.
LOGIN, LOGIN_REFILL = 10, 90.0
ADDRESS, ADDRESS_REFILL = 30, 2.0
VICTIM, OTHER, CLOSED_ONE = "door-victim", "door-other", "door-closed"
TRIES = 400  # of the 10,000; past the bucket each costs one refused row, so more of them only takes longer


@pytest.fixture(autouse=True)
def fresh(premises: Premises) -> Iterator[None]:
    """Two accounts with passwords, and buckets as they are in the morning."""
    for login in (VICTIM, OTHER):
        account(premises, login)
    premises.run("DELETE FROM gate.bucket")
    yield
    premises.run("DELETE FROM gate.bucket")


def flood(premises: Premises, tries: int, login: str, address: str) -> list[int]:
    """The statuses of so many wrong guesses at once; `{n}` in login or address numbers them."""

    def guess(n: int) -> int:
        here = address.format(n=n % 250, m=n // 250)
        answer = sign_in(browser(premises), login.format(n=n), f"guess {n}", address=here)
        return int(answer.status_code)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(guess, range(tries)))


def test_one_account_from_many_addresses_costs_a_bucket_of_hashes(premises: Premises):
    """At this rate 10,000 tries in a minute cost 10 hashes, for the bucket fills by one in 90 seconds."""
    began = time.monotonic()
    with counted() as costs:
        statuses = flood(premises, TRIES, VICTIM, "203.0.{m}.{n}")
    allowed = LOGIN + int((time.monotonic() - began) / LOGIN_REFILL)
    assert LOGIN <= costs.checks <= allowed
    assert statuses.count(HTTPStatus.TOO_MANY_REQUESTS) >= TRIES - allowed
    assert set(statuses) <= {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}


def test_many_accounts_from_one_address_cost_a_bucket_of_hashes(premises: Premises):
    """10,000 accounts once each from one address: 30 hashes, and 30 more a minute."""
    began = time.monotonic()
    with counted() as costs:
        flood(premises, TRIES, "account{n}", "203.0.113.5")
    assert ADDRESS <= costs.checks <= ADDRESS + int((time.monotonic() - began) / ADDRESS_REFILL) + 1


def test_a_flood_over_all_addresses_meets_the_limit_of_all(premises: Premises):
    premises.run("INSERT INTO gate.bucket VALUES ('all:', -10000, now())")
    with counted() as costs:
        assert set(flood(premises, 40, "account{n}", "198.51.{m}.{n}")) == {HTTPStatus.TOO_MANY_REQUESTS}
    assert costs.checks == 0


def test_while_one_account_is_flooded_others_and_its_owners_machine_get_in(premises: Premises):
    home = browser(premises)
    assert sign_in(home, VICTIM).status_code == 303  # his machine is known from now on
    home.post("/sign-out")
    with ThreadPoolExecutor(1) as attacker:
        running = attacker.submit(flood, premises, TRIES // 2, VICTIM, "203.0.{m}.{n}")
        other = sign_in(browser(premises), OTHER, address="192.0.2.8")
        running.result()
    assert other.status_code == 303
    assert sign_in(browser(premises), VICTIM, address="192.0.2.9").status_code == 429, "the account is closed"
    assert sign_in(home, VICTIM).status_code == 303, "but not to him"


# Who has an account ---------------------------------------------------------------------------------------------------
LOGINS = (
    "nobody",
    VICTIM,  # the password is wrong
    CLOSED_ONE,  # closed after a hundred failures
    "boss",  # an account, and no password yet
    "x' OR '1'='1",
    "no\x00body",
    "",
)


def test_every_way_to_fail_reads_costs_and_asks_the_same(premises: Premises):
    """No clock is read: the same statements, one hash, and the same page are the same time."""
    closed, told = account(premises, CLOSED_ONE), set()
    premises.run("UPDATE gate.credential SET disabled_at = now() WHERE user_id = %s", closed)
    for n, login in enumerate(LOGINS):
        desk = browser(premises)
        desk.get("/sign-in")
        with counted() as costs, premises.statements() as sent:
            answer = sign_in(desk, login, "wrong", address=f"192.0.2.{n + 1}")
        shapes = tuple(re.sub(r"\s+", " ", statement) for statement in sent)
        page = re.sub(r'(name="username") value="[^"]*"', r"\1", bare(answer.text)).replace(" autofocus", "")
        cookies = frozenset(cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie"))
        told.add((answer.status_code, page, frozenset(answer.headers.keys()), cookies, costs.checks, shapes))
    assert len(told) == 1
    status, page, _, cookies, checks, _ = told.pop()
    assert (status, checks, WRONG in page) == (401, 1, True)
    assert not {"sid", "__Host-sid", "device"} & cookies


def test_who_has_no_password_is_checked_against_one_nobody_knows(premises: Premises):
    with counted() as costs:
        for login in ("nobody", "boss", VICTIM):
            sign_in(browser(premises), login, "wrong")
    assert costs.stored[:2] == [None, None]
    assert costs.stored[2]


def test_the_limit_reads_the_same_for_accounts_that_exist_and_that_do_not(premises: Premises):
    premises.run("UPDATE gate.allowance SET size = 2 WHERE class = 'login'")
    try:
        told = {}
        for login in (VICTIM, "nobody"):
            answers = [sign_in(browser(premises), login, "wrong") for _ in range(4)]
            assert [answer.status_code for answer in answers] == [401, 401, 429, 429]
            page = re.sub(r'(name="username") value="[^"]*"', r"\1", bare(answers[-1].text))
            told[page, answers[-1].headers["Retry-After"] > "0"] = login
        assert len(told) == 1
    finally:
        premises.run("UPDATE gate.allowance SET size = %s WHERE class = 'login'", LOGIN)


# Where the door leads -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("target", EVIL)
def test_signing_in_leads_to_this_site_alone(target: str, premises: Premises):
    desk = browser(premises)
    answer = sign_in(desk, VICTIM, PASSWORD, next=target)
    assert answer.status_code == 303
    assert session_of(desk)
    assert re.match(r"/(?![/\\])[^\\\s\x00]*\Z", answer.location)
    premises.run("DELETE FROM gate.bucket")
