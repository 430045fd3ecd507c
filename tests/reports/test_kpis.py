"""Each KPI of a small world, worked out by hand beside it (spec: kpis)."""

from collections.abc import Callable
from datetime import date

import pytest

from app.reports.kpis import KPIS
from app.reports.measure import before
from tests.reports.world import World, at

Worlds = Callable[[], World]


def test_everything_is_nought_in_an_empty_month(world: Worlds) -> None:
    empty = world()
    empty.measure("2026-10-01")
    assert {empty.figure(one.code) for one in KPIS} == {(0, 0)}


def test_the_closing_rate_is_net_orders_by_new_prospects(world: Worlds) -> None:
    w = world()
    for _ in range(4):
        w.walk_in("10-05", "甲")
    w.walk_in("10-31 23:59", "乙")  # the month's last minute
    w.walk_in("11-01 00:00", "乙")  # the next month's first
    w.walk_in("10-06", "甲", first_visit=False)
    w.walk_in("10-06", "甲", purpose="service")  # no wish to buy
    known = w.customer()
    series = w.premises.one("SELECT series_id FROM vehicle_model WHERE id = %s", w.model())
    w.add("opportunity", customer_id=known, series_id=series, stage="intent", level="B", opened_on=date(2026, 9, 1))
    w.walk_in("10-07", "甲", customer_id=known)  # in an open opportunity's hands already
    w.order("10-10", "甲")
    w.order("10-11", "甲")
    w.order("10-12", "乙")
    w.order("10-13", "乙", status="draft")
    w.order("09-20", "乙", status="cancelled", cancel_reason="x", cancelled_at=at("10-20"))  # signed before, lost now
    w.measure("2026-10-01", "K07", "K01", "K01N", "K02")
    assert w.figure("K07") == (3 - 1, 5)
    assert (w.figure("K07", who="甲"), w.figure("K07", who="乙")) == ((2, 4), (0, 1))
    assert w.figure("K07", "2026-09-01") == (1, 0)
    assert (w.figure("K01")[0], w.figure("K01N")[0]) == (7, 5)
    assert w.figure("K02") == (0, 5)


def test_people_and_nobody_together_are_the_store(world: Worlds) -> None:
    w = world()
    for who in ("甲", "甲", "乙", None):
        w.walk_in("10-05", who)
        w.order("10-06", who)
    w.measure("2026-10-01", "K07")
    parts = [w.figure("K07", who="甲"), w.figure("K07", who="乙"), w.figure("K07", part="nobody")]
    assert w.figure("K07") == (sum(n for n, _ in parts), sum(d for _, d in parts)) == (4, 4)


def test_leads_won_outside_are_prospects_of_their_day(world: Worlds) -> None:
    w = world()
    root = w.premises.one("SELECT id FROM lead_source WHERE code = 'EVENT'") or w.add(
        "lead_source", store=False, code="EVENT", name="车展与外拓", level="category"
    )
    fair = w.shared("fair", "lead_source", code=f"EV{w.store}", name="车展", parent_id=root)
    other = w.shared("web", "lead_source", code=f"WE{w.store}", name="官网")
    w.add("lead", name="外一", source_id=fair, received_at=at("10-03"))
    w.add("lead", name="外二", source_id=fair, received_at=at("10-03"), status="invalid", invalid_reason="空号")
    w.add("lead", name="网", source_id=other, received_at=at("10-03"))
    came = w.add("lead", name="来", source_id=fair, received_at=at("10-03"))
    w.walk_in("10-04", lead_id=came)
    w.measure("2026-10-01", "K01N", "K03")
    assert w.figure("K01N") == (2, 0)
    assert w.figure("K03") == (3, 4)


def test_deliveries_are_set_against_the_stores_target_or_its_peoples(world: Worlds) -> None:
    w = world()
    for who in ("甲", "甲", "乙"):
        w.delivery("10-15", who, payment="loan" if who == "乙" else "full")
    for who, number in (("甲", 4), ("乙", 2)):
        w.add("sales_target", month=date(2026, 10, 1), employee_id=w.person(who), quantity=number)
    w.measure("2026-10-01", "K14", "K20", "K60")
    assert w.figure("K14") == (3, 6)
    w.add("sales_target", month=date(2026, 10, 1), quantity=5)
    w.measure("2026-10-01", "K14", "K20", "K60")
    assert (w.figure("K14"), w.figure("K14", who="甲"), w.figure("K14", who="乙")) == ((3, 5), (2, 4), (1, 2))
    assert w.figure("K20") == (1, 3)
    assert w.figure("K60") == (0, 3), "all three at one moment: none was earlier"
    w.delivery("10-20", "甲")
    w.measure("2026-10-01", "K60")
    assert w.figure("K60") == (1, 4)


def test_amounts_are_without_tax_and_internal_work_and_cars_count_once(world: Worlds) -> None:
    w = world()
    car, other = w.car(), w.car()
    w.visit(car, "10-05", 113_00, advisor_id=w.person("周"))
    w.visit(car, "10-20", 226_00, kind="repair", advisor_id=w.person("周"))
    w.visit(other, "10-21", 100_01)
    w.visit(other, "10-22", 999_00, payer="internal")
    w.visit(other, "10-23", 999_00, status="voided")
    w.visit(other, "09-30 23:59", 999_00)
    w.measure("2026-10-01", "K31", "K31V", "K32", "K32T")
    assert (w.figure("K31")[0], w.figure("K31V")[0]) == (3, 2)
    assert (w.figure("K31", part="maintenance")[0], w.figure("K31", part="repair")[0]) == (2, 1)
    assert w.figure("K32T") == (439_01, 3)
    assert w.figure("K32") == (388_50, 3)  # 439.01 / 1.13 = 388.504…
    assert w.figure("K32", who="周") == (300_00, 2)


def test_the_six_months_check_of_the_specification(world: Worlds) -> None:
    """Its 100 cars in August of which 88 are back from September to February, 12 % lost; here a quarter of them."""
    w = world()
    for number in range(25):
        car = w.car()
        w.visit(car, "2025-08-10")
        if number == 0:
            w.visit(car, "2025-08-31 23:59")
        if number < 22:
            w.visit(car, "2025-09-01 00:00" if number % 2 else "2026-02-28 23:59")
    w.measure("2026-02-01", "K38")
    assert w.figure("K38", "2026-02-01") == (22, 25)


def test_twelve_months_of_keeping_cars_and_their_years(world: Worlds) -> None:
    w = world()
    young, old, gone, away, late = (w.car() for _ in range(5))
    w.premises.run("UPDATE vehicle SET bought_on = '2025-06-01' WHERE id = %s", young)
    w.premises.run("UPDATE vehicle SET bought_on = '2020-01-01' WHERE id = %s", old)
    w.premises.run("UPDATE vehicle SET status = 'transferred' WHERE id = %s", away)
    for car in (young, old, gone, away):
        w.visit(car, "2024-11-01 00:00")  # the base: from 2024-11-01 until before 2025-11-01
    w.visit(late, "2025-11-01 00:00")
    w.visit(young, "2025-11-01 00:00")
    w.visit(old, "2026-10-31 23:59")
    w.visit(gone, "2026-11-01 00:00")
    w.measure("2026-10-01", "K39")
    assert w.figure("K39") == (2, 3)
    assert (w.figure("K39", part="1-2"), w.figure("K39", part="5+")) == ((1, 1), (1, 1))
    assert w.figure("K39", part="nobody") == (0, 1)


def test_the_first_maintenance_within_its_grace(world: Worlds) -> None:
    w = world()
    plan = w.shared("plan", "maintenance_plan", name="保养", model_id=w.model())
    w.shared("item", "maintenance_plan_item", plan_id=plan, nth=1, name="首保", months=3, km=5000, first_check=True)
    inside = w.delivery("2026-06-05")  # due 5 September, with grace 5 October
    late = w.delivery("2026-06-06")
    w.delivery("2026-05-30")  # due 30 August, with grace 29 September: another month's
    edge = w.delivery("2026-07-01")  # due 1 October, with grace 31 October
    w.visit(inside, "2026-10-05 20:00")
    w.visit(late, "2026-10-07")
    w.visit(edge, "2026-10-01", kind="repair")  # no maintenance
    w.measure("2026-10-01", "K36")
    assert w.figure("K36") == (1, 3)


def test_renewals_of_our_own_commercial_policies(world: Worlds) -> None:
    w = world()
    fresh = w.policy("2026-10-10", renewal_kind="new_car")
    again = w.policy("2026-10-31", renewal_kind="renewal")
    w.policy("2026-10-15", renewal_kind="won")
    w.policy("2026-10-15", channel="elsewhere")
    w.policy("2026-10-15", kind="compulsory")
    w.policy("2026-11-01")
    car = "SELECT vehicle_id FROM insurance_policy WHERE id = %s"
    w.policy("2027-11-09", vehicle_id=w.premises.one(car, fresh), starts_on=date(2026, 11, 9))  # the thirtieth day
    w.policy("2027-12-01", vehicle_id=w.premises.one(car, again), starts_on=date(2026, 12, 1))  # the thirty-first
    w.policy("2027-10-01", renewal_kind="returned", starts_on=date(2026, 10, 2))
    w.measure("2026-10-01", "K43", "K43W")
    assert w.figure("K43") == (1, 3)
    assert (w.figure("K43", part="new_to_renewal"), w.figure("K43", part="renewal")) == ((1, 1), (0, 2))
    assert (w.figure("K43W"), w.figure("K43W", part="returned")) == ((1, 0), (1, 0))


def test_complaints_closed_of_all_and_in_time(world: Worlds) -> None:
    w = world()
    w.complaint("09-01", "09-20")
    w.complaint("09-05", "10-20")  # long overdue
    w.complaint("10-08", "10-09")
    w.complaint("10-30")
    w.complaint("11-01 00:00")
    w.measure("2026-10-01", "K55", "K57", "K57D")
    assert w.figure("K57") == (2, 3)
    assert w.figure("K57D") == (1, 2)
    assert w.figure("K55")[0] == w.figure("K55", part="other")[0] == 2


def test_customers_move_through_their_stages(world: Worlds) -> None:
    w = world()
    back, slept, still = (w.customer(stage=stage) for stage in ("active", "dormant", "lost"))
    for who, was, became, when in ((back, "dormant", "active", "10-10"), (slept, "active", "dormant", "10-11")):
        w.add("stage_history", customer_id=who, from_stage=was, to_stage=became, at=at(when))
    w.add("stage_history", customer_id=still, from_stage="lost", to_stage="active", at=at("11-02"))
    w.measure("2026-10-01", "K59", "K59M")
    assert w.figure("K59") == (1, 2)
    moves = {part: w.figure("K59M", part=part)[0] for part in ("dormant>active", "active>dormant", "lost>lost")}
    assert moves == {"dormant>active": 1, "active>dormant": 1, "lost>lost": 1}


def test_the_base_is_of_cars_with_owners(world: Worlds) -> None:
    w = world()
    owner = w.customer()
    active = w.car(customer_id=owner, channel="here")
    w.car(customer_id=owner, channel="elsewhere")
    w.car(customer_id=owner, status="scrapped")
    w.car()
    w.visit(active, "2025-11-01 00:00")
    w.measure("2026-10-01", "K30", "K30S", "K30V")
    assert (w.figure("K30"), w.figure("K30S"), w.figure("K30V")) == ((1, 2), (1, 1), (1, 1))


def test_appointments_promises_and_comebacks(world: Worlds) -> None:
    w = world()
    car = w.car()
    for nth, state in enumerate(("converted", "arrived", "no_show", "cancelled")):
        begins = at(f"10-1{nth} 09:00")
        w.add("service_appointment", vehicle_id=car, starts_at=begins, ends_at=begins.replace(hour=10), status=state)
    kept = w.visit(car, "10-05 12:00", promised_at=at("10-05 12:01"), opened_at=at("10-05 08:00"), kind="repair")
    moved = w.visit(car, "10-06 18:00", promised_at=at("10-06 19:00"), opened_at=at("10-06 08:00"), kind="repair")
    w.add("promise_change", work_order_id=moved, at=at("10-06 15:00"), was=at("10-06 17:00"), becomes=at("10-06 19:00"))
    w.visit(car, "11-04", comeback_of_id=kept, kind="repair")
    w.visit(car, "10-07", appointment_id=None)
    w.measure("2026-10-01", "K33K", "K33N", "K34", "K41")
    assert (w.figure("K33K"), w.figure("K33N")) == ((2, 4), (1, 4))
    assert w.figure("K34") == (1, 2)
    assert w.figure("K41") == (1, 2)


@pytest.mark.parametrize(("month", "back", "found"), [
    ("2026-01-01", 1, "2025-12-01"), ("2026-03-01", 12, "2025-03-01"), ("2026-12-01", -1, "2027-01-01"),
])  # fmt: skip
def test_months_are_counted_over_years(month: str, back: int, found: str) -> None:
    assert before(date.fromisoformat(month), back) == date.fromisoformat(found)
