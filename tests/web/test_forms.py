"""What a form leaves as it was: moments keep their seconds, so that a locked record's other fields can be edited."""

import re

import pytest

from tests.appkit import Premises
from tests.make import Make

MOMENT = "2026-03-04 05:06:07.891+00"


@pytest.fixture
def order(premises: Premises, make: Make) -> int:
    """A work order that came in at some second, and is settled."""
    number = make.record("work_order", promised_at=None)
    premises.run("UPDATE work_order SET status = 'settled', settled_at = %s, opened_at = %s WHERE id = %s",
                 MOMENT, MOMENT, number)  # fmt: skip
    return number


def shown(page: str) -> dict[str, str]:
    """What a form's inputs hold, by name."""
    inputs = re.findall(r"<input [^>]*>", page.partition("<main")[2])
    pairs = [(re.search(r'\bname="([^"]*)"', one), re.search(r'\bvalue="([^"]*)"', one)) for one in inputs]
    return {name[1]: value[1] if value else "" for name, value in pairs if name}


def test_a_settled_order_s_note_is_edited_and_its_moments_stay(premises: Premises, order: int):
    desk = premises.desk("advisor")
    form = shown(desk.get(f"/data/work_order/{order}/edit").get_data(as_text=True))
    assert form["opened_at"] == "2026-03-04T13:06", "a control holds minutes, of Shanghai"
    moments = {name: form[name] for name in ("opened_at", "settled_at")}
    answer = desk.post(
        f"/data/work_order/{order}/edit", data=moments | {"version": form["version"], "fault_code": "P0420"}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
    sql = "SELECT fault_code, opened_at = %s, settled_at = %s FROM work_order WHERE id = %s"
    assert premises.run(sql, MOMENT, MOMENT, order) == [("P0420", True, True)]


def test_a_moment_that_was_changed_is_saved_and_a_locked_one_refused(premises: Premises, make: Make, order: int):
    desk, late = premises.desk("advisor"), {"opened_at": "2026-03-04T13:07"}
    version = premises.one("SELECT version FROM work_order WHERE id = %s", order)
    refused = desk.post(f"/data/work_order/{order}/edit", data=late | {"version": version})
    assert refused.status_code == 422
    assert "到了现在的状态，这一项不能再改" in refused.get_data(as_text=True)
    other = make.record("work_order", promised_at=None)
    version = premises.one("SELECT version FROM work_order WHERE id = %s", other)
    assert desk.post(f"/data/work_order/{other}/edit", data=late | {"version": version}).status_code == 303
    assert premises.one("SELECT opened_at = '2026-03-04 05:07+00' FROM work_order WHERE id = %s", other)


def test_a_car_without_a_plate_is_called_by_its_vin(premises: Premises, make: Make):
    car = make.vehicle(plate=None)
    vin = premises.one("SELECT vin FROM vehicle WHERE id = %s", car)
    order = make.record("work_order", vehicle=str(car))
    desk = premises.desk("advisor")
    for page in (f"/data/vehicle/{car}", f"/data/work_order/{order}", f"/data/vehicle/?where=vin~eq~{vin}"):
        text = desk.get(page).get_data(as_text=True)
        assert vin in text, page
        assert f"#{car}<" not in text, page
        assert "（未填）" not in text, page
    found = premises.caller("advisor").get(f"/api/v1/data/vehicle/lookup?q={vin}").json
    assert found["result"] == [{"id": car, "title": vin}]
    options = desk.get(f"/data/vehicle/lookup?q={vin}").get_data(as_text=True)
    assert options.count(vin) >= 1
    assert f"#{car}" not in options


def test_a_question_shows_the_record_it_begins_with_and_keeps_it(premises: Premises, make: Make):
    model = make.record("vehicle_model", name="澜驰 X7 豪华版", list_price="189800", active="1")
    wish = make.record("opportunity", model=str(model))
    desk = premises.desk("consultant")
    page = desk.get(f"/data/opportunity/{wish}/do/make_quotation").get_data(as_text=True)
    assert shown(page)["model"] == str(model)
    assert shown(page)["model__text"] == shown(page)["model__was"] == "澜驰 X7 豪华版"
    form = {name: value for name, value in shown(page).items() if name.startswith("model")} | {
        "version": shown(page)["version"],
        "discount": "-5",
    }
    refused = desk.post(f"/data/opportunity/{wish}/do/make_quotation", data=form)
    assert refused.status_code == 422
    again = shown(refused.get_data(as_text=True))
    assert (again["model__text"], again["discount"]) == ("澜驰 X7 豪华版", "-5")
    gone = desk.post(f"/data/opportunity/{wish}/do/make_quotation", data=form | {"model__text": "", "discount": "0"})
    assert gone.status_code == 422, "a model that was cleared is asked for again"


def test_what_opens_the_next_paper_stands_first(premises: Premises, make: Make):
    lead = make.record("lead", customer=None)
    page = premises.desk("manager").get(f"/data/lead/{lead}").get_data(as_text=True)
    assert 0 < page.index("转为商机") < page.index("已联系")
