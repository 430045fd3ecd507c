"""One store's year, from its people to what was said to them, as batches in the order they are to be written."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo.care import Care
from app.demo.cars import Car, about_cars, garage, vehicle_rows
from app.demo.catalogue import Catalogue
from app.demo.contracts import Contracts
from app.demo.funnel import courses
from app.demo.insurance import Insurance
from app.demo.organisation import Shop
from app.demo.people import about_people, customer_rows, people
from app.demo.plan import Plan
from app.demo.showroom import Showroom
from app.demo.workload import visits, work_off
from app.demo.workshop import Workshop, packages
from app.demo.world import World
from app.demo.writing import Batch, Numbers

DEMOS = 3  # demonstration cars


@dataclass(slots=True)
class StoreYear:
    """What a store's year comes to: its batches, and what is to be told of each customer's days."""

    batches: list[Batch]
    told: list[tuple[int, date, str, date | None]]


def live(plan: Plan, shop: Shop, catalogue: Catalogue, numbers: Numbers) -> StoreYear:
    """Lives the year of one store."""
    crowd = people(plan, shop, numbers)
    world = World(plan, shop, catalogue, numbers)
    cars = garage(world, [one for one in crowd if not one.prospect])
    stock = [car for car in cars if car.status == "stock"]
    demos, for_sale = stock[:DEMOS], stock[DEMOS:]
    for car in demos:
        car.status = "on_sale"
    ways = courses(world, crowd, for_sale)
    queue = visits(plan, shop, cars)
    work_off(plan, shop, queue)
    remember(plan, cars, plan.random("past", shop.nth))
    found = [
        customer_rows(plan, shop, crowd),
        *about_people(plan, shop, plan.some(crowd), catalogue.notice),
        vehicle_rows(plan, shop, cars),
        *about_cars(plan, shop, plan.some(cars)),
        *Showroom(plan, shop, catalogue, ways, numbers).batches(demos),
        *Contracts(plan, shop, catalogue, ways, numbers).batches(),
        *Workshop(plan, shop, queue, cars, numbers, catalogue.recall).batches(),
        *packages(plan, shop, queue, numbers),
        *Insurance(plan, shop, plan.some(cars), catalogue.insurers, numbers).batches(),
        *Care(plan, shop, crowd, ways, queue, numbers).batches(),
    ]
    return StoreYear([batch for batch in found if batch.rows], [one.told(plan.ends_on) for one in crowd])


def remember(plan: Plan, cars: list[Car], random: Random) -> None:
    """When owners were here first and last: this year's visits, or for those who stayed away some day before it."""
    away = {"active": 60, "dormant": 40, "lost": 700}
    for car in cars:
        if car.owner is None or car.bought_on is None:
            continue
        car.owner.seen(max(car.bought_on, car.owner.since) if car.here else car.owner.since)
        for day in car.visits:
            car.owner.seen(day)
        if not car.visits and car.bought_on < plan.begins_on:
            past = plan.begins_on - timedelta(days=int(random.random() * away[car.loyalty]) + 10)
            car.owner.seen(max(past, car.owner.since))
