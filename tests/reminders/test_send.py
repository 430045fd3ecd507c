"""What is decided when a reminder is to be told, and that each customer is told once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from tests.reminders.conftest import Desk
from tests.reminders.mailbox import Box, mailbox


@pytest.fixture
def box(desk: Desk) -> Iterator[Box]:
    """A mail server that the settings name."""
    with mailbox() as made:
        desk.settings = replace(
            desk.settings, smtp_host="127.0.0.1", smtp_port=made.port, smtp_security="none",
            smtp_from="service@dealer.cn", smtp_timeout_seconds=2,
        )  # fmt: skip
        yield made


def send(desk: Desk) -> Any:
    return desk.run("reminder.send")


def trace(desk: Desk, rule: str, stage: int) -> tuple[str, str, str, list[str]]:
    """(status, outcome, reason, the checks that failed) of the one reminder of a rule and stage."""
    status, decision = desk.premises.run(
        "SELECT r.status, r.decision FROM reminder r JOIN reminder_rule u ON u.id = r.rule_id"
        " WHERE u.code = %s AND r.stage = %s", rule, stage
    )[0]  # fmt: skip
    told = orjson.loads(decision or "{}")
    failed = [one["check"] for one in told.get("checks", ()) if not one["ok"]]
    return status, told.get("outcome", ""), told.get("reason", ""), failed


def alone(desk: Desk) -> None:
    """Leaves the letters as the only contact: a call would count as one, too."""
    desk.premises.run("UPDATE reminder_rule SET active = false WHERE code = 'R04b'")


def consent(desk: Desk, customer: int, purpose: str, action: str = "grant", channel: str = "any") -> None:
    """A tick or its withdrawal."""
    desk.make.record(
        "consent", customer=str(customer), purpose=purpose, action=action, channel=channel, evidence="纸质",
        notice=str(desk.make.record("privacy_notice")) if action == "grant" else None, at="2026-01-01T09:00:00+08:00",
    )  # fmt: skip


def test_a_notice_goes_out_once_by_mail_and_leaves_its_trace(desk: Desk, box: Box) -> None:
    person, _ = desk.insured(30)
    desk.plan()
    assert send(desk)["mail_sent"] == 1
    for _ in range(3):
        desk.clock.at += timedelta(minutes=5)
        send(desk)
    assert len(box.letters) == 1
    name = desk.premises.one("SELECT name FROM customer WHERE id = %s", person)
    assert name in box.texts()[0]
    assert "2026 年 12 月 23 日" in box.texts()[0]
    assert "退订" not in box.texts()[0]
    assert trace(desk, "R04a", -30) == ("sent", "told", "", [])
    status, sent, digest, recipient = desk.premises.run(
        "SELECT status, sent_at = %s, length(body_hash), recipient FROM message", desk.clock.at - timedelta(minutes=15)
    )[0]
    assert (status, sent, digest) == ("sent", True, 64)
    assert b"example" not in bytes(recipient)


def test_the_address_stands_nowhere_in_clear(desk: Desk, box: Box) -> None:
    desk.insured(30, email="verysecret@example.cn")
    box.answers["RCPT"] = "550 no such user {}"
    desk.plan()
    send(desk)
    assert trace(desk, "R04a", -30)[:3] == ("failed", "failed", "refused")
    for sql in (
        "SELECT string_agg(m::text, '') FROM message m", "SELECT string_agg(r::text, '') FROM reminder r",
        "SELECT string_agg(o::text, '') FROM work.outbox o", "SELECT string_agg(i::text, '') FROM work.inbox i",
        "SELECT string_agg(t::text, '') FROM trail.entry t", "SELECT string_agg(t::text, '') FROM trail.value t",
    ):  # fmt: skip
        assert "verysecret" not in (desk.premises.one(sql) or "")


def test_tasks_go_to_the_owner_by_role_with_the_case_they_are_about(desk: Desk, box: Box) -> None:
    owner = desk.make.employee()
    _, car = desk.insured(45, renewal_owner=str(owner))
    desk.plan()
    send(desk)
    case = desk.premises.one("SELECT id FROM renewal_case WHERE vehicle_id = %s", car)
    rows = desk.premises.run(
        "SELECT kind, assignee_id, subject_entity, subject_record, status, (due_at AT TIME ZONE 'Asia/Shanghai')::text"
        " FROM task ORDER BY id"
    )
    assert sorted(rows) == sorted([
        ("renewal", owner, "renewal_case", case, "open", "2026-11-25 18:00:00"),
        ("renewal", owner, "renewal_case", case, "open", "2026-11-23 19:30:00"),
    ])  # fmt: skip
    assert trace(desk, "R04b", -45)[:2] == ("sent", "told")
    assert box.letters == []


def test_the_channels_order_is_not_the_rules(desk: Desk, box: Box) -> None:
    """A list of choices is kept in the order of its options, whichever came first on the form."""
    desk.premises.run("UPDATE reminder_rule SET channels = '{call,wechat,email}' WHERE code = 'R04a'")
    desk.insured(30)
    desk.plan()
    send(desk)
    assert len(box.letters) == 1
    desk.premises.run("UPDATE reminder_rule SET channels = '{wechat,email}' WHERE code = 'R04a'")


def test_who_has_no_address_is_told_by_staff(desk: Desk, box: Box) -> None:
    desk.insured(30, email=None)
    desk.plan()
    send(desk)
    assert trace(desk, "R04a", -30) == ("sent", "told", "", ["address", "assignee"])
    assert desk.premises.one("SELECT count(*) FROM task WHERE kind = 'message'") == 1


def test_without_a_mail_server_nothing_is_lost_and_the_administrator_hears_of_it(desk: Desk) -> None:
    desk.premises.run("UPDATE reminder_rule SET channels = '{email}' WHERE code = 'R04a'")
    desk.insured(30)
    desk.plan()
    send(desk)
    assert trace(desk, "R04a", -30) == ("due", "waits", "no_mail_server", ["server"])
    told = desk.premises.run("SELECT u.username FROM work.inbox i JOIN ab_user u ON u.id = i.user_id")
    assert told == [("admin",)]
    with mailbox() as box:
        desk.settings = replace(
            desk.settings, smtp_host="127.0.0.1", smtp_port=box.port, smtp_security="none", smtp_from="s@dealer.cn"
        )
        desk.clock.at += timedelta(hours=2)
        send(desk)
        assert len(box.letters) == 1
    desk.premises.run("UPDATE reminder_rule SET channels = '{wechat,email}' WHERE code = 'R04a'")


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({"do_not_contact": True, "no_contact_reason": "本人要求"}, "suppressed", "do_not_contact"),
        ({}, "sent", ""),
    ],
)
def test_do_not_contact(desk: Desk, box: Box, given: dict[str, object], status: str, reason: str) -> None:
    desk.insured(30, **given)
    desk.plan()
    send(desk)
    assert trace(desk, "R04a", -30)[::2][:1] == (status,)
    assert trace(desk, "R04a", -30)[2] == reason
    assert len(box.letters) == (status == "sent")


@pytest.mark.parametrize(
    ("scope", "by_mail", "by_hand"),
    [("all", 0, 0), ("email", 0, 1), ("marketing", 1, 0), ("call", 1, 0), ("wechat", 1, 0)],
)
def test_suppressions_by_their_scope(desk: Desk, box: Box, scope: str, by_mail: int, by_hand: int) -> None:
    desk.insured(30, email="left@example.cn")
    desk.make.record(
        "suppression", contact="left@example.cn", scope=scope, customer=None, since=desk.day(-1), until=desk.day(1)
    )
    desk.plan()
    send(desk)
    assert len(box.letters) == by_mail
    assert desk.premises.one("SELECT count(*) FROM task WHERE kind = 'message'") == by_hand


@pytest.mark.parametrize(
    ("channel", "ticks", "told"),
    [
        ("here", [], (1, 0)),
        ("here", [("service", "withdraw", "email")], (0, 1)),
        ("elsewhere", [], (0, 2)),
        ("elsewhere", [("marketing", "grant", "any")], (1, 0)),
        ("elsewhere", [("marketing", "grant", "any"), ("marketing", "withdraw", "any")], (0, 2)),
        ("elsewhere", [("service", "grant", "any")], (0, 2)),
    ],
)
def test_consent_by_class(
    desk: Desk, box: Box, channel: str, ticks: list[tuple[str, str, str]], told: tuple[int, int]
) -> None:
    alone(desk)
    person = desk.customer()
    desk.policy(desk.car(person), 30, channel=channel)
    for purpose, action, way in ticks:
        consent(desk, person, purpose, action, way)
    desk.plan()
    send(desk)
    assert (len(box.letters), trace(desk, "R04a", -30)[3].count("consent")) == told
    if box.letters and channel == "elsewhere":
        assert "退订" in box.texts()[0]


def test_calls_about_others_policies_need_consent_too(desk: Desk, box: Box) -> None:
    person = desk.customer()
    desk.policy(desk.car(person), 15, channel="elsewhere")
    desk.plan()
    send(desk)
    assert trace(desk, "R04b", -15)[:3] == ("suppressed", "suppressed", "no_consent")


def test_a_critical_complaint_holds_marketing_back_and_no_notice(desk: Desk, box: Box) -> None:
    alone(desk)
    person, _ = desk.insured(30)
    other = desk.customer()
    desk.policy(desk.car(other), 30, channel="elsewhere")
    consent(desk, other, "marketing")
    for one in (person, other):
        desk.make.record("complaint", customer=str(one), severity="critical")
    desk.plan()
    send(desk)
    found = desk.premises.run(
        "SELECT r.customer_id, r.status, r.decision::jsonb ->> 'reason' FROM reminder r WHERE stage = -30"
        " ORDER BY r.customer_id"
    )
    assert found == [(person, "sent", ""), (other, "due", "critical_open")]
    assert len(box.letters) == 1


def test_marketing_is_capped_by_week(desk: Desk, box: Box) -> None:
    alone(desk)
    person = desk.customer()
    consent(desk, person, "marketing")
    desk.policy(desk.car(person), 30, channel="elsewhere")
    desk.plan()
    send(desk)
    desk.clock.at += timedelta(days=4)
    desk.policy(desk.car(person), 30, channel="elsewhere")
    for letters in (1, 1, 1, 2):
        desk.plan()
        send(desk)
        assert len(box.letters) == letters
        desk.clock.at += timedelta(days=1)


@pytest.mark.parametrize(
    ("hour", "letters", "calls"),
    [(3, 0, 0), (8, 1, 0), (9, 1, 0), (10, 1, 1), (12, 1, 0), (15, 1, 1), (20, 1, 0), (22, 0, 0)],
)  # fmt: skip
def test_hours(desk: Desk, box: Box, hour: int, letters: int, calls: int) -> None:
    desk.clock.at = desk.clock.at.replace(hour=0) + timedelta(hours=hour - 8)
    desk.insured(15)
    desk.plan()
    send(desk)
    assert len(box.letters) == letters
    assert desk.premises.one("SELECT count(*) FROM reminder WHERE channel = 'call' AND status = 'sent'") == calls
    if not letters:
        until = desk.premises.one(
            "SELECT (wait_until AT TIME ZONE 'Asia/Shanghai')::time::text FROM reminder WHERE stage = -30"
        )
        assert until == "08:00:00"
        desk.clock.at += timedelta(hours=11)
        desk.plan()
        send(desk)
        assert len(box.letters) == 1


def test_nobody_is_bothered_at_new_year(desk: Desk, box: Box) -> None:
    desk.clock.at = desk.clock.at.replace(year=2027, month=2, day=5, hour=2)  # 除夕
    desk.insured(30)
    desk.plan()
    send(desk)
    assert box.letters == []
    until = desk.premises.one("SELECT wait_until FROM reminder WHERE stage = -30")
    assert until.isoformat() == "2027-02-08T00:00:00+00:00"  # 初三, 08:00 in Shanghai


def test_items_of_one_customer_are_told_together(desk: Desk, box: Box) -> None:
    person, car = desk.insured(30)
    other = desk.car(person)
    desk.policy(other, 35)  # due in five days: told now, with the first
    desk.visit(car, -177)
    desk.plan()
    send(desk)
    assert len(box.letters) == 1
    assert box.texts()[0].count("· ") == 3
    rows = desk.premises.run(
        "SELECT status, bundle_id IS NULL FROM reminder WHERE channel = 'email' ORDER BY due_on, id"
    )
    assert sorted(rows) == [("sent", False), ("sent", False), ("sent", True)]
    for _ in range(8):
        desk.clock.at += timedelta(days=1)
        desk.plan()
        send(desk)
    assert len(box.letters) == 1


def test_a_later_stage_of_the_same_matter_is_not_told_ahead(desk: Desk, box: Box) -> None:
    desk.insured(7)
    desk.plan()
    send(desk)
    assert box.texts()[0].count("· ") == 1
    assert ("R04a", -1, "planned") in desk.reminders()


def test_a_new_owner_is_not_told_what_was_planned_for_the_former(desk: Desk, box: Box) -> None:
    _, car = desk.insured(30)
    desk.plan()
    desk.premises.run("UPDATE vehicle SET customer_id = %s WHERE id = %s", desk.customer(), car)
    send(desk)
    assert trace(desk, "R04a", -30) == ("cancelled", "cancelled", "owner_changed", ["owner"])
    assert box.letters == []


def test_what_was_renewed_since_the_plan_is_not_told(desk: Desk, box: Box) -> None:
    _, car = desk.insured(30)
    desk.plan()
    desk.policy(car, 395, starts_on=desk.day(31))
    send(desk)
    assert trace(desk, "R04a", -30)[:3] == ("cancelled", "cancelled", "renewed")
    assert box.letters == []


def test_a_renewal_converts_what_was_told_and_closes_its_task(desk: Desk, box: Box) -> None:
    _, car = desk.insured(45)
    desk.plan()
    send(desk)
    desk.policy(car, 410, starts_on=desk.day(46))
    send(desk)
    assert {one[2] for one in desk.reminders()} == {"converted"}
    assert desk.premises.run("SELECT DISTINCT status FROM task") == [("cancelled",)]


def test_a_visit_converts_and_later_stages_do_not_come(desk: Desk, box: Box) -> None:
    car = desk.car(desk.customer())
    desk.visit(car, -163)
    desk.plan()
    send(desk)
    assert len(box.letters) == 1
    desk.clock.at += timedelta(days=3)
    desk.visit(car, 0)
    for _ in range(20):
        desk.clock.at += timedelta(days=1)
        desk.plan()
        send(desk)
    assert [one for one in desk.reminders() if one[0] == "R02"] == [("R02", -21, "converted")]
    assert len(box.letters) == 1


def test_a_mail_server_whose_password_is_missing_holds_up_no_task(desk: Desk, box: Box) -> None:
    desk.settings = replace(desk.settings, smtp_user="dealer")
    desk.insured(30)
    desk.plan()
    send(desk)
    assert trace(desk, "R04a", -30) == ("sent", "told", "", ["server", "assignee"])
    assert desk.premises.one("SELECT count(*) FROM work.inbox") == 1
