"""A store's year as made up, before it is written: salesmen differ, customers are lost, work is late, data has gaps."""

from collections import Counter
from datetime import date
from itertools import count
from random import Random

import pytest

from app.demo.cars import _owned
from app.demo.catalogue import Catalogue, Model
from app.demo.organisation import Shop
from app.demo.people import Person
from app.demo.plan import Plan
from app.demo.store_year import StoreYear, live
from app.demo.world import World
from app.demo.writing import Row
from tests.demo.years import SMALL, Year

PLAN = Plan(seed=11, scale=1.0, ends_on=SMALL.ends_on)


class Counted:
    """Numbers as a database gives them."""

    def __init__(self) -> None:
        self._from: dict[str, int] = {}

    def take(self, name: str, amount: int) -> list[int]:
        """The next numbers of a table."""
        first = self._from.get(name, 1)
        self._from[name] = first + amount
        return list(range(first, first + amount))

    def one(self, name: str) -> int:
        """The next number of a table."""
        return self.take(name, 1)[0]


@pytest.fixture(scope="module")
def shop(year: Year) -> Shop:
    return year.shops[0]


@pytest.fixture(scope="module")
def catalogue(shop: Shop) -> Catalogue:
    number = count(1)
    made = [
        Model(next(number), 1 + n // 2, shop.brand, f"车型{n}", "petrol", 5, 12_000_000 + n * 1_500_000, "LSV")
        for n in range(8)
    ]
    return Catalogue(tuple(made), tuple(range(1, 13)), tuple(range(1, 31)), (1, 2, 3, 4), 1, (1, 2, 3, 4, 5), (1, 1))


@pytest.fixture(scope="module")
def life(shop: Shop, catalogue: Catalogue) -> StoreYear:
    return live(PLAN, shop, catalogue, Counted())


def rows(life: StoreYear, entity: str) -> list[Row]:
    return [row for batch in life.batches if batch.entity == entity for row in batch.rows]


def test_a_good_salesman_sells_more_of_those_he_meets(shop: Shop, life: StoreYear):
    met = Counter(row["consultant"] for row in rows(life, "opportunity"))
    sold = Counter(row["consultant"] for row in rows(life, "opportunity") if row["stage"] == "delivered")
    staff = sorted(shop.staff["sales_consultant"], key=lambda one: one.talent)
    worst, best = (sold[one.id] / met[one.id] for one in (staff[0], staff[-1]))
    assert best > 1.25 * worst > 0


def test_customers_come_stay_away_and_are_lost(life: StoreYear):
    stages = Counter(stage for _, _, stage, _ in life.told)
    whole = sum(stages.values())
    assert set(stages) == {"prospect", "new", "active", "dormant", "lost"}
    assert 0.03 < stages["lost"] / whole < 0.4
    assert 0.2 < stages["active"] / whole < 0.8


def test_some_work_is_late_and_most_is_not(life: StoreYear):
    done = [one for one in rows(life, "work_order") if one["promised_at"] and one["settled_at"]]
    late = sum(one["settled_at"] > one["promised_at"] for one in done) / len(done)
    assert 0.03 < late < 0.4


def test_more_is_known_of_leads_that_came_far(life: StoreYear):
    def known(*states: str) -> float:
        some = [one for one in rows(life, "lead") if one["status"] in states]
        return sum(one["budget"] is not None for one in some) / len(some)

    assert known("converted") > 0.85
    assert 0.4 < known("invalid", "new", "contacted") < 0.75


def test_a_car_is_driven_forwards_however_the_dice_fall(shop: Shop, catalogue: Catalogue):
    """A million draws reach where a thousand do not: once a fleet's car was driven backwards."""
    world = World(PLAN, shop, catalogue, Counted())
    owner = Person(1, "车队", male=True, phone="+8615400000001", since=date(2020, 1, 1), firm="leasing")

    class Lowest(Random):
        def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
            return mu - 6 * sigma

    car = _owned(world, Lowest(1), 1, lambda _: "沪A00001", owner)
    assert car.daily > 0
    assert car.mileage(PLAN, PLAN.ends_on) >= car.mileage(PLAN, PLAN.begins_on) > 0


def test_papers_are_of_customers_whose_numbers_are_known(life: StoreYear):
    papers = rows(life, "customer_identity")
    cards = {one["id"]: one["id_card"] or one["uscc"] for one in rows(life, "customer")}
    assert len(papers) > 500
    assert {one["kind"] for one in papers} == {"id_card", "driving_licence", "uscc"}
    assert all(one["number"] == cards[one["customer"]] for one in papers)
