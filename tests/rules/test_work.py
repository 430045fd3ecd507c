"""Tasks, interactions, questions and suggestions: how they end, and what follows from them."""

import pytest

from app.models import ENTITIES
from app.rules import employee
from tests.appkit import Premises
from tests.cast import PUDONG
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

OF = (
    "SELECT kind, title, assignee_id, customer_id, status FROM task"
    " WHERE subject_entity = 'interaction' AND subject_record = %s"
)


def talk(make: Make, **given: object) -> int:
    """An interaction whose next step is a call, unless given otherwise."""
    values = {"next_step": "call", "next_at": "2026-12-01T10:00:00+08:00", "ending": None}
    return make.record("interaction", **(values | given))


def test_a_task_is_done_once(premises: Premises, make: Make) -> None:
    number = make.record("task")
    assert done(premises, "consultant", "task", number, "finish", result="已联系").status_code == 200
    assert premises.run("SELECT status, result, done_at IS NOT NULL FROM task WHERE id = %s", number) == [
        ("done", "已联系", True)
    ]
    with bare(premises, "consultant") as connection:
        for state in ("open", "cancelled"):
            sql = "UPDATE task SET status = %s WHERE id = %s"
            assert refusal(connection, sql, state, number) == "task_move"
        assert refusal(connection, "UPDATE task SET title = '别的' WHERE id = %s", number) == "task_locks"
    assert errors(changed(premises, "consultant", "task", number, due_at="2027-01-01T09:00:00+08:00")) == {
        "due_at": "locks"
    }


def test_a_task_that_was_done_is_kept(premises: Premises, make: Make) -> None:
    number = make.record("task")
    done(premises, "manager", "task", number, "finish")
    with bare(premises, "manager") as connection:
        assert refusal(connection, "DELETE FROM task WHERE id = %s", number) == "task_done_stays"


def test_two_open_tasks_of_one_key_are_refused(premises: Premises, make: Make) -> None:
    key = f"renewal:{make.number()}"
    number = make.record("task", idem_key=key)
    given = make.values(make.entity("task")) | {"store": premises.stores[PUDONG], "idem_key": key}
    answer = added(premises, "consultant", "task", **given)
    assert errors(answer) == {"idem_key": "open_once"}
    assert "待办任务" in answer.json["errors"][0]["message"]
    with bare(premises, "consultant") as connection:
        assert refusal(connection, copied("task", number)) == "task_open_once"
    done(premises, "consultant", "task", number, "cancel")
    assert added(premises, "consultant", "task", **given).status_code == 201, "what is over may be asked for again"


def test_a_task_is_about_something_that_exists(premises: Premises, make: Make) -> None:
    given = make.values(make.entity("task")) | {"store": premises.stores[PUDONG], "subject_entity": "unicorn"}
    assert errors(added(premises, "consultant", "task", **given)) == {"subject_entity": "no_entity"}


def test_a_next_step_becomes_a_task_once(premises: Premises, make: Make) -> None:
    employee, customer = make.employee(), make.customer()
    number = talk(make, employee=str(employee), customer=str(customer), next_step="invite")
    assert premises.run(OF, number) == [("invite", "邀约到店", employee, customer, "open")]
    changed(premises, "manager", "interaction", number, summary="补记")
    assert len(premises.run(OF, number)) == 1


@pytest.mark.parametrize("step", [None, "none"])
def test_no_further_contact_makes_no_task(premises: Premises, make: Make, step: str | None) -> None:
    number = talk(make, next_step=step, next_at=None, ending="settled")
    assert premises.run(OF, number) == []


def test_a_next_step_has_its_time_and_an_ending_its_reason(premises: Premises, make: Make) -> None:
    number = talk(make, next_step=None, next_at=None)
    assert errors(changed(premises, "manager", "interaction", number, next_step="call")) == {"next_at": "step_dated"}
    assert errors(changed(premises, "manager", "interaction", number, next_step="none")) == {"ending": "ending_told"}


def test_an_interaction_is_of_the_department_of_who_had_it(premises: Premises, make: Make) -> None:
    department = make.record("department")
    employee = make.employee(department=str(department))
    number = talk(make, employee=str(employee))
    assert premises.one("SELECT department_id FROM interaction WHERE id = %s", number) == department


def test_a_question_is_closed_with_its_answer(premises: Premises, make: Make) -> None:
    number = make.record("ticket", number=None, answer=None)
    assert premises.one("SELECT number FROM ticket WHERE id = %s", number).startswith("ZX2")
    assert errors(done(premises, "consultant", "ticket", number, "answer")) == {"answer": "required"}
    assert done(premises, "consultant", "ticket", number, "answer", answer="可以").status_code == 200
    assert premises.one("SELECT answered_at IS NOT NULL FROM ticket WHERE id = %s", number)
    with bare(premises, "consultant") as connection:
        assert refusal(connection, "UPDATE ticket SET answer = NULL WHERE id = %s", number) == "ticket_needs"
    assert done(premises, "consultant", "ticket", number, "close").status_code == 200
    with bare(premises, "consultant") as connection:
        assert refusal(connection, "UPDATE ticket SET question = '?' WHERE id = %s", number) == "ticket_locks"
    assert done(premises, "consultant", "ticket", number, "ask_again").status_code == 200
    assert premises.one("SELECT answered_at FROM ticket WHERE id = %s", number) is None


def test_an_open_question_is_not_closed(premises: Premises, make: Make) -> None:
    number = make.record("ticket")
    with bare(premises, "consultant") as connection:
        assert refusal(connection, "UPDATE ticket SET status = 'closed' WHERE id = %s", number) == "ticket_move"


def test_a_suggestion_is_answered_within_three_working_days(premises: Premises, make: Make) -> None:
    number = make.record("suggestion", received_at="2026-11-20T10:00:00+08:00", answer=None)
    due = "SELECT to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') FROM suggestion WHERE id = %s"
    assert premises.one(due, number) == "2026-11-25"
    assert errors(done(premises, "consultant", "suggestion", number, "adopt")) == {"answer": "required"}
    assert done(premises, "consultant", "suggestion", number, "decline", answer="暂不具备条件").status_code == 200
    with bare(premises, "consultant") as connection:
        sql = "UPDATE suggestion SET status = 'adopted' WHERE id = %s"
        assert refusal(connection, sql, number) == "suggestion_move"


def test_a_task_done_by_a_feed_ends_too(premises: Premises, make: Make) -> None:
    number = make.record("task")
    with feed(premises) as connection:
        connection.execute(
            "UPDATE task SET status = 'done', done_at = timestamptz '2026-11-01 09:00+08' WHERE id = %s", (number,)
        )
    assert (
        str(premises.one("SELECT done_at AT TIME ZONE 'UTC' FROM task WHERE id = %s", number)) == "2026-11-01 01:00:00"
    )


@pytest.mark.parametrize("entity", employee.WORKED)
def test_nobody_is_given_work_who_has_left(premises: Premises, make: Make, entity: str) -> None:
    leaver, number = make.employee(left_on="2026-01-31"), make.record(entity)
    for name in ENTITIES[entity].owners:
        column = ENTITIES[entity].by_name[name].column
        with bare(premises, "boss") as connection:
            sql = f"UPDATE {entity} SET {column} = %s WHERE id = %s"
            assert refusal(connection, sql, leaver, number) == f"{entity}_leaver_{name}"
