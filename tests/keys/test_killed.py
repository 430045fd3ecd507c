"""Keys change while people read, search and write, and whoever seals anew is killed: nothing is lost or unreadable."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from config import ROOT
from tests.jobs.acts import kill, until
from tests.keys.conftest import Ring, phone
from tests.make import Make

UNDONE = "kind = 'keys.reseal' AND state IN ('pending', 'enqueued', 'running')"
OPEN = f"SELECT count(*) FROM work.outbox WHERE {UNDONE}"
HASTE = f"""
    UPDATE work.outbox SET run_after = now(), attempts = 0, lease_until = CASE WHEN state = 'running' THEN now() END
     WHERE {UNDONE}"""


@dataclass
class Load:
    """People at work: what each customer's phone was last acknowledged to be, and everything that went wrong."""

    ring: Ring
    phones: dict[int, str]
    faults: list[str] = field(default_factory=list)
    reads: int = 0
    writes: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        chance = random.Random(1)
        for number in iter(lambda: chance.choice([*self.phones]), None):
            if self.over.is_set():
                return
            if not (expected := self.phones[number]):
                continue
            told = self.ring.reveal(number)
            found = self.ring.found("phone", "eq", expected), self.ring.found("phone", "tail", expected[-4:])
            if self.phones[number] == expected:  # nobody wrote meanwhile
                wrong = expected not in told or not all(number in some for some in found)
                self.faults += [f"{number}: {told} {found}"] if wrong else []
            self.reads += 1

    def write(self) -> None:
        caller, chance = self.ring.premises.caller("manager"), random.Random(2)
        mine = [*self.phones][::3]
        while not self.over.is_set():
            number, new = chance.choice(mine), f"138{chance.randrange(10**8):08}"
            path = f"/api/v1/data/customer/{number}"
            before, self.phones[number] = self.phones[number], ""  # either may be read until the answer has come
            read = {"If-Match": caller.get(path).headers["ETag"]}  # sealing anew in between is no change
            answer = caller.patch(path, json={"phone": new}, headers=read)
            self.phones[number] = new if answer.status_code == 200 else before
            if answer.status_code != 200:
                self.faults.append(f"{number}: {answer.status_code} {answer.text}")
            self.writes += 1
            time.sleep(0.02)


@pytest.fixture
def launch(ring: Ring) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker that may be killed."""
    begun: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        words = [str(ring.config.home), ring.config.database, ring.config.redis_url or ""]
        made = subprocess.Popen([sys.executable, "-m", "tests.keys.act", *words], cwd=ROOT, stdout=subprocess.PIPE)
        begun.append(made)
        assert made.stdout
        made.stdout.readline()
        return made

    yield start
    for one in begun:
        if one.poll() is None:
            kill(one)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("people", "kills"), [(20, 2), pytest.param(300, 10, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_every_value_reads_at_every_moment(ring: Ring, make: Make, launch, people: int, kills: int):
    numbers = {make.customer(phone=f"1390{people:03}{n:04}"): f"1390{people:03}{n:04}" for n in range(people)}
    ring.premises.run("UPDATE gate.allowance SET size = 1000000 WHERE class ~ '^(reveal|search)'")
    load, chance = Load(ring, numbers), random.Random(kills)
    threads = [threading.Thread(target=act) for act in (load.read, load.write)]
    for thread in threads:
        thread.start()
    try:
        for strike in range(kills):
            if strike % 4 == 0:
                new = ring.rotate()
            victim = launch()
            time.sleep(chance.uniform(0.05, 1.5))
            kill(victim)
            ring.premises.run(HASTE)
    finally:
        load.over.set()
        for thread in threads:
            thread.join()
    launch()
    until(lambda: ring.premises.run(HASTE) == [] and ring.premises.one(OPEN) == 0)
    assert load.faults == []
    assert load.reads > 2 * kills
    assert load.writes > 2 * kills
    assert {number: phone(ring, number) for number in numbers} == {n: (new, text) for n, text in load.phones.items()}
    assert all(ring.under(old) == {} for old in range(1, new))
