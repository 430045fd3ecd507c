"""A car's visit: the appointment becomes the work order, whose amount is what its lines come to."""

from dataclasses import replace

import pytest

from app.models import ENTITIES
from app.records.deeds import deeds, open_to
from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, changed, done, errors, feed

OWED = "SELECT amount, cost FROM work_order WHERE id = %s"


@pytest.fixture
def arrived(premises: Premises, make: Make) -> int:
    """An appointment whose customer has come."""
    number = make.record("service_appointment", bay=None)
    assert done(premises, "advisor", "service_appointment", number, "arrive").status_code == 200
    return number


def test_an_appointment_becomes_a_work_order_of_its_car(premises: Premises, arrived: int):
    answer = done(
        premises, "advisor", "service_appointment", arrived, "open_work_order", kind="repair", complaint="异响"
    )
    assert answer.status_code == 200, answer.text
    order = premises.run(
        "SELECT w.kind, w.complaint, w.vehicle_id = a.vehicle_id, w.customer_id IS NOT DISTINCT FROM a.customer_id,"
        " w.advisor_id = coalesce(a.advisor_id, %s), a.status, w.number LIKE 'WO%%'"
        " FROM work_order w JOIN service_appointment a ON a.id = w.appointment_id WHERE a.id = %s",
        premises.actor("advisor").employee,
        arrived,
    )
    assert order == [("repair", "异响", True, True, True, "converted", True)]
    again = done(premises, "advisor", "service_appointment", arrived, "open_work_order", kind="repair")
    assert errors(again) == {"status": "move"}, "one visit has one order"


def test_nobody_says_an_order_is_open_that_is_not(premises: Premises, arrived: int):
    assert done(premises, "advisor", "service_appointment", arrived, "convert").status_code in {403, 422}
    assert premises.one("SELECT status FROM service_appointment WHERE id = %s", arrived) == "arrived"


def test_a_mileage_that_falls_leaves_the_appointment_as_it_was(premises: Premises, make: Make, arrived: int):
    car = premises.one("SELECT vehicle_id FROM service_appointment WHERE id = %s", arrived)
    reading = {"vehicle": car, "km": 50_000, "read_at": "2026-01-05T09:00:00+08:00"}
    assert added(premises, "advisor", "odometer_reading", **reading).status_code == 201
    asked = {"kind": "maintenance", "mileage": 400}
    answer = done(premises, "advisor", "service_appointment", arrived, "open_work_order", **asked)
    assert errors(answer) == {"mileage": "mileage_falls"}
    assert premises.one("SELECT status FROM service_appointment WHERE id = %s", arrived) == "arrived"
    reason = {"mileage_reason": "更换组合仪表"}
    answer = done(premises, "advisor", "service_appointment", arrived, "open_work_order", **asked, **reason)
    assert answer.status_code == 200, answer.text


def test_who_may_add_none_is_offered_nothing_that_adds_one(premises: Premises):
    entity = ENTITIES["service_appointment"]
    deed = next(one for one in deeds(entity) if one.code == "open_work_order")
    with premises.acting("advisor") as context:
        assert open_to(context, entity, deed)
        assert not open_to(context, entity, replace(deed, makes="company")), "an advisor founds no company"


def test_an_order_comes_to_what_its_lines_do(premises: Premises, make: Make):
    order = make.record("work_order", amount="0", cost=None)
    line = {"work_order": order, "kind": "part", "name": "机油", "payer": "customer"}
    first = added(premises, "advisor", "work_order_line", **line, line=1, quantity="1.5", price="120", cost="90")
    assert first.status_code == 201, first.text
    assert premises.run(OWED, order) == [(18_000, 9_000)]
    second = added(premises, "advisor", "work_order_line", **line, line=2, quantity="2", price="34.05", discount="8.10")
    own = added(
        premises, "advisor", "work_order_line", **(line | {"payer": "internal"}), line=3, price="500", cost="10"
    )
    assert (second.status_code, own.status_code) == (201, 201), own.text
    assert premises.run(OWED, order) == [(24_000, 10_000)], "what the house does for itself nobody owes"
    other = make.record("work_order", amount="0", cost=None)
    answer = changed(premises, "advisor", "work_order_line", second.json["id"], work_order=other)
    assert answer.status_code == 200, answer.text
    assert (premises.run(OWED, order), premises.run(OWED, other)) == ([(18_000, 10_000)], [(6_000, None)])


def test_a_file_tells_an_order_s_amount_itself(premises: Premises, make: Make):
    order = make.record("work_order", amount="99.00", cost=None)
    with feed(premises) as connection:
        connection.execute(
            "INSERT INTO work_order_line (store_id, work_order_id, line, kind, name, quantity, price, discount, payer)"
            " SELECT store_id, id, 1, 'part', '机油', 1, 12000, 0, 'customer' FROM work_order WHERE id = %s",
            (order,),
        )
    assert premises.run(OWED, order) == [(9_900, None)]
