"""Reading, on ten thousand and on a million customers, as three people."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

import psycopg

from app.models import ENTITIES
from app.records.query import Cursor, encode
from bench import ground, load, people
from bench.house import BOSS, CONSULTANT, MANAGER, Office
from bench.meter import measure

DEEP = 10_000
SAME_PEOPLE = (CONSULTANT, MANAGER, BOSS)
API = "/api/v1/data/customer/"
LIST = "/data/customer/"


@dataclass(frozen=True, slots=True)
class Case:
    """One request: its name in the report, whether it is the API's, and its address."""

    name: str
    api: bool
    path: str


def run() -> list[dict[str, Any]]:
    """The cost of every case for every person on both sizes."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for size in (ground.SMALL, ground.LARGE):
        database = load.name_of(size)
        with Office(database) as office, ground.connect(database) as connection:
            for login in SAME_PEOPLE:
                for case in cases(connection, login):
                    browser = office.caller(login) if case.api else office.browser(login)
                    cost = measure(browser, browser.environ(case.path), database, office.engine)
                    row = found.setdefault((case.name, login), {"case": case.name, "person": login})
                    row[str(size)] = asdict(cost)
                    print(f"{size:>9,} {login:<11} {case.name:<38} web {cost.cpu:6.2f}  db {cost.database:6.2f}"
                          f"  wall {cost.wall:6.2f} ms  {cost.statements} statements", flush=True)  # fmt: skip
    return list(found.values())


def cases(connection: psycopg.Connection[Any], login: str) -> list[Case]:
    """What a person asks for; he reaches store 1 alone, or as head of the company all of them."""
    reach = "true" if login == BOSS else "store_id = 1"
    one = value(connection, f"SELECT id FROM customer WHERE {reach} ORDER BY id DESC OFFSET 7 LIMIT 1")
    total = value(connection, f"SELECT count(*) FROM (SELECT 1 FROM customer WHERE {reach} LIMIT {DEEP + 100}) AS few")
    deep = min(DEEP, total - 40)
    by_age = value(connection, f"SELECT id FROM customer WHERE {reach} ORDER BY id DESC OFFSET {deep} LIMIT 1")
    by_name = connection.execute(
        f"SELECT name_key, id FROM customer WHERE {reach} ORDER BY name_key, id OFFSET {deep} LIMIT 1"
    ).fetchone() or ("", 1)
    name = ENTITIES["customer"].by_name["name"]
    aged, named = encode(Cursor(None, by_age), None), encode(Cursor(*by_name), name)
    number = value(connection, f"SELECT id FROM customer WHERE {reach} ORDER BY id OFFSET 100 LIMIT 1")
    car = value(connection, f"SELECT id FROM vehicle WHERE {reach} ORDER BY id OFFSET 10 LIMIT 1")
    return [
        Case("API get", True, f"{API}{one}"),
        Case("API list, first page", True, API),
        Case("HTML list, first page", False, LIST),
        Case("HTML list, deep page by age", False, f"{LIST}?after={aged}"),
        Case("HTML list, by name", False, f"{LIST}?order=name"),
        Case("HTML list, deep page by name", False, f"{LIST}?order=name&after={named}"),
        Case("HTML list, filter by stage", False, f"{LIST}?where=stage~eq~new"),
        Case("HTML list, search a common name", False, f"{LIST}?q={quote(people.COMMON)}"),
        Case("HTML list, search a phone", False, f"{LIST}?q={people.phone(number)[3:]}"),
        Case("HTML list, search a plate", False, f"/data/vehicle/?q={quote(people.plate(car))}"),
        Case("search box, a common name", False, f"/search?q={quote(people.COMMON)}"),
        Case("search box, a phone", False, f"/search?q={people.phone(number)[3:]}"),
        Case("search box, a plate", False, f"/search?q={quote(people.plate(car))}"),
    ]


def value(connection: psycopg.Connection[Any], statement: str) -> int:
    """The single number a statement answers."""
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
