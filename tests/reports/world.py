"""A store of one's own, made row by row, so that each figure can be worked out by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine

from app.models import ENTITIES
from app.reports.kpis import BY_CODE
from app.reports.measure import measure
from tests.appkit import Premises

NUMBERS = count(1)


def at(text: str) -> datetime:
    """A moment in Shanghai: "10-05" or "10-05 09:00" of 2026, or with its year; ten o'clock unless said."""
    day, _, hour = text.partition(" ")
    return datetime.fromisoformat(f"{day if day.count('-') == 2 else f'2026-{day}'}T{hour or '10:00'}+08:00")


@dataclass
class World:
    """One store with nothing in it but what a test puts there."""

    premises: Premises
    worker: Engine
    name: str = ""
    store: int = 0
    known: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        number = next(NUMBERS)
        company = self.premises.one("SELECT min(id) FROM company")
        self.name = self.name or f"报表店{number}"
        self.store = self.add("store", code=f"RP{number}", name=self.name, company_id=company, store=False)

    def add(self, table: str, *, store: bool = True, **values: object) -> int:
        """A row as a feed would bring it; its id."""
        entity = ENTITIES[table]
        filled = {one.column: one.kind.read(one.default) for one in entity.fields if one.default is not None}
        given: Mapping[str, Any] = ({"store_id": self.store} if store else {}) | filled | values
        columns, marks = ", ".join(given), ", ".join(["%s"] * len(given))
        return int(self.premises.one(f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id", *given.values()))

    def person(self, name: str) -> int:
        """An employee."""
        if name not in self.known:
            self.known[name] = self.add("employee", number=f"R{next(NUMBERS)}", name=name)
        return self.known[name]

    def customer(self, **values: object) -> int:
        """A customer."""
        return self.add("customer", **{"name": f"客户{next(NUMBERS)}", "kind": "person", "stage": "new"} | values)

    def car(self, **values: object) -> int:
        """A car in somebody's hands."""
        vin = f"LRP{next(NUMBERS):014d}"
        return self.add("vehicle", **{"vin": vin, "status": "delivered"} | values)

    def shared(self, key: str, table: str, **values: object) -> int:
        """A row the group shares, once a world."""
        if key not in self.known:
            self.known[key] = self.add(table, store=False, **values)
        return self.known[key]

    def model(self) -> int:
        """A model of a series of a brand."""
        n = next(NUMBERS)
        brand = self.shared("brand", "brand", code=f"RB{n}", name=f"牌{n}")
        series = self.shared("series", "series", code=f"RS{n}", name=f"系{n}", brand_id=brand)
        return self.shared("model", "vehicle_model", code=f"RM{n}", name=f"型{n}", series_id=series)

    def walk_in(self, when: str, seller: str | None = None, **values: object) -> int:
        """A party at the door."""
        given = {"visitor": "来客", "arrived_at": at(when), "purpose": "look", "first_visit": True}
        return self.add("showroom_visit", **given | {"consultant_id": seller and self.person(seller)} | values)

    def order(self, when: str, seller: str | None = None, **values: object) -> int:
        """A signed order."""
        given = {
            "customer_id": self.known.get("buyer") or self.known.setdefault("buyer", self.customer()),
            "model_id": self.model(), "ordered_at": at(when), "status": "confirmed", "price": 100_000_00,
            "consultant_id": seller and self.person(seller),
        }  # fmt: skip
        return self.add("sales_order", **given | values)

    def delivery(self, when: str, seller: str | None = None, **values: object) -> int:
        """A delivered car with its order; the car's id."""
        car = self.car()
        order = self.order(when, seller, vehicle_id=car, status="allocated", **values)
        self.add("delivery", sales_order_id=order, delivered_at=at(when), consultant_id=seller and self.person(seller))
        return car

    def visit(self, car: int, when: str, amount: int = 113_00, **values: object) -> int:
        """A settled work order."""
        given = {
            "vehicle_id": car, "kind": "maintenance", "payer": "customer", "opened_at": at(when),
            "settled_at": at(when), "status": "settled", "amount": amount,
        }  # fmt: skip
        return self.add("work_order", **given | values)

    def policy(self, ends_on: str, **values: object) -> int:
        """A commercial policy of ours that ends on a day, a year after it began."""
        last = date.fromisoformat(ends_on)
        n = next(NUMBERS)
        insurer = self.shared("insurer", "insurer", code=f"RI{n}", name=f"险{n}")
        given = {
            "number": f"RP{next(NUMBERS)}", "insurer_id": insurer, "kind": "commercial", "channel": "here",
            "starts_on": last.replace(year=last.year - 1), "ends_on": last, "premium": 300_000,
        }  # fmt: skip
        return self.add("insurance_policy", **given | {"vehicle_id": values.get("vehicle_id") or self.car()} | values)

    def complaint(self, received: str, closed: str | None = None, **values: object) -> int:
        """A complaint."""
        given = {
            "received_at": at(received), "closed_at": closed and at(closed), "description": "事由",
            "contact_name": "某人", "contact": b"x", "status": "closed" if closed else "registered",
            "acknowledged_at": at(received),
        }  # fmt: skip
        if closed:
            place = self.known.get("place") or self.known.setdefault("place", self.add("department", name="服务部"))
            given |= {"responsible_department_id": place, "plan": "修", "answer": "修好了", "satisfaction": 5}
        return self.add("complaint", **given | values)

    def measure(self, month: str, *codes: str, now: datetime = datetime(2026, 11, 1, tzinfo=UTC)) -> None:
        """Works out a month's figures, of some KPIs or all."""
        with self.worker.begin() as connection:
            connection.exec_driver_sql("SELECT gate.announce_system('r-job')")
            measure(connection, date.fromisoformat(month), now, [BY_CODE[one] for one in codes or BY_CODE])

    def figure(
        self, code: str, month: str = "2026-10-01", part: str = "all", who: str | None = None
    ) -> tuple[int, int]:
        """Numerator and denominator."""
        sql = (
            "SELECT numerator, denominator FROM kpi_figure WHERE store_id = %s AND code = %s AND month = %s"
            " AND part = %s AND employee_id IS NOT DISTINCT FROM %s"
        )
        found = self.premises.run(sql, self.store, code, month, part, self.known[who] if who else None)
        assert len(found) == 1, (code, month, part, who, found)
        return found[0]
