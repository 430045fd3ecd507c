"""A car's visit: the appointment becomes the work order, whose amount is what its lines come to."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.models import ENTITIES
from app.records import bin as bins
from app.records.deeds import deeds, open_to
from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

OWED = "SELECT amount, cost FROM work_order WHERE id = %s"


@pytest.fixture
def arrived(premises: Premises, make: Make) -> int:
    """An appointment whose customer has come."""
    number = make.record("service_appointment", bay=None, purpose="body")
    assert done(premises, "advisor", "service_appointment", number, "arrive").status_code == 200
    return number


def test_an_appointment_becomes_a_work_order_of_its_car(premises: Premises, arrived: int):
    answer = done(premises, "advisor", "service_appointment", arrived, "open_work_order", complaint="异响")
    assert answer.status_code == 200, answer.text
    order = premises.run(
        "SELECT w.kind, w.complaint, w.vehicle_id = a.vehicle_id, w.customer_id IS NOT DISTINCT FROM a.customer_id,"
        " w.advisor_id = coalesce(a.advisor_id, %s), a.status, w.number LIKE 'WO%%'"
        " FROM work_order w JOIN service_appointment a ON a.id = w.appointment_id WHERE a.id = %s",
        premises.actor("advisor").employee,
        arrived,
    )
    assert order == [("repair", "异响", True, True, True, "converted", True)]
    again = done(premises, "advisor", "service_appointment", arrived, "open_work_order")
    assert errors(again) == {"status": "move"}, "one visit has one order"


def test_nobody_says_an_order_is_open_that_is_not(premises: Premises, arrived: int):
    assert done(premises, "advisor", "service_appointment", arrived, "convert").status_code in {403, 422}
    assert premises.one("SELECT status FROM service_appointment WHERE id = %s", arrived) == "arrived"


def test_a_mileage_that_falls_leaves_the_appointment_as_it_was(premises: Premises, make: Make, arrived: int):
    car = premises.one("SELECT vehicle_id FROM service_appointment WHERE id = %s", arrived)
    reading = {"vehicle": car, "km": 50_000, "read_at": "2026-01-05T09:00:00+08:00"}
    assert added(premises, "advisor", "odometer_reading", **reading).status_code == 201
    asked = {"mileage": 400}
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


def test_an_order_opened_the_long_way_converts_its_appointment_too(premises: Premises, make: Make):
    for step in ((), ("arrive",)):
        number = make.record("service_appointment", bay=None)
        for code in step:
            assert done(premises, "advisor", "service_appointment", number, code).status_code == 200
        car = premises.one("SELECT vehicle_id FROM service_appointment WHERE id = %s", number)
        make.record("work_order", appointment=str(number), vehicle=str(car))
        assert premises.one("SELECT status FROM service_appointment WHERE id = %s", number) == "converted"


def test_a_visit_has_one_order_of_its_own_car(premises: Premises, make: Make, arrived: int):
    order = make.record("work_order")
    with bare(premises, "advisor") as connection:
        sql = "UPDATE work_order SET appointment_id = %s WHERE id = %s"
        assert refusal(connection, sql, arrived, order) == "work_order_appointment_of_car"
    assert done(premises, "advisor", "service_appointment", arrived, "open_work_order").status_code == 200
    first = premises.one("SELECT id FROM work_order WHERE appointment_id = %s", arrived)
    with bare(premises, "advisor") as connection:
        assert (
            refusal(connection, copied("work_order", first, number="'W-2nd'", status="'reception'"))
            == "work_order_visit"
        )
        connection.execute("UPDATE work_order SET status = 'voided' WHERE id = %s", (first,))
        again = copied("work_order", first, number="'W-3rd'", status="'reception'")
        assert refusal(connection, again) is None, "a voided order leaves the visit open"


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


def test_an_amount_a_person_or_a_file_gave_stays_but_for_the_lines_that_change(premises: Premises, make: Make):
    order = make.record("work_order", amount="3000.00", cost=None)
    with feed(premises) as connection:
        connection.execute(
            "INSERT INTO work_order_line (store_id, work_order_id, line, kind, name, quantity, price, discount, payer)"
            " SELECT store_id, id, 1, 'part', '机油', 1, 12000, 0, 'customer' FROM work_order WHERE id = %s",
            (order,),
        )
    assert premises.run(OWED, order) == [(300_000, None)], "a brand's file tells the amount itself"
    line = premises.one("SELECT id FROM work_order_line WHERE work_order_id = %s", order)
    assert changed(premises, "advisor", "work_order_line", line, name="全合成机油").status_code == 200
    assert premises.run(OWED, order) == [(300_000, None)]
    assert changed(premises, "advisor", "work_order_line", line, price="150").status_code == 200
    assert premises.run(OWED, order) == [(303_000, None)]


def test_a_line_deleted_and_brought_back_counts_again_and_an_order_with_its_lines_once(premises: Premises, make: Make):
    order = make.record("work_order", amount="0", cost=None)
    given = {"work_order": order, "line": 1, "kind": "part", "name": "机油", "payer": "customer", "price": "50"}
    line = added(premises, "advisor", "work_order_line", **given).json["id"]
    boss = premises.caller("boss")
    assert boss.delete(f"/api/v1/data/work_order_line/{line}?version=1").status_code in {200, 204}
    assert premises.run(OWED, order) == [(0, None)]
    restore(premises, "work_order_line", line)
    assert premises.run(OWED, order) == [(5_000, None)]
    version = premises.one("SELECT version FROM work_order WHERE id = %s", order)
    assert boss.delete(f"/api/v1/data/work_order/{order}?version={version}").status_code in {200, 204}
    restore(premises, "work_order", order)
    assert premises.run(OWED, order) == [(5_000, None)]
    assert premises.one("SELECT count(*) FROM work_order_line WHERE work_order_id = %s", order) == 1


def restore(premises: Premises, entity: str, number: int) -> None:
    """Brings a record back from the bin."""
    with premises.acting("boss") as context:
        place = premises.one("SELECT max(id) FROM gate.bin WHERE entity = %s AND record_id = %s", entity, number)
        bins.bring_back(context, context.entity(entity), place)


def test_two_who_add_lines_at_once_lose_neither(premises: Premises, make: Make):
    order = make.record("work_order", amount="0", cost=None)
    line = (
        "INSERT INTO work_order_line (store_id, work_order_id, line, kind, name, quantity, price, discount, payer)"
        " SELECT store_id, id, %s, 'part', '机油', 1, %s, 0, 'customer' FROM work_order WHERE id = %s"
    )
    with premises.connect("web") as first, premises.connect("web") as second, ThreadPoolExecutor(1) as hand:
        for connection in (first, second):
            connection.execute("SELECT gate.announce(%s, 'r-two')", (premises.session("advisor"),))
        first.execute(line, (1, 10_000, order))
        waiting = hand.submit(second.execute, line, (2, 3_000, order))
        time.sleep(0.3)
        assert not waiting.done(), "the second waits for the first"
        first.commit()
        waiting.result(10)
        second.commit()
    assert premises.run(OWED, order) == [(13_000, None)]


def test_a_line_waits_for_who_settles_its_order_and_is_refused_then(premises: Premises, make: Make):
    order = make.record("work_order", amount="0", cost=None)
    line = (
        "INSERT INTO work_order_line (store_id, work_order_id, line, kind, name, quantity, price, discount, payer)"
        " SELECT store_id, id, 1, 'part', '机油', 1, 5000, 0, 'customer' FROM work_order WHERE id = %s"
    )
    with premises.connect("web") as late, feed(premises) as settling, ThreadPoolExecutor(1) as hand:
        late.execute("SELECT gate.announce(%s, 'r-late')", (premises.session("advisor"),))
        settling.execute("UPDATE work_order SET status = 'settled', settled_at = now() WHERE id = %s", (order,))
        waiting = hand.submit(refusal, late, line, order)
        time.sleep(0.3)
        settling.commit()
        assert waiting.result(10) == "work_order_line_settled"


def test_no_line_leaves_a_settled_order(premises: Premises, make: Make):
    settled, other = make.record("work_order", amount="0"), make.record("work_order", amount="0")
    line = make.record("work_order_line", work_order=str(settled), price="10", quantity="1", discount="0")
    with feed(premises) as connection:
        connection.execute("UPDATE work_order SET status = 'settled', settled_at = now() WHERE id = %s", (settled,))
    assert errors(changed(premises, "advisor", "work_order_line", line, work_order=other)) == {"work_order": "settled"}


@pytest.mark.parametrize(
    ("constraint", "state", "more"),
    [
        ("work_order_kept", "settled", {"settled_at": "now()"}),
        ("sales_order_kept", "confirmed", {"ordered_at": "now()", "price": "1", "discount": "0", "deposit": "0"}),
        ("quotation_kept", "accepted", {"valid_until": "'2027-01-01'"}),
        ("opportunity_kept", "lost", {"lost_reason": "'price'", "competitor": "'别家'"}),
        ("renewal_case_kept", "lost", {"lost_reason": "'price'"}),
    ],
)
def test_what_was_closed_is_kept(
    premises: Premises, make: Make, constraint: str, state: str, more: dict[str, str]
) -> None:
    entity = constraint.removesuffix("_kept")
    number = make.record(entity)
    field = "stage" if entity == "opportunity" else "status"
    values = ", ".join(f"{name} = {value}" for name, value in {field: f"'{state}'", **more}.items())
    with feed(premises) as connection:
        connection.execute(f"UPDATE {entity} SET {values} WHERE id = %s", (number,))
    with bare(premises, "boss") as connection:
        assert refusal(connection, f"DELETE FROM {entity} WHERE id = %s", number) == constraint
