"""A migrated database of its own for these tests, reached as the web role, and a door into it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pyotp
import pytest
from sqlalchemy import Connection, Engine, create_engine, pool, text

from app.access.gate import Visit
from app.access.keys import FieldKeys, SignInKeys
from app.access.own_factor import OwnFactor
from app.access.password import Passwords
from app.access.seal import Sealer
from app.access.second_factor import Codes
from app.access.signin import Door, HalfOpen
from config import Config

STEP = 30  # seconds
SEALER = Sealer(FieldKeys(1, {1: bytes(range(32))}, bytes(range(32))))
KEYS = SignInKeys.parse(bytes(range(1, 33)))
PASSWORD = "violet harbour teapot 42"
VISIT = Visit("192.0.2.7", agent="Browser", request="r-1")


@pytest.fixture
def admin(database: Config) -> Engine:
    """The administrator's engine, who stands outside all rules."""
    engine = create_engine(database.url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT gate.provision('sign_in', :key)"), {"key": KEYS.proof})
    return engine


@pytest.fixture
def web(database: Config, admin: Engine) -> Iterator[Engine]:
    """The web role's engine."""
    engine = create_engine(database.url("web"), pool_size=8, max_overflow=40)
    yield engine
    engine.dispose()


class Counted(Passwords):
    """Passwords that count how often the costly function runs."""

    def __init__(self, pepper: bytes, **options: float) -> None:
        super().__init__(pepper, **options)
        self.checks = 0

    def matches(self, stored: str | None, password: str) -> bool:
        self.checks += 1
        return super().matches(stored, password)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords(KEYS.pepper, wait=30)


@pytest.fixture(scope="session")
def stored(passwords: Passwords) -> str:
    """The hash of PASSWORD."""
    return passwords.hash(PASSWORD)


@pytest.fixture
def door(web: Engine, passwords: Passwords) -> Door:
    return Door(web, KEYS, passwords=passwords)


@pytest.fixture
def person(admin: Engine, stored: str) -> Callable[[str], int]:
    """Makes an account with PASSWORD; its id."""

    def make(login: str) -> int:
        with admin.begin() as connection:
            values = {"login": login, "hash": stored}
            insert = "INSERT INTO ab_user (first_name, last_name, username) VALUES ('雷', '李', :login) RETURNING id"
            user: int = connection.execute(text(insert), values).scalar_one()
            connection.execute(text("INSERT INTO gate.credential VALUES (:u, :hash)"), {"u": user, **values})
        return user

    return make


@pytest.fixture
def employed(person: Callable[[str], int], run: Callable[..., list]) -> Callable[[str], int]:
    """Makes an account like `person`, of somebody who works at a store."""

    def make(login: str) -> int:
        user = person(login)
        run("INSERT INTO company (code, name) VALUES ('G', 'Group')")
        run("INSERT INTO store (code, name, company_id) SELECT 'S1', 'Store', id FROM company")
        run("INSERT INTO employee (store_id, number, name, user_id) SELECT id, '1', '李雷', :u FROM store", u=user)
        return user

    return make


@pytest.fixture
def who(web: Engine) -> Callable[[str], int | None]:
    """Whom a token announces now; None is nobody."""

    def ask(token: str) -> int | None:
        with web.begin() as connection:
            return connection.scalar(text("SELECT user_id FROM gate.announce(:token, 'r-2')"), {"token": token})

    return ask


@pytest.fixture
def run(admin: Engine) -> Callable[..., list]:
    """Runs a statement as the administrator; its rows."""

    def execute(statement: str, **values: object) -> list:
        with admin.begin() as connection:
            result = connection.execute(text(statement), values)
            return result.fetchall() if result.returns_rows else []

    return execute


@pytest.fixture
def announced(web: Engine) -> Callable[[str], AbstractContextManager[Connection]]:
    """Opens a transaction of the web role announced by a token."""

    @contextmanager
    def opened(token: str) -> Iterator[Connection]:
        with web.begin() as connection:
            connection.execute(text("SELECT gate.announce(:token, 'r-3')"), {"token": token})
            yield connection

    return opened


# Second factors ------------------------------------------------------------------------------------------------------
@pytest.fixture
def codes(web, passwords) -> Codes:
    return Codes(web, KEYS, SEALER, passwords=passwords)


@pytest.fixture
def mine(announced, passwords) -> Callable:
    """What the holder of a session does with his own factor."""

    def act(token: str, deed: Callable[[OwnFactor], object]) -> object:
        with announced(token) as connection:
            person = connection.exec_driver_sql("SELECT gate.my_id()").scalar_one()
            return deed(OwnFactor(connection, person, KEYS, SEALER, passwords))

    return act


@pytest.fixture
def enrolled(door, person, mine, run) -> Callable:
    """Makes an account with a factor, whose steps are all still to be used; its secret and recovery codes."""

    def make(login: str) -> tuple[str, tuple[str, ...]]:
        user = person(login)
        token = door.authenticate(login, PASSWORD, VISIT).token
        mine(token, lambda one: one.begin())
        secret = mine(token, lambda one: one.pending()).secret
        recovery = mine(token, lambda one: one.confirm(pyotp.TOTP(secret).now()))
        run("UPDATE gate.factor SET step = 0 WHERE user_id = :u", u=user)
        return secret, recovery

    return make


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + steps * STEP)


def calm() -> None:
    """Waits for the next step when this one is about to end, so that a test stays within one."""
    if time.time() % STEP > STEP - 4:
        time.sleep(STEP - time.time() % STEP + 0.1)


def half(door, login: str = "lilei") -> HalfOpen:
    found = door.authenticate(login, PASSWORD, VISIT)
    assert isinstance(found, HalfOpen)
    return found
