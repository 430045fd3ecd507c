"""How prospects come, how far each goes, and when: the course of every opportunity before it becomes rows."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.demo import numbers
from app.demo.calendar import Days, sales, signing
from app.demo.cars import Car
from app.demo.catalogue import CHANNELS, SOURCES, Catalogue, Model
from app.demo.organisation import Colleague, Shop
from app.demo.people import Person
from app.demo.plan import LEAD_IN, Plan
from app.demo.world import World

# The part of all opportunities that comes at least so far, where the consultant is a usual one.
REACHES = (
    ("intent", 1.0),
    ("needs", 0.88),
    ("test_drive", 0.73),
    ("quotation", 0.6),
    ("negotiation", 0.52),
    ("order", 0.43),
)
GAPS = {"needs": 2, "test_drive": 6, "quotation": 4, "negotiation": 6}  # days a step takes, at most
CANCELS = 0.06
FROM_LEAD = 0.72
PATIENCE = 24  # days after which a consultant gives up, at least
RETURNING = 0.065  # owners among who comes for a car


@dataclass(slots=True)
class Course:
    """One person's way to a car, or away from it."""

    id: int
    person: Person
    seller: Colleague
    source: int  # place among the sources
    model: Model
    opened: date
    steps: list[tuple[str, date]] = field(default_factory=list)
    car: Car | None = None
    ordered: date | None = None
    delivered: date | None = None
    cancelled: date | None = None
    lost: date | None = None
    from_lead: bool = False

    @property
    def stage(self) -> str:
        """Where it stands on the last day."""
        if self.lost:
            return "lost"
        return self.steps[-1][0]

    def day_of(self, step: str) -> date | None:
        """When it came to a step, if it did."""
        return next((day for name, day in self.steps if name == step), None)


def courses(world: World, crowd: list[Person], stock: list[Car]) -> list[Course]:
    """Every opportunity of the store's year, by the day it opened; sold cars find their owners."""
    plan, shop = world.plan, world.shop
    random = plan.random("opportunity", shop.nth)
    comers = [one for one in crowd if one.prospect]
    owners = [one for one in crowd if not one.prospect and not one.firm]
    comers += random.sample(owners, min(round(len(comers) * RETURNING), len(owners)))
    days = Days(plan, sales, before=LEAD_IN)
    opened = sorted(((days.draw(random), one) for one in comers), key=lambda pair: (pair[0], pair[1].id))
    ids = world.numbers.take("opportunity", len(opened))
    made = Makings(
        plan, shop, world.catalogue, random, Days(plan, signing, before=LEAD_IN, after=40), list(reversed(stock))
    )
    return [made.course(number, day, one) for number, (day, one) in zip(ids, opened, strict=True)]


@dataclass(slots=True)
class Makings:
    """What courses are made with: the dice, the days and the cars still in stock."""

    plan: Plan
    shop: Shop
    catalogue: Catalogue
    random: Random
    signing: Days
    stock: list[Car]

    def course(self, number: int, day: date, one: Person) -> Course:
        """How it goes with one person."""
        random = self.random
        seller = self.shop.pick(random, "sales_consultant", day)
        channel = random.choices(CHANNELS, [share for _, share, _ in CHANNELS])[0]
        from_lead = random.random() < FROM_LEAD
        source = channel[0] if from_lead else 0
        models = self.catalogue.of_brand(self.shop.brand)
        made = Course(number, one, seller, source, models[int(random.random() ** 1.3 * len(models))], day)
        made.from_lead = from_lead
        if one.prospect:
            one.since, one.seller, one.source, one.opportunity = day, seller.id, SOURCES[source][1], day
        self._walk(made, seller.talent * (channel[2] if from_lead else 1.1) ** 0.5)
        return made

    def _walk(self, made: Course, luck: float) -> None:
        """The steps it takes; it stands where the year ends, or is given up some weeks after the last."""
        dice, day = self.random.random(), made.opened
        for step, share in REACHES:
            if dice >= share ** (1 / luck):
                break
            if step == "order":
                self._order(made, day)
                return
            day += timedelta(days=int(self.random.random() * (GAPS.get(step, 0) + 1)))
            if day >= self.plan.ends_on:
                return
            made.steps.append((step, day))
        gone = day + timedelta(days=int(PATIENCE + self.random.random() ** 2 * 60))
        made.lost = gone if gone < self.plan.ends_on else None

    def _order(self, made: Course, day: date) -> None:
        signed = self.signing.draw(self.random, day, day + timedelta(days=13))
        if signed >= self.plan.ends_on or not self.stock:
            return
        made.steps.append(("order", signed))
        made.ordered, made.car = signed, self.stock.pop()
        made.model = made.car.model
        if self.random.random() < CANCELS:
            self._cancel(made, signed)
            return
        handed = self.signing.draw(self.random, signed + timedelta(days=3), signed + timedelta(days=24))
        if signed + timedelta(days=3) <= handed < self.plan.ends_on:
            made.steps.append(("delivered", handed))
            self._hand_over(made, made.car, handed)

    def _cancel(self, made: Course, signed: date) -> None:
        gone = signed + timedelta(days=2 + int(self.random.random() * 20))
        if gone < self.plan.ends_on:
            made.cancelled = made.lost = gone

    def _hand_over(self, made: Course, car: Car, day: date) -> None:
        made.delivered = car.bought_on = day
        car.owner, one = made.person, made.person
        car.plate = numbers.plate(self.shop.plate, 200_000 + car.id % 40_000, car.model.energy)
        car.km, car.daily = 8 + int(self.random.random() * 20), max(self.random.gauss(38, 14), 5)
        car.loyalty = "active" if self.random.random() < 0.85 else "lost"
        one.cars.append(car.id)
        one.buys = True
        one.seen(day)
