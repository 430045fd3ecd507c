"""Data quality: planted faults give exactly their issues, what is set right closes, and old data becomes tasks once."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import Engine

from app.jobs.quality import apply
from app.jobs.schedules import SCHEDULES
from app.rules.quality import QUALITY_RULES
from tests.appkit import Premises
from tests.make import Make
from tests.rules.conftest import NOW
from tests.rules.desk import bare, changed, copied, done, feed, refusal

GOOD: Mapping[str, object] = MappingProxyType(
    {
        "name": "质量良好",
        "kind": "person",
        "uscc": None,
        "birth_date": "1988-05-01",
        "wedding_date": "2015-05-01",
        "do_not_contact": False,
    }
)
CAR: Mapping[str, object] = MappingProxyType(
    {
        "status": "stock", "energy": "petrol", "plate": None, "bought_on": "2024-05-01", "registered_on": "2024-05-08",
    }
)  # fmt: skip
ISSUES = (
    "SELECT rule FROM data_quality_issue WHERE subject_entity = %s AND subject_record = %s AND status = 'open'"
    " ORDER BY rule"
)
FAULTS = [
    ("customer", {"phone": None, "email": None}, "customer_unreachable", {"email": "a@example.com"}),
    ("customer", {"name": "测试客户"}, "customer_odd_name", {"name": "沈默"}),
    ("customer", {"name": "111"}, "customer_odd_name", {"name": "沈默"}),
    ("customer", {"birth_date": "2015-01-01", "wedding_date": None}, "customer_age", {"birth_date": "1985-01-01"}),
    ("customer", {"wedding_date": "1999-01-01"}, "customer_wedding", {"wedding_date": None}),
    ("customer", {"uscc": "91440104MA0900001B"}, "person_with_uscc", {"kind": "organisation"}),
    ("customer", {"kind": "organisation"}, "company_without_uscc", {"uscc": "91440104MA0900002E"}),
    ("vehicle", {"status": "delivered"}, "vehicle_without_owner", {"status": "stock"}),
    ("vehicle", {"registered_on": "2024-03-01"}, "vehicle_registered_early", {"registered_on": "2024-04-20"}),
    ("vehicle", {"energy": "electric", "plate": "沪A12345"}, "vehicle_plate_energy", {"plate": "沪AD12345"}),
    ("vehicle", {"bought_on": "2027-01-01", "registered_on": None}, "vehicle_future_date", {"bought_on": "2026-01-01"}),
]


def test_planted_faults_give_exactly_their_issues_and_close_when_set_right(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    planted = []
    for entity, fault, rule, cure in FAULTS:
        base = GOOD | {"phone": f"137{make.number():08d}"} if entity == "customer" else CAR
        planted.append((entity, make.record(entity, **(base | fault)), rule, cure))
    sound = make.record("customer", **GOOD, phone=f"137{make.number():08d}")
    for _ in range(2):
        run("quality.check")
        for entity, number, rule, _cure in planted:
            assert [row[0] for row in premises.run(ISSUES, entity, number)] == [rule], (entity, rule)
        assert premises.run(ISSUES, "customer", sound) == []
    for entity, number, _rule, cure in planted:
        assert changed(premises, "manager", entity, number, **cure).status_code == 200
    run("quality.check")
    for entity, number, rule, _cure in planted:
        assert premises.run(ISSUES, entity, number) == [], rule
        closed = (
            "SELECT count(*) FROM data_quality_issue WHERE subject_record = %s AND rule = %s AND closed_at IS NOT NULL"
        )
        assert premises.one(closed, number, rule) == 1


def test_two_records_of_one_person_are_named_until_they_are_merged(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    phone = f"135{make.number():08d}"
    kept, lost, child = (
        make.record("customer", **(GOOD | {"name": name}), phone=phone, id_card=None)
        for name in ("沈默生", "沈默生", "沈小默")
    )
    run("quality.check")
    found = [premises.run(ISSUES, "customer", one) for one in (kept, lost, child)]
    assert found == [[("customer_twice",)], [("customer_twice",)], []]
    assert done(premises, "manager", "customer", kept, "merge", other=lost).status_code == 200
    run("quality.check")
    assert [premises.run(ISSUES, "customer", one) for one in (kept, lost)] == [[], []]


def test_one_name_on_one_car_is_one_person_and_a_spouse_is_not(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    names = ("车同名", "车同名", "车配偶")
    one, again, spouse = (
        make.record("customer", **(GOOD | {"name": name}), phone=f"133{make.number():08d}", id_card=None)
        for name in names
    )
    elsewhere = make.record("customer", **(GOOD | {"name": "车同名"}), phone=f"133{make.number():08d}", id_card=None)
    car, roles = str(make.vehicle(customer=None)), {one: "owner", again: "user", spouse: "user"}
    for customer, role in roles.items():
        make.record("vehicle_role", vehicle=car, customer=str(customer), role=role, until=None)
    run("quality.check")
    found = [premises.run(ISSUES, "customer", customer) for customer in (one, again, spouse, elsewhere)]
    assert found == [[("customer_twice",)], [("customer_twice",)], [], []]
    brought = make.record("customer", **(GOOD | {"name": "批量车主"}), phone=f"133{make.number():08d}", id_card=None)
    bringer = make.record("customer", **(GOOD | {"name": "批量车主"}), phone=f"133{make.number():08d}", id_card=None)
    other = make.vehicle(customer=None)
    with feed(premises) as connection:  # as an import writes it: in the car's row alone
        connection.execute("UPDATE vehicle SET customer_id = %s WHERE id = %s", (brought, other))
    premises.run("DELETE FROM vehicle_role WHERE vehicle_id = %s", other)
    make.record("vehicle_role", vehicle=str(other), customer=str(bringer), role="bringer", until=None)
    run("quality.check")
    found = [premises.run(ISSUES, "customer", customer) for customer in (brought, bringer)]
    assert found == [[("customer_twice",)]] * 2
    page = premises.desk("manager").get(f"/data/customer/{one}/do/merge").get_data(as_text=True)
    assert f"?other={again}" in page
    assert f"?other={elsewhere}" not in page


def test_doubtful_mileage_and_overlapping_policies_are_named(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    car = str(make.vehicle())
    term = {"kind": "commercial", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    policies = [make.record("insurance_policy", vehicle=car, **term) for _ in range(2)]
    with feed(premises) as connection:
        sql = (
            "INSERT INTO odometer_reading (store_id, vehicle_id, read_at, km, source, standing)"
            " SELECT store_id, id, now(), 5, 'feed', 'doubtful' FROM vehicle WHERE id = %s RETURNING id"
        )
        reading = connection.execute(sql, (car,)).fetchone()[0]
    run("quality.check")
    assert premises.run(ISSUES, "odometer_reading", reading) == [("reading_doubtful",)]
    assert [premises.run(ISSUES, "insurance_policy", one) for one in policies] == [[("policy_doubled",)]] * 2
    asked = {"surrendered_on": "2026-06-30"}
    answer = done(premises, "manager", "insurance_policy", policies[0], "surrender", **asked)
    assert answer.status_code == 200, answer.text
    run("quality.check")
    assert [premises.run(ISSUES, "insurance_policy", one) for one in policies] == [[], []]


def test_one_number_under_many_names_is_doubted(premises: Premises, make: Make, run: Callable[[str], None]) -> None:
    phone = f"136{make.number():08d}"
    numbers = [make.record("customer", **(GOOD | {"name": f"同号{n}人"}), phone=phone) for n in range(4)]
    run("quality.check")
    assert all(premises.run(ISSUES, "customer", one) == [("customer_shared_phone",)] for one in numbers)


def test_a_leavers_customers_are_named_to_be_handed_over(premises: Premises, make: Make, worker: Engine) -> None:
    leaver = make.employee()
    number = make.record("customer", **GOOD, sales_owner=str(leaver))
    premises.run("UPDATE employee SET left_on = '2026-11-22' WHERE id = %s", leaver)
    rule = next(one for one in QUALITY_RULES if one.code == "customer_of_leaver")
    for now, found in ((NOW - timedelta(days=1), []), (NOW, [("customer_of_leaver",)])):
        with worker.begin() as connection:
            connection.exec_driver_sql("SELECT gate.announce_system('r-quality')")
            apply(connection, rule, now)
        assert premises.run(ISSUES, "customer", number) == found


def test_what_a_person_accepts_is_not_opened_again(premises: Premises, make: Make, run: Callable[[str], None]) -> None:
    number = make.record("customer", **(GOOD | {"name": "无名"}))
    run("quality.check")
    issue = premises.one("SELECT id FROM data_quality_issue WHERE subject_record = %s AND status = 'open'", number)
    with bare(premises, "manager") as connection:
        sql = "UPDATE data_quality_issue SET status = 'accepted' WHERE id = %s"
        assert refusal(connection, sql, issue) == "data_quality_issue_needs"
        assert refusal(connection, copied("data_quality_issue", issue)) == "data_quality_issue_open_once"
    assert done(premises, "manager", "data_quality_issue", issue, "accept", reason="真名").status_code == 200
    run("quality.check")
    count = "SELECT count(*) FROM data_quality_issue WHERE subject_record = %s AND rule = 'customer_odd_name'"
    assert premises.one(count, number) == 1


TASKS = "SELECT count(*) FROM task WHERE idem_key = 'refresh:' || %s AND status = 'open'"
OLD, FRESH = "2025-01-01T00:00:00Z", "2026-11-01T00:00:00Z"


def test_data_nobody_verified_for_a_year_becomes_one_task(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    stale = [
        make.customer(verified_at=OLD, stage="active", do_not_contact=False),
        make.customer(verified_at=FRESH, stage="active", do_not_contact=False),
    ]
    make.record("contact_point", customer=str(stale[1]), is_primary=True, verified_at=OLD)
    others = [
        make.customer(verified_at=FRESH, stage="active", do_not_contact=False),
        make.customer(verified_at=OLD, stage="lost", do_not_contact=False),
        make.customer(verified_at=OLD, stage="active", do_not_contact=True),
    ]
    for _ in range(2):
        run("customer.refresh")
        assert [premises.one(TASKS, one) for one in (*stale, *others)] == [1, 1, 0, 0, 0]
    for one in stale:
        task = premises.one("SELECT id FROM task WHERE idem_key = 'refresh:' || %s", one)
        assert done(premises, "manager", "task", task, "finish", result="已核对").status_code == 200
    run("customer.refresh")
    assert [premises.one(TASKS, one) for one in stale] == [0, 0]


def test_the_checks_run_by_themselves() -> None:
    moments = {one.code: one.cron for one in SCHEDULES}
    assert moments["quality.check"] == "50 3 * * 1"
    assert moments["quality.doubles"] == "50 3 * * 0,2-6", "and on Mondays among all others"
    assert moments["customer.refresh"] == "20 3 * * *"


def test_a_rule_has_a_code_of_its_own() -> None:
    assert len({rule.code for rule in QUALITY_RULES}) == len(QUALITY_RULES)


def test_doubles_are_looked_for_alone_each_night(premises: Premises, make: Make, run: Callable[..., None]) -> None:
    nightly = next(one for one in SCHEDULES if one.code == "quality.doubles")
    phone = f"134{make.number():08d}"
    twins = [make.record("customer", **(GOOD | {"name": "夜查双胞"}), phone=phone) for _ in range(2)]
    odd = make.record("customer", **(GOOD | {"name": "测试客户"}))
    run(nightly.kind, **nightly.args)
    assert [premises.run(ISSUES, "customer", one) for one in twins] == [[("customer_twice",)]] * 2
    assert premises.run(ISSUES, "customer", odd) == []
