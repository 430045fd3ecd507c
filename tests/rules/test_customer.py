"""What a customer's row tells of itself, and the history that its changes leave."""

import pytest

from app.core.clock import SystemClock
from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import bare, changed, copied, done, errors, feed, refusal

OWNERS = (
    "SELECT role, employee_id, until IS NULL, reason FROM customer_ownership WHERE customer_id = %s ORDER BY since, id"
)
STAGES = "SELECT from_stage, to_stage, rule FROM stage_history WHERE customer_id = %s ORDER BY id"
NOBODY = dict.fromkeys(("sales_owner", "service_owner", "renewal_owner", "care_owner"))


def test_who_looks_after_a_customer_is_remembered(premises: Premises, make: Make) -> None:
    first, second = make.employee(), make.employee()
    number = make.customer(sales_owner=str(first), service_owner=str(first))
    assert premises.run(OWNERS, number) == [("sales", first, True, None), ("service", first, True, None)]
    assert changed(premises, "manager", "customer", number, sales_owner=second).status_code == 200
    assert changed(premises, "manager", "customer", number, service_owner=None).status_code == 200
    assert changed(premises, "manager", "customer", number, note="不改归属").status_code == 200
    assert premises.run(OWNERS, number) == [
        ("sales", first, False, None),
        ("service", first, False, None),
        ("sales", second, True, None),
    ]


def test_a_hand_over_of_many_ends_and_begins_each_once_with_its_reason(premises: Premises, make: Make) -> None:
    leaver, heir = make.employee(), make.employee()
    numbers = [make.customer(sales_owner=str(leaver)) for _ in range(3)]
    with feed(premises) as connection:
        connection.execute("SELECT set_config('forecourt.reason', '离职交接', true)")
        sql = "UPDATE customer SET sales_owner_id = %s, stage = 'new' WHERE sales_owner_id = %s"
        assert connection.execute(sql, (heir, leaver)).rowcount == 3
    for number in numbers:
        assert premises.run(OWNERS, number) == [("sales", leaver, False, None), ("sales", heir, True, "离职交接")]


def test_two_changes_in_one_transaction_leave_no_overlap(premises: Premises, make: Make) -> None:
    people = [make.employee() for _ in range(3)]
    number = make.customer(**NOBODY)
    with feed(premises) as connection:
        for person in people:
            connection.execute("UPDATE customer SET care_owner_id = %s WHERE id = %s", (person, number))
    assert [row[1:3] for row in premises.run(OWNERS, number)] == [(one, one == people[-1]) for one in people]


@pytest.mark.parametrize("role", ["sales", "service", "renewal", "care"])
def test_nobody_holds_a_role_twice_at_a_time(premises: Premises, make: Make, role: str) -> None:
    given = {"since": "2025-01-01T00:00:00Z", "until": "2025-06-01T00:00:00Z", "role": role}
    number = make.record("customer_ownership", **given)
    with bare(premises, "manager") as connection:
        overlapping = copied("customer_ownership", number, since="timestamptz '2025-05-31'", until="NULL")
        assert refusal(connection, overlapping) == f"customer_ownership_one_{role}"
        after = copied("customer_ownership", number, since="until", until="NULL")
        assert refusal(connection, after) is None


@pytest.mark.parametrize("entity", ["customer_ownership", "stage_history", "complaint_step", "consent"])
def test_history_is_only_added(premises: Premises, make: Make, entity: str) -> None:
    number = make.record(entity)
    with premises.connect("worker") as connection:
        connection.execute("SELECT gate.announce_system('r-ledger')")
        for sql in ("UPDATE {} SET store_id = store_id WHERE id = %s", "DELETE FROM {} WHERE id = %s"):
            assert refusal(connection, sql.format(entity), number) == f"{entity}_ledger"
    assert premises.caller("manager").delete(f"/api/v1/data/{entity}/{number}").status_code == 403


def test_history_goes_with_its_customer(premises: Premises, make: Make) -> None:
    number = make.customer(sales_owner=str(make.employee()))
    changed(premises, "manager", "customer", number, stage="lost")
    version = premises.one("SELECT version FROM customer WHERE id = %s", number)
    gone = premises.caller("manager").delete(f"/api/v1/data/customer/{number}", headers={"If-Match": f'"{version}"'})
    assert gone.status_code == 204
    assert premises.run(OWNERS, number) == premises.run(STAGES, number) == []


def test_a_change_of_stage_is_told_once(premises: Premises, make: Make) -> None:
    number = make.customer(stage="prospect")
    assert premises.run(STAGES, number) == []
    for stage in ("new", "new", "active"):
        changed(premises, "manager", "customer", number, stage=stage)
    assert premises.run(STAGES, number) == [("prospect", "new", None), ("new", "active", None)]


def test_a_row_tells_birthday_and_phone_without_the_values(premises: Premises, make: Make) -> None:
    number = make.customer(birth_date="1988-02-29", phone="13900004444")
    told = "SELECT birthday, has_phone FROM customer WHERE id = %s"
    assert premises.run(told, number) == [("02-29", True)]
    changed(premises, "manager", "customer", number, birth_date=None, phone=None)
    assert premises.run(told, number) == [(None, False)]
    found = premises.caller("manager").get("/api/v1/data/customer/?where=birthday~eq~02-29")
    assert found.status_code == 200


def test_what_the_database_fills_in_is_not_written_by_people(premises: Premises, make: Make) -> None:
    number = make.customer()
    assert errors(changed(premises, "manager", "customer", number, birthday="01-01")) == {"birthday": "readonly"}
    with bare(premises, "manager") as connection:
        connection.execute("UPDATE customer SET birthday = '13-32', completeness = 100 WHERE id = %s", (number,))
        kept = connection.execute("SELECT birthday <> '13-32', completeness FROM customer WHERE id = %s", (number,))
        assert kept.fetchone()[0]


def test_who_takes_a_customer_out_of_the_pool_ends_his_stay_there(premises: Premises, make: Make) -> None:
    number = make.customer(**NOBODY)
    with feed(premises) as connection:
        connection.execute("UPDATE customer SET pooled_at = %s WHERE id = %s", (SystemClock().now(), number))
    pooled = "SELECT pooled_at IS NOT NULL FROM customer WHERE id = %s"
    assert premises.one(pooled, number)
    changed(premises, "manager", "customer", number, sales_owner=make.employee())
    assert not premises.one(pooled, number)


def test_who_is_archived_is_in_no_list_until_a_leader_brings_him_back(premises: Premises, make: Make):
    number = make.customer(name="归档客户甲")
    path = "/api/v1/data/customer/?where=name~eq~归档客户甲"

    def listed(more: str = "") -> list[int]:
        return [row["id"] for row in premises.caller("manager").get(path + more).json["result"]]

    assert done(premises, "consultant", "customer", number, "archive").status_code == 403
    assert done(premises, "manager", "customer", number, "archive").status_code == 200
    assert (listed(), listed("&where=archived_at~has~1")) == ([], [number])
    assert premises.desk("manager").get("/search?q=归档客户甲").text.count(f"/data/customer/{number}") == 0
    assert done(premises, "manager", "customer", number, "archive").status_code == 422
    assert done(premises, "consultant", "customer", number, "bring_back").status_code == 403
    assert done(premises, "manager", "customer", number, "bring_back").status_code == 200
    assert listed() == [number]
    assert f"/data/customer/{number}" in premises.desk("manager").get("/search?q=归档客户甲").text
