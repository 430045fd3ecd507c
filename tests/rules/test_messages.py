"""Templates, reminder rules, reminders and messages: once each, and each state by who may bring it about."""

import pytest

from tests.appkit import Premises
from tests.cast import PUDONG
from tests.make import Make
from tests.rules.desk import added, bare, changed, copied, done, errors, feed, refusal

ONCE = [
    ("reminder", "manager", "idem_key"),
    ("message", "manager", "idem_key"),
    ("message_template", "admin", "code_edition"),
    ("reminder_rule", "admin", "code_edition"),
]


@pytest.mark.parametrize(("entity", "part", "key"), ONCE)
def test_it_stands_once(premises: Premises, make: Make, entity: str, part: str, key: str) -> None:
    number = make.record(entity)
    with bare(premises, part) as connection:
        assert refusal(connection, copied(entity, number)) == f"{entity}_{key}_once"


def test_a_key_that_was_planned_is_told_at_the_field(premises: Premises, make: Make) -> None:
    make.record("reminder", idem_key="R02:vehicle:7:2026-12-01:-14")
    given = make.values(make.entity("reminder"), given={"idem_key": "R02:vehicle:7:2026-12-01:-14"})
    answer = added(premises, "manager", "reminder", **given, store=premises.stores[PUDONG])
    assert errors(answer) == {"idem_key": "taken"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"code": "R1"}, {"code": "coded"}),
        ({"code": "r01"}, {"code": "coded"}),
        ({"lead_days": "30天"}, {"lead_days": "stages"}),
        ({"lead_days": "-30;7"}, {"lead_days": "stages"}),
    ],
)
def test_a_rule_is_coded_and_staged(
    premises: Premises, make: Make, given: dict[str, str], wrong: dict[str, str]
) -> None:
    number = make.record("reminder_rule")
    assert errors(changed(premises, "admin", "reminder_rule", number, **given)) == wrong
    field, value = next(iter(given.items()))
    with bare(premises, "admin") as connection:
        sql = f"UPDATE reminder_rule SET {field} = %s WHERE id = %s"
        assert refusal(connection, sql, value, number) == f"reminder_rule_{wrong[field]}"


@pytest.mark.parametrize(
    ("body", "fits"),
    [("保养九折，欢迎到店", False), ("保养九折，拒收请回复R", True), ("保养九折，退订回T", True)],
)
def test_a_marketing_sms_says_how_to_stop_it(premises: Premises, make: Make, body: str, fits: bool) -> None:
    given = {"nature": "marketing", "channel": "sms", "body": body, "edition": make.number()}
    base = make.values(make.entity("message_template"), given=given)
    answer = added(premises, "admin", "message_template", **base)
    assert answer.status_code == 201 if fits else errors(answer) == {"body": "way_out"}
    sql = copied(
        "message_template", make.record("message_template"), body=f"'{body}'", nature="'marketing'", channel="'sms'",
        edition="999999",
    )  # fmt: skip
    with bare(premises, "admin") as connection:
        assert refusal(connection, sql) == (None if fits else "message_template_way_out")


def test_a_templates_words_stand_still_once_it_goes_to_review(premises: Premises, make: Make) -> None:
    number = make.record("message_template")
    assert changed(premises, "admin", "message_template", number, body="新的内容").status_code == 200
    for code in ("submit", "reject", "submit", "approve"):
        assert done(premises, "admin", "message_template", number, code).status_code == 200
    assert errors(changed(premises, "admin", "message_template", number, body="又改")) == {"body": "locks"}
    with bare(premises, "admin") as connection:
        sql = "UPDATE message_template SET signature = '别家' WHERE id = %s"
        assert refusal(connection, sql, number) == "message_template_locks"
        sql = "UPDATE message_template SET status = 'draft' WHERE id = %s"
        assert refusal(connection, sql, number) == "message_template_move"
        assert refusal(connection, "DELETE FROM message_template WHERE id = %s", number) == "message_template_kept"


def test_people_answer_and_call_off_but_do_not_send(premises: Premises, make: Make) -> None:
    number = make.record("reminder")
    with bare(premises, "manager") as connection:
        sql = "UPDATE reminder SET status = %s WHERE id = %s"
        assert refusal(connection, sql, "due", number) == "reminder_role"
        assert refusal(connection, sql, "sent", number) == "reminder_move"
    assert done(premises, "manager", "reminder", number, "cancel").status_code == 200
    assert errors(changed(premises, "manager", "reminder", number, stage=5)) == {"stage": "locks"}


def test_a_reminder_goes_from_plan_to_answer(premises: Premises, make: Make) -> None:
    number = make.record("reminder")
    with feed(premises) as connection:
        for state in ("due", "queued", "sending", "sent", "delivered"):
            connection.execute("UPDATE reminder SET status = %s WHERE id = %s", (state, number))
        assert refusal(connection, "UPDATE reminder SET status = 'planned' WHERE id = %s", number) == "reminder_move"
    assert done(premises, "consultant", "reminder", number, "convert").status_code == 200


def test_a_message_tells_when_it_was_sent(premises: Premises, make: Make) -> None:
    number = make.record("message", nature="notice")
    with feed(premises) as connection:
        for state in ("sending", "sent", "delivered"):
            connection.execute("UPDATE message SET status = %s WHERE id = %s", (state, number))
    told = "SELECT queued_at IS NOT NULL, sent_at IS NOT NULL, delivered_at >= sent_at FROM message WHERE id = %s"
    assert premises.run(told, number) == [(True, True, True)]
    with bare(premises, "manager") as connection:
        sql = "UPDATE message SET nature = 'marketing' WHERE id = %s"
        assert refusal(connection, sql, number) == "message_locks"
        assert refusal(connection, "DELETE FROM message WHERE id = %s", number) == "message_kept"


def test_one_whose_outcome_is_unknown_is_judged_by_a_person_and_not_sent_again(premises: Premises, make: Make) -> None:
    number = make.record("message")
    with feed(premises) as connection:
        for state in ("sending", "unknown"):
            connection.execute("UPDATE message SET status = %s WHERE id = %s", (state, number))
    with bare(premises, "manager") as connection:
        assert refusal(connection, "UPDATE message SET status = 'sending' WHERE id = %s", number) == "message_move"
    assert done(premises, "manager", "message", number, "mark_sent").status_code == 200


def test_people_do_not_begin_with_a_message_that_was_sent(premises: Premises, make: Make) -> None:
    for entity, state in (("message", "'sent'"), ("reminder", "'delivered'")):
        sql = copied(entity, make.record(entity), status=state, idem_key="'begun'")
        with bare(premises, "manager") as connection:
            assert refusal(connection, sql) == f"{entity}_begin"
