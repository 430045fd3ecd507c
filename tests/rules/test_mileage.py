"""Mileage: a reading fits between its neighbours by the day it was read, and the car shows the latest."""

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, done, errors, feed, refusal

NOW = "SELECT mileage FROM vehicle WHERE id = %s"


def read(premises: Premises, car: int, day: str, km: int, **given: object):
    """A reading of that day, through the API."""
    values = {"vehicle": car, "read_at": f"{day}T09:00:00+08:00", "km": km}
    return added(premises, "advisor", "odometer_reading", **values, **given)


def order(make: Make, car: int, day: str, km: int, **given: object) -> int:
    """A work order of that day."""
    times = {"opened_at": f"{day}T09:00:00+08:00", "promised_at": f"{day}T17:00:00+08:00"}
    return make.record("work_order", vehicle=str(car), mileage=km, mileage_reason=None, **times, **given)


def test_readings_come_in_any_order_when_they_fit_their_neighbours(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    for day, km in (("2026-03-01", 10_000), ("2026-09-01", 20_000), ("2026-06-01", 15_000), ("2026-01-01", 1_000)):
        assert read(premises, car, day, km).status_code == 201
    assert premises.one(NOW, car) == 20_000
    for day, km in (("2026-07-01", 14_999), ("2026-05-01", 15_001), ("2026-10-01", 19_999)):
        assert errors(read(premises, car, day, km)) == {"km": "falls"}


def test_the_29th_of_february_is_a_day_of_leap_years_alone(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    assert read(premises, car, "2024-02-29", 500).status_code == 201
    assert set(errors(read(premises, car, "2026-02-29", 900))) == {"read_at"}


def test_a_correction_may_fall_and_what_follows_it_is_compared_with_it(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    read(premises, car, "2026-03-01", 120_000)
    assert read(premises, car, "2026-04-01", 12_000, correction="此前多录一位").status_code == 201
    assert premises.one(NOW, car) == 12_000
    assert read(premises, car, "2026-03-20", 120_500).status_code == 201, "before the correction the old chain goes on"
    assert errors(read(premises, car, "2026-05-01", 11_999)) == {"km": "falls"}


def test_mileage_typed_into_the_car_does_not_fall(premises: Premises, make: Make):
    car = make.vehicle(mileage=5_000)
    assert errors(changed(premises, "advisor", "vehicle", car, mileage=4_999)) == {"mileage": "mileage_falls"}
    with bare(premises, "advisor") as connection:
        assert refusal(connection, "UPDATE vehicle SET mileage = 1 WHERE id = %s", car) == "vehicle_mileage_falls"
    assert changed(premises, "advisor", "vehicle", car, mileage=5_600).status_code == 200
    assert premises.run("SELECT km FROM odometer_reading WHERE vehicle_id = %s ORDER BY id", car) == [
        (5_000,),
        (5_600,),
    ]


def test_a_lower_mileage_from_a_feed_is_doubted_and_the_car_keeps_its_own(premises: Premises, make: Make):
    car = make.vehicle(mileage=5_000)
    with feed(premises) as connection:
        connection.execute("UPDATE vehicle SET mileage = 4000 WHERE id = %s", (car,))
    assert premises.one(NOW, car) == 5_000
    assert premises.run("SELECT km FROM odometer_reading WHERE vehicle_id = %s AND standing = 'doubtful'", car) == [
        (4_000,)
    ]


def test_a_work_orders_mileage_is_a_reading_of_the_day_it_came_in(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    number = order(make, car, "2026-10-10", 30_000)
    found = premises.run("SELECT work_order_id, km, source FROM odometer_reading WHERE vehicle_id = %s", car)
    assert found == [(number, 30_000, "work_order")]
    assert premises.one(NOW, car) == 30_000


def test_a_work_order_is_refused_a_mileage_that_falls_unless_somebody_says_why(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    order(make, car, "2026-10-10", 30_000)
    later = order(make, car, "2026-11-10", 31_000)
    assert errors(changed(premises, "advisor", "work_order", later, mileage=29_000)) == {"mileage": "mileage_falls"}
    with bare(premises, "advisor") as connection:
        sql = "UPDATE work_order SET mileage = 29000 WHERE id = %s"
        assert refusal(connection, sql, later) == "work_order_mileage_falls"
    answer = changed(premises, "advisor", "work_order", later, mileage=20, mileage_reason="更换仪表")
    assert (answer.status_code, premises.one(NOW, car)) == (200, 20)


def test_a_mistyped_mileage_is_replaced_by_the_right_one(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    number = order(make, car, "2026-10-10", 123_456)
    assert changed(premises, "advisor", "work_order", number, mileage=12_345).status_code == 200
    assert premises.one(NOW, car) == 12_345
    sql = "SELECT km, standing FROM odometer_reading WHERE vehicle_id = %s ORDER BY id"
    assert premises.run(sql, car) == [(123_456, "replaced"), (12_345, "counted")]


def test_a_voided_orders_mileage_no_longer_counts(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    order(make, car, "2026-10-10", 10_000)
    wrong = order(make, car, "2026-11-01", 99_000)
    assert done(premises, "advisor", "work_order", wrong, "void").status_code == 200
    assert premises.one(NOW, car) == 10_000


def test_a_feeds_work_order_comes_in_with_a_mileage_that_falls_and_it_is_doubted(premises: Premises, make: Make):
    car = make.vehicle(mileage=None)
    order(make, car, "2026-10-10", 30_000)
    later = order(make, car, "2026-11-10", 31_000)
    with feed(premises) as connection:
        connection.execute("UPDATE work_order SET mileage = 3100 WHERE id = %s", (later,))
    assert premises.one(NOW, car) == 30_000
    sql = "SELECT standing FROM odometer_reading WHERE work_order_id = %s ORDER BY id"
    assert premises.run(sql, later) == [("replaced",), ("doubtful",)]


def test_a_car_recorded_after_it_came_in_does_not_bound_its_order(premises: Premises, make: Make):
    car = make.vehicle(mileage=50_000)
    order(make, car, "2026-11-20", 50_500)
    assert premises.one(NOW, car) == 50_500
