"""A right taken away while its holder is at work (attack Z6): no request that begins after it succeeds."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import pytest

from tests.api.test_token_scopes import caller
from tests.appkit import Desk, Premises
from tests.make import Make

THREADS, BEFORE, AFTER = 8, 60, 144
REQUESTS = 200
ME = "newcomer"
PATHS = ("/data/customer/", "/api/v1/data/customer/")


@dataclass(frozen=True)
class Seen:
    """One request: when it began and ended, and its status."""

    began: float
    ended: float
    status: int


@pytest.fixture
def role(premises: Premises, make: Make) -> Iterator[int]:
    """A person without roles is given one that lists customers."""
    make.customer()
    number: int = premises.one("INSERT INTO ab_role (name) VALUES ('for a while') RETURNING id")
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'customer', '{list}', 'store')", number
    )
    premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", premises.users[ME], number)
    yield number
    premises.run("UPDATE ab_user SET active = true WHERE id = %s", premises.users[ME])
    premises.run("DELETE FROM ab_role WHERE id = %s", number)
    premises.forget(ME)


def asked(desk: Desk, path: str) -> Seen:
    """One request, seen."""
    began = time.monotonic()
    answer = desk.get(path)
    return Seen(began, time.monotonic(), answer.status_code)


def revoked_amid(open_desk: Callable[[], Desk], path: str, revoke: Callable[[], object]) -> tuple[list[Seen], float]:
    """What parallel requests saw that went on while something was revoked, and when that was done."""
    seen: list[Seen] = []
    revoked = Event()

    def work() -> None:
        left = AFTER // THREADS
        while left:
            left -= revoked.is_set()
            seen.append(asked(open_desk(), path))

    with ThreadPoolExecutor(THREADS) as threads:
        running = [threads.submit(work) for _ in range(THREADS)]
        while len(seen) < BEFORE and not any(one.done() for one in running):
            time.sleep(0.005)
        revoke()
        done = time.monotonic()
        revoked.set()
        for one in running:
            one.result()
    return seen, done


def judge(seen: list[Seen], done: float) -> None:
    """None that began after the revocation succeeded; there were such, and there were successes before it."""
    after = [one for one in seen if one.began > done]
    assert [one for one in after if one.status == 200] == []
    assert (len(after) >= AFTER - THREADS, len(seen) >= REQUESTS) == (True, True)
    assert [one for one in seen if one.ended < done and one.status == 200]
    assert {one.status for one in seen} <= {200, 302, 401, 403}


@pytest.mark.parametrize("path", PATHS)
def test_a_role(path: str, role: int, premises: Premises):
    session = premises.open_session(premises.users[ME])
    seen, done = revoked_amid(
        lambda: desk_of(premises, session),
        path,
        lambda: premises.run("DELETE FROM ab_user_role WHERE role_id = %s", role),
    )
    judge(seen, done)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("role")
def test_a_session(path: str, premises: Premises):
    session = premises.open_session(premises.users[ME])
    seen, done = revoked_amid(
        lambda: desk_of(premises, session), path, lambda: desk_of(premises, session).post("/sign-out")
    )
    judge(seen, done)


@pytest.mark.usefixtures("role")
def test_a_token(premises: Premises):
    program = caller(premises, ME, {"customer": ["list"]})
    desk = premises.desk(ME)
    seen, done = revoked_amid(
        lambda: copied(premises, program), PATHS[1], lambda: desk.delete(f"/api/v1/tokens/{program.part}")
    )
    judge(seen, done)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("role")
def test_an_account(path: str, premises: Premises):
    session = premises.open_session(premises.users[ME])
    seen, done = revoked_amid(
        lambda: desk_of(premises, session),
        path,
        lambda: premises.run("UPDATE ab_user SET active = false WHERE id = %s", premises.users[ME]),
    )
    judge(seen, done)


def test_a_verb_of_a_role(role: int, premises: Premises):
    program = caller(premises, ME, "everything")
    seen, done = revoked_amid(
        lambda: copied(premises, program),
        PATHS[1],
        lambda: premises.run("UPDATE role_grant SET actions = '{create}' WHERE role_id = %s", role),
    )
    judge(seen, done)


def desk_of(premises: Premises, session: str) -> Desk:
    """A browser of its own with a session."""
    desk = Desk(premises.app, premises.app.response_class)
    desk.set_cookie("sid", session)
    return desk


def copied(premises: Premises, program: Desk) -> Desk:
    """Another program with the same token."""
    made = Desk(premises.app, premises.app.response_class)
    made.bearer = program.bearer
    return made
