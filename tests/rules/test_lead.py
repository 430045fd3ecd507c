"""What a lead is worth, whose it is, and what becomes of it."""

from itertools import product

import pytest

from app.rules.lead import DECISION, FOLLOW_UP, WINDOW, Answers, grade, score
from tests.appkit import Premises
from tests.cast import PUDONG, XUHUI
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

W = 10_000 * 100  # 万元 in 分
ALL = """
INSERT INTO lead (store_id, name, source_id, status, model_id, intent, purchase_window, budget, decision)
SELECT %(store)s, '张三', %(source)s, 'new', m.id, i, w, b, d
  FROM unnest(%(intents)s::text[]) i, unnest(%(windows)s::text[]) w, unnest(%(budgets)s::bigint[]) b,
       unnest(%(decisions)s::text[]) d, (SELECT id FROM vehicle_model WHERE id = ANY (%(models)s)) m
RETURNING intent, purchase_window, budget, model_id, decision, score, grade,
          follow_up_on - (received_at AT TIME ZONE 'Asia/Shanghai')::date
"""


@pytest.mark.parametrize(
    ("answers", "points", "graded"),
    [
        (Answers("H", "week", 20 * W, 20 * W, "decides"), 100, "H"),
        (Answers("H", "fortnight", 19 * W, 20 * W, "influences"), 83, "H"),
        (Answers("H", "week", None, None, "decides"), 80, "H"),
        (Answers("H", "week", None, None, "shares"), 75, "A"),
        (Answers("A", "fortnight", 19 * W - 1, 20 * W, "asks"), 60, "A"),
        (Answers("A", "month", 19 * W, 20 * W, None), 64, "A"),
        (Answers("A", "month", 18 * W, 20 * W, "influences"), 57, "B"),
        (Answers("B", "month", 10 * W, None, "shares"), 57, "B"),
        (Answers("B", "quarter", 10 * W, 20 * W, None), 33, "C"),
        (Answers("B", "month", None, None, None), 35, "B"),
        (Answers("C", "later", 20 * W, 20 * W, "decides"), 44, "B"),
        (Answers("C"), 6, "C"),
        (Answers("C", "later", None, 20 * W, "asks"), 9, "C"),
        (Answers("O"), 100, "O"),
        (Answers("O", "later", 1, 20 * W, "asks"), 100, "O"),
    ],
)
def test_a_lead_is_graded_by_what_is_known_of_it(answers: Answers, points: int, graded: str):
    assert (score(answers), grade(answers.intent, score(answers))) == (points, graded)


def test_the_database_judges_every_combination_the_same(premises: Premises, make: Make):
    priced, free = make.record("vehicle_model", list_price="200000"), make.record("vehicle_model", list_price=None)
    given = {
        "store": premises.stores[PUDONG],
        "source": make.record("lead_source"),
        "intents": ["H", "A", "B", "C", "O"],
        "windows": [*WINDOW, None],
        "budgets": [None, 0, 19 * W - 1, 19 * W, 30 * W],
        "decisions": [*DECISION, None],
        "models": [priced, free],
    }
    with premises.connect() as connection:
        rows = connection.execute(ALL, given).fetchall()
        connection.rollback()
    assert len(rows) == len(set(product(given["intents"], given["windows"], given["budgets"], given["decisions"]))) * 2
    for intent, window, budget, model, decision, points, graded, days in rows:
        wanted = score(Answers(intent, window, budget, 20 * W if model == priced else None, decision))
        assert (points, graded, days) == (wanted, grade(intent, wanted), FOLLOW_UP.get(graded))


def test_a_better_grade_brings_the_next_call_forward(premises: Premises, make: Make):
    lead = make.record("lead", intent="C", purchase_window=None, budget=None, decision=None, last_contact_at=None)
    days = "SELECT follow_up_on - (received_at AT TIME ZONE 'Asia/Shanghai')::date FROM lead WHERE id = %s"
    assert premises.one(days, lead) == 15
    assert changed(premises, "manager", "lead", lead, intent="H", purchase_window="week", decision="decides").json
    assert premises.one(days, lead) == 2


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"duplicate_of_id": "currval('lead_id_seq')"}, "lead_not_itself"),
        ({"first_response_at": "received_at - interval '1 hour'"}, None),  # people do not write it
        ({}, "lead_source_external_id_once"),
        ({"external_id": "NULL"}, None),
        ({"external_id": "NULL", "source_id": "0"}, "lead_source_fk"),
        ({"external_id": "NULL", "source_id": "NULL"}, None),
        ({"external_id": "NULL", "series_id": "0"}, "lead_series_fk"),
        ({"external_id": "NULL", "assignee_id": "0"}, "lead_assignee_fk"),
        ({"external_id": "NULL", "status": "'contacted'"}, "lead_begin"),
        ({"external_id": "NULL", "status": "'converted'"}, "lead_begin"),
    ],
)  # fmt: skip
def test_the_database_refuses_it(premises: Premises, make: Make, change: dict[str, str], constraint: str | None):
    number = make.record("lead")
    sql = copied("lead", number, **change)
    with bare(premises, "manager") as connection:
        if "source_id" in change and change["source_id"] == "NULL":
            with pytest.raises(Exception, match="source_id"):
                connection.execute(sql)
            return
        if "duplicate_of_id" in change:
            sql = f"UPDATE lead SET duplicate_of_id = id WHERE id = {number}"
        if "first_response_at" in change:
            sql = copied("lead", number, external_id="NULL", **change)
        assert refusal(connection, sql) == constraint


def test_a_feed_cannot_answer_before_the_lead_came(premises: Premises, make: Make):
    number = make.record("lead")
    with feed(premises) as connection:
        sql = "UPDATE lead SET first_response_at = received_at - interval '1 hour' WHERE id = %s"
        assert refusal(connection, sql, number) == "lead_answered_later"


def test_a_lead_has_a_source_and_comes_in_once(premises: Premises, make: Make):
    source = make.record("lead_source")
    assert errors(added(premises, "consultant", "lead", name="无来源")) == {"source": "required"}
    given = {"name": "赵一", "source": source, "external_id": "AUTOHOME-1"}
    assert added(premises, "consultant", "lead", **given).status_code == 201
    assert "external_id" in errors(added(premises, "consultant", "lead", **given))


@pytest.mark.parametrize(
    ("states", "constraint"),
    [
        (("contacted", "qualified"), None),
        (("converted",), "lead_role"),
        (("contacted", "new"), "lead_move"),
        (("invalid",), "lead_needs"),
        (("duplicate",), "lead_needs"),
    ],
)
def test_a_lead_goes_its_way(premises: Premises, make: Make, states: tuple[str, ...], constraint: str | None):
    lead, found = make.record("lead", invalid_reason=None), None
    with bare(premises, "consultant") as connection:
        for state in states:
            found = refusal(connection, "UPDATE lead SET status = %s WHERE id = %s", state, lead)
    assert found == constraint


def test_the_first_response_is_the_first(premises: Premises, make: Make):
    lead = make.record("lead", last_contact_at=None)
    answer = done(premises, "consultant", "lead", lead, "contact")
    assert answer.status_code == 200, answer.json["errors"]
    first = premises.one("SELECT first_response_at FROM lead WHERE id = %s", lead)
    assert first is not None
    assert done(premises, "consultant", "lead", lead, "qualify", intent="A").status_code == 200
    assert premises.one("SELECT first_response_at FROM lead WHERE id = %s", lead) == first
    assert errors(done(premises, "consultant", "lead", lead, "reject")) == {"invalid_reason": "required"}


def mine(premises: Premises, part: str) -> int:
    return premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users[part])


def test_a_lead_of_nobody_lies_in_the_pool_until_it_is_claimed(premises: Premises, make: Make):
    lead = make.record("lead")
    assert premises.one("SELECT pooled_at IS NOT NULL AND protected_until IS NULL FROM lead WHERE id = %s", lead)
    assert done(premises, "consultant", "lead", lead, "claim").status_code == 200
    days = "protected_until - current_date BETWEEN 29 AND 31"
    held = f"SELECT assignee_id, pooled_at IS NULL, {days} FROM lead WHERE id = %s"
    assert premises.run(held, lead) == [(mine(premises, "consultant"), True, True)]
    assert done(premises, "manager", "lead", lead, "claim").status_code == 422
    assert done(premises, "consultant", "lead", lead, "release").status_code == 200
    assert premises.one("SELECT pooled_at IS NOT NULL FROM lead WHERE id = %s", lead)


def test_a_colleagues_lead_is_protected_until_its_time_is_over(premises: Premises, make: Make):
    lead = make.record("lead", assignee=str(mine(premises, "manager")))
    answer = changed(premises, "consultant", "lead", lead, assignee=mine(premises, "consultant"))
    assert errors(answer) == {"assignee": "protected"}
    with bare(premises, "consultant") as connection:
        assert refusal(connection, "UPDATE lead SET assignee_id = NULL WHERE id = %s", lead) == "lead_protected"
    assert done(premises, "consultant", "lead", lead, "release").status_code == 422
    with feed(premises) as connection:
        untouched = {"received_at": "now() - interval '40 days'", "assigned_at": "now() - interval '31 days'"}
        bare_one = {"external_id": "NULL", "last_contact_at": "NULL", "phone": "NULL", "phone_bidx": "NULL"}
        [lead] = connection.execute(copied("lead", lead, **untouched, **bare_one)).fetchone()
    answer = changed(premises, "consultant", "lead", lead, assignee=mine(premises, "consultant"))
    assert answer.status_code == 200, answer.json["errors"]


def test_a_manager_hands_leads_out(premises: Premises, make: Make):
    lead = make.record("lead", assignee=str(mine(premises, "consultant")))
    assert changed(premises, "manager", "lead", lead, assignee=mine(premises, "manager")).status_code == 200


def test_a_lead_becomes_an_opportunity_with_a_new_customer(premises: Premises, make: Make):
    series, phone = make.record("series"), f"138{make.number() + 60_000_000:08d}"
    lead = make.record("lead", name="孙转化", phone=phone, intent="A", budget="180000", assignee=None)
    assert errors(done(premises, "consultant", "lead", lead, "open_opportunity")) == {"series": "required"}
    answer = done(premises, "consultant", "lead", lead, "open_opportunity", series=series)
    assert answer.status_code == 200, answer.json["errors"]
    sql = "SELECT id, customer_id, series_id, budget, consultant_id, stage FROM opportunity WHERE lead_id = %s"
    [(_, customer, *rest)] = premises.run(sql, lead)
    assert rest == [series, 180_000_00, mine(premises, "consultant"), "intent"]
    assert premises.run("SELECT name, stage FROM customer WHERE id = %s", customer) == [("孙转化", "prospect")]
    assert premises.run("SELECT status, customer_id, first_response_at IS NOT NULL FROM lead WHERE id = %s", lead) == [
        ("converted", customer, True)
    ]
    found = premises.caller("manager").get(f"/api/v1/data/customer/?where=phone~eq~{phone}").json["result"]
    assert [row["id"] for row in found] == [customer]
    assert done(premises, "consultant", "lead", lead, "open_opportunity", series=series).status_code == 422
    assert errors(changed(premises, "consultant", "lead", lead, name="改名")) == {"name": "locks"}


@pytest.mark.parametrize(("name", "same"), [("钱相同", True), ("钱太太", False)])
def test_a_customer_of_the_same_name_and_number_is_the_same(premises: Premises, make: Make, name: str, same: bool):
    phone = f"139{make.number() + 70_000_000:08d}"
    customer = make.customer(name="钱相同", phone=phone)
    make.customer(store=XUHUI, name=name, phone=phone)
    lead = make.record("lead", name=name, phone=phone, series=str(make.record("series")))
    assert done(premises, "consultant", "lead", lead, "open_opportunity").status_code == 200
    assert (premises.one("SELECT customer_id FROM opportunity WHERE lead_id = %s", lead) == customer) is same


def test_sources_stand_as_a_tree(premises: Premises, make: Make):
    top = make.record("lead_source")
    middle = make.record("lead_source", parent=str(top))
    leaf = make.record("lead_source", parent=str(middle))
    with bare(premises, "admin") as connection:
        sql = "UPDATE lead_source SET parent_id = %s WHERE id = %s"
        assert refusal(connection, sql, leaf, top) == "lead_source_in_a_ring"
        assert refusal(connection, sql, top, top) in ("lead_source_in_a_ring", "lead_source_not_itself")
        assert refusal(connection, "DELETE FROM lead_source WHERE id = %s", middle) == "lead_source_parent_fk"
        assert refusal(connection, sql, top, leaf) is None
    assert errors(changed(premises, "admin", "lead_source", top, parent=leaf)) == {"parent": "in_a_ring"}
