"""Cars that jobs bring in: their plate, owner and mileage stand in their row, and are on record at the first change."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

PLATES = "SELECT plate, since, until IS NULL FROM vehicle_plate WHERE vehicle_id = %s ORDER BY until NULLS LAST"
OWNERS = "SELECT customer_id, until IS NULL FROM vehicle_role WHERE vehicle_id = %s ORDER BY until NULLS LAST"
READINGS = "SELECT km, standing FROM odometer_reading WHERE vehicle_id = %s ORDER BY read_at, id"
BORN = date(2024, 5, 1)
Bring = Callable[..., int]


@pytest.fixture
def bring(premises: Premises, make: Make) -> Bring:
    """A car like those of people, brought in by a feed on BORN."""

    def brought(plate: str, customer: int | None = None, mileage: int | None = None) -> int:
        like = make.vehicle(plate=None)
        given = {"plate": f"'{plate}'", "customer_id": str(customer or "NULL"), "mileage": str(mileage or "NULL")}
        with feed(premises) as connection:
            sql = copied("vehicle", like, vin=f"'LSVAB{make.number():012}'", **given)
            row = connection.execute(sql).fetchone()
        with premises.connect("administrator") as connection:
            connection.execute("ALTER TABLE vehicle DISABLE TRIGGER stamp_row")
            connection.execute("UPDATE vehicle SET created_at = %s WHERE id = %s", (BORN, row[0]))
            connection.execute("ALTER TABLE vehicle ENABLE ALWAYS TRIGGER stamp_row")
        return int(row[0])

    return brought


def test_it_has_no_records_until_something_changes(premises: Premises, make: Make, bring: Bring):
    car = bring("沪A81001", make.customer(), 50_000)
    assert changed(premises, "advisor", "vehicle", car, color="白").status_code == 200
    assert premises.run(PLATES, car) == premises.run(OWNERS, car) == premises.run(READINGS, car) == []


def test_its_first_plate_is_on_record_once_it_has_another(premises: Premises, bring: Bring):
    car = bring("沪A81002")
    assert changed(premises, "advisor", "vehicle", car, plate="沪A81003").status_code == 200
    changed(premises, "advisor", "vehicle", car, plate="沪A81004")
    assert [row[::2] for row in premises.run(PLATES, car)] == [("沪A81002", False), ("沪A81004", True)]
    assert premises.run(PLATES, car)[0][1] == BORN


def test_a_feeds_change_of_plate_and_owner_keeps_the_former_ones(premises: Premises, make: Make, bring: Bring):
    first, second = make.customer(), make.customer()
    car = bring("沪A81005", first)
    with feed(premises) as connection:
        connection.execute("UPDATE vehicle SET plate = NULL, customer_id = %s WHERE id = %s", (second, car))
    assert [row[0] for row in premises.run(PLATES, car)] == ["沪A81005"]
    assert premises.run(OWNERS, car) == [(first, False), (second, True)]


def test_a_plate_or_owner_entered_beside_it_keeps_the_former_one(premises: Premises, make: Make, bring: Bring):
    first, second = make.customer(), make.customer()
    car = bring("沪A81006", first)
    plate = {"vehicle": car, "plate": "沪A81007", "since": "2026-01-05"}
    assert added(premises, "advisor", "vehicle_plate", **plate).status_code == 201
    owner = {"vehicle": car, "customer": second, "role": "owner", "since": "2026-01-05"}
    assert added(premises, "advisor", "vehicle_role", **owner).status_code == 201
    assert {(row[0], row[2]) for row in premises.run(PLATES, car)} == {("沪A81006", False), ("沪A81007", True)}
    assert set(premises.run(OWNERS, car)) == {(first, False), (second, True)}
    sql = "SELECT plate, customer_id FROM vehicle WHERE id = %s"
    assert premises.run(sql, car) == [("沪A81007", second)]


def test_a_record_of_what_it_holds_ends_as_any_other(premises: Premises, bring: Bring):
    car = bring("沪A81008")
    plate = {"vehicle": car, "plate": "沪A81008", "since": "2020-01-05"}
    assert added(premises, "advisor", "vehicle_plate", **plate).status_code == 201
    changed(premises, "advisor", "vehicle", car, plate="沪A81009")
    assert [row[::2] for row in premises.run(PLATES, car)] == [("沪A81008", False), ("沪A81009", True)]


def test_its_plate_is_nobody_elses_and_taken_over_by_name(premises: Premises, make: Make, bring: Bring):
    former, car = bring("沪A81010"), make.vehicle(plate=None)
    assert errors(changed(premises, "advisor", "vehicle", car, plate="沪A81010")) == {"plate": "plate_elsewhere"}
    given = {"vehicle": car, "plate": "沪A81010", "since": "2026-01-05"}
    assert errors(added(premises, "advisor", "vehicle_plate", **given)) == {"plate": "carried"}
    other = premises.one("SELECT id FROM vehicle_plate WHERE vehicle_id = %s", make.vehicle(plate="沪A81011"))
    with bare(premises, "boss") as connection:
        sql = copied("vehicle_plate", other, vehicle_id=str(car), plate="'沪A81010'")
        assert refusal(connection, sql) == "vehicle_plate_carried"
    assert done(premises, "advisor", "vehicle", car, "take_plate", plate="沪A81010").status_code == 200
    assert [row[::2] for row in premises.run(PLATES, former)] == [("沪A81010", False)]
    assert [row[::2] for row in premises.run(PLATES, car)] == [("沪A81010", True)]


def test_its_mileage_is_a_reading_once_it_rises(premises: Premises, bring: Bring):
    car = bring("沪A81012", mileage=50_000)
    assert errors(changed(premises, "advisor", "vehicle", car, mileage=49_000)) == {"mileage": "mileage_falls"}
    assert changed(premises, "advisor", "vehicle", car, mileage=51_000).status_code == 200
    assert premises.run(READINGS, car) == [(50_000, "counted"), (51_000, "counted")]


def test_a_feeds_lower_mileage_is_doubted(premises: Premises, bring: Bring):
    car = bring("沪A81013", mileage=50_000)
    with feed(premises) as connection:
        connection.execute("UPDATE vehicle SET mileage = 4000 WHERE id = %s", (car,))
    assert premises.run(READINGS, car) == [(50_000, "counted"), (4_000, "doubtful")]
    assert premises.one("SELECT mileage FROM vehicle WHERE id = %s", car) == 50_000


def test_a_mileage_taken_away_is_a_reading_that_stays(premises: Premises, bring: Bring):
    car = bring("沪A81014", mileage=50_000)
    with feed(premises) as connection:
        connection.execute("UPDATE vehicle SET mileage = NULL WHERE id = %s", (car,))
    assert premises.run(READINGS, car) == [(50_000, "counted")]
    assert premises.one("SELECT mileage FROM vehicle WHERE id = %s", car) is None


def read(premises: Premises, car: int, day: str, km: int):
    """A reading of that day, through the API."""
    given = {"vehicle": car, "read_at": f"{day}T09:00:00+08:00", "km": km}
    return added(premises, "advisor", "odometer_reading", **given)


def test_readings_fit_the_mileage_it_came_with(premises: Premises, bring: Bring):
    car = bring("沪A81015", mileage=50_000)
    mileage = "SELECT mileage FROM vehicle WHERE id = %s"
    assert errors(read(premises, car, "2026-01-05", 49_999)) == {"km": "falls"}
    assert read(premises, car, "2023-01-05", 20_000).status_code == 201
    assert premises.one(mileage, car) == 50_000
    assert premises.run(READINGS, car) == [(20_000, "counted")], "the past changes nothing of what it came with"
    assert read(premises, car, "2026-01-05", 60_000).status_code == 201
    assert premises.one(mileage, car) == 60_000
    assert [row[0] for row in premises.run(READINGS, car)] == [20_000, 50_000, 60_000]
    assert errors(read(premises, car, "2025-01-05", 49_999)) == {"km": "falls"}


def test_a_feeds_work_orders_move_its_mileage_and_doubt_what_falls(premises: Premises, make: Make, bring: Bring):
    car = bring("沪A81016", mileage=50_000)
    like = make.record("work_order", vehicle=str(make.vehicle()), mileage=None, mileage_reason=None)
    with feed(premises) as connection:
        for day, km in (("2026-01-05", 4_000), ("2026-02-05", 52_000)):
            given = {"vehicle_id": str(car), "mileage": str(km), "number": f"'W{make.number()}'"}
            connection.execute(copied("work_order", like, opened_at=f"'{day}'", **given))
    assert premises.run(READINGS, car) == [(50_000, "counted"), (4_000, "doubtful"), (52_000, "counted")]
    assert premises.one("SELECT mileage FROM vehicle WHERE id = %s", car) == 52_000
