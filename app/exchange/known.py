"""Which persons and cars of a file a store has already: by number, identity card, phone and name, or VIN."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Connection

from app.core.label import Label

TWICE = Label(
    "客户编号“{number}”在文件里属于另一位客户，请更正编号或姓名。",
    "In this file the customer number “{number}” belongs to somebody else; correct the number or the name.",
)
TAKEN = Label(
    "本店已有编号为“{number}”的另一位客户，请更正编号或姓名。",
    "Another customer of this store has the number “{number}”; correct the number or the name.",
)


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a line's customer and car are known; sealed values by their blind index."""

    line: int
    name: str | None = None
    number: str | None = None
    card: bytes | None = None
    phone: bytes | None = None
    vin: str | None = None

    @classmethod
    def of(cls, line: int, customer: dict[str, Any] | None, vehicle: dict[str, Any] | None) -> Self:
        """The keys of a staged line."""
        person, car = customer or {}, vehicle or {}
        card, phone = (_bytes(person.get(f"{name}_bidx")) for name in ("id_card", "phone"))
        return cls(line, person.get("name"), person.get("number"), card, phone, car.get("vin"))

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Its parts; see RawRow."""
        return type(self), (self.line, self.name, self.number, self.card, self.phone, self.vin)

    def persons(self) -> Iterator[tuple[str, object]]:
        """Each way the customer is known, the surest first."""
        if self.number:
            yield "number", self.number
        if self.card:
            yield "id_card", self.card
        if self.phone and self.name:
            yield "person", (self.phone, self.name)


def _bytes(text: str | None) -> bytes | None:
    return bytes.fromhex(text[2:]) if text else None


@dataclass(frozen=True, slots=True)
class Match:
    """What a store has of a line: a customer and why it is the same, a car; `clash` when its number is another's."""

    customer: int | None = None
    why: str | None = None
    vehicle: int | None = None
    clash: Label | None = None


@dataclass(slots=True)
class Found:
    """What a store has under some keys."""

    numbers: dict[str, tuple[int, str]] = field(default_factory=dict)
    others: dict[tuple[str, object], int] = field(default_factory=dict)
    cars: dict[str, tuple[int, int | None, str | None, bool]] = field(default_factory=dict)

    def match(self, keys: Keys) -> Match:
        """What the store has of this line."""
        car = self.cars.get(keys.vin) if keys.vin else None
        vehicle = car[0] if car else None
        for way, key in keys.persons():
            if way == "number" and (known := self.numbers.get(str(key))):
                if known[1] != keys.name:
                    return Match(None, None, vehicle, TAKEN.format(number=keys.number))
                return Match(known[0], way, vehicle)
            if (other := self.others.get((way, key))) is not None:
                return Match(other, way, vehicle)
        # The owner of the same car by the same name is the same person, unless two numbers say otherwise.
        if car and car[1] and keys.name and car[2] == keys.name and not (keys.phone and car[3]):
            return Match(car[1], "car", vehicle)
        return Match(vehicle=vehicle)


def find(connection: Connection, store: int, lines: Iterable[Keys]) -> Found:
    """What the store has of these lines, in at most four statements."""
    keys = list(lines)
    found = Found()
    if numbers := [one.number for one in keys if one.number]:
        sql = "SELECT number, id, name FROM customer WHERE store_id = %s AND number = ANY (%s)"
        rows = connection.exec_driver_sql(sql, (store, numbers))
        found.numbers = {number: (record, name) for number, record, name in rows}
    if cards := [one.card for one in keys if one.card]:
        sql = "SELECT id_card_bidx, min(id) FROM customer WHERE store_id = %s AND id_card_bidx = ANY (%s) GROUP BY 1"
        rows = connection.exec_driver_sql(sql, (store, cards))
        found.others |= {("id_card", bytes(card)): record for card, record in rows}
    if phones := [one.phone for one in keys if one.phone]:
        sql = (
            "SELECT phone_bidx, name, min(id) FROM customer WHERE store_id = %s AND phone_bidx = ANY (%s) GROUP BY 1, 2"
        )
        rows = connection.exec_driver_sql(sql, (store, phones))
        found.others |= {("person", (bytes(phone), name)): record for phone, name, record in rows}
    if vins := [one.vin for one in keys if one.vin]:
        sql = (
            "SELECT v.vin, v.id, v.customer_id, c.name, c.phone_bidx IS NOT NULL FROM vehicle v"
            " LEFT JOIN customer c ON c.store_id = v.store_id AND c.id = v.customer_id"
            " WHERE v.store_id = %s AND v.vin = ANY (%s)"
        )
        found.cars = {row[0]: tuple(row[1:]) for row in connection.exec_driver_sql(sql, (store, vins))}
    return found


@dataclass(slots=True)
class Seen:
    """The persons and cars of the lines read so far, each by the first line about it."""

    _persons: dict[tuple[str, object], int] = field(default_factory=dict)
    _names: dict[str, str | None] = field(default_factory=dict)
    _cars: dict[str, int] = field(default_factory=dict)

    def clash(self, keys: Keys) -> Label | None:
        """Why the line cannot be: its number stood before with another name."""
        if keys.number and self._names.get(keys.number, keys.name) != keys.name:
            return TWICE.format(number=keys.number)
        return None

    def person(self, keys: Keys) -> int | None:
        """The earlier line about the same customer, or None; the line counts as seen."""
        ways = list(keys.persons())
        leader = next((self._persons[way] for way in ways if way in self._persons), None)
        for way in ways:
            self._persons.setdefault(way, leader or keys.line)
        if keys.number:
            self._names.setdefault(keys.number, keys.name)
        return leader

    def car(self, keys: Keys) -> int | None:
        """The earlier line about the same car, or None; the line counts as seen."""
        return None if not keys.vin or (first := self._cars.setdefault(keys.vin, keys.line)) == keys.line else first
