"""Records for stories: values from each kind's example, written as the people who may write them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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

# Values that agree with each other, where checks ask for it and examples taken apart would not.
FITTING: dict[str, dict[str, object]] = {
    "service_appointment": {"starts_at": "2026-11-20T09:00:00+08:00", "ends_at": "2026-11-20T10:00:00+08:00"},
    "work_order": {"opened_at": "2026-11-20T09:00:00+08:00", "promised_at": "2026-11-20T17:00:00+08:00"},
    "work_order_line": {"quantity": "2", "price": "100", "discount": "10"},
}
WRITERS = ("boss", "admin")  # between them they may add everything, in either store


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
        made = {item.name: self.value(item, number, store) for item in wanted} | FITTING.get(described.name, {})
        return made | dict(given)

    def value(self, item: Field, number: int, store: str) -> object:
        """One raw value: the n-th example, or a new record to refer to."""
        if item.target:
            return str(self.record(item.target, store=store))
        return item.kind.dump(item.kind.example(number))

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
