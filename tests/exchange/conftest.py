"""An installation of its own for each test, its wizard, and its worker."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql

from app.catalog import Catalog
from app.db.engine import Database
from app.heads.house import Actors
from app.jobs import entry, registry
from app.models import ENTITIES
from config import Config
from tests.appkit import Desk, Premises, connect, install
from tests.conftest import _clone as copy_database
from tests.jobs.processes import HURRY

DATA = Path(__file__).parents[1] / "data"
CSV, XLSX = DATA / "legacy_customers.csv", DATA / "legacy_customers.xlsx"
HEAD = "姓名,手机,车架号,车牌号,备注\n"
VIN = ("LVGBE40K5L4315728", "LFMGJE726N4800752", "LFMA1E0C8H0327313")


@pytest.fixture(scope="session")
def installed(clone: Callable[[], Config]) -> Premises:
    """An installation with first data and the cast, of which tests get copies."""
    made = install(clone())
    made.house.database.dispose()
    return made


@pytest.fixture
def premises(installed: Premises) -> Iterator[Premises]:
    """A fresh installation of this test alone: a copy of the database, and the one application turned to it."""
    name = f"t_{uuid4().hex[:12]}"
    with connect(replace(installed.config, database="postgres"), "administrator", autocommit=True) as server:
        copy_database(server, installed.config.database, name)
        config = replace(installed.config, database=name)
        web = config.as_process("web")
        here = replace(
            installed.house,
            config=web,
            database=Database(web.url("web"), pool_size=4),
            catalog=Catalog(ENTITIES.values()),
            actors=Actors(),
        )
        installed.app.extensions["forecourt"] = here
        yield Premises(config, installed.app, installed.users, installed.stores)
        here.database.dispose()
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass
class Wizard:
    """A person's way through the import, as his browser takes it."""

    premises: Premises
    desk: Desk
    run_due: Callable[[], None]

    def upload(self, content: bytes | str, name: str = "list.csv", store: str = "PD", owner: str = "nobody") -> Any:
        """The answer to an upload."""
        data = content.encode() if isinstance(content, str) else content
        form = {"file": (io.BytesIO(data), name), "store": str(self.premises.stores[store]), "owner": owner}
        return self.desk.post("/import/new", data=form, content_type="multipart/form-data")

    def begun(self, content: bytes | str, name: str = "list.csv", **more: str) -> int:
        """The number of a new import."""
        sent = self.upload(content, name, **more)
        assert sent.status_code == 303, sent.text
        return int(re.search(r"/import/(\d+)/mapping", sent.headers["Location"])[1])

    def check(self, number: int, **form: str) -> str:
        """Posts the mapping as it is proposed (or as given), runs the dry run, answers its page."""
        sent = self.desk.post(f"/import/{number}/mapping", data=form)
        assert sent.status_code == 303, sent.text
        self.run_due()
        return str(self.desk.get(f"/import/{number}").text)

    def run(self, number: int, **form: str) -> str:
        """Confirms, imports, answers the result page."""
        sent = self.desk.post(f"/import/{number}/run", data=form)
        assert sent.status_code == 303, sent.text
        self.run_due()
        return str(self.desk.get(f"/import/{number}").text)

    def through(self, content: bytes | str, name: str = "list.csv", **more: str) -> int:
        """The whole way with every proposal taken; the import's number."""
        number = self.begun(content, name, **more)
        self.check(number)
        self.run(number)
        assert self.state(number) == "done", self.problem(number)
        return number

    def undo(self, number: int) -> str:
        """Rolls back, answers the result page."""
        sent = self.desk.post(f"/import/{number}/rollback")
        assert sent.status_code == 303, sent.text
        self.run_due()
        return str(self.desk.get(f"/import/{number}").text)

    def state(self, number: int) -> str:
        return str(self.premises.one("SELECT state FROM import_batch WHERE id = %s", number))

    def problem(self, number: int) -> Any:
        return self.premises.one("SELECT problem FROM import_batch WHERE id = %s", number)

    def counts(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.premises.one("SELECT counts FROM import_batch WHERE id = %s", number)
        return found


@pytest.fixture
def run_due(premises: Premises) -> Callable[[], None]:
    """Does what waits in the outbox, as a worker of this process."""
    registry.load()
    entry.take_post(entry.Post(premises.config.as_process("worker"), "default", HURRY))

    def run() -> None:
        while due := premises.run(
            "SELECT id FROM work.outbox WHERE state IN ('pending', 'enqueued') AND run_after <= now() ORDER BY id"
        ):
            for (work,) in due:
                entry.execute(work)

    return run


@pytest.fixture
def wizard(premises: Premises, run_due: Callable[[], None]) -> Callable[..., Wizard]:
    """A wizard in somebody's browser."""
    return lambda part="manager", language="": Wizard(premises, premises.desk(part, language=language), run_due)


@pytest.fixture
def manager(wizard: Callable[..., Wizard]) -> Wizard:
    """王经理 of the store PD at the wizard."""
    return wizard("manager")


@pytest.fixture
def numbers(premises: Premises) -> Callable[[], tuple[int, int]]:
    """How many customers and cars there are in the whole group."""
    return lambda: premises.run("SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM vehicle)")[0]


def lines(*rows: str) -> str:
    """A file of the usual columns."""
    return HEAD + "".join(f"{row}\n" for row in rows)


@pytest.fixture(autouse=True)
def _clean(premises: Premises) -> Iterator[None]:
    yield
    folder = premises.config.home / "uploads"
    for left in folder.glob("*") if folder.exists() else ():
        left.unlink()
