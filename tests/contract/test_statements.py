"""How many SQL statements a page costs: as recorded, and the same for one record and for fifty.

`FORECOURT_RECORD=1` writes the counts anew; a changed file belongs in the change that caused it.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.action import Action
from app.core.entity import Entity
from tests.appkit import Desk, Premises
from tests.cast import PUDONG
from tests.contract.words import ours
from tests.make import Make

RECORDED = Path(__file__).parents[1] / "query_counts.json"
MOST_OF_A_LIST = 8
MANY = 50


def cost(premises: Premises, desk: Desk, path: str) -> int:
    """The statements a page costs once everything that is read once is known."""
    desk.get(path).close()
    with premises.statements() as sent:
        answer = desk.get(path)
        answer.get_data()
    assert answer.status_code == 200, answer.text[:300]
    return len(sent)


@pytest.fixture
def label(entity: Entity, make: Make) -> str:
    """A text by which this test's records are found."""
    return f"条目{make.number()}"


@pytest.mark.of(having=ours)
def test_a_page_costs_what_is_recorded_however_many_records_it_shows(
    entity: Entity, premises: Premises, make: Make, label: str
) -> None:
    field = next(
        item for item in entity.fields if item.kind.code == "text" and not item.unique and item.name != "number"
    )
    asked = f"where={field.name}~eq~{label}&size={MANY}"
    desk, api, base = premises.desk("manager"), premises.caller("manager"), f"/data/{entity.name}"
    number = full(make, entity, {field.name: label})
    roads = {
        "list": (desk, f"{base}/?{asked}"),
        "api list": (api, f"/api/v1{base}/?{asked}"),
        "show": (desk, f"{base}/{number}"),
        "edit": (desk, f"{base}/{number}/edit"),
        "add": (desk, f"{base}/add"),
        "api get": (api, f"/api/v1{base}/{number}"),
        "lookup": (desk, f"{base}/lookup?q="),
        "export": (desk, f"{base}/export.csv?{asked}"),
    }
    one = {name: cost(premises, *road) for name, road in roads.items()}
    for _ in range(MANY - 1):
        full(make, entity, {field.name: label})
    fifty = {name: cost(premises, *road) for name, road in roads.items()}
    assert fifty == one
    assert one["list"] <= MOST_OF_A_LIST
    assert one == recorded(entity.name, one)


READERS = ("boss", "admin", "manager", "advisor", "auditor")


@pytest.mark.of(having=lambda entity: not ours(entity))
def test_every_other_list_and_form_costs_what_is_recorded(entity: Entity, premises: Premises, make: Make) -> None:
    readers = [part for part in READERS if premises.actor(part).may(Action.LIST, entity.name)]
    reader = min(readers, key=lambda part: not premises.actor(part).may(Action.CREATE, entity.name))
    may, base = premises.actor(reader).may, f"/data/{entity.name}"
    number = premises.stores[PUDONG] if entity.name == "store" else make.record(entity.name)  # he sees his own alone
    roads = {"list": f"{base}/?order=-id&size=1", "show": f"{base}/{number}", "lookup": f"{base}/lookup?q="}
    if may(Action.CREATE, entity.name):
        roads["add"] = f"{base}/add"
    if may(Action.UPDATE, entity.name) and not entity.ledger:
        roads["edit"] = f"{base}/{number}/edit"
    now = {name: cost(premises, premises.desk(reader), path) for name, path in roads.items()}
    assert now["list"] <= MOST_OF_A_LIST
    assert now == recorded(entity.name, now)


def merged(premises: Premises, make: Make) -> int:
    """A merge of two customers."""
    kept, lost = make.customer(), make.customer()
    version = premises.one("SELECT version FROM customer WHERE id = %s", kept)
    answer = premises.caller("manager").post(
        f"/api/v1/data/customer/{kept}/do/merge", json={"other": lost, "version": version}
    )
    assert answer.status_code == 200, answer.json
    return int(premises.one("SELECT id FROM customer_merge WHERE loser_id = %s", lost))


def figure(premises: Premises, _make: Make) -> int:
    """What the nightly measurement keeps of nobody's customers."""
    sql = (
        "INSERT INTO quality_figure (store_id, month, subject, records, points, poor, unverified, issues, doubles,"
        " formula) VALUES (%s, '2001-01-01', 'customer', 10, 800, 1, 5, 1, 0, 'K68.1') RETURNING id"
    )
    return int(premises.one(sql, premises.stores[PUDONG]))


@pytest.mark.parametrize(("name", "made"), [("customer_merge", merged), ("quality_figure", figure)])
def test_what_nobody_enters_by_hand_costs_what_is_recorded(
    name: str, made: Callable[[Premises, Make], int], premises: Premises, make: Make
) -> None:
    number, desk, base = made(premises, make), premises.desk("manager"), f"/data/{name}"
    roads = {"list": f"{base}/?order=-id&size=1", "show": f"{base}/{number}", "lookup": f"{base}/lookup?q="}
    now = {road: cost(premises, desk, path) for road, path in roads.items()}
    assert now["list"] <= MOST_OF_A_LIST
    assert now == recorded(name, now)


def test_home_and_the_search_box_cost_the_same_however_many_lists_there_are(premises: Premises, make: Make) -> None:
    phone = f"139{make.number():08d}"
    make.customer(phone=phone)
    desk = premises.desk("manager")
    now = {
        name: cost(premises, desk, path)
        for name, path in {"home": "/", "nothing": "/search?q=查无此名甲乙丙", "phone": f"/search?q={phone}"}.items()
    }
    assert now["home"] <= 3
    assert now["nothing"] <= 3
    assert now["phone"] <= 6
    assert now == recorded("home", now)


def test_the_pages_of_rights_cost_what_is_recorded(premises: Premises, make: Make) -> None:
    role = premises.one("SELECT id FROM ab_role WHERE name = 'technician'")
    asked = f"who=technician&entity=customer&action=read&record={make.customer()}"
    roads = {"roles": "/rights/", "role": f"/rights/{role}", "why": f"/rights/why?{asked}"}
    roads |= {"fields": f"/rights/{role}/fields/customer"}
    now = {name: cost(premises, premises.desk("admin"), path) for name, path in roads.items()}
    assert max(now.values()) <= MOST_OF_A_LIST
    assert now == recorded("rights", now)


def test_the_pages_of_the_console_cost_what_is_recorded(premises: Premises) -> None:
    views = premises.app.extensions["admin"][0]._views
    now = {view.code: cost(premises, premises.desk("admin"), view.here) for view in views}
    assert max(now.values()) <= MOST_OF_A_LIST
    assert now == recorded("console", now)


def full(make: Make, entity: Entity, values: dict[str, str]) -> int:
    """A record that refers to something in each of its references."""
    return make.record(entity.name, **values, **make.references(entity))


def recorded(name: str, now: dict[str, int]) -> dict[str, int]:
    """The recorded counts of an entity; those of now when they are being recorded."""
    held: dict[str, dict[str, int]] = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    if os.environ.get("FORECOURT_RECORD"):
        held[name] = now
        RECORDED.write_text(json.dumps(held, indent=2, sort_keys=True) + "\n")
    return held.get(name, {})
