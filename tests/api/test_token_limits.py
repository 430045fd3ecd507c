"""From where a token may be used, and how often."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
import redis

from app.heads.house import House
from app.heads.quota import STEP, Quota
from config import Config
from tests.api.test_token_scopes import CUSTOMERS, OPENAPI, TOKENS, caller
from tests.appkit import Desk, Premises
from tests.make import Make

NOON = 1_800_000_000.0  # a whole minute
MOST = 25


# Addresses ------------------------------------------------------------------------------------------------------------
def asked_from(program: Desk, address: str | None) -> int:
    """The status of a list asked for from an address, encrypted."""
    from_there = {"REMOTE_ADDR": address} if address is not None else {"REMOTE_ADDR": ""}
    return program.get(CUSTOMERS, environ_base=from_there, base_url="https://localhost").status_code


def test_a_token_works_from_its_addresses_alone(premises: Premises):
    program = caller(premises, "manager", "read", addresses=["203.0.113.7", "10.1.0.0/16", "2001:db8:5::/48"])
    for here in ("203.0.113.7", "10.1.255.9", "2001:db8:5:ffff::1", "::ffff:10.1.2.3"):
        assert asked_from(program, here) == 200, here
    for elsewhere in ("203.0.113.8", "10.2.0.1", "2001:db8:6::1", "::1", "127.0.0.1", "", "not an address"):
        assert asked_from(program, elsewhere) == 401, elsewhere


def test_a_token_without_addresses_works_from_anywhere(premises: Premises):
    program = caller(premises, "manager", "read")
    for anywhere in ("203.0.113.7", "2001:db8::1", "fe80::1%eth0", "", "not an address"):
        assert asked_from(program, anywhere) == 200, anywhere


def test_elsewhere_it_reads_like_a_token_there_is_not(premises: Premises):
    program = caller(premises, "manager", "read", addresses=["203.0.113.7"])
    stranger = premises.caller("nobody")
    stranger.bearer = "dlr_00000000nosuchtoken"
    answers = [one.get(CUSTOMERS).json for one in (program, stranger)]
    assert [one.pop("request_id") is not None for one in answers] == [True, True]
    assert answers[0] == answers[1]


def test_a_use_from_elsewhere_is_in_the_trail_once_a_minute(premises: Premises):
    program = caller(premises, "manager", "read", addresses=["203.0.113.7"])
    noted = (
        "SELECT v.after::jsonb ->> 'ip' FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at"
        " WHERE e.action = 'denied' AND v.after::jsonb ->> 'token' = %s"
    )
    for _ in range(3):
        assert asked_from(program, "198.51.100.4") == 401
    assert premises.run(noted, program.part) == [("198.51.100.4",)]


def test_a_header_of_a_stranger_does_not_move_him(premises: Premises):
    program = caller(premises, "manager", "read", addresses=["203.0.113.7"])
    claimed = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    assert program.get(CUSTOMERS, headers=claimed).status_code == 401


def test_the_address_a_configured_proxy_tells_is_believed(premises: Premises):
    from app import create_app

    program = caller(premises, "manager", "read", addresses=["203.0.113.7"])
    behind = create_app(replace(premises.config, trusted_proxies=1).as_process("web"))
    try:
        with behind.test_client() as client:
            for last, status in (("203.0.113.7", 200), ("203.0.113.8", 401)):
                headers = {
                    "Authorization": f"Bearer {program.bearer}",
                    "X-Forwarded-For": f"203.0.113.7, {last}",  # what the client claims, then what the proxy saw
                    "X-Forwarded-Proto": "https",
                }
                assert client.get(CUSTOMERS, headers=headers).status_code == status
    finally:
        behind.extensions["forecourt"].database.dispose()


@pytest.mark.parametrize(
    "addresses",
    [
        "10.0.0.1",
        [1],
        ["10.0.0.1/8"],
        ["300.1.1.1"],
        [""],
        ["fe80::1%eth0"],
        ["localhost"],
        ["10.0.0.1"] * 21,
        {"a": 1},
    ],
)
def test_addresses_that_do_not_fit_are_told_at_the_field(premises: Premises, addresses: object):
    answer = premises.desk("consultant").post(TOKENS, json={"name": "x", "scopes": "read", "addresses": addresses})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == ["addresses"]


# How often ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def few(premises: Premises) -> Iterator[None]:
    """Three requests a minute for a token."""
    here: House = premises.house
    config = replace(here.config, api_requests_per_minute=3)
    premises.app.extensions["forecourt"] = replace(here, config=config, quota=Quota(here.config.redis, 3))
    yield
    premises.app.extensions["forecourt"] = here


@pytest.mark.usefixtures("few")
def test_beyond_its_minute_a_token_is_asked_to_wait(premises: Premises):
    first, second = (caller(premises, "manager", "read") for _ in range(2))
    statuses = [first.get(OPENAPI).status_code for _ in range(8)]
    assert statuses.count(429) >= 2  # a minute may turn between them, and then it has three more
    refused = next(answer for _ in range(4) if (answer := first.get(OPENAPI)).status_code == 429)
    assert refused.mimetype == "application/problem+json"
    assert (refused.json["status"], refused.json["code"]) == (429, "too_many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert "3" in refused.json["title"]
    assert second.get(OPENAPI).status_code == 200, "a neighbour's limit is his own"
    assert {premises.desk("manager").get(OPENAPI).status_code for _ in range(5)} == {200}


def test_ten_requests_at_once_and_no_eleventh(premises: Premises):
    program = caller(premises, "manager", "read")
    with ExitStack() as stack:
        for number in range(10):
            link = stack.enter_context(premises.connect("web"))
            row = link.execute("SELECT kind FROM gate.announce(%s, 'r-many')", (program.bearer,)).fetchone()
            assert row == ("token",), number
        refused = program.get(CUSTOMERS)
        assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (429, "too_many", "1")
        assert caller(premises, "manager", "read").get(CUSTOMERS).status_code == 200
    assert program.get(CUSTOMERS).status_code == 200


def test_a_request_of_a_token_writes_nothing_when_nothing_changes(premises: Premises, make: Make):
    """Its limits are kept in memory: only the minute's `last_used` is written."""
    number, program = make.customer(), caller(premises, "manager", "read")
    path = f"{CUSTOMERS}{number}"
    assert program.get(path).status_code == 200
    first = written(premises)
    for _ in range(20):
        assert program.get(path).status_code == 200
    assert written(premises) == first


def written(premises: Premises) -> list[tuple[str, int, str]]:
    """A print of every table a request might write by the way: how many rows, and by which transactions."""
    doors = ("gate.token", "gate.token_reach", "gate.bucket", "gate.session", "gate.profile")
    prints = (
        f"SELECT '{name}', count(*)::int, md5(string_agg(xmin::text, ',' ORDER BY xmin::text)) FROM {name}"
        for name in (*doors, "trail.entry", "work.outbox")
    )
    return premises.run(" UNION ALL ".join(prints))


def spent(quota: Quota, token: int, requests: int, now: float = NOON) -> int:
    """How many of so many requests went on."""
    return sum(quota.take(token, now) == 0 for _ in range(requests))


def test_processes_share_one_count(queue: Config, valkey: redis.Redis):
    first, second = Quota(queue.redis, MOST), Quota(queue.redis, MOST)
    assert spent(first, 7, MOST) == MOST
    assert spent(second, 7, MOST) <= STEP, "it hears of the others when it tells them"
    assert spent(second, 8, MOST) == MOST
    assert spent(first, 7, 1, NOON + 60) == 1
    assert {valkey.ttl(key) > 0 for key in valkey.keys("forecourt:quota:*")} == {True}


def test_nobody_is_refused_before_his_last_request(queue: Config, valkey: redis.Redis):
    processes = [Quota(queue.redis, MOST) for _ in range(3)]
    assert [processes[number % 3].take(7, NOON) for number in range(MOST)] == [0] * MOST


def test_without_valkey_each_process_counts_for_itself(valkey: redis.Redis):
    quota = Quota(lambda: "unix:///nowhere/valkey.sock", MOST)
    assert spent(quota, 7, 2 * MOST) == MOST
    assert spent(quota, 7, 2 * MOST, NOON + 59.9) == 0
    assert spent(quota, 7, 2 * MOST, NOON + 60) == MOST


def test_the_wait_ends_with_the_minute():
    quota = Quota(lambda: "unix:///nowhere/valkey.sock", 1)
    assert [quota.take(7, NOON + second) for second in (0, 0, 30, 59.5, 60)] == [0, 61, 31, 1, 0]
