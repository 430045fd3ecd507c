"""Asking to see a record beyond one's reach: the same answer for what is not there, a yes that ends by itself."""

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.appkit import Premises
from tests.cast import XUHUI
from tests.make import Make
from tests.rules.desk import bare, copied, done, errors, refusal

NOWHERE = 999_999_999


@pytest.fixture(autouse=True)
def fresh_budget(premises: Premises) -> None:
    """Nobody has asked today."""
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'ask_access:%%'")


@pytest.fixture
def foreign(make: Make) -> int:
    """A customer of the other store."""
    return make.customer(store=XUHUI, name="徐汇的客户")


@pytest.fixture
def asked(premises: Premises, foreign: int) -> int:
    """The consultant's request for it."""
    assert ask(premises, foreign).status_code == 303
    return int(premises.one("SELECT id FROM access_request WHERE subject_record = %s", foreign))


@pytest.fixture
def elsewhere(premises: Premises) -> Iterator[None]:
    """The other store belongs to another company."""
    was = premises.one("SELECT company_id FROM store WHERE code = 'XH'")
    premises.run("INSERT INTO company (code, name) VALUES ('G09', '别家公司') ON CONFLICT DO NOTHING")
    premises.run("UPDATE store SET company_id = (SELECT id FROM company WHERE code = 'G09') WHERE code = 'XH'")
    yield
    premises.run("UPDATE store SET company_id = %s WHERE code = 'XH'", was)


def ask(premises: Premises, number: int, who: str = "consultant", **given: str) -> TestResponse:
    return premises.desk(who).post(f"/ask/customer/{number}", data={"reason": "客户来店要查记录", "term": "1"} | given)


def seen(premises: Premises, number: int, who: str = "consultant") -> int:
    return premises.caller(who).get(f"/api/v1/data/customer/{number}").status_code


def test_a_yes_opens_one_record_and_ends_by_itself(premises: Premises, foreign: int, asked: int, make: Make) -> None:
    other = make.customer(store=XUHUI)
    assert seen(premises, foreign) == 404
    assert done(premises, "outsider", "access_request", asked, "grant").status_code == 200
    assert (seen(premises, foreign), seen(premises, other), seen(premises, foreign, "advisor")) == (200, 404, 404)
    assert premises.run("SELECT answered_by, ends_at > now() FROM access_request WHERE id = %s", asked) == [
        ("钱经理", True)
    ]
    told = "SELECT count(*) FROM task WHERE title LIKE '查看申请已批准%%' AND subject_record = %s"
    assert premises.one(told, foreign) == 1
    premises.run("UPDATE record_grant SET expires_at = now() - interval '1 second' WHERE record_id = %s", foreign)
    assert seen(premises, foreign) == 404


def test_who_answers_is_a_click_from_what_is_asked_for(premises: Premises, foreign: int, asked: int) -> None:
    link = f'href="/data/customer/{foreign}"'
    assert link in premises.desk("outsider").get(f"/data/access_request/{asked}").text
    premises.run("UPDATE access_request SET subject_entity = 'nothing' WHERE id = %s", asked)
    page = premises.desk("outsider").get(f"/data/access_request/{asked}")
    assert (page.status_code, link in page.text) == (200, False)


def test_it_is_taken_back_at_once(premises: Premises, foreign: int, asked: int) -> None:
    done(premises, "outsider", "access_request", asked, "grant")
    assert seen(premises, foreign) == 200
    assert done(premises, "outsider", "access_request", asked, "end").status_code == 200
    assert seen(premises, foreign) == 404


def test_a_no_opens_nothing_and_gives_its_reason(premises: Premises, foreign: int, asked: int) -> None:
    assert errors(done(premises, "outsider", "access_request", asked, "refuse")) == {"answer": "required"}
    assert done(premises, "outsider", "access_request", asked, "refuse", answer="请走转店").status_code == 200
    assert seen(premises, foreign) == 404


def test_what_is_missing_answers_like_what_is_beyond(premises: Premises, foreign: int) -> None:
    desk = premises.desk("consultant")
    pages = [desk.get(f"/data/customer/{number}") for number in (foreign, NOWHERE)]
    assert {page.status_code for page in pages} == {404}
    assert all(f"/ask/customer/{number}" in page.text for page, number in zip(pages, (foreign, NOWHERE), strict=True))
    answers = [ask(premises, number) for number in (foreign, NOWHERE)]
    assert [(one.status_code, one.location) for one in answers] == [(303, "/")] * 2
    assert premises.one("SELECT count(*) FROM access_request WHERE subject_record = %s", NOWHERE) == 0
    assert premises.desk("newcomer").get(f"/ask/customer/{foreign}").status_code == 403
    assert premises.desk("auditor").get(f"/ask/customer/{foreign}").status_code == 403  # sees every store's anyway
    assert premises.desk("consultant").get(f"/ask/nothing/{foreign}").status_code == 404
    for reason, term in (("", "1"), ("x", "9999"), ("x", "")):
        assert ask(premises, foreign, reason=reason, term=term).status_code == 422
    ask(premises, foreign, reason="\0")  # what the database cannot hold is replaced


def test_one_asks_once_and_within_limits(premises: Premises, foreign: int, asked: int, make: Make) -> None:
    ask(premises, foreign)
    assert premises.one("SELECT count(*) FROM access_request WHERE subject_record = %s", foreign) == 1
    assert [ask(premises, NOWHERE).status_code for _ in range(19)][-1] == 429
    with premises.connect() as connection:
        assert refusal(connection, copied("access_request", asked)) == "access_request_asked_once"
    own = make.customer()
    premises.run("DELETE FROM gate.bucket WHERE key LIKE 'ask_access:%%'")
    ask(premises, own)
    assert premises.one("SELECT count(*) FROM access_request WHERE subject_record = %s", own) == 0


def test_who_asks_does_not_answer(premises: Premises, make: Make) -> None:
    foreign = make.customer(store=XUHUI)
    assert ask(premises, foreign, "manager").status_code == 303
    number = premises.one("SELECT id FROM access_request WHERE subject_record = %s", foreign)
    assert done(premises, "manager", "access_request", number, "grant").status_code == 404
    # Even where he leads the record's store as well.
    premises.run("UPDATE access_request SET requester = %s WHERE id = %s", premises.users["outsider"], number)
    assert errors(done(premises, "outsider", "access_request", number, "grant")) == {"status": "own"}
    premises.run("UPDATE access_request SET requester = %s WHERE id = %s", premises.users["manager"], number)
    with bare(premises, "outsider") as connection:
        stands = f"UPDATE access_request SET {{}} WHERE id = {number}"
        assert refusal(connection, stands.format("term = '168'")) == "access_request_facts"
        assert refusal(connection, stands.format("subject_record = 1")) == "access_request_facts"


def test_the_ban_alone_keeps_an_asker_from_answering(premises: Premises, make: Make) -> None:
    """The planted defect “approval by requester”: without its line the test above would see a yes."""
    foreign = make.customer(store=XUHUI)
    assert ask(premises, foreign, "manager").status_code == 303
    number = premises.one("SELECT id FROM access_request WHERE subject_record = %s", foreign)
    premises.run("UPDATE access_request SET requester = %s WHERE id = %s", premises.users["outsider"], number)
    whole = str(premises.one("SELECT pg_get_functiondef('access_request_rules'::regproc)"))
    assert "NEW.requester = gate.my_id()" in whole
    premises.run(whole.replace("NEW.requester = gate.my_id()", "false").replace("%", "%%"))
    try:
        assert done(premises, "outsider", "access_request", number, "grant").status_code == 200
    finally:
        premises.run(whole.replace("%", "%%"))


@pytest.mark.parametrize("consents", [True, False])
def test_another_companys_needs_the_customers_word(
    premises: Premises, asked: int, foreign: int, elsewhere: None, make: Make, *, consents: bool
) -> None:
    if consents:
        premises.run(
            "INSERT INTO consent (store_id, customer_id, purpose, channel, action, at, method, notice_id, evidence)"
            " SELECT store_id, id, 'group_share', 'any', 'grant', now(), 'paper', %s, '签字'"
            " FROM customer WHERE id = %s",
            make.record("privacy_notice"),
            foreign,
        )
    answer = done(premises, "outsider", "access_request", asked, "grant")
    assert (answer.status_code == 200) is consents
    assert (seen(premises, foreign) == 200) is consents
    if not consents:
        assert errors(answer) == {"status": "company"}


def test_nobody_grants_what_he_cannot_read(premises: Premises, asked: int) -> None:
    with premises.connect() as connection:
        connection.execute(
            "DELETE FROM role_grant WHERE entity = 'customer'"
            " AND role_id = (SELECT id FROM ab_role WHERE name = 'sales_manager')"
        )
        connection.execute("SELECT gate.announce(%s, 'r-beyond')", (premises.session("outsider"),))
        connection.execute("SET LOCAL ROLE forecourt_web")
        sql = "UPDATE access_request SET status = 'granted' WHERE id = %s"
        assert refusal(connection, sql, asked) == "access_request_beyond"
        connection.rollback()


def test_requests_are_asked_for_and_kept(premises: Premises, asked: int) -> None:
    with premises.connect() as connection:
        connection.execute(
            "UPDATE role_grant SET actions = actions || '{create,delete}' WHERE entity = 'access_request'"
        )
        connection.execute("SELECT gate.announce(%s, 'r-kept')", (premises.session("outsider"),))
        connection.execute("SET LOCAL ROLE forecourt_web")
        by_hand = copied("access_request", asked, subject_record="4711")
        assert refusal(connection, by_hand) == "access_request_by_hand"
        assert refusal(connection, "DELETE FROM access_request WHERE id = %s", asked) == "access_request_kept"
        connection.rollback()
