"""What brings a record close to a colleague: its car is here today, or he was given a task about it."""

from datetime import timedelta

import pytest

from app.core.clock import SystemClock
from tests.appkit import Premises
from tests.make import Make

PHONE, SPOKEN, MASK = "13800138777", "138 0013 8777", "138****8777"


@pytest.fixture
def number(make: Make) -> int:
    """A customer of nobody's."""
    return make.customer(phone=PHONE, sales_owner=None, service_owner=None, renewal_owner=None, care_owner=None)


def employee(premises: Premises, part: str) -> int:
    return premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users[part])


def page(premises: Premises, part: str, number: int, entity: str = "customer") -> str:
    return premises.desk(part).get(f"/data/{entity}/{number}").text


def purpose(premises: Premises, number: int) -> str | None:
    sql = "SELECT v.after::jsonb ->> 'purpose' FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id"
    found = premises.run(f"{sql} WHERE e.action = 'open' AND e.record_id = %s ORDER BY e.id DESC LIMIT 1", number)
    return found[0][0] if found else None


def tomorrow() -> str:
    return (SystemClock().now() + timedelta(days=1)).isoformat()


def test_a_car_in_the_workshop_makes_its_customer_known_to_who_may_open_numbers(premises, make, number):
    assert MASK in page(premises, "advisor", number)
    order = make.record("work_order", customer=str(number))
    shown = page(premises, "advisor", number)
    assert SPOKEN in shown
    assert "车在本店维修" in shown
    assert purpose(premises, number) == f"work_order:{order}"
    assert MASK in page(premises, "technician", number)  # who may open no number
    assert premises.desk("outsider").get(f"/data/customer/{number}").status_code == 404
    premises.run("UPDATE work_order SET status = 'voided' WHERE id = %s", order)
    assert MASK in page(premises, "advisor", number)


@pytest.mark.parametrize(("starts", "known"), [("today", True), ("tomorrow", False)])
def test_an_appointment_counts_on_its_day(premises, make, number, starts, known):
    today = SystemClock().now()
    moment = (today if starts == "today" else today + timedelta(days=1)).isoformat()
    ends = (today + timedelta(days=2)).isoformat()
    make.record("service_appointment", customer=str(number), starts_at=moment, ends_at=ends)
    assert (SPOKEN in page(premises, "advisor", number)) is known


def test_a_task_counts_for_whom_it_was_given_while_it_is_open(premises, make, number):
    given = make.record("task", customer=str(number), assignee=str(employee(premises, "advisor")))
    assert SPOKEN in page(premises, "advisor", number)
    assert purpose(premises, number) == f"task:{given}"
    assert MASK in page(premises, "consultant", number)
    premises.run("UPDATE task SET status = 'cancelled' WHERE id = %s", given)
    assert MASK in page(premises, "advisor", number)


def test_nobody_makes_a_record_his_own_by_a_task_to_himself(premises, make, number):
    own = {"title": "回电", "kind": "call", "due_at": tomorrow(), "customer": str(number)}
    own |= {"assignee": str(employee(premises, "advisor")), "urgency": "normal"}
    assert premises.caller("advisor").post("/api/v1/data/task/", json=own).status_code == 201
    assert MASK in page(premises, "advisor", number)


def test_a_task_about_a_lead_opens_the_lead(premises, make):
    lead = make.record("lead", phone=PHONE, assignee=None)
    assert MASK in page(premises, "consultant", lead, "lead")
    mine = str(employee(premises, "consultant"))
    make.record("task", subject_entity="lead", subject_record=lead, assignee=mine, customer=None)
    assert SPOKEN in page(premises, "consultant", lead, "lead")


def test_lists_and_the_api_keep_the_mask(premises, make, number):
    make.record("work_order", customer=str(number))
    caller = premises.caller("advisor")
    assert caller.get(f"/api/v1/data/customer/{number}").json["result"]["phone"] == MASK
    assert SPOKEN not in premises.desk("advisor").get("/data/customer/").text
