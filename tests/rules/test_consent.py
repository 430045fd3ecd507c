"""Consent: the last word holds for each channel, a withdrawal at once, and nobody reads another store's."""

import hashlib

import pytest

from tests.appkit import Premises
from tests.cast import PUDONG, XUHUI
from tests.make import Make
from tests.rules.desk import added, bare, copied, errors, feed, refusal

STATE = "SELECT channel, granted FROM consent_state WHERE customer_id = %s AND purpose = %s ORDER BY channel"
EVERY = ("call", "email", "in_app", "letter", "sms", "wechat")


def say(
    make: Make, customer: int, action: str, channel: str = "any", *, day: int = 1, purpose: str = "marketing",
    store: str = PUDONG,
) -> int:  # fmt: skip
    """A tick or its withdrawal, on a day of last March."""
    notice = str(make.record("privacy_notice")) if action == "grant" else None
    given = {"purpose": purpose, "channel": channel, "action": action, "at": f"2026-03-{day:02}T09:00:00+08:00"}
    return make.record("consent", store=store, customer=str(customer), notice=notice, **given)


def test_nothing_said_is_no_consent(premises: Premises, make: Make) -> None:
    assert premises.run(STATE, make.customer(), "marketing") == []


def test_the_last_word_about_a_channel_or_all_of_them_holds(premises: Premises, make: Make) -> None:
    customer = make.customer()
    say(make, customer, "grant", day=1)
    assert premises.run(STATE, customer, "marketing") == [(one, True) for one in EVERY]
    say(make, customer, "withdraw", "call", day=2)
    assert premises.run(STATE, customer, "marketing") == [(one, one != "call") for one in EVERY]
    say(make, customer, "withdraw", day=3)
    say(make, customer, "grant", "sms", day=4)
    say(make, customer, "grant", "wechat", day=2)  # entered late: an older word does not win
    assert premises.run(STATE, customer, "marketing") == [(one, one == "sms") for one in EVERY]
    assert premises.run(STATE, customer, "care") == []


def test_two_words_at_one_moment_the_later_entered_holds(premises: Premises, make: Make) -> None:
    customer = make.customer()
    for action in ("grant", "withdraw"):
        say(make, customer, action, "sms")
    assert premises.run(STATE, customer, "marketing") == [("sms", False)]


def test_the_state_shows_each_what_he_may_see(premises: Premises, make: Make) -> None:
    here, there = make.customer(), make.customer(store=XUHUI)
    say(make, here, "grant")
    say(make, there, "grant", store=XUHUI)
    count = "SELECT count(DISTINCT customer_id) FROM consent_state WHERE customer_id IN (%s, %s)"
    for part, seen in (("consultant", 1), ("outsider", 1), ("auditor", 2)):
        with bare(premises, part) as connection:
            assert connection.execute(count, (here, there)).fetchone() == (seen,), part
    with premises.connect("web") as connection:
        assert connection.execute(count, (here, there)).fetchone() == (0,)


def message(make: Make, customer: int, nature: str, channel: str = "sms") -> int:
    """A message that waits to be sent."""
    return make.record("message", customer=str(customer), nature=nature, channel=channel)


def test_a_withdrawal_stops_what_waits_to_be_sent(premises: Premises, make: Make) -> None:
    customer, other = make.customer(), make.customer()
    asked = [
        message(make, customer, "marketing"),
        message(make, customer, "marketing", "wechat"),
        message(make, customer, "notice"),
        message(make, other, "marketing"),
    ]
    say(make, customer, "withdraw", "sms")
    states = "SELECT status FROM message WHERE id = ANY (%s) ORDER BY id"
    assert [row[0] for row in premises.run(states, asked)] == ["cancelled", "queued", "queued", "queued"]
    say(make, customer, "withdraw")
    assert [row[0] for row in premises.run(states, asked)] == ["cancelled", "cancelled", "queued", "queued"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"action": "grant", "evidence": "签字"}, {"notice": "informed"}),
        ({"action": "grant", "notice": True}, {"evidence": "proven"}),
        ({"action": "withdraw", "at": "2099-01-01T00:00:00Z"}, {"at": "not_yet"}),
    ],
)
def test_a_tick_has_its_notice_its_proof_and_its_time(
    premises: Premises, make: Make, given: dict[str, object], wrong: dict[str, str]
) -> None:
    base = {"store": premises.stores[PUDONG], "customer": make.customer(), "at": "2026-03-01T09:00:00Z"}
    if given.get("notice"):
        given = given | {"notice": make.record("privacy_notice")}
    assert errors(added(premises, "consultant", "consent", **(base | given))) == wrong


def test_an_unproven_tick_is_refused_by_the_database(premises: Premises, make: Make) -> None:
    number = say(make, make.customer(), "grant")
    with bare(premises, "consultant") as connection:
        assert refusal(connection, copied("consent", number, evidence="NULL")) == "consent_proven"


def test_a_customer_with_consents_is_kept(premises: Premises, make: Make) -> None:
    customer = make.customer()
    say(make, customer, "withdraw")
    answer = premises.caller("manager").delete(f"/api/v1/data/customer/{customer}", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["code"]) == (409, "in_use")


def test_a_notice_carries_the_digest_of_its_words_and_stands(premises: Premises, make: Make) -> None:
    number = make.record("privacy_notice", text="我们这样使用您的信息。")
    digest = hashlib.sha256("我们这样使用您的信息。".encode()).hexdigest()
    assert premises.one("SELECT text_hash FROM privacy_notice WHERE id = %s", number) == digest
    with feed(premises) as connection:
        sql = "UPDATE privacy_notice SET text = '别的' WHERE id = %s"
        assert refusal(connection, sql, number) == "privacy_notice_ledger"
        assert refusal(connection, "DELETE FROM privacy_notice WHERE id = %s", number) == "privacy_notice_ledger"
    with bare(premises, "admin") as connection:
        assert refusal(connection, copied("privacy_notice", number)) == "privacy_notice_version_code_once"


def test_one_who_is_left_in_peace_is_found_by_his_number(premises: Premises, make: Make) -> None:
    make.record("suppression", contact="13900008888", scope="all")
    base = "/api/v1/data/suppression/?where=contact~eq~139 0000 8888"
    assert premises.caller("consultant").get(base).json["count"] == 1
    given = {"store": premises.stores[PUDONG], "contact": "+8613900008888", "scope": "all", "reason": "asked"}
    assert errors(added(premises, "consultant", "suppression", **given)) == {"contact": "taken", "scope": "taken"}
