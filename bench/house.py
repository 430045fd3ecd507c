"""Our application in this process, on one of the bench's databases, with people signed in."""

import hashlib
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from flask import Flask
from sqlalchemy import Engine

from app import create_app, log
from app.heads.house import House
from bench import ground
from bench.meter import Browser

# Store 1 is the oldest and smallest; the head of the company reaches all twenty.
CONSULTANT, MANAGER, BOSS = "consultant", "manager", "boss"
HOURS = 12
SCOPES = '{"*": ["*"]}'


@dataclass(frozen=True)
class Office:
    """The application on `database`."""

    database: str

    @cached_property
    def app(self) -> Flask:
        """The application as a web process makes it."""
        log.set_up("warning", "json", "bench")
        return create_app(ground.settings(self.database, "web"))

    @property
    def house(self) -> House:
        """What its process holds."""
        found: House = self.app.extensions["forecourt"]
        return found

    @property
    def engine(self) -> Engine:
        """Its database engine."""
        return self.house.database.engine

    def browser(self, login: str) -> Browser:
        """A person's browser, signed in."""
        token = secrets.token_hex(32)
        self._open(
            "INSERT INTO gate.session (token_hash, user_id, idle, expires_at, fresh_at)"
            f" SELECT %s, id, interval '{HOURS} hours', until, until"
            f" FROM ab_user, (VALUES (now() + interval '{HOURS} hours')) AS lasting (until) WHERE username = %s",
            token,
            login,
        )
        return Browser(self.app.wsgi_app, {"Cookie": f"sid={token}", "Accept-Language": "zh-CN"})

    def caller(self, login: str) -> Browser:
        """A program with a person's API token."""
        token = f"dlr_{secrets.token_hex(24)}"
        self._open(
            "INSERT INTO gate.token (token_hash, hint, user_id, name, expires_at, scopes)"
            f" SELECT %s, 'dlr_bench', id, 'bench', now() + interval '{HOURS} hours', '{SCOPES}'"
            " FROM ab_user WHERE username = %s",
            token,
            login,
        )
        return Browser(self.app.wsgi_app, {"Authorization": f"Bearer {token}", "Accept": "application/json"})

    def _open(self, statement: str, token: str, login: str) -> None:
        with ground.connect(self.database) as connection:
            connection.execute(statement, (hashlib.sha256(token.encode()).digest(), login))
            # Measuring looks for more numbers in a minute than people in a day.
            connection.execute("UPDATE gate.allowance SET size = 1000000 WHERE class = 'search'")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.house.database.dispose()
