"""Law 3 at work: an entity is added, changed and removed while two web processes of four threads serve it."""

import logging
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

import pytest
import requests
from sqlalchemy import Connection, Engine, text

from app.core.entity import Entity
from app.studio.later import drop, due
from app.studio.patience import impatient, patiently
from app.studio.publish import now, publish, remove
from config import ROOT
from tests.appkit import Premises
from tests.studio.elsewhere import words
from tests.studio.ledger import Ledger
from tests.studio.samples import loan_car
from tests.studio.traffic import Person, Verdict, begin

WANTED = 500
LONGEST = 50.0
SOON = timedelta(seconds=6)  # stands for the ten minutes: longer than any of these requests
SHAPES = ({}, {}, {"extra": True}, {"extra": True, "wide": True}, {"wide": True}, {"extra": True}, {})


@dataclass
class Editor:
    """The administrator at the studio: publishes one turn after the other, and takes the entity away now and then."""

    owner: Engine
    user: int
    ledger: Ledger
    turn: int = 0
    version: int = 1
    waits: list[float] = field(default_factory=list)

    def act(self, becoming: Entity | None, work: Callable[[Connection], int]) -> int:
        """One publication, tried again while readers hold the table."""

        def once() -> int:
            with self.owner.begin() as connection:
                impatient(connection)
                connection.execute(text("SELECT gate.announce_job(:user, 'r-turn')"), {"user": self.user})
                return work(connection)

        began = time.monotonic()
        with self.ledger.becoming(becoming):
            done = patiently(once)
        self.waits.append(time.monotonic() - began)
        return done

    def publish(self, shape: dict[str, bool]) -> None:
        """The next turn."""
        self.turn += 1
        entity = loan_car(self.version, mark=f"⟪{self.turn}⟫", **shape)
        self.version = self.act(entity, lambda connection: publish(connection, entity, after=SOON))

    def remove(self) -> None:
        """Takes the entity away."""
        self.act(None, lambda connection: remove(connection, "loan_car", after=SOON))

    def sweep(self) -> None:
        """Drops what is due, as the job does."""
        with self.owner.begin() as connection:
            waiting = due(connection)
        for one in waiting:
            patiently(lambda one=one: self._drop(one))  # type: ignore[misc]

    def _drop(self, one: object) -> None:
        with self.owner.begin() as connection:
            impatient(connection)
            now(connection)
            drop(connection, one)  # type: ignore[arg-type]


@contextmanager
def served(shop: Premises, planted: str = "") -> Iterator[str]:
    """The address of two web processes of four threads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        argv = [sys.executable, "-m", "tests.studio.serving", *words(shop.config)]
        argv += [str(listener.fileno()), planted]
        process = subprocess.Popen(argv, cwd=ROOT, pass_fds=(listener.fileno(),))
        try:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            wait(process, address)
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def wait(process: subprocess.Popen[bytes], address: str) -> None:
    """Returns when the server answers; fails when it ended instead."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "the server did not start"
        try:
            assert requests.get(f"{address}/sign-in", timeout=2).status_code == 200
        except requests.Timeout:
            continue
        return


def people(shop: Premises, address: str, ledger: Ledger, verdict: Verdict) -> list[Person]:
    """Eight at work: two desks each of three people of one store and one of another."""
    stores = {"manager": "PD", "consultant": "PD", "advisor": "PD", "outsider": "XH"}
    codes = {(part, desk): f"归{part[:2].upper()}{desk:02}" for part in stores for desk in (1, 2)}
    return [
        Person(
            address=address,
            session=shop.session(part),
            token=shop.api_token(part),
            mine=code,
            near=frozenset(one for (other, _), one in codes.items() if stores[other] == stores[part]),
            ledger=ledger,
            verdict=verdict,
        )
        for (part, _), code in codes.items()
    ]


def traffic(
    shop: Premises, owner: Engine, planted: str = "", *, until: Callable[[Verdict, Editor], bool]
) -> tuple[Verdict, Editor]:
    """Everybody at work while the editor publishes, until enough has been seen."""
    ledger, verdict, over = Ledger(), Verdict(), Event()
    editor = Editor(owner, shop.users["admin"], ledger)
    editor.version = shop.one("SELECT version FROM catalog_entity WHERE name = 'loan_car'") or 1
    end = time.monotonic() + LONGEST
    with served(shop, planted) as address:
        threads = begin(people(shop, address, ledger, verdict), over)
        try:
            while time.monotonic() < end and not until(verdict, editor):
                for shape in SHAPES:
                    editor.publish(shape)
                    time.sleep(0.35)
                    if planted and verdict.complaints:
                        break
                editor.remove()
                time.sleep(0.3)
                editor.sweep()
        finally:
            over.set()
            for thread in threads:
                thread.join()
    return verdict, editor


@pytest.fixture(autouse=True)
def _removed(shop: Premises, editing: Callable[[], AbstractContextManager[Connection]]) -> Iterator[None]:
    yield
    with editing() as connection:
        sql = "UPDATE catalog_entity SET removed_at = now() WHERE name = 'loan_car'"
        connection.exec_driver_sql(sql)
        connection.exec_driver_sql("SELECT gate.bump_catalog()")


def test_no_request_fails_or_sees_two_versions_or_anothers_filter(shop: Premises, owner: Engine) -> None:
    verdict, editor = traffic(shop, owner, until=lambda seen, act: seen.total >= WANTED and act.turn >= 3 * len(SHAPES))
    logging.getLogger(__name__).info(
        "%d answers judged, %d publications, slowest %.2f s: %s",
        verdict.total, editor.turn, max(editor.waits), dict(verdict.asked),
    )  # fmt: skip
    assert verdict.complaints[:3] == []
    assert verdict.total >= WANTED
    assert editor.turn >= 3 * len(SHAPES)
    assert min(verdict.asked[what] for what in ("list of mine", "add", "edit", "record", "API list of mine")) > 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("planted", "word"),
    [("filters", r"list of mine: shows \["), ("pin", "versions|while|lacks")],
    ids=["filters", "pin"],
)
def test_it_would_notice(shop: Premises, owner: Engine, planted: str, word: str) -> None:
    verdict, _ = traffic(shop, owner, planted, until=lambda seen, _: bool(seen.complaints))
    assert [one for one in verdict.complaints if re.search(word, one)], verdict.complaints[:3]
