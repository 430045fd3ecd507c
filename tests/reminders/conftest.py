"""A store with customers, cars, policies and visits, and the reminders' jobs run as their worker does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine

from app.core.clock import SHANGHAI, FixedClock, business_date
from app.core.scope import Belongs
from app.jobs import entry, registry
from app.jobs.announced import as_system, open_engine
from app.models import ENTITIES
from app.models.base import METADATA
from app.outbox import enqueue
from config import Config
from tests.appkit import Premises, install
from tests.cast import PUDONG
from tests.jobs.processes import HURRY
from tests.make import Make

_NUMBERS = count(1_000)  # which no two records of the installation share
EMPTIED = {
    name for name, entity in ENTITIES.items() if entity.belongs is Belongs.STORE and name not in ("employee", "team")
}
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10:00 in Shanghai


@pytest.fixture(scope="session")
def own_premises(clone: Callable[[], Config], queue: Config) -> Iterator[Premises]:
    """An installation these tests share with no others: all that is due in it is their own."""
    made = install(replace(clone(), redis_url=queue.redis_url))
    yield made
    made.house.database.dispose()


@pytest.fixture
def premises(own_premises: Premises) -> Premises:
    """The installation as first data left it."""
    with own_premises.connect(autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in reversed(METADATA.sorted_tables):
            if table.name in EMPTIED:
                connection.execute(f"DELETE FROM {table.name}")
        connection.execute("DELETE FROM work.service_due; DELETE FROM work.inbox")
        connection.execute("UPDATE reminder_rule SET active = true WHERE edition = 1")
        connection.execute("DELETE FROM reminder_rule WHERE edition > 1 OR code = 'R07'")
    return own_premises


@pytest.fixture
def make(premises: Premises) -> Make:
    """Makes records there."""
    return Make(premises, _NUMBERS)


@pytest.fixture
def clock() -> FixedClock:
    """The time the jobs are told."""
    return FixedClock(MORNING)


@pytest.fixture
def engine(premises: Premises) -> Iterator[Engine]:
    """The worker's engine."""
    made = open_engine(premises.config.as_process("reminder"))
    yield made
    made.dispose()


@dataclass
class Desk:
    """What a test does: people, cars and papers as of days from today, and the jobs."""

    premises: Premises
    make: Make
    engine: Engine
    clock: FixedClock
    settings: Config
    numbers: Iterator[int]

    def day(self, days: int) -> str:
        """A day from today."""
        return str(business_date(self.clock.now()) + timedelta(days=days))

    def customer(self, **values: object) -> int:
        """A customer with an address."""
        number = next(self.numbers)
        given = {"name": f"客户{number}", "email": f"guest{number}@example.cn", "phone": None, "birth_date": None}
        return self.make.customer(**(given | {"do_not_contact": False, "no_contact_reason": None} | values))

    def car(self, customer: int, **values: object) -> int:
        """His car."""
        given = {"customer": str(customer), "status": "delivered", "catalogue_model": None, "mileage": None}
        return self.make.vehicle(**(given | values))

    def policy(self, car: int, ends: int, *, kind: str = "commercial", channel: str = "here", **values: object) -> int:
        """A policy of a year that ends so many days from today."""
        given = {"vehicle": str(car), "kind": kind, "channel": channel, "vehicle_tax": None, "premium": "1000"}
        days = {"starts_on": self.day(ends - 364), "ends_on": self.day(ends)}
        return self.make.record("insurance_policy", **(given | days | values))

    def visit(self, car: int, days: int, *, km: int | None = None, kind: str = "maintenance") -> int:
        """A work order of so many days from today."""
        at = datetime.combine(business_date(self.clock.now()) + timedelta(days=days), datetime.min.time(), SHANGHAI)
        given = {"vehicle": str(car), "kind": kind, "opened_at": (at + timedelta(hours=9)).isoformat()}
        more = {"promised_at": None, "mileage": km, "mileage_reason": None, "appointment": None}
        return self.make.record("work_order", **(given | more))

    def insured(self, ends: int, **customer: object) -> tuple[int, int]:
        """A customer and his car, whose insurance ends so many days from today."""
        person = self.customer(**customer)
        car = self.car(person)
        self.policy(car, ends)
        return person, car

    def run(self, kind: str, **args: object) -> Any:
        """Runs a job as the worker does; its result."""
        registry.load()
        entry.take_post(entry.Post(self.settings.as_process("reminder"), "reminder", HURRY, self.clock))
        with as_system(self.engine) as connection:
            number = enqueue(connection, kind, args, queue="reminder")
        entry.execute(number)
        state, error, result = self.premises.run(
            "SELECT state, last_error, result FROM work.outbox WHERE id = %s", number
        )[0]
        assert state == "done", error
        return result

    def plan(self) -> Any:
        """Tonight's plan."""
        return self.run("reminder.plan")

    def reminders(self, **where: object) -> list[tuple[Any, ...]]:
        """(rule, stage, status) of every reminder, oldest due first."""
        del where
        return self.premises.run(
            "SELECT u.code, r.stage, r.status FROM reminder r JOIN reminder_rule u ON u.id = r.rule_id"
            " ORDER BY u.code, r.stage, r.id"
        )


@pytest.fixture
def desk(premises: Premises, make: Make, engine: Engine, clock: FixedClock) -> Desk:
    """The desk of the Pudong store."""
    assert premises.stores[PUDONG]
    return Desk(premises, make, engine, clock, premises.config, count(1))
