"""The workshop: orders that log their steps and promises, work that is not double-booked, advice and packages."""

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

SETTLED = {"settled_at": "2026-11-20T16:00:00+08:00", "amount": "860"}
LATER = "2026-11-21T12:00:00+08:00"


@pytest.mark.parametrize(
    ("entity", "change", "constraint"),
    [
        ("bay", {}, "bay_code_once"),
        ("service_appointment", {}, "service_appointment_number_once"),
        ("service_appointment", {"number": "'A-1'", "ends_at": "starts_at"}, "service_appointment_in_order"),
        ("service_appointment", {"number": "'A-2'", "vehicle_id": "0"}, "service_appointment_vehicle_fk"),
        ("service_appointment", {"number": "'A-3'", "status": "'arrived'"}, "service_appointment_begin"),
        ("work_order", {}, "work_order_number_once"),
        ("work_order", {"number": "'W-1'", "vehicle_id": "0"}, "work_order_vehicle_fk"),
        ("work_order", {"number": "'W-2'", "promised_at": "opened_at"}, "work_order_promise_later"),
        ("work_order_line", {}, "work_order_line_work_order_line_once"),
        ("work_order_line", {"line": "line + 1", "quantity": "0", "discount": "0"}, "work_order_line_some"),
        ("work_order_line", {"line": "line + 1", "discount": "price * 3"}, "work_order_line_discount_within"),
        ("work_order_line", {"line": "line + 1", "work_order_id": "0"}, "work_order_line_work_order_fk"),
        ("work_order_status", {"was": "becomes"}, "work_order_status_moves"),
        ("promise_change", {"was": "becomes"}, "promise_change_moves"),
        ("job_segment", {"ends_at": "starts_at"}, "job_segment_in_order"),
        ("job_segment", {"began_at": "now()", "finished_at": "now() - interval '1 h'"}, "job_segment_done_in_order"),
        ("job_segment", {"status": "'working'"}, "job_segment_begin"),
        ("job_segment", {"work_order_id": "0"}, "job_segment_work_order_fk"),
        ("repair_advice", {"price": "-1"}, "repair_advice_price_positive"),
        ("repair_advice", {"status": "'done'"}, "repair_advice_begin"),
        ("service_package", {}, "service_package_number_once"),
        ("service_package", {"number": "'P-1'", "total": "0"}, "service_package_some"),
        ("service_package", {"number": "'P-2'", "expires_on": "bought_on"}, "service_package_expires_later"),
        ("service_package", {"number": "'P-3'", "refunded": "price + 1"}, "service_package_refund_within"),
        ("service_package", {"number": "'P-4'", "used": "1"}, "service_package_by_ledger"),
        ("service_package_use", {"times": "0"}, "service_package_use_some"),
        ("service_package_use", {"times": "10000"}, "service_package_use_not_left"),
        ("service_package_use", {"times": "-10000"}, "service_package_use_not_left"),
        ("recall_vehicle", {}, "recall_vehicle_campaign_vehicle_once"),
    ],
)  # fmt: skip
def test_the_database_refuses_it(premises: Premises, make: Make, entity: str, change: dict[str, str], constraint: str):
    given: dict[str, object] = {"times": 1, "package": package(make)} if entity == "service_package_use" else {}
    number = make.record(entity, **given)
    with bare(premises, "boss") as connection:
        assert refusal(connection, copied(entity, number, **change)) == constraint


def package(make: Make, **given: object) -> str:
    """A package of three uses."""
    return str(make.record("service_package", **({"total": 3} | given)))


@pytest.mark.parametrize("entity", ["work_order_status", "promise_change", "service_package_use"])
def test_a_ledger_stands_still(premises: Premises, make: Make, entity: str):
    given: dict[str, object] = {"times": 1, "package": package(make)} if entity == "service_package_use" else {}
    number = make.record(entity, **given)
    with feed(premises) as connection:
        for sql in (f"UPDATE {entity} SET store_id = store_id WHERE id = %s", f"DELETE FROM {entity} WHERE id = %s"):
            assert refusal(connection, sql, number) == f"{entity}_ledger"


def test_each_step_of_an_order_is_logged_once(premises: Premises, make: Make):
    order = make.record("work_order")
    for code in ("dispatch", "start"):
        assert done(premises, "advisor", "work_order", order, code).status_code == 200
    changed(premises, "advisor", "work_order", order, complaint="异响")
    steps = premises.run("SELECT was, becomes FROM work_order_status WHERE work_order_id = %s ORDER BY id", order)
    assert steps == [(None, "reception"), ("reception", "dispatched"), ("dispatched", "working")]


def test_a_promise_moves_for_a_reason_that_is_kept(premises: Premises, make: Make):
    order = make.record("work_order")
    assert errors(changed(premises, "advisor", "work_order", order, promised_at=LATER)) == {
        "promise_reason": "promise_reason"
    }
    with bare(premises, "advisor") as connection:
        sql = "UPDATE work_order SET promised_at = promised_at + interval '1 day' WHERE id = %s"
        assert refusal(connection, sql, order) == "work_order_promise_reason"
    moved = changed(premises, "advisor", "work_order", order, promised_at=LATER, promise_reason="等配件")
    assert moved.status_code == 200
    sql = "SELECT reason, becomes > was FROM promise_change WHERE work_order_id = %s"
    assert premises.run(sql, order) == [("等配件", True)]


def test_several_orders_of_one_car_are_open_at_once(premises: Premises, make: Make):
    car = str(make.vehicle())
    first, second = (make.record("work_order", vehicle=car, mileage=None) for _ in range(2))
    open_now = premises.run("SELECT id FROM work_order WHERE vehicle_id = %s AND status = 'reception' ORDER BY id", car)
    assert open_now == [(first,), (second,)]
    page = premises.desk("advisor").get(f"/data/vehicle/{car}?tab=work_order.vehicle").text
    assert f"/data/work_order/{first}" in page
    assert f"/data/work_order/{second}" in page


def test_a_comeback_is_of_the_same_car_and_not_of_itself(premises: Premises, make: Make):
    order, other = make.record("work_order"), make.record("work_order")
    assert errors(changed(premises, "advisor", "work_order", order, comeback_of=other)) == {
        "comeback_of": "comeback_of_car"
    }
    assert errors(changed(premises, "advisor", "work_order", order, comeback_of=order)) == {"comeback_of": "not_itself"}
    with bare(premises, "advisor") as connection:
        sql = "UPDATE work_order SET comeback_of_id = %s WHERE id = %s"
        assert refusal(connection, sql, other, order) == "work_order_comeback_of_car"
        assert refusal(connection, sql, order, order) == "work_order_not_itself"


def test_a_settled_order_takes_no_line_and_no_work(premises: Premises, make: Make):
    order = make.record("work_order")
    segment = make.record("job_segment", work_order=str(order))
    line = make.record("work_order_line", work_order=str(order))
    with feed(premises) as connection:
        connection.execute("UPDATE work_order SET status = 'settled', settled_at = now() WHERE id = %s", (order,))
    assert errors(changed(premises, "advisor", "work_order_line", line, price="1")) == {"work_order": "settled"}
    with bare(premises, "boss") as connection:
        assert refusal(connection, "DELETE FROM work_order_line WHERE id = %s", line) == "work_order_line_settled"
        assert refusal(connection, copied("work_order_line", line, line="9")) == "work_order_line_settled"
        assert refusal(connection, copied("job_segment", segment)) == "job_segment_order_closed"
        assert refusal(connection, "UPDATE work_order SET amount = 1 WHERE id = %s", order) == "work_order_locks"


@pytest.mark.parametrize(("field", "target"), [("bay", "bay"), ("technician", "employee")])
def test_neither_bay_nor_technician_is_booked_twice(premises: Premises, make: Make, field: str, target: str):
    busy = str(make.record(target))
    number = make.record("job_segment", **{field: busy})
    given = make.values(make.entity("job_segment")) | {field: busy}
    given = {name: value for name, value in given.items() if value is not None}
    assert errors(added(premises, "advisor", "job_segment", **given)) == {field: f"{field}_free"}
    with bare(premises, "advisor") as connection:
        half = {"starts_at": "starts_at + interval '30 min'", "ends_at": "ends_at + interval '30 min'"}
        assert refusal(connection, copied("job_segment", number, **half)) == f"job_segment_{field}_free"
        after = {"starts_at": "ends_at", "ends_at": "ends_at + interval '1 h'"}
        assert refusal(connection, copied("job_segment", number, **after)) is None
    assert done(premises, "advisor", "job_segment", number, "cancel").status_code == 200
    assert added(premises, "advisor", "job_segment", **given).status_code == 201, "a cancelled one holds nothing"


def test_a_bay_is_promised_to_one_appointment_at_a_time(premises: Premises, make: Make):
    bay = str(make.record("bay"))
    number = make.record("service_appointment", bay=bay)
    given = make.values(make.entity("service_appointment")) | {"bay": bay}
    assert errors(added(premises, "advisor", "service_appointment", **given)) == {"bay": "bay_free"}
    with bare(premises, "advisor") as connection:
        sql = copied("service_appointment", number, number="'A-9'")
        assert refusal(connection, sql) == "service_appointment_bay_free"
    assert done(premises, "advisor", "service_appointment", number, "cancel").status_code == 200
    assert added(premises, "advisor", "service_appointment", **given).status_code == 201


def test_work_is_begun_paused_for_a_reason_and_finished(premises: Premises, make: Make):
    number = make.record("job_segment")
    began = {"began_at": "2026-11-20T09:05:00+08:00"}
    assert set(errors(done(premises, "technician", "job_segment", number, "begin"))) == {"began_at"}
    assert done(premises, "technician", "job_segment", number, "begin", **began).status_code == 200
    assert set(errors(done(premises, "technician", "job_segment", number, "pause"))) == {"pause_reason"}
    with bare(premises, "technician") as connection:
        sql = "UPDATE job_segment SET status = 'paused' WHERE id = %s"
        assert refusal(connection, sql, number) == "job_segment_needs"
        sql = "UPDATE job_segment SET status = 'planned' WHERE id = %s"
        assert refusal(connection, sql, number) == "job_segment_move"
    for code, given in (("pause", {"pause_reason": "parts"}), ("resume", {})):
        assert done(premises, "technician", "job_segment", number, code, **given).status_code == 200
    ended = {"finished_at": "2026-11-20T09:50:00+08:00"}
    assert done(premises, "technician", "job_segment", number, "finish", **ended).status_code == 200
    with bare(premises, "boss") as connection:
        sql = "UPDATE job_segment SET starts_at = starts_at - interval '1 h' WHERE id = %s"
        assert refusal(connection, sql, number) == "job_segment_locks"


def test_advice_is_declined_for_a_reason_and_done_on_an_order_of_its_car(premises: Premises, make: Make):
    advice, order = make.record("repair_advice", decline_reason=None), make.record("work_order")
    assert set(errors(done(premises, "advisor", "repair_advice", advice, "decline"))) == {"decline_reason"}
    assert done(premises, "advisor", "repair_advice", advice, "decline", decline_reason="下次").status_code == 200
    with bare(premises, "advisor") as connection:
        sql = "UPDATE repair_advice SET done_order_id = %s WHERE id = %s"
        assert refusal(connection, sql, order, advice) == "repair_advice_order_of_car"
        sql = "UPDATE repair_advice SET status = 'done' WHERE id = %s"
        assert refusal(connection, sql, advice) == "repair_advice_move"


def use(premises: Premises, number: str, times: int):
    """Uses of a package through the API."""
    given = {"package": number, "used_at": "2026-11-20T09:00:00+08:00", "item": "保养", "times": times}
    return added(premises, "advisor", "service_package_use", **given)


def state(premises: Premises, number: str) -> tuple[int, str]:
    """How many uses are gone, and the package's state."""
    return premises.run("SELECT used, status FROM service_package WHERE id = %s", number)[0]


def test_uses_are_counted_given_back_and_never_more_than_were_bought(premises: Premises, make: Make):
    number = package(make)
    assert use(premises, number, 2).status_code == 201
    assert errors(use(premises, number, 2)) == {"times": "not_left"}
    assert use(premises, number, 1).status_code == 201
    assert state(premises, number) == (3, "used_up")
    assert use(premises, number, -1).status_code == 201
    assert state(premises, number) == (2, "active")
    with feed(premises) as connection:
        assert refusal(connection, "UPDATE service_package SET used = 4 WHERE id = %s", number) == (
            "service_package_used_within"
        )


def test_what_is_left_of_an_expired_package_is_owed_and_not_forfeited(premises: Premises, make: Make):
    number = package(make, bought_on="2024-01-05", expires_on="2025-01-05", price="300")
    assert done(premises, "advisor", "service_package", int(number), "expire").status_code == 200
    assert use(premises, number, 1).status_code == 201, "expiry takes nothing"
    assert state(premises, number) == (1, "refund_due")
    with bare(premises, "boss") as connection:
        assert refusal(connection, "DELETE FROM service_package WHERE id = %s", number) == "service_package_owed"
        for sql, constraint in (
            ("UPDATE service_package SET status = 'active' WHERE id = %s", "service_package_role"),
            ("UPDATE service_package SET used = 3 WHERE id = %s", "service_package_by_ledger"),
        ):
            assert refusal(connection, sql, number) == constraint
    past = done(premises, "advisor", "service_package", int(number), "extend", expires_on="2025-06-30")
    assert errors(past) == {"expires_on": "extended"}
    longer = done(premises, "advisor", "service_package", int(number), "extend", expires_on="2030-06-30")
    assert (longer.status_code, state(premises, number)) == (200, (1, "active"))
    assert errors(done(premises, "advisor", "service_package", int(number), "use_up")) == {"status": "is_used_up"}


def test_a_refunded_package_is_closed(premises: Premises, make: Make):
    number = package(make, price="300")
    with bare(premises, "boss") as connection:
        sql = "UPDATE service_package SET status = 'refunded' WHERE id = %s"
        assert refusal(connection, sql, number) == "service_package_needs"
    given = {"refunded": "200", "refunded_on": "2026-11-20"}
    assert done(premises, "boss", "service_package", int(number), "refund", **given).status_code == 200
    assert errors(use(premises, number, 1)) == {"package": "paid_back"}


def test_a_recalled_car_is_done_on_an_order_of_its_own_and_stays_on_record(premises: Premises, make: Make):
    number, order = make.record("recall_vehicle"), make.record("work_order")
    given = {"done_on": "2026-11-20", "done_order": order}
    assert errors(done(premises, "advisor", "recall_vehicle", number, "finish", **given)) == {
        "done_order": "order_of_car"
    }
    assert done(premises, "advisor", "recall_vehicle", number, "finish", done_on="2026-11-20").status_code == 200
    assert premises.caller("boss").delete(f"/api/v1/data/recall_vehicle/{number}").status_code == 403
    with feed(premises) as connection:
        sql = "UPDATE recall_vehicle SET status = 'open' WHERE id = %s"
        assert refusal(connection, sql, number) == "recall_vehicle_move"
    given = {"number": f"R{number}", "title": "气囊", "announced_on": "2026-05-02", "ends_on": "2026-05-01"}
    assert errors(added(premises, "admin", "recall_campaign", **given)) == {"ends_on": "in_order"}
