"""From the wish to the delivery: stages, test drives, quotations, orders, and what follows from each."""

from itertools import pairwise

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, done, errors, feed, refusal

DELIVER = (
    "INSERT INTO delivery (store_id, sales_order_id, delivered_at)"
    " SELECT store_id, id, '2026-10-01' FROM sales_order WHERE id = {}"
)
LOST = {"lost_reason": "price", "competitor": "轩逸"}


def stage(premises: Premises, number: int) -> str:
    return premises.one("SELECT stage FROM opportunity WHERE id = %s", number)


def total(premises: Premises, order: int) -> tuple[int, int]:
    return premises.run("SELECT extras, total FROM sales_order WHERE id = %s", order)[0]


def test_an_opportunity_goes_its_way_and_each_step_is_written_down(premises: Premises, make: Make):
    number = make.record("opportunity")
    for code in ("find_needs", "drive", "quote", "negotiate", "order"):
        assert done(premises, "consultant", "opportunity", number, code).status_code == 200
    sql = "SELECT was, becomes, employee_id FROM opportunity_stage_log WHERE opportunity_id = %s ORDER BY id"
    log = premises.run(sql, number)
    me = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["consultant"])
    steps = ["intent", "needs", "test_drive", "quotation", "negotiation", "order"]
    assert [row[1] for row in log] == steps
    assert [row[:2] for row in log[1:]] == list(pairwise(steps))
    assert {row[2] for row in log[1:]} == {me}
    assert premises.one("SELECT probability FROM opportunity WHERE id = %s", number) == 90


@pytest.mark.parametrize(
    ("to", "constraint"),
    [("quotation", "opportunity_move"), ("delivered", "opportunity_move"), ("lost", "opportunity_move"),
     ("lost_pending", "opportunity_needs")],
)  # fmt: skip
def test_an_opportunity_takes_no_jump(premises: Premises, make: Make, to: str, constraint: str):
    number = make.record("opportunity", lost_reason=None, competitor=None)
    with bare(premises, "consultant") as connection:
        assert refusal(connection, "UPDATE opportunity SET stage = %s WHERE id = %s", to, number) == constraint


def test_a_loss_is_reported_with_its_reason_and_judged_by_a_manager(premises: Premises, make: Make):
    number = make.record("opportunity", lost_reason=None, competitor=None)
    missing = errors(done(premises, "consultant", "opportunity", number, "lose"))
    assert missing == {"lost_reason": "required", "competitor": "required"}
    assert done(premises, "consultant", "opportunity", number, "lose", **LOST).status_code == 200
    assert done(premises, "consultant", "opportunity", number, "confirm_loss").status_code == 403
    with bare(premises, "consultant") as connection:
        sql = "UPDATE opportunity SET stage = 'lost' WHERE id = %s"
        assert refusal(connection, sql, number) == "opportunity_role"
    assert done(premises, "manager", "opportunity", number, "refuse_loss").status_code == 200
    assert stage(premises, number) == "negotiation"
    assert done(premises, "consultant", "opportunity", number, "lose", **LOST).status_code == 200
    assert done(premises, "manager", "opportunity", number, "confirm_loss").status_code == 200
    assert premises.one("SELECT closed_at IS NOT NULL FROM opportunity WHERE id = %s", number)
    assert errors(changed(premises, "manager", "opportunity", number, competitor="别的")) == {"competitor": "locks"}


def test_a_customer_has_one_open_opportunity_a_series(premises: Premises, make: Make):
    number = make.record("opportunity")
    [(customer, series)] = premises.run("SELECT customer_id, series_id FROM opportunity WHERE id = %s", number)
    given = {"customer": customer, "series": series}
    assert errors(added(premises, "consultant", "opportunity", **given)) == {"series": "one_open"}
    done(premises, "consultant", "opportunity", number, "lose", **LOST)
    assert errors(added(premises, "consultant", "opportunity", **given)) == {"series": "one_open"}
    done(premises, "manager", "opportunity", number, "confirm_loss")
    assert added(premises, "consultant", "opportunity", **given).status_code == 201
    assert errors(done(premises, "manager", "opportunity", number, "revive")) == {"series": "one_open"}


def test_no_car_leaves_before_the_licence_is_seen(premises: Premises, make: Make):
    drive = make.record("test_drive", licence_checked=False, km0=None, km1=None)
    answer = done(premises, "consultant", "test_drive", drive, "start", km0=100, licence_checked=False)
    assert errors(answer) == {"licence_checked": "licence"}
    with feed(premises) as connection:
        sql = "UPDATE test_drive SET status = 'out', km0 = 1 WHERE id = %s"
        assert refusal(connection, sql, drive) == "test_drive_licence"
    answer = done(premises, "consultant", "test_drive", drive, "start", km0=100, licence_checked=True)
    assert answer.status_code == 200, answer.json
    assert errors(done(premises, "consultant", "test_drive", drive, "back")) == {"km1": "required"}
    assert errors(done(premises, "consultant", "test_drive", drive, "back", km1=99)) == {"km1": "forward"}


def test_a_drive_moves_its_opportunity_and_is_read_off_the_car(premises: Premises, make: Make):
    opportunity, car = make.record("opportunity"), make.vehicle(mileage=None, status="on_sale")
    drive = make.record("test_drive", opportunity=str(opportunity), vehicle=str(car), km0="20", km1=None)
    assert done(premises, "consultant", "test_drive", drive, "start", km0=20, licence_checked=True).status_code == 200
    assert stage(premises, opportunity) == "test_drive"
    assert done(premises, "consultant", "test_drive", drive, "back", km1=35).status_code == 200
    sql = "SELECT km, source FROM odometer_reading WHERE vehicle_id = %s"
    assert premises.run(sql, car) == [(35, "sale")]
    assert premises.one("SELECT mileage FROM vehicle WHERE id = %s", car) == 35
    assert errors(changed(premises, "manager", "test_drive", drive, km0=30)) == {"km0": "locks"}


def test_a_quotation_that_was_sent_moves_its_opportunity_and_an_accepted_one_stands_still(
    premises: Premises, make: Make
):
    opportunity = make.record("opportunity")
    number = make.record("quotation", opportunity=str(opportunity))
    line = make.record("quotation_line", quotation=str(number))
    assert premises.one("SELECT total FROM quotation WHERE id = %s", number) == (150_000 - 5_000 + 190) * 100
    for code in ("send", "accept"):
        answer = done(
            premises,
            "consultant",
            "quotation",
            number,
            code,
            **({"valid_until": "2031-01-01"} if code == "send" else {}),
        )
        assert answer.status_code == 200, answer.json
    assert stage(premises, opportunity) == "quotation"
    assert errors(changed(premises, "consultant", "quotation", number, price="1")) == {"price": "locks"}
    assert errors(changed(premises, "consultant", "quotation_line", line, price="1")) == {"quotation": "closed"}


def test_an_order_is_the_sum_of_its_lines_on_every_road(premises: Premises, make: Make):
    order, other = make.record("sales_order"), make.record("sales_order")
    line = make.record("sales_order_line", sales_order=str(order))
    assert total(premises, order) == (190_00, 145_190_00)
    changed(premises, "consultant", "sales_order_line", line, quantity="3")
    assert total(premises, order) == (290_00, 145_290_00)
    with feed(premises) as connection:
        connection.execute("UPDATE sales_order_line SET sales_order_id = %s WHERE id = %s", (other, line))
        connection.execute("UPDATE sales_order SET extras = 1, total = 1 WHERE id = %s", (other,))
    assert (total(premises, order), total(premises, other)) == ((0, 145_000_00), (290_00, 145_290_00))
    premises.run("DELETE FROM sales_order_line WHERE id = %s", line)
    assert total(premises, other) == (0, 145_000_00)


def test_a_model_renamed_later_keeps_its_name_on_the_order(premises: Premises, make: Make):
    model = make.record("vehicle_model", name="凯美瑞 2.0G")
    order = make.record("sales_order", model=str(model))
    premises.run("UPDATE vehicle_model SET name = '凯美瑞 2.0G 豪华版' WHERE id = %s", model)
    changed(premises, "manager", "sales_order", order, note="改")
    assert premises.one("SELECT model_name FROM sales_order WHERE id = %s", order) == "凯美瑞 2.0G"


def test_a_car_is_in_one_active_order(premises: Premises, make: Make):
    order, other = make.allocated(), make.record("sales_order")
    car = premises.one("SELECT vehicle_id FROM sales_order WHERE id = %s", order)
    assert errors(changed(premises, "manager", "sales_order", other, vehicle=car)) == {"vehicle": "one_order_a_car"}
    with feed(premises) as connection:
        sql = "UPDATE sales_order SET vehicle_id = %s WHERE id = %s"
        assert refusal(connection, sql, car, other) == "sales_order_one_order_a_car"
    assert done(premises, "consultant", "sales_order", order, "cancel", cancel_reason="退订").status_code == 403
    assert done(premises, "manager", "sales_order", order, "cancel", cancel_reason="退订").status_code == 200
    assert changed(premises, "manager", "sales_order", other, vehicle=car).status_code == 200


def test_a_signed_price_is_the_managers_to_change(premises: Premises, make: Make):
    order = make.record("sales_order", price="150000", discount="0")
    assert done(premises, "consultant", "sales_order", order, "confirm", deposit="0").status_code == 200
    answer = changed(premises, "consultant", "sales_order", order, discount="9000")
    assert errors(answer) == {"price": "signed"}
    with bare(premises, "consultant") as connection:
        sql = "UPDATE sales_order SET price = 1 WHERE id = %s"
        assert refusal(connection, sql, order) == "sales_order_signed"
    assert changed(premises, "consultant", "sales_order", order, note="客户要加装").status_code == 200
    assert changed(premises, "manager", "sales_order", order, discount="9000").status_code == 200


def test_an_order_needs_a_price_a_companys_code_and_a_car_in_stock(premises: Premises, make: Make):
    company = make.customer(kind="organisation", uscc=None)
    order = make.record("sales_order", customer=str(company), price="0", discount="0", deposit="0")
    assert errors(done(premises, "consultant", "sales_order", order, "confirm", deposit="0")) == {"price": "unpriced"}
    changed(premises, "consultant", "sales_order", order, price="100000")
    answer = done(premises, "consultant", "sales_order", order, "confirm", deposit="0")
    assert errors(answer) == {"customer": "company_without_code"}
    changed(premises, "consultant", "customer", company, uscc="91350100M000100Y43")
    assert done(premises, "consultant", "sales_order", order, "confirm", deposit="0").status_code == 200
    sold, recalled = make.vehicle(status="delivered"), make.vehicle(status="stock")
    make.record("recall_vehicle", vehicle=str(recalled))
    for car, code in ((sold, "car_not_in_stock"), (recalled, "car_recalled")):
        assert errors(done(premises, "consultant", "sales_order", order, "allocate", vehicle=car)) == {"vehicle": code}
        with bare(premises, "consultant") as connection:
            sql = "UPDATE sales_order SET status = 'allocated', vehicle_id = %s WHERE id = %s"
            assert refusal(connection, sql, car, order) == f"sales_order_{code}"


def test_a_delivery_moves_everything_on(premises: Premises, make: Make):
    customer, opportunity = make.customer(stage="prospect", sales_owner=None), make.record("opportunity")
    order = make.allocated(customer=str(customer), opportunity=str(opportunity))
    line = make.record("sales_order_line", sales_order=str(order))
    given = {"delivered_at": "2026-11-20T23:30:00+08:00", "odometer": 15, "receiver": "本人"}
    answer = done(premises, "consultant", "sales_order", order, "hand_over", **given)
    assert answer.status_code == 200, answer.json
    car = premises.one("SELECT vehicle_id FROM sales_order WHERE id = %s AND status = 'delivered'", order)
    sql = "SELECT status, bought_on::text, channel, customer_id, mileage FROM vehicle WHERE id = %s"
    [row] = premises.run(sql, car)
    assert row[:4] == ("delivered", "2026-11-20", "here", customer)
    assert premises.one("SELECT count(*) FROM odometer_reading WHERE vehicle_id = %s AND source = 'sale'", car) == 1
    assert premises.one("SELECT stage FROM customer WHERE id = %s", customer) == "new"
    assert stage(premises, opportunity) == "delivered"
    owners = (
        "SELECT customer_id, since::text FROM vehicle_role WHERE vehicle_id = %s AND role = 'owner' AND until IS NULL"
    )
    assert premises.run(owners, car) == [(customer, "2026-11-20")]
    stands_still(premises, order, line)


def stands_still(premises: Premises, order: int, line: int) -> None:
    """Neither the price nor the lines of a delivered order move, whoever writes; there is no second delivery."""
    for part in ("consultant", "manager", "boss"):
        assert errors(changed(premises, part, "sales_order", order, price="1000000")) == {"price": "locks"}
        assert errors(changed(premises, part, "sales_order_line", line, price="1")) == {"sales_order": "closed"}
    with bare(premises, "manager") as connection:
        for sql, wanted in (
            ("UPDATE sales_order SET price = price + 1 WHERE id = %s", "sales_order_locks"),
            ("UPDATE sales_order SET discount = 0 WHERE id = %s", "sales_order_locks"),
            ("UPDATE sales_order SET status = 'allocated' WHERE id = %s", "sales_order_move"),
            ("DELETE FROM sales_order_line WHERE sales_order_id = %s", "sales_order_line_closed"),
            ("DELETE FROM sales_order WHERE id = %s", "sales_order_kept"),
        ):
            assert refusal(connection, sql, order) == wanted
    with feed(premises) as connection:
        assert refusal(connection, DELIVER.format(order)) == "delivery_sales_order_once"


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE delivery SET sales_order_id = {order} WHERE id = {one}", "delivery_other_order"),
        ("UPDATE delivery SET odometer = -1 WHERE id = {one}", "delivery_odometer_some"),
        ("UPDATE delivery SET delivered_at = now() + interval '2 hours' WHERE id = {one}", "delivery_not_yet"),
        ("UPDATE delivery SET consultant_id = 0 WHERE id = {one}", "delivery_consultant_fk"),
        ("UPDATE delivery SET number = (SELECT number FROM delivery WHERE id = {other}) WHERE id = {one}",
         "delivery_number_once"),
        (DELIVER.format("{draft}"), "delivery_not_allocated"),
    ],
)  # fmt: skip
def test_the_database_refuses_of_a_delivery(premises: Premises, make: Make, sql: str, constraint: str):
    numbers = {"one": make.record("delivery"), "other": make.record("delivery"), "order": make.allocated()}
    with bare(premises, "manager") as connection:
        assert refusal(connection, sql.format(draft=make.record("sales_order"), **numbers)) == constraint


def test_a_recalled_car_is_not_delivered(premises: Premises, make: Make):
    order = make.allocated()
    car = premises.one("SELECT vehicle_id FROM sales_order WHERE id = %s", order)
    make.record("recall_vehicle", vehicle=str(car))
    answer = done(premises, "consultant", "sales_order", order, "hand_over", delivered_at="2026-11-20T10:00:00+08:00")
    assert errors(answer) == {"sales_order": "recalled"}


def test_what_a_feed_tells_of_is_delivered_whatever_was_missed(premises: Premises, make: Make):
    car, order = make.vehicle(status="stock"), make.record("sales_order")
    with feed(premises) as connection:
        tell = DELIVER.format(order)
        assert refusal(connection, tell) == "sales_order_needs"  # it does not know the car
        connection.execute("UPDATE sales_order SET vehicle_id = %s WHERE id = %s", (car, order))
        assert refusal(connection, tell) is None
        connection.execute("UPDATE delivery SET delivered_at = '2026-10-02' WHERE sales_order_id = %s", (order,))
        connection.execute("UPDATE sales_order SET price = price + 1 WHERE id = %s", (order,))
    assert premises.run("SELECT status, bought_on::text FROM vehicle WHERE id = %s", car) == [
        ("delivered", "2026-10-02")
    ]
    assert premises.one("SELECT status FROM sales_order WHERE id = %s", order) == "delivered"
