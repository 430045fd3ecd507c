"""Accounts with passwords at the application's own door, and what it costs to try them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from app.access.keys import SignInKeys
from app.access.password import Passwords
from tests.appkit import Desk, Premises

PASSWORD = "violet harbour teapot 42"
WRONG = "登录名或密码不正确"


def account(premises: Premises, login: str) -> int:
    """An account of these stories alone, without roles or sessions, whose password is PASSWORD; its number."""
    if login not in premises.users:
        made = (
            "INSERT INTO ab_user (first_name, last_name, username, active) VALUES ('某', '人', %s, true) RETURNING id"
        )
        premises.users[login] = premises.one(made, login)
    user = premises.users[login]
    premises.run("UPDATE ab_user SET active = true WHERE id = %s AND NOT active", user)
    premises.run("UPDATE gate.session SET ended_at = now() WHERE user_id = %s AND ended_at IS NULL", user)
    premises.forget(login)
    set_password(premises, login)
    return user


def set_password(premises: Premises, part: str) -> None:
    """Gives an account PASSWORD, as if its owner had just chosen it."""
    keys = SignInKeys.parse(premises.config.secret("password_pepper"))
    stored = Passwords(keys.pepper, wait=30).hash(PASSWORD)
    premises.run(
        "INSERT INTO gate.credential (user_id, hash) VALUES (%s, %s) ON CONFLICT (user_id)"
        " DO UPDATE SET hash = excluded.hash, failures = 0, disabled_at = NULL",
        premises.users[part],
        stored,
    )


def browser(premises: Premises, session: str = "") -> Desk:
    """A browser of nobody's, or with a session's cookie."""
    desk = Desk(premises.app, premises.app.response_class)
    if session:
        desk.set_cookie("sid", session)
    return desk


def sign_in(desk: Desk, login: str, password: str = PASSWORD, *, address: str = "127.0.0.1", **form: str) -> Any:
    """The answer to a sign-in from an address."""
    data = {"username": login, "password": password, **form}
    return desk.post(
        "/sign-in", data=data, environ_base={"REMOTE_ADDR": address}, base_url=f"http{'s' * (address != '127.0.0.1')}://localhost"
    )  # fmt: skip


def session_of(client: FlaskClient) -> str:
    """The session's cookie."""
    cookie = client.get_cookie("sid")
    return cookie.value if cookie else ""


def bare(text: str) -> str:
    """A page without what differs between any two answers."""
    return re.sub(r'r-[0-9a-f]{16}|nonce="[^"]*"|value="[\w.-]{30,}"|value="[^"]*" autocomplete="username"', "", text)


@dataclass
class Costs:
    """How often the costly function ran, and against what."""

    checks: int = 0
    stored: list[str | None] = field(default_factory=list)


@contextmanager
def counted() -> Iterator[Costs]:
    """Counts the password checks of the block, each really done."""
    costs, check = Costs(), Passwords.matches

    def matches(self: Passwords, stored: str | None, password: str) -> bool:
        costs.checks += 1
        costs.stored.append(stored)
        return check(self, stored, password)

    Passwords.matches = matches  # type: ignore[method-assign]
    try:
        yield costs
    finally:
        Passwords.matches = check  # type: ignore[method-assign]
