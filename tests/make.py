"""Records for stories: values from each kind's example, written as the people who may write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

from app.core.action import Action
from app.core.entity import Entity
from app.core.field import Field
from app.core.scope import Belongs
from app.records import write
from tests.appkit import Premises
from tests.cast import PUDONG

# Values that agree with each other, where checks ask for it and examples taken apart would not; what must be made
# first is made by a function of (make, store).
FITTING: dict[str, dict[str, object]] = {
    "employee": {"left_on": None},
    "service_appointment": {"starts_at": "2026-11-20T09:00:00+08:00", "ends_at": "2026-11-20T10:00:00+08:00"},
    "work_order": {
        "opened_at": "2026-11-20T09:00:00+08:00",
        "promised_at": "2026-11-20T17:00:00+08:00",
        "mileage_reason": None,
        "promise_reason": None,
    },
    "work_order_line": {"quantity": "2", "price": "100", "discount": "10"},
    "employee_skill": {"issued_on": "2024-05-01", "expires_on": "2027-05-01"},
    "test_drive": {
        "starts_at": "2026-11-20T09:00:00+08:00",
        "ends_at": "2026-11-20T09:40:00+08:00",
        "licence_checked": True,
    },
    "opportunity_stage_log": {"was": "intent", "becomes": "needs"},
    "quotation": {"quoted_on": "2026-11-20", "valid_until": "2026-12-20", "price": "150000", "discount": "5000"},
    "quotation_line": {"quantity": "2", "price": "100", "discount": "10"},
    "sales_order": {"price": "150000", "discount": "5000", "deposit": "10000"},
    "sales_order_line": {"quantity": "2", "price": "100", "discount": "10"},
    "sales_target": {"month": "2026-11-01", "employee": lambda make, store: str(make.employee(store=store))},
    "delivery": {
        "sales_order": lambda make, store: str(make.allocated(store=store)),
        "delivered_at": "2026-11-20T15:00:00+08:00",
        "odometer": "12",
    },
    "vehicle_plate": {"since": "2024-05-01", "until": "2025-05-01"},
    "vehicle_role": {"since": "2024-05-01", "until": "2025-05-01"},
    "odometer_reading": {"read_at": "2026-01-05T09:00:00+08:00", "correction": None},
    "warranty_term": {"starts_on": "2024-05-01", "ends_on": "2027-05-01"},
    "inspection_record": {"done_on": "2026-05-08", "valid_until": "2028-05-31"},
    "work_order_status": {"was": "reception", "becomes": "dispatched"},
    "promise_change": {"was": "2026-11-20T17:00:00+08:00", "becomes": "2026-11-21T12:00:00+08:00"},
    "job_segment": {
        "starts_at": "2026-11-20T09:00:00+08:00",
        "ends_at": "2026-11-20T10:00:00+08:00",
        "began_at": None,
        "finished_at": None,
        "pause_reason": None,
    },
    "service_package_use": {"times": 1},
    "service_package": {"bought_on": "2026-01-05", "expires_on": "2028-01-05", "price": "0", "refunded": None},
    "insurance_policy": {"starts_on": "2026-05-01", "ends_on": "2027-04-30", "vehicle_tax": None, "coverages": None},
    "renewal_case": {"year": 2027, "due_on": "2027-04-30", "lost_reason": None},
    "recall_campaign": {"announced_on": "2026-03-01", "ends_on": "2028-03-01"},
    "contact_point": {"kind": "mobile"},
    "customer_identity": {"kind": "id_card"},
    "task": {"subject_entity": "customer", "idem_key": None},
    "consent": {"action": "withdraw", "at": "2026-03-01T09:00:00+08:00"},
    "message_template": {"channel": "wechat"},
    "reminder_rule": {"code": "R02a", "lead_days": "-30, -14, 7"},
}
WRITERS = ("boss", "admin", "auditor")  # between them they may add everything, in either store


@dataclass
class Make:
    """Makes records in the shared database; each answers its id and differs from every other."""

    premises: Premises
    _numbers: "count[int]" = field(default_factory=lambda: count(1_000))

    def customer(self, *, store: str = PUDONG, **values: object) -> int:
        """A customer of a store."""
        return self.record("customer", store=store, **values)

    def vehicle(self, *, store: str = PUDONG, **values: object) -> int:
        """A vehicle of a store."""
        return self.record("vehicle", store=store, **values)

    def employee(self, *, store: str = PUDONG, **values: object) -> int:
        """An employee of a store, without an account."""
        return self.record("employee", store=store, **values)

    def number(self) -> int:
        """A number no record was made with."""
        return next(self._numbers)

    def record(self, entity: str, *, store: str = PUDONG, **values: object) -> int:
        """A record of any entity: every field filled from its kind's example, what it must refer to made first."""
        described = self.entity(entity)
        given = self.values(described, store=store, given=values)
        given = {name: value for name, value in given.items() if value is not None}
        if described.belongs is Belongs.STORE:
            given["store"] = str(self.premises.stores[store])
        with self.premises.acting(self.writer(entity)) as context:
            return write.insert(context, described, given)

    def values(
        self, described: Entity, *, store: str = PUDONG, given: Mapping[str, object] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Raw values for a new record, as a form or a client would give them, and those given."""
        number = self.number()
        wanted = [item for item in described.fields if self.fits(item) and item.name not in given]
        made = {item.name: self.value(item, number, store) for item in wanted} | self.fitting(described, given, store)
        return made | dict(given)

    def value(self, item: Field, number: int, store: str) -> object:
        """One raw value: the n-th example, or a new record to refer to."""
        if item.target:
            return str(self.record(item.target, store=store))
        return item.kind.dump(item.kind.example(number))

    def references(self, described: Entity, *, store: str = PUDONG) -> dict[str, str]:
        """A new record for each reference; what several refer to (an order's and its appointment's car) is one."""
        made: dict[str, str] = {}
        wanted = [item for item in described.references if not item.readonly]
        names = {item.name for item in wanted}
        shared = {item.name: self.shared(item, names) for item in wanted}
        for item in sorted(wanted, key=lambda one: len(shared[one.name])):
            same = {name: made[name] for name in shared[item.name] if name in made}
            made[item.name] = str(self.record(item.target or "", store=store, **same))
        return made

    def shared(self, item: Field, names: set[str]) -> set[str]:
        """Those of the names that are references of the record `item` refers to as well."""
        return {one.name for one in self.entity(item.target or "").references if one.name in names}

    def fitting(self, described: Entity, given: Mapping[str, object], store: str) -> dict[str, object]:
        """What makes the values of an entity agree, but for what is given."""
        if described.name == "audit_review" and not {"from_on", "until_on"} & set(given):
            day = self.a_day()
            return {"from_on": day, "until_on": day}
        rest = {name: value for name, value in FITTING.get(described.name, {}).items() if name not in given}
        return {name: value(self, store) if callable(value) else value for name, value in rest.items()}

    def a_day(self) -> str:
        """A day long past that no record was made for."""
        return str(date(1980, 1, 1) + timedelta(days=self.number()))

    def allocated(self, *, store: str = PUDONG, **values: object) -> int:
        """A sales order whose car is in stock and allocated to it."""
        car = self.vehicle(store=store, status="stock")
        number = self.record("sales_order", store=store, **{"vehicle": str(car)} | values)
        self.premises.run("UPDATE sales_order SET ordered_at = now(), status = 'allocated' WHERE id = %s", number)
        return number

    def fits(self, item: Field) -> bool:
        """Whether a new record gets a value: what the system fills in, files and optional references stay empty."""
        return not item.readonly and item.kind.code != "file" and not (item.target and not item.required)

    def entity(self, name: str) -> Entity:
        """The description in force."""
        with self.premises.acting("admin") as context:
            return context.entity(name)

    def writer(self, entity: str) -> str:
        """Somebody who may add records of the entity."""
        return next(part for part in WRITERS if self.premises.actor(part).may(Action.CREATE, entity))
