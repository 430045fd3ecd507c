"""One whole installation a test process shares: the application, its database as any role, the cast signed in."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from psycopg.rows import scalar_row
from sqlalchemy import event
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from app import create_app
from app.core.actor import Actor
from app.first_data import Newcomer, hire, load
from app.heads.house import House
from app.models import ENTITIES
from app.records.context import Context
from config import Config
from tests.cast import BY_PART, CAST, Part

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
CSRF = "0123456789abcdef" * 2 + "01234567"


class Desk(FlaskClient):
    """A person's browser: signed in, and carrying the CSRF token unless told not to."""

    part: str = "nobody"
    bearer: str = ""
    token: str = ""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """The answer to a request; writes carry the page's CSRF token."""
        headers = dict(kwargs.pop("headers", None) or {})
        if self.bearer:
            headers.setdefault("Authorization", f"Bearer {self.bearer}")
        elif csrf and kwargs.get("method", "GET").upper() in UNSAFE:
            headers.setdefault("X-CSRFToken", self._sealed())
        return super().open(*args, headers=headers, **kwargs)

    def _sealed(self) -> str:
        with self.session_transaction() as session:
            session["csrf_token"] = CSRF
        return str(URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token").dumps(CSRF))


@dataclass
class Premises:
    """An installation with its first data and the cast; `config` is the administrator's."""

    config: Config
    app: Flask
    users: dict[str, int] = field(default_factory=dict)
    stores: dict[str, int] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)  # the one-time sign-ins of first data, by login
    _sessions: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        """What the application's process holds."""
        found: House = self.app.extensions["forecourt"]
        return found

    def connect(self, role: str = "administrator", *, autocommit: bool = False) -> psycopg.Connection[Any]:
        """A bare connection as one of the database's roles."""
        return connect(self.config, role, autocommit=autocommit)

    def run(self, statement: str, *values: object) -> list[Any]:
        """Runs one statement as the administrator; its rows."""
        with self.connect(autocommit=True) as connection:
            found = connection.execute(statement, values or None)
            return found.fetchall() if found.description else []

    def one(self, statement: str, *values: object) -> Any:
        """The single value the administrator reads."""
        with self.connect(autocommit=True) as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            return cursor.execute(statement, values or None).fetchone()

    def session(self, part: str) -> str:
        """The token of a living session of one of the cast, opened without its password; nobody's is empty."""
        if part == "nobody":
            return ""
        if part not in self._sessions:
            self._sessions[part] = self.open_session(self.users[part])
        return self._sessions[part]

    def open_session(self, user: int) -> str:
        """A new session of an account."""
        token = secrets.token_hex(32)
        sql = (
            "INSERT INTO gate.session (token_hash, user_id, idle, expires_at, fresh_at)"  # fresh as long as it lives
            " VALUES (%s, %s, interval '2 hours', now() + interval '2 hours', now() + interval '2 hours')"
        )
        self.run(sql, hashlib.sha256(token.encode()).digest(), user)
        return token

    def api_token(self, part: str) -> str:
        """An API token of one of the cast."""
        if part not in self._tokens:
            token = f"dlr_{secrets.token_hex(24)}"
            sql = (
                "INSERT INTO gate.token (id, token_hash, hint, user_id, name, expires_at, scopes)"
                " OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, 'tests', now() + interval '2 hours', %s)"
            )
            # Far from the small numbers with which tests try every address: those end no token of the cast's. Threads
            # make some at once.
            number = 10**6 + secrets.randbelow(10**12)
            scopes = json.dumps({"*": ["*"]} | {entity: ["reveal"] for entity in ENTITIES})
            self.run(sql, number, hashlib.sha256(token.encode()).digest(), token[:12], self.users[part], scopes)
            self._tokens[part] = token
        return self._tokens[part]

    def forget(self, part: str) -> None:
        """Opens new doors for one of the cast the next time: the old ones were closed."""
        self._sessions.pop(part, None)
        self._tokens.pop(part, None)

    def desk(self, part: str, *, language: str = "", own: bool = False) -> Desk:
        """The browser of one of the cast; with `own` in a session no other browser shares, so that it may end it."""
        desk = Desk(self.app, self.app.response_class)
        desk.part = part
        desk.token = self.open_session(self.users[part]) if own and part in self.users else self.session(part)
        if desk.token:
            desk.set_cookie("sid", desk.token)
        if language:
            desk.set_cookie("lang", language)
        return desk

    def caller(self, part: str) -> Desk:
        """A program that speaks with an API token of one of the cast; nobody's has none."""
        caller = Desk(self.app, self.app.response_class)
        caller.part = part
        caller.bearer = self.api_token(part) if part != "nobody" else ""
        return caller

    def actor(self, part: str) -> Actor:
        """One of the cast as the gate announces him."""
        with self.acting(part) as context:
            return context.actor

    @contextmanager
    def acting(self, part: str) -> Iterator[Context]:
        """A transaction announced as one of the cast, committed at the end."""
        here = self.house
        with here.database.announced(self.session(part), f"test-{part}") as (connection, announced):
            actor = here.actors.of(connection, announced, here.clock.now())
            yield Context(connection, actor, here.catalog.at(connection, announced.catalog), here.sealer, here.clock)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL the application sends while the block runs."""
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        engine = self.house.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)


def connect(config: Config, role: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    """A bare connection to the database of `config` as one of its roles."""
    url = make_url(config.url(role)).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=autocommit)


def install(config: Config) -> Premises:
    """Loads first data and the rest of the cast into an empty migrated database, and makes the application for it."""
    config = replace(config, api_requests_per_minute=10**6)  # tests ask faster than programs
    invited = load(config)
    premises = Premises(config, create_app(config.as_process("web")))
    premises.links = {login: path for _, login, _, path in invited}
    premises.app.config["TESTING"] = False  # errors are answered as they are in production
    # Tests look for more numbers in a minute than people in a day; what the budget refuses has tests of its own.
    premises.run("UPDATE gate.allowance SET size = 100000 WHERE class = 'search'")
    premises.stores = dict(premises.run("SELECT code, id FROM store"))
    known = dict(premises.run("SELECT username, id FROM ab_user"))
    for one in CAST:
        premises.users[one.part] = known.get(one.login) or enter(premises, one)
    return premises


def enter(premises: Premises, one: Part) -> int:
    """Gives a member of the cast an account and a post."""
    from sqlalchemy import create_engine, pool

    engine = create_engine(premises.config.url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        return hire(connection, Newcomer(one.login, one.name, one.role or "", one.store, one.team))


def role_of(part: str) -> str | None:
    """The role a member of the cast holds."""
    return BY_PART[part].role
