"""Loads a year into an empty installation: one transaction a store, prepared while the one before is being written."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, Engine

import app.rules  # noqa: F401  # what tables obey is known before anything is written
from app.access.seal import Sealer
from app.core.clock import SHANGHAI
from app.core.errors import Refusal
from app.core.label import Label
from app.demo import marker
from app.demo.catalogue import Catalogue
from app.demo.dated import move_to_their_days
from app.demo.organisation import Organisation, Shop
from app.demo.plan import Plan
from app.demo.shared import write_catalogue
from app.demo.store_year import StoreYear, live
from app.demo.writing import Numbers, Writer
from app.jobs import quality, quality_figures
from app.reminders import plan
from app.reports import snapshot
from app.reports.measure import before, measure
from app.rules.quality import QUALITY_RULES

Say = Callable[[str, str], None]
# Stores at which the planner is told how large the tables have become: what joins them would take ever longer else.
STOCK_TAKINGS = (5, 20, 80, 320)


class NotEmpty(Refusal):
    """The installation holds records already."""

    status, code = 409, "not_empty"


@dataclass(slots=True)
class Loader:
    """Writes one plan's year into one installation."""

    engine: Engine
    sealer: Sealer
    plan: Plan
    say: Say = lambda _zh, _en: None
    counts: dict[str, int] = field(default_factory=dict)

    def run(self) -> list[Shop]:
        """Loads everything; the stores with their people. Raises NotEmpty where records are."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as aside:
            numbers = Numbers(aside)
            shops, catalogue = self._shared(numbers)
            self._stores(shops, catalogue, numbers)
            aside.exec_driver_sql("ANALYZE")
            self._judge()
            self._remind(shops)
            with self.engine.begin() as connection:
                marker.finish(connection)
        return shops

    def _judge(self) -> None:
        """The checks and the measurements of the data, as on the last night, and the last whole month's snapshots."""
        last = datetime.combine(self.plan.ends_on, time(), SHANGHAI) - timedelta(minutes=1)
        with self._announced() as connection:
            for rule in QUALITY_RULES:
                quality.apply(connection, rule, last)
            for subject in quality_figures.SUBJECTS:
                quality_figures.measure(connection, subject, last)
            over = before(self.plan.ends_on.replace(day=1))  # the last whole month
            measure(connection, over, last)
            for store in snapshot.stores(connection):
                snapshot.keep(connection, store, over, last)

    def _remind(self, shops: list[Shop]) -> None:
        """What is due on the first day that is not lived any more, planned as on its night."""
        now = datetime.combine(self.plan.ends_on, time(2, 45), SHANGHAI)
        with self._announced() as connection:
            chosen, _ = plan.rules(connection, self.plan.ends_on)
            for shop in shops:
                made = plan.plan(connection, shop.id, chosen, now)
                self.counts["reminder"] = self.counts.get("reminder", 0) + made.planned

    @contextmanager
    def _announced(self) -> Iterator[Connection]:
        """A transaction of the system, which the trail names together with the seed."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            connection.exec_driver_sql("SELECT gate.announce_system(%s)", (f"demo {self.plan.seed}",))
            yield connection

    def _writer(self, connection: Connection, store: int) -> Writer:
        return Writer(connection, self.sealer, self.plan.random("uuid", store), self.counts)

    def _shared(self, numbers: Numbers) -> tuple[list[Shop], Catalogue]:
        with self._announced() as connection:
            if marker.marked(connection) or (table := marker.filled(connection)):
                raise NotEmpty(in_the_way(None if marker.marked(connection) else table))
            marker.mark(connection, self.plan)
            writer = self._writer(connection, -1)
            catalogue = write_catalogue(self.plan, writer, numbers)
            organisation = Organisation(self.plan, writer, numbers, connection)
            shops = organisation.shops()
            for shop in shops:
                organisation.skills(shop, catalogue)
            return shops, catalogue

    def _stores(self, shops: list[Shop], catalogue: Catalogue, numbers: Numbers) -> None:
        """Each store's year is made up while the one before is written, so that two are in memory at most."""
        with ThreadPoolExecutor(1) as hand:
            writing = None
            for shop in shops:
                year = live(self.plan, shop, catalogue, numbers)
                if writing:
                    writing.result()
                writing = hand.submit(self._write, shop, year)
            if writing:
                writing.result()

    def _write(self, shop: Shop, year: StoreYear) -> None:
        with self._announced() as connection:
            writer = self._writer(connection, shop.nth)
            for batch in year.batches:
                writer.write(batch, shop.id)
            if shop.nth + 1 in STOCK_TAKINGS:
                connection.exec_driver_sql("ANALYZE")
            move_to_their_days(connection, shop.id, year)
        rows = sum(len(batch.rows) for batch in year.batches)
        self.say(f"{shop.name}：{rows} 条记录", f"{rows} records")


def in_the_way(table: str | None) -> Label:
    """Why nothing is loaded."""
    if table is None:
        return Label(
            "这里已装有演示数据；要重来请运行 make demo-reset。", "The demo is loaded already; run make demo-reset."
        )
    return Label(
        f"这里已有数据（{table}），演示数据只能装入空的系统。请换一个 FORECOURT_HOME。",
        f"There are records already ({table}); the demo loads into an empty installation. Choose another home.",
    )
