"""An installation whose keys are its own, so that a test may add, lose and retire them."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import pytest

from app.access.key_file import LOOK, sealer_of
from app.access.seal import key_id
from app.backup.keys import Escrow
from app.jobs import entry, registry
from app.jobs.resealing import RESEAL
from app.outbox import enqueue
from app.process import keys
from config import Config
from tests.appkit import Premises, install
from tests.jobs.processes import HURRY
from tests.make import Make

PHONE = "13800138011"
AGED = "UPDATE gate.field_key SET replaced_at = replaced_at - interval '2 days' WHERE replaced_at IS NOT NULL"


@dataclass
class Ring:
    """An installation and what an operator does to its keys."""

    premises: Premises
    config: Config

    def rotate(self, *, escrow: bool = False) -> int:
        """Adds a key, which this process seals under from now on. Escrow takes seconds; it has its own tests."""
        with nullcontext() if escrow else patch.object(Escrow, "keep"):
            made = keys.rotate(self.config)
        time.sleep(LOOK)  # the file is looked at once a second
        return made

    def retire(self, number: int) -> None:
        with patch.object(Escrow, "keep"):
            keys.retire(self.config, number)

    def ask(self) -> None:
        """Asks for a pass, as the schedule does."""
        with keys.administrator(self.config) as connection:
            enqueue(connection, RESEAL, {})

    def work(self) -> None:
        """Does what waits for re-sealing, as a worker of this process, until no pass finds anything."""
        while self.one_pass():
            pass

    def one_pass(self) -> bool:
        """Does what waits now; whether there was anything."""
        registry.load()
        entry.take_post(entry.Post(self.config.as_process("worker"), "default", HURRY))
        due = self.premises.run("SELECT id FROM work.outbox WHERE kind = %s AND state = 'pending' ORDER BY id", RESEAL)
        for (number,) in due:
            self.premises.run("UPDATE work.outbox SET run_after = now() WHERE id = %s", number)
            entry.execute(number)
            state = self.premises.run("SELECT state, last_error FROM work.outbox WHERE id = %s", number)
            assert state == [("done", None)]
        return bool(due)

    def under(self, number: int) -> dict[str, int]:
        """What is under a key, by place."""
        [found] = [one.values for one in keys.standings(self.config) if one.known.name == str(number)]
        return found

    def reveal(self, customer: int) -> str:
        """What a manager is told of a customer's phone."""
        path = f"/api/v1/data/customer/{customer}/reveal/phone"
        return str(self.premises.caller("manager").post(path, json={"reason": "回访"}).get_json())

    def found(self, field: str, how: str, value: str) -> list[int]:
        """The customers found by a phone."""
        answer = self.premises.caller("manager").get(f"/api/v1/data/customer/?where={field}~{how}~{value}")
        return [int(one["id"]) for one in answer.get_json()["result"]]


@pytest.fixture(scope="session")
def ringed(clone: Callable[[], Config], queue: Config) -> Callable[[], Ring]:
    """Makes installations with copies of the keys, which nobody else uses."""

    def make() -> Ring:
        given = clone()
        (given.home / "secrets").unlink()
        shutil.copytree(given.secrets_dir, given.home / "secrets")
        config = replace(given, secrets=None, redis_url=queue.redis_url)
        return Ring(install(config), config)

    return make


@pytest.fixture(scope="module")
def ring(ringed: Callable[[], Ring]) -> Iterator[Ring]:
    """An installation of this file's own."""
    made = ringed()
    yield made
    made.premises.house.database.dispose()


@pytest.fixture(scope="module")
def premises(ring: Ring) -> Premises:
    """The same as everybody calls it."""
    return ring.premises


@pytest.fixture(scope="module")
def make(premises: Premises) -> Make:
    """Makes records in it."""
    return Make(premises)


def phone(ring: Ring, customer: int) -> tuple[int, str]:
    """The key a customer's phone is under, and the phone."""
    [(uuid, blob)] = ring.premises.run("SELECT uuid, phone FROM customer WHERE id = %s", customer)
    return key_id(blob), sealer_of(ring.config).open(blob, "customer", "phone", uuid).removeprefix("+86")


def files(folder: Path) -> set[str]:
    """The names of what lies in a folder."""
    return {path.name for path in folder.iterdir()}
