"""A store's cars: whose they are, what they are, how much they are driven and how faithful their owners are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random

from app.demo import numbers
from app.demo.catalogue import Model
from app.demo.organisation import Shop
from app.demo.people import Person
from app.demo.plan import Plan
from app.demo.words import COLOURS
from app.demo.world import World
from app.demo.writing import Batch, Row

ELSEWHERE = 0.3  # of the cars serviced here were bought at another store
LOYALTY = (("active", 0.7), ("dormant", 0.13), ("lost", 0.17))


@dataclass(slots=True)
class Car:
    """A car: its owner, model and day of purchase, kilometres on the first day and per day, and its visits."""

    id: int
    vin: str
    plate: str | None
    model: Model
    color: str
    bought_on: date | None
    owner: Person | None
    loyalty: str
    km: float
    daily: float
    here: bool
    status: str = "delivered"
    visits: list[date] = field(default_factory=list)

    def mileage(self, plan: Plan, day: date) -> int:
        """What its odometer shows on a day of the year, or within the year after its purchase."""
        start = max(self.bought_on or plan.begins_on, plan.begins_on)
        return int(self.km + self.daily * max((day - start).days, 0))


def garage(world: World, owners: list[Person]) -> list[Car]:
    """The cars of earlier years, then those in stock or sold this year, in that order."""
    plan, shop = world.plan, world.shop
    random = plan.random("vehicle", shop.nth)
    count = plan.volume("vehicle", shop.nth)
    stock = min(plan.volume("order", shop.nth) + plan.volume("stock", shop.nth), count // 3)
    ids = world.numbers.take("vehicle", count)
    holders = _holders(random, owners, count - stock)
    owned = [
        _owned(world, random, number, partial(numbers.plate, shop.plate, nth), one)
        for nth, (number, one) in enumerate(zip(ids, holders, strict=False))
    ]
    return [*owned, *(_new(world, random, number) for number in ids[len(owned) :])]


def _new(world: World, random: Random, number: int) -> Car:
    """A car fresh from the maker."""
    models = world.catalogue.of_brand(world.shop.brand)
    model = models[int(random.random() ** 1.3 * len(models))]
    vin = numbers.vin(model.maker, world.plan.ends_on.year, number)
    color = numbers.pick(random, COLOURS)
    return Car(number, vin, None, model, color, None, None, "active", 8, 30, here=True, status="stock")


def _holders(random: Random, owners: list[Person], count: int) -> list[Person]:
    """Whose each car is: everybody has one, companies have fleets, some people two."""
    spare = max(count - len(owners), 0)
    weights = [12.0 if one.firm else 0.55 for one in owners]
    more = random.choices(owners, weights, k=spare)
    return sorted([*owners[:count], *more], key=lambda one: one.id)


def _owned(world: World, random: Random, number: int, plate: Callable[[str], str], one: Person) -> Car:
    """A car of an earlier year."""
    plan = world.plan
    models = world.catalogue.of_brand(world.shop.brand) if random.random() < 0.9 else world.catalogue.models
    model = models[int(random.random() * len(models))]
    bought = one.since + timedelta(days=int(random.random() * 90 * len(one.cars)))
    bought = min(bought, plan.begins_on - timedelta(days=1))
    # Among a million cars a bell's far end lies below nought.
    daily = max(random.gauss(75, 18) if one.firm else random.gauss(36, 14), 4)
    loyalty = random.choices([name for name, _ in LOYALTY], [share for _, share in LOYALTY])[0]
    driven = (plan.begins_on - bought).days * daily * (0.8 + random.random() * 0.3) + 20
    one.cars.append(number)
    return Car(
        number, numbers.vin(model.maker, bought.year, number), plate(model.energy), model,
        numbers.pick(random, COLOURS), bought, one, "active" if one.firm else loyalty, driven, daily,
        here=random.random() > ELSEWHERE,
    )  # fmt: skip


def vehicle_rows(plan: Plan, shop: Shop, cars: list[Car]) -> Batch:
    """The cars as they stand before this year's deliveries; what follows from a delivery follows."""
    random = plan.random("vehicle_row", shop.nth)
    return Batch("vehicle", [_vehicle(plan, random, car) for car in cars])


def _vehicle(plan: Plan, random: Random, car: Car) -> Row:
    owner = car.owner if car.status == "delivered" else None
    status = car.status
    if owner and car.loyalty == "lost" and random.random() < 0.12:
        status = "transferred" if random.random() < 0.85 else "scrapped"
    registered = car.bought_on + timedelta(days=int(random.random() * 20) + 2) if car.bought_on else None
    return {
        "id": car.id, "plate": car.plate, "vin": car.vin, "customer": owner.id if owner else None,
        "model": car.model.name,
        "catalogue_model": car.model.id, "energy": car.model.energy, "color": car.color,
        "engine_number": f"E{car.id:08d}", "status": status, "bought_on": car.bought_on if owner else None,
        "use": "commercial" if owner and owner.firm == "leasing" else "private", "seats": car.model.seats,
        "channel": ("here" if car.here else "elsewhere") if owner else None,
        "registered_on": min(registered, plan.ends_on - timedelta(days=1)) if registered else None,
        "sales_owner": owner.seller if owner and car.here else None, "service_owner": owner.advisor if owner else None,
    }  # fmt: skip


def about_cars(plan: Plan, shop: Shop, cars: list[Car]) -> list[Batch]:
    """Warranties and inspections of cars that have owners."""
    random = plan.random("about_cars", shop.nth)
    warranties: list[Row] = []
    inspections: list[Row] = []
    for car in cars:
        if car.bought_on is None or car.owner is None:
            continue
        if (plan.ends_on - car.bought_on).days < 1_200:
            warranties.append({"vehicle": car.id, "kind": "whole", "starts_on": car.bought_on, "km": 100_000,
                               "ends_on": car.bought_on + timedelta(days=1_095)})  # fmt: skip
            if car.model.energy in ("electric", "plug_in"):
                warranties.append({"vehicle": car.id, "kind": "three_electric", "starts_on": car.bought_on,
                "km": 160_000,
                                   "ends_on": car.bought_on + timedelta(days=2_920)})  # fmt: skip
        if random.random() < 0.45 and (plan.ends_on - car.bought_on).days > 730:
            done = plan.begins_on + timedelta(days=int(random.random() * 364))
            old = (done - car.bought_on).days > 2_200
            inspections.append({"vehicle": car.id, "valid_until": done + timedelta(days=365 if old else 730),
                                "kind": "test" if old else "claim", "done_on": done,
                                "by_store": random.random() < 0.4})  # fmt: skip
    return [Batch("warranty_term", warranties), Batch("inspection_record", inspections)]
