"""Two consultants on one number: the sales manager hears of it, once."""

import pytest

from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import changed, done

TASKS = "SELECT subject_record, urgency, assignee_id, title FROM task WHERE idem_key LIKE 'clash:%%' ORDER BY id"


@pytest.fixture
def two(make: Make) -> tuple[str, str]:
    """Two consultants."""
    return str(make.employee(name="甲顾问")), str(make.employee(name="乙顾问"))


@pytest.fixture(autouse=True)
def _none_yet(premises: Premises) -> None:
    premises.run("DELETE FROM task WHERE idem_key LIKE 'clash:%%'")


def test_a_number_two_consultants_work_on_goes_to_the_sales_manager_once(
    premises: Premises, make: Make, two: tuple[str, str]
):
    one, other = two
    first = make.record("lead", phone="13811112222", assignee=one, customer=None)
    make.record("lead", phone="13811112222", assignee=one, customer=None)
    assert premises.run(TASKS) == [], "his own second lead is no clash"
    second = make.record("lead", phone="13811112222", assignee=other, customer=None)
    manager = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["manager"])
    [told] = premises.run(TASKS)
    assert told[:3] == (second, "high", manager)
    assert "甲顾问" in told[3]
    assert "乙顾问" in told[3]
    changed(premises, "manager", "lead", first, note="再联系")
    changed(premises, "manager", "lead", second, budget="100000")
    make.customer(phone="13811112222", sales_owner=other)
    assert premises.run(TASKS) == [told], "however often the two meet on the number"


def test_it_is_found_when_a_lead_is_given_to_another_too(premises: Premises, make: Make, two: tuple[str, str]):
    one, other = two
    make.record("lead", phone="13811113333", assignee=one, customer=None)
    second = make.record("lead", phone="13811113333", assignee=None, customer=None)
    premises.run("DELETE FROM task WHERE idem_key LIKE 'clash:%%'")
    assert changed(premises, "manager", "lead", second, assignee=other).status_code == 200
    assert [row[0] for row in premises.run(TASKS)] == [second]


@pytest.mark.parametrize(
    ("store", "changes", "clash"),
    [
        ("PD", {}, True),
        ("XH", {}, False),
        ("PD", {"archived_at": "now()"}, False),
        ("PD", {"sales_owner_id": "NULL"}, False),
    ],
    ids=["customer of a colleague", "of another store", "archived", "nobody's"],
)
def test_a_customer_whom_a_colleague_looks_after_clashes(
    store: str, changes: dict[str, str], clash: bool, premises: Premises, make: Make
):
    phone = f"139{make.number():08d}"
    owner = make.employee(store=store)
    customer = make.customer(store=store, phone=phone, sales_owner=str(owner))
    for column, value in changes.items():
        premises.run(f"UPDATE customer SET {column} = {value} WHERE id = %s", customer)
    lead = make.record("lead", phone=phone, assignee=str(make.employee()), customer=None)
    assert [row[0] for row in premises.run(TASKS)] == ([lead] if clash else [])


def test_a_closed_lead_clashes_with_nobody(premises: Premises, make: Make, two: tuple[str, str]):
    first = make.record("lead", phone="13811114444", assignee=two[0], customer=None)
    premises.run("UPDATE lead SET status = 'invalid', invalid_reason = '空号' WHERE id = %s", first)
    make.record("lead", phone="13811114444", assignee=two[1], customer=None)
    assert premises.run(TASKS) == []


def test_a_lead_taken_up_again_and_a_customer_entered_clash_as_well(
    premises: Premises, make: Make, two: tuple[str, str]
):
    first = make.record("lead", phone="13811115555", assignee=two[0], customer=None)
    premises.run("UPDATE lead SET status = 'invalid', invalid_reason = '空号' WHERE id = %s", first)
    make.record("lead", phone="13811115555", assignee=two[1], customer=None)
    assert premises.run(TASKS) == []
    assert done(premises, "manager", "lead", first, "revive").status_code == 200
    assert [row[0] for row in premises.run(TASKS)] == [first]
    other = make.record("lead", phone="13811116666", assignee=two[0], customer=None)
    customer = make.customer(phone="13811116666", sales_owner=None)
    assert [row[0] for row in premises.run(TASKS)] == [first]
    assert changed(premises, "manager", "customer", customer, sales_owner=two[1]).status_code == 200
    assert [row[0] for row in premises.run(TASKS)] == [first, other]


def test_a_leavers_leads_go_where_their_customers_go(premises: Premises, make: Make, two: tuple[str, str]):
    leaver = make.employee()
    for n in range(5):
        phone = f"1381112{n:04d}"
        make.customer(phone=phone, sales_owner=str(leaver), stage="active", do_not_contact="0")
        for _ in range(2):
            make.record("lead", phone=phone, assignee=str(leaver), customer=None)
    make.record("lead", phone="13811129999", assignee=str(leaver), customer=None)
    given = {"to": two[0], "second": two[1], "last_day": "2026-11-20"}
    assert done(premises, "manager", "employee", leaver, "hand_over", **given).status_code == 200
    assert premises.run(TASKS) == []
    parted = (
        "SELECT count(*) FROM lead l JOIN customer c ON c.store_id = l.store_id AND c.phone_bidx = l.phone_bidx"
        " WHERE l.assignee_id = ANY (%s) AND c.sales_owner_id <> l.assignee_id"
    )
    assert premises.one(parted, [int(one) for one in two]) == 0
    shared = "SELECT count(DISTINCT assignee_id) FROM lead WHERE assignee_id = ANY (%s)"
    assert premises.one(shared, [int(one) for one in two]) == 2


def test_numbers_are_not_tried_through_by_entering_leads(premises: Premises, make: Make) -> None:
    """Each counts as a question by a whole number; what is refused leaves no task."""
    account = premises.users["consultant"]
    empty = (
        "INSERT INTO gate.bucket VALUES (%s, 0, now() + interval '1 hour')"
        " ON CONFLICT (key) DO UPDATE SET filled = 0, at = excluded.at"
    )
    premises.run(empty, f"search:{account}")
    given = make.values(make.entity("lead"), given={"phone": "13811112222", "customer": None, "assignee": None})
    lead = {name: value for name, value in given.items() if value is not None}
    answer = premises.caller("consultant").post("/api/v1/data/lead/", json=lead)
    assert answer.status_code == 429, answer.text
    assert premises.run(TASKS) == []
    premises.run("DELETE FROM gate.bucket WHERE key = %s", f"search:{account}")
