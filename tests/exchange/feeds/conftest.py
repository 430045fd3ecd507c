"""Profiles of made-up brand systems, and files taken in by them as a worker does it."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.exchange.feeds import profile as profiles
from app.exchange.feeds import run as runs
from app.exchange.feeds.feed import failing, feed, receive
from app.exchange.feeds.run import Arrival, Run
from app.exchange.steps import Tools, context_of
from app.jobs.announced import open_engine
from app.jobs.import_command import Hands
from app.jobs.importing import tools_of
from tests.appkit import Premises
from tests.exchange.feeds import brands

MANY = 1 << 24


@dataclass
class Feeds:
    """A worker that takes in files by profiles, as the system or as one of the cast."""

    premises: Premises
    hands: Hands
    tools: Tools
    stores: Mapping[str, int] = field(default_factory=dict)

    def save(self, spec: Mapping[str, Any], *, part: str | None = None, **changes: object) -> str:
        """Saves a profile under its code."""
        given = dict(spec) | changes
        with self.as_(part).transaction() as connection:
            stores = tuple(self.premises.stores[code] for code in given["to"])
            sql = "SELECT id FROM feed_profile WHERE code = %s"
            number = connection.exec_driver_sql(sql, (given["code"],)).scalar_one_or_none() or 0
            profiles.save(context_of(connection, self.tools.sealer), profiles.from_mapping(given, stores, number))
        return str(given["code"])

    def as_(self, part: str | None) -> Hands:
        """The hands of one of the cast; the system's for nobody."""
        return Hands(self.hands.engine, self.premises.users[part] if part else None)

    def begin(self, code: str, name: str, content: bytes, *, part: str | None = None) -> int:
        """Keeps a file and begins its run; answers its number."""
        uuid = uuid4()
        stored = self.tools.uploads.keep(io.BytesIO(content), uuid, MANY)
        return receive(self.as_(part), self.tools, code, Arrival(uuid, stored, name, "command")).run

    def take(self, code: str, name: str, content: bytes, *, part: str | None = None) -> Run:
        """Takes a file in to its end."""
        number = self.begin(code, name, content, part=part)
        return feed(self.as_(part), self.tools, number)

    def run(self, number: int) -> Run:
        """A run as it stands."""
        with self.hands.transaction() as connection:
            return runs.get(connection, number)

    def failing(self, number: int) -> list[tuple[int, str, list[str], list[list[str]]]]:
        """The lines of a run that were not taken."""
        with self.hands.transaction() as connection:
            return failing(context_of(connection, self.tools.sealer), runs.get(connection, number))

    def orders(self) -> dict[str, Any]:
        """Each work order's state and number of lines."""
        sql = (
            "SELECT w.number, w.status || ':' || count(l.id) FROM work_order w"
            " LEFT JOIN work_order_line l ON l.work_order_id = w.id GROUP BY w.id"
        )
        return dict(self.premises.run(sql))


@pytest.fixture
def feeds(premises: Premises) -> Iterator[Feeds]:
    """A worker's hands on a fresh installation."""
    config = premises.config.as_process("worker")
    engine = open_engine(config)
    tools = tools_of(config)
    yield Feeds(premises, Hands(engine, None), Tools(tools.sealer, tools.uploads, tools.limits, tools.rows, 1))
    engine.dispose()


@pytest.fixture
def alpha_feeds(feeds: Feeds) -> Feeds:
    """With the profile of the first brand's work orders."""
    feeds.save(brands.ALPHA_ORDERS)
    return feeds


DAY = date(2026, 11, 5)
