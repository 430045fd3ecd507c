"""What may no longer be chosen is not offered: who left, what is not sold any more; filters still find it."""

import pytest

from app.core.entity import Entity
from app.models import ENTITIES
from tests.appkit import Premises
from tests.make import Make

WENT = [
    ("employee", {"name": "离职的顾问", "left_on": "2026-01-31"}, "离职的顾问", "advisor"),
    ("vehicle_model", {"name": "停售的车型", "active": "0"}, "停售的车型", "consultant"),
    ("insurer", {"name": "不再合作的保险", "active": "0"}, "不再合作的保险", "advisor"),
]


@pytest.mark.parametrize("case", WENT, ids=[one[0] for one in WENT])
def test_pickers_leave_it_out_and_filters_find_it(
    case: tuple[str, dict[str, str], str, str], premises: Premises, make: Make
):
    entity, given, words, part = case
    number = make.record(entity, **given)
    desk, caller = premises.desk(part), premises.caller(part)
    form, asking = f"/data/{entity}/lookup?q={words}", f"/data/{entity}/lookup?q={words}&past=1"
    assert f'data-value="{number}"' not in desk.get(form).text
    assert f'data-value="{number}"' in desk.get(asking).text
    assert caller.get(f"/api/v1{form}").json == {"result": []}
    assert caller.get(f"/api/v1{asking}").json == {"result": [{"id": number, "title": words}]}
    assert words in desk.get(f"/data/{entity}/?q={words}").text, "the list shows it"


def test_a_filter_asks_its_picker_for_who_left_too(premises: Premises, make: Make):
    desk = premises.desk("manager")
    part = desk.get("/data/customer/condition?field=sales_owner").text
    assert 'data-lookup="/data/employee/lookup?past=1"' in part
    gone = make.employee(name="已离开的人", left_on="2026-02-28")
    asked = "/data/customer/?field=sales_owner&op=eq&value__text=已离开的人"
    assert desk.get(asked).headers["Location"].endswith(f"where=sales_owner~eq~{gone}")


@pytest.mark.parametrize("entity", [one for one in ENTITIES.values() if one.offered], ids=lambda one: one.name)
def test_an_entity_is_offered_by_a_flag_or_a_last_day(entity: Entity):
    assert entity.by_name[entity.offered or ""].kind.code in {"boolean", "date"}


def test_who_leaves_on_a_day_to_come_is_offered_until_then(premises: Premises, make: Make):
    number = make.record("employee", name="下月离职的人", left_on="2027-12-31")
    found = premises.caller("manager").get("/api/v1/data/employee/lookup?q=下月离职的人").json["result"]
    assert [one["id"] for one in found] == [number]


def test_what_tells_of_former_days_is_offered_all(premises: Premises, make: Make):
    desk, name = premises.desk("advisor"), "停售多年的车型"
    model = make.record("vehicle_model", name=name, active="0")
    assert 'data-lookup="/data/vehicle_model/lookup?past=1"' in desk.get("/data/vehicle/add").text
    car = make.vehicle()
    version = premises.one("SELECT version FROM vehicle WHERE id = %s", car)
    typed = {"version": version, "catalogue_model": "", "catalogue_model__text": name, "catalogue_model__was": ""}
    assert desk.post(f"/data/vehicle/{car}/edit", data=typed).status_code == 303
    assert premises.one("SELECT catalogue_model_id FROM vehicle WHERE id = %s", car) == model
