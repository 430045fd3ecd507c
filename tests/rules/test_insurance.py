"""Policies and renewal cases: what the database refuses, what it only marks, and what an issued policy settles."""

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

TERM = {"starts_on": "2027-05-01", "ends_on": "2028-04-30"}


@pytest.fixture
def case(make: Make) -> int:
    """A renewal just listed, with somebody to work on it."""
    return make.record("renewal_case", owner=str(make.employee()), called_at=None, quoted=None)


@pytest.mark.parametrize(
    ("entity", "change", "constraint"),
    [
        ("insurance_policy", {}, "insurance_policy_insurer_number_once"),
        ("insurance_policy", {"number": "'N-1'", "ends_on": "starts_on"}, "insurance_policy_in_order"),
        ("insurance_policy", {"number": "'N-2'", "ends_on": "starts_on - 1"}, "insurance_policy_in_order"),
        ("insurance_policy", {"number": "'N-3'", "premium": "-1"}, "insurance_policy_amounts"),
        (
            "insurance_policy",
            {"number": "'N-4'", "kind": "'commercial'", "vehicle_tax": "1"},
            "insurance_policy_tax_with_compulsory",
        ),
        ("insurance_policy", {"number": "'N-5'", "insurer_id": "0"}, "insurance_policy_insurer_fk"),
        ("insurance_policy", {"number": "'N-6'", "vehicle_id": "0"}, "insurance_policy_vehicle_fk"),
        ("insurance_policy", {"number": "'N-7'", "status": "'surrendered'"}, "insurance_policy_begin"),
        ("renewal_case", {}, "renewal_case_vehicle_year_once"),
        ("renewal_case", {"year": "year + 1"}, "renewal_case_year_of_due"),
        ("renewal_case", {"quoted": "-1"}, "renewal_case_quoted_positive"),
        ("renewal_case", {"lost_reason": "'elsewhere'"}, "renewal_case_insurer_known"),
        ("renewal_case", {"status": "'quoted'"}, "renewal_case_begin"),
        ("insurer", {}, "insurer_code_once"),
        ("insurer", {"code": "'I-1'"}, "insurer_name_once"),
    ],
)  # fmt: skip
def test_the_database_refuses_it(premises: Premises, make: Make, entity: str, change: dict[str, str], constraint: str):
    number = make.record(entity, **({"lost_insurer": None} if entity == "renewal_case" else {}))
    with bare(premises, "admin" if entity == "insurer" else "boss") as connection:
        assert refusal(connection, copied(entity, number, **change)) == constraint


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"starts_on": "2027-05-01", "ends_on": "2027-04-30"}, "ends_on", "in_order"),
        ({"starts_on": "2027-02-29", "ends_on": "2028-02-28"}, "starts_on", None),
        ({"kind": "commercial", "vehicle_tax": "300"}, "vehicle_tax", "tax_with_compulsory"),
    ],
)
def test_the_words_stand_at_the_field(premises: Premises, make: Make, given: dict, field: str, code: str | None):
    values = {name: value for name, value in make.values(make.entity("insurance_policy")).items() if value is not None}
    found = errors(added(premises, "advisor", "insurance_policy", **(values | given)))
    assert set(found) == {field}
    assert code in (None, found[field])


def test_a_term_may_begin_on_the_29th_of_february(make: Make):
    assert make.record("insurance_policy", starts_on="2028-02-29", ends_on="2029-02-28")


def test_a_policy_follows_another_of_its_car(premises: Premises, make: Make):
    first, other = make.record("insurance_policy"), make.record("insurance_policy")
    assert errors(changed(premises, "advisor", "insurance_policy", first, previous=other)) == {
        "previous": "previous_of_car"
    }
    with bare(premises, "boss") as connection:
        sql = "UPDATE insurance_policy SET previous_id = %s WHERE id = %s"
        assert refusal(connection, sql, first, first) == "insurance_policy_not_itself"
        assert refusal(connection, sql, other, first) == "insurance_policy_previous_of_car"


def test_policies_of_a_kind_that_overlap_are_marked_and_not_refused(premises: Premises, make: Make):
    car, marks = str(make.vehicle()), "SELECT doubled FROM insurance_policy WHERE vehicle_id = %s ORDER BY id"
    make.record("insurance_policy", vehicle=car, kind="commercial")
    make.record("insurance_policy", vehicle=car, kind="compulsory")
    assert premises.run(marks, car) == [(False,), (False,)]
    third = make.record(
        "insurance_policy", vehicle=car, kind="commercial", starts_on="2027-04-30", ends_on="2028-04-29"
    )
    assert premises.run(marks, car) == [(True,), (False,), (True,)]
    given = {"surrendered_on": "2026-11-20"}
    with bare(premises, "advisor") as connection:
        sql = "UPDATE insurance_policy SET status = 'surrendered' WHERE id = %s"
        assert refusal(connection, sql, third) in ("insurance_policy_role", "insurance_policy_needs")
    assert done(premises, "manager", "insurance_policy", third, "surrender", **given).status_code == 200
    assert premises.run(marks, car) == [(False,), (False,), (False,)]
    with bare(premises, "boss") as connection:
        sql = "UPDATE insurance_policy SET premium = 1 WHERE id = %s"
        assert refusal(connection, sql, third) == "insurance_policy_locks"


def test_coverages_are_read_and_exported_as_words(premises: Premises, make: Make):
    number = make.record("insurance_policy", coverages=["third_party", "damage"])
    stored = premises.one("SELECT coverages FROM insurance_policy WHERE id = %s", number)
    assert stored == ["damage", "third_party"]
    known = premises.one("SELECT number FROM insurance_policy WHERE id = %s", number)
    file = premises.desk("manager").get(f"/data/insurance_policy/export.csv?where=number~eq~{known}&view=all")
    assert file.status_code == 200
    assert "车辆损失险、第三者责任险" in file.get_data(as_text=True)


def test_a_case_is_assigned_called_quoted_and_issued(premises: Premises, make: Make, case: int):
    owner = premises.one("SELECT owner_id FROM renewal_case WHERE id = %s", case)
    car = premises.one("SELECT vehicle_id FROM renewal_case WHERE id = %s", case)
    policy = make.record("insurance_policy", vehicle=str(car), channel="elsewhere", **TERM)
    steps = (
        ("manager", "assign", {"owner": owner}),
        ("consultant", "call", {"called_at": "2027-03-16T10:00:00+08:00"}),
        ("consultant", "quote", {"quoted": "3200"}),
        ("consultant", "issue", {"policy": policy}),
    )
    for part, code, given in steps:
        assert done(premises, part, "renewal_case", case, code, **given).status_code == 200, code
    assert premises.run("SELECT status, policy_id FROM renewal_case WHERE id = %s", case) == [("issued", policy)]
    with bare(premises, "boss") as connection:
        sql = "UPDATE renewal_case SET quoted = 1 WHERE id = %s"
        assert refusal(connection, sql, case) == "renewal_case_locks"


def test_a_case_skips_no_step_and_is_lost_for_a_reason(premises: Premises, make: Make, case: int):
    assert errors(done(premises, "consultant", "renewal_case", case, "quote", quoted="1")) == {"status": "move"}
    with bare(premises, "advisor") as connection:
        for state, constraint in (("called", "renewal_case_move"), ("lost", "renewal_case_needs")):
            sql = f"UPDATE renewal_case SET status = '{state}' WHERE id = %s"
            assert refusal(connection, sql, case) == constraint
        assert refusal(connection, "UPDATE renewal_case SET status = 'assigned' WHERE id = %s", case) == (
            "renewal_case_role"
        )
    assert set(errors(done(premises, "consultant", "renewal_case", case, "lose"))) == {"lost_reason"}
    elsewhere = {"lost_reason": "elsewhere"}
    assert errors(done(premises, "consultant", "renewal_case", case, "lose", **elsewhere)) == {
        "lost_insurer": "insurer_known"
    }
    given = elsewhere | {"lost_insurer": make.record("insurer")}
    assert done(premises, "consultant", "renewal_case", case, "lose", **given).status_code == 200


def test_a_case_is_closed_by_a_policy_of_its_car_alone(premises: Premises, make: Make, case: int):
    other = make.record("insurance_policy")
    with bare(premises, "boss") as connection:
        sql = "UPDATE renewal_case SET policy_id = %s WHERE id = %s"
        assert refusal(connection, sql, other, case) == "renewal_case_policy_of_car"
    car = premises.one("SELECT vehicle_id FROM renewal_case WHERE id = %s", case)
    ending = make.record("insurance_policy", vehicle=str(car), channel="elsewhere")
    with bare(premises, "boss") as connection:
        sql = "UPDATE renewal_case SET policy_id = %s, previous_id = %s WHERE id = %s"
        assert refusal(connection, sql, ending, ending, case) == "renewal_case_new_policy"


def test_a_policy_issued_here_settles_the_cars_case(premises: Premises, make: Make, case: int):
    car = premises.one("SELECT vehicle_id FROM renewal_case WHERE id = %s", case)
    settled = "SELECT status, policy_id FROM renewal_case WHERE id = %s"
    make.record("insurance_policy", vehicle=str(car), channel="elsewhere", **TERM)
    make.record("insurance_policy", vehicle=str(car), channel="here", starts_on="2026-05-01", ends_on="2027-04-30")
    assert premises.run(settled, case) == [("listed", None)]
    policy = make.record("insurance_policy", vehicle=str(car), channel="here", **TERM)
    assert premises.run(settled, case) == [("issued", policy)]


def test_a_feed_closes_a_case_in_one_step(premises: Premises, make: Make, case: int):
    with feed(premises) as connection:
        connection.execute("UPDATE renewal_case SET status = 'lost', lost_reason = 'sold' WHERE id = %s", (case,))
    assert premises.one("SELECT status FROM renewal_case WHERE id = %s", case) == "lost"
