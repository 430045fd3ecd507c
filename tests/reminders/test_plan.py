"""What the nightly plan makes of policies and visits, and that it makes it once."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.reminders.conftest import Desk

INSURANCE = ("R04", "R04a", "R04b")


def of(desk: Desk, prefix: str) -> list[tuple[str, int, str]]:
    """The reminders of one family."""
    return [one for one in desk.reminders() if one[0].startswith(prefix)]


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (71, []),
        (61, []),  # the case is opened on the sixtieth day
        (60, [("R04", -60, "due")]),
        (45, [("R04", -60, "due"), ("R04b", -45, "due")]),
        (30, [("R04", -60, "due"), ("R04a", -30, "due"), ("R04b", -45, "due")]),
        (7, [("R04", -60, "due"), ("R04a", -7, "due"), ("R04b", -15, "due")]),
        (0, [("R04", -60, "due"), ("R04a", -1, "due"), ("R04b", -15, "due")]),
        (-1, []),  # nobody listed it while it was in force
    ],
)
def test_each_stage_falls_due_on_its_day(desk: Desk, left: int, due: list[tuple[str, int, str]]) -> None:
    desk.insured(left)
    desk.plan()
    assert [one for one in of(desk, "R04") if one[2] == "due"] == due


def test_the_day_after_the_end_is_the_lapse(desk: Desk) -> None:
    desk.insured(0)
    desk.plan()
    desk.clock.at += timedelta(days=1)
    desk.plan()
    assert of(desk, "R04") == [
        ("R04", -60, "expired"), ("R04", 1, "due"), ("R04a", -1, "expired"), ("R04b", -15, "expired")
    ]  # fmt: skip


def test_planning_again_has_no_effect(desk: Desk) -> None:
    desk.insured(30)
    first, again = desk.plan(), desk.plan()
    assert first["planned"] > 0
    assert (again["planned"], again["moved"], again["expired"]) == (0, 0, 0)
    versions = desk.premises.run("SELECT DISTINCT version FROM renewal_case")
    assert versions == [(1,)]


def test_an_empty_day_plans_nothing(desk: Desk) -> None:
    assert desk.plan() == {"planned": 0, "moved": 0, "expired": 0, "unplanned": []}


def test_both_policies_of_a_car_are_one_case_of_the_first_end(desk: Desk) -> None:
    _, car = desk.insured(33)
    desk.policy(car, 30, kind="compulsory")
    desk.plan()
    assert desk.premises.run("SELECT vehicle_id, due_on::text, status FROM renewal_case") == [
        (car, desk.day(30), "listed")
    ]


def test_a_season_across_new_year_is_one_case(desk: Desk) -> None:
    desk.clock.at = datetime(2026, 12, 15, 2, tzinfo=UTC)
    _, car = desk.insured(15)  # 30 December
    desk.policy(car, 19, kind="compulsory")  # 3 January
    desk.plan()
    desk.clock.at += timedelta(days=17)
    desk.plan()
    assert desk.premises.run("SELECT year, due_on::text FROM renewal_case") == [(2026, "2026-12-30")]


def test_the_case_goes_to_the_customers_renewal_owner(desk: Desk) -> None:
    owner = desk.make.employee()
    desk.insured(60, renewal_owner=str(owner))
    desk.plan()
    assert desk.premises.run("SELECT owner_id, status FROM renewal_case") == [(owner, "assigned")]
    assert desk.premises.run("SELECT employee_id FROM reminder WHERE stage = -60") == [(owner,)]


def test_the_29th_of_february_is_a_day_like_others(desk: Desk) -> None:
    desk.clock.at = datetime(2028, 2, 29, 2, tzinfo=UTC)
    _, car = desk.insured(0)
    desk.policy(desk.car(desk.customer()), 60)
    desk.visit(car, -184)  # 29 August: six months later is 29 February
    desk.plan()
    assert [row[0] for row in desk.premises.run("SELECT due_on::text FROM work.service_due")] == ["2028-02-29"]
    assert ("R04", -60, "due") in of(desk, "R04")
    assert ("R02", -7, "due") in of(desk, "R02")


def test_a_moved_end_calls_off_what_was_planned_and_plans_anew(desk: Desk) -> None:
    _, car = desk.insured(30)
    desk.plan()
    desk.premises.run("UPDATE insurance_policy SET ends_on = ends_on - 23 WHERE vehicle_id = %s", car)
    desk.plan()
    assert of(desk, "R04a") == [("R04a", -30, "cancelled"), ("R04a", -7, "due"), ("R04a", -1, "planned")]
    why = desk.premises.one("SELECT decision::jsonb ->> 'reason' FROM reminder WHERE stage = -30")
    assert why == "anchor_moved"


def test_what_was_renewed_elsewhere_is_called_off(desk: Desk) -> None:
    _, car = desk.insured(30)
    desk.plan()
    desk.policy(car, 395, channel="elsewhere", starts_on=desk.day(31))
    desk.plan()
    assert {one[2] for one in of(desk, "R04")} == {"cancelled"}
    assert desk.premises.run("SELECT DISTINCT decision::jsonb ->> 'reason' FROM reminder") == [("renewed",)]


def test_a_gap_is_no_renewal(desk: Desk) -> None:
    _, car = desk.insured(30)
    desk.policy(car, 400, starts_on=desk.day(36))
    desk.plan()
    assert ("R04a", -30, "due") in of(desk, "R04a")


def test_a_new_owner_takes_what_was_not_told(desk: Desk) -> None:
    _, car = desk.insured(30)
    desk.plan()
    buyer = desk.customer()
    desk.premises.run("UPDATE vehicle SET customer_id = %s WHERE id = %s", buyer, car)
    desk.plan()
    assert desk.premises.run("SELECT DISTINCT customer_id FROM reminder") == [(buyer,)]


@pytest.mark.parametrize("state", ["transferred", "scrapped", "stock"])
def test_a_car_that_is_gone_is_not_reminded_of(desk: Desk, state: str) -> None:
    person = desk.customer()
    car = desk.car(person, status=state)
    desk.policy(car, 30)
    desk.visit(car, -183)
    desk.plan()
    assert desk.reminders() == []


@pytest.mark.parametrize(
    ("since", "due"),
    [
        (-150, [("R02", -21, "planned")]),
        (-163, [("R02", -21, "due")]),
        (-177, [("R02", -7, "due")]),
        (-192, [("R02", 7, "due")]),
        (-214, [("R02a", 30, "due")]),
        (-260, []),
    ],
)
def test_maintenance_is_due_by_time(desk: Desk, since: int, due: list[tuple[str, int, str]]) -> None:
    desk.visit(desk.car(desk.customer()), since)
    desk.plan()
    assert [one for one in of(desk, "R02") if one[2] == "due"] == [one for one in due if one[2] == "due"]


def test_a_car_that_is_driven_much_is_due_by_mileage(desk: Desk) -> None:
    car = desk.car(desk.customer())
    desk.visit(car, -100, km=10_000)
    for days, km in ((-90, 11_000), (-50, 15_000), (-10, 19_000)):
        desk.make.record(
            "odometer_reading", vehicle=str(car), km=km, read_at=f"{desk.day(days)}T09:00:00+08:00", work_order=None
        )
    desk.plan()
    due = desk.premises.one("SELECT due_on::text FROM work.service_due WHERE vehicle_id = %s", car)
    assert due == desk.day(0)  # 100 km a day: 20,000 km are reached today
    assert of(desk, "R02") == [("R02", -7, "due"), ("R02", 7, "planned")]


def test_a_visit_calls_off_what_was_not_told_and_counts_anew(desk: Desk) -> None:
    car = desk.car(desk.customer())
    desk.visit(car, -174)
    desk.plan()
    desk.visit(car, 0)
    desk.clock.at += timedelta(days=1)
    desk.plan()
    assert of(desk, "R02") == [("R02", -7, "cancelled")]
    assert desk.premises.one("SELECT decision::jsonb ->> 'reason' FROM reminder") == "visited"
    assert desk.premises.one("SELECT last_on::text FROM work.service_due") == desk.day(-1)


def test_an_outage_leaves_only_what_is_still_of_use(desk: Desk) -> None:
    desk.insured(46)
    desk.plan()
    desk.clock.at += timedelta(days=20)  # nobody ran it while -45 and -30 came
    desk.plan()
    assert of(desk, "R04") == [
        ("R04", -60, "due"), ("R04a", -30, "due"), ("R04b", -45, "due")
    ]  # fmt: skip


def test_an_inactive_rule_and_one_nobody_plans(desk: Desk) -> None:
    desk.premises.run("UPDATE reminder_rule SET active = false WHERE code <> 'R04'")
    desk.premises.run(
        "INSERT INTO reminder_rule (code, edition, name, nature, lead_days, grace_days, active_from, active)"
        " VALUES ('R07', 1, '生日', 'care', '0', 0, '2024-01-01', true)"
    )
    desk.insured(30)
    assert desk.plan()["unplanned"] == ["R07"]
    assert desk.reminders() == [("R04", -60, "due")]


def test_a_later_version_of_a_rule_takes_over_and_does_not_plan_twice(desk: Desk) -> None:
    desk.insured(30)
    desk.plan()
    desk.premises.run(
        "INSERT INTO reminder_rule (code, edition, name, nature, lead_days, channels, grace_days, active_from, active)"
        " SELECT code, 2, name, nature, '-30, -3', channels, grace_days, active_from, true FROM reminder_rule"
        "  WHERE code = 'R04a'"
    )
    desk.plan()
    assert of(desk, "R04a") == [("R04a", -30, "due")]
