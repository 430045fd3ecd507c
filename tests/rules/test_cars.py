"""A car's plates, people and mileage: dated records and the car's own columns follow each other."""

from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Connection

from app.fields import Plate
from app.jobs.announced import as_system, open_engine
from app.jobs.search_renewal import renew
from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

OPEN_PLATE = "SELECT plate FROM vehicle_plate WHERE vehicle_id = %s AND until IS NULL"
OWNERS = "SELECT customer_id, until IS NULL FROM vehicle_role WHERE vehicle_id = %s AND role = 'owner' ORDER BY id"
DATES = "UPDATE {} SET since = current_date - 400 WHERE vehicle_id = %s"


@pytest.mark.parametrize(
    ("entity", "change", "constraint"),
    [
        ("vehicle_plate", {"until": "since - 1"}, "vehicle_plate_in_order"),
        ("vehicle_role", {"until": "since - 1"}, "vehicle_role_in_order"),
        ("vehicle_role", {}, "vehicle_role_vehicle_customer_role_since_once"),
        ("vehicle_role", {"customer_id": "0", "since": "since + 1"}, "vehicle_role_customer_fk"),
        ("vehicle_role", {"vehicle_id": "0"}, "vehicle_role_vehicle_fk"),
        ("vehicle_plate", {"vehicle_id": "0"}, "vehicle_plate_vehicle_fk"),
        ("odometer_reading", {"km": "4000000", "read_at": "now()"}, "odometer_reading_km_sound"),
        ("odometer_reading", {"km": "km - 1", "read_at": "read_at + interval '1 day'"}, "odometer_reading_falls"),
        ("odometer_reading", {"km": "km + 1", "read_at": "read_at - interval '1 day'"}, "odometer_reading_falls"),
        ("odometer_reading", {"km": "3000000", "read_at": "now() + interval '3 days'"}, "odometer_reading_not_yet"),
        ("odometer_reading", {"vehicle_id": "0"}, "odometer_reading_vehicle_fk"),
        ("odometer_reading", {"work_order_id": "0"}, "odometer_reading_work_order_fk"),
        ("warranty_term", {"ends_on": "starts_on"}, "warranty_term_in_order"),
        ("warranty_term", {"km": "0"}, "warranty_term_km_positive"),
        ("warranty_term", {}, "warranty_term_vehicle_kind_starts_on_once"),
        ("warranty_term", {"vehicle_id": "0"}, "warranty_term_vehicle_fk"),
        ("inspection_record", {}, "inspection_record_vehicle_valid_until_once"),
        ("inspection_record", {"valid_until": "done_on"}, "inspection_record_valid_after"),
        ("inspection_record", {"vehicle_id": "0"}, "inspection_record_vehicle_fk"),
    ],
)  # fmt: skip
def test_the_database_refuses_it(premises: Premises, make: Make, entity: str, change: dict[str, str], constraint: str):
    number = make.record(entity, **({"km": 5000, "source": "manual"} if entity == "odometer_reading" else {}))
    with bare(premises, "boss") as connection:
        assert refusal(connection, copied(entity, number, **change)) == constraint


def test_a_ledger_of_mileage_stands_still(premises: Premises, make: Make):
    number = make.record("odometer_reading")
    with feed(premises) as connection:
        for sql in ("UPDATE odometer_reading SET km = 1 WHERE id = %s", "DELETE FROM odometer_reading WHERE id = %s"):
            assert refusal(connection, sql, number) == "odometer_reading_ledger"


def test_a_new_cars_plate_owner_and_mileage_are_on_record(premises: Premises, make: Make):
    customer = make.customer()
    car = make.vehicle(customer=str(customer), mileage=12_000)
    assert premises.one(OPEN_PLATE, car) == premises.one("SELECT plate FROM vehicle WHERE id = %s", car)
    assert premises.run(OWNERS, car) == [(customer, True)]
    assert premises.run("SELECT km, source FROM odometer_reading WHERE vehicle_id = %s", car) == [(12_000, "record")]


def test_a_new_plate_ends_the_former_one(premises: Premises, make: Make):
    car = make.vehicle(plate="沪A80001")
    premises.run(DATES.format("vehicle_plate"), car)
    assert changed(premises, "advisor", "vehicle", car, plate="沪A80002").status_code == 200
    found = premises.run("SELECT plate, until IS NULL FROM vehicle_plate WHERE vehicle_id = %s ORDER BY id", car)
    assert found == [("沪A80001", False), ("沪A80002", True)]


def test_a_plate_mistyped_today_leaves_no_record_but_the_trail(premises: Premises, make: Make):
    car = make.vehicle(plate="沪A80003")
    changed(premises, "advisor", "vehicle", car, plate="沪A80004")
    assert premises.run("SELECT plate FROM vehicle_plate WHERE vehicle_id = %s", car) == [("沪A80004",)]


def test_a_plate_another_car_carries_is_refused_and_taken_over_by_name(premises: Premises, make: Make):
    former, car = make.vehicle(plate="沪A80005"), make.vehicle(plate="沪A80006")
    assert errors(changed(premises, "advisor", "vehicle", car, plate="沪A80005")) == {"plate": "plate_elsewhere"}
    with bare(premises, "advisor") as connection:
        sql = "UPDATE vehicle SET plate = '沪A80005' WHERE id = %s"
        assert refusal(connection, sql, car) == "vehicle_plate_elsewhere"
    assert done(premises, "advisor", "vehicle", car, "take_plate", plate="沪A80005").status_code == 200
    assert premises.run("SELECT plate FROM vehicle WHERE id = ANY (%s) ORDER BY id", [former, car]) == [
        (None,),
        ("沪A80005",),
    ]
    assert (premises.one(OPEN_PLATE, former), premises.one(OPEN_PLATE, car)) == (None, "沪A80005")


def test_a_feeds_second_car_of_a_plate_leaves_the_record_with_the_first(premises: Premises, make: Make):
    first, second = make.vehicle(plate="沪A80007"), make.vehicle(plate="沪A80008")
    with feed(premises) as connection:
        connection.execute("UPDATE vehicle SET plate = '沪A80007' WHERE id = %s", (second,))
    assert (premises.one(OPEN_PLATE, first), premises.one(OPEN_PLATE, second)) == ("沪A80007", None)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"plate": "'沪A80010'"}, "vehicle_plate_one_a_car"), ({"vehicle_id": "{other}"}, "vehicle_plate_one_car")],
)
def test_one_plate_a_car_and_one_car_a_plate(premises: Premises, make: Make, change: dict[str, str], constraint: str):
    car, other = make.vehicle(plate=Plate().example(make.number())), make.vehicle(plate=None)
    number = premises.one("SELECT id FROM vehicle_plate WHERE vehicle_id = %s", car)
    given = {name: value.format(other=other) for name, value in change.items()}
    with bare(premises, "boss") as connection:
        assert refusal(connection, copied("vehicle_plate", number, **given)) == constraint
        assert refusal(connection, f"UPDATE vehicle_plate SET vehicle_id = {other} WHERE id = %s", number) == (
            "vehicle_plate_other_car"
        )


def test_a_plate_entered_for_a_car_without_one_is_its_plate_and_found(premises: Premises, make: Make):
    car = make.vehicle(plate=None)
    given = {"vehicle": car, "plate": "沪A80011", "since": "2026-01-05"}
    assert added(premises, "advisor", "vehicle_plate", **given).status_code == 201
    assert premises.one("SELECT plate FROM vehicle WHERE id = %s", car) == "沪A80011"
    sql = "SELECT args FROM work.outbox WHERE kind = 'search.renew' AND args -> 'ids' @> to_jsonb(%s::bigint)"
    renew(Job(premises), **premises.one(sql, car))
    assert [row["id"] for row in premises.caller("advisor").get("/api/v1/data/vehicle/?q=沪A80011").json["result"]] == [
        car
    ]


class Job:
    """What the job that renews search words needs of its run."""

    def __init__(self, premises: Premises) -> None:
        self.config = premises.config.as_process("worker")

    def transaction(self) -> AbstractContextManager[Connection]:
        """A transaction of the system."""
        return as_system(open_engine(self.config))

    def finish(self, _connection: object, _result: object) -> None:
        """Nothing is noted."""


def test_a_new_owner_ends_the_former_ones_time(premises: Premises, make: Make):
    first, second = make.customer(), make.customer()
    car = make.vehicle(customer=str(first))
    premises.run(DATES.format("vehicle_role"), car)
    assert changed(premises, "advisor", "vehicle", car, customer=second).status_code == 200
    assert premises.run(OWNERS, car) == [(first, False), (second, True)]


def test_a_car_has_one_owner_at_a_time_and_several_users(premises: Premises, make: Make):
    first, second = make.customer(), make.customer()
    car = make.vehicle(customer=str(first))
    given = {"vehicle": car, "customer": second, "role": "owner", "since": "2026-01-05"}
    assert errors(added(premises, "advisor", "vehicle_role", **given)) == {"role": "one_owner"}
    role = premises.one("SELECT id FROM vehicle_role WHERE vehicle_id = %s", car)
    with bare(premises, "advisor") as connection:
        sql = copied("vehicle_role", role, customer_id=str(second))
        assert refusal(connection, sql) == "vehicle_role_one_owner"
        assert refusal(connection, "UPDATE vehicle_role SET role = 'user' WHERE id = %s", role) == "vehicle_role_stands"
    for customer in (first, second):
        user = given | {"role": "user", "customer": customer}
        assert added(premises, "advisor", "vehicle_role", **user).status_code == 201


def test_the_cars_owner_follows_the_record_of_owners(premises: Premises, make: Make):
    first, second = make.customer(), make.customer()
    car = make.vehicle(customer=str(first))
    owner = "SELECT customer_id FROM vehicle WHERE id = %s"
    role = premises.one("SELECT id FROM vehicle_role WHERE vehicle_id = %s", car)
    assert changed(premises, "advisor", "vehicle_role", role, until="2099-01-01").status_code == 200
    assert premises.one(owner, car) is None
    given = {"vehicle": car, "customer": second, "role": "owner", "since": "2026-01-05"}
    assert added(premises, "advisor", "vehicle_role", **given).status_code == 201
    assert premises.one(owner, car) == second


def test_a_car_takes_its_records_with_it(premises: Premises, make: Make):
    car = make.vehicle(customer=str(make.customer()), mileage=100)
    with bare(premises, "boss") as connection:
        assert connection.execute("DELETE FROM vehicle WHERE id = %s", (car,)).rowcount == 1
        for table in ("vehicle_plate", "vehicle_role", "odometer_reading"):
            sql = f"SELECT count(*) FROM {table} WHERE vehicle_id = %s"
            assert connection.execute(sql, (car,)).fetchone() == (0,)
