"""The inbox on the screen: one's own alone, read by opening, counted on the bell without a statement of its own."""

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest

from app.heads.menu import capped
from tests.appkit import Premises

Tell = Callable[..., int]


@pytest.fixture
def tell(premises: Premises) -> Iterator[Tell]:
    """Puts a notice into somebody's inbox; gone after the test."""
    made: list[int] = []

    def put(part: str, title: str = "导入完成", href: str | None = "/import/7", level: str = "good") -> int:
        sql = (
            "INSERT INTO work.inbox (user_id, key, title, note, href, level) VALUES"
            " (%s, gen_random_uuid()::text, jsonb_build_object('zh', %s::text, 'en', 'An import is done'),"
            " jsonb_build_object('zh', '第 7 号', 'en', 'Number 7'), %s, %s) RETURNING id"
        )
        made.append(premises.one(sql, premises.users[part], title, href, level))
        return made[-1]

    yield put
    premises.run("DELETE FROM work.inbox WHERE id = ANY (%s)", made)


def bell(page: str) -> str:
    """What the bell says."""
    found = re.search(r'class="top-item bell"[^>]*title="([^"]*)"', page)
    assert found
    return found[1]


def test_the_bell_counts_what_is_unread_and_costs_no_statement(premises: Premises, tell: Tell) -> None:
    desk = premises.desk("consultant")
    desk.get("/tokens/").close()
    with premises.statements() as before:
        assert bell(desk.get("/tokens/").text) == "收件箱"
    first, _ = tell("consultant"), tell("consultant")
    with premises.statements() as after:
        assert bell(desk.get("/tokens/").text) == "收件箱，2 条未读"
    assert len(after) == len(before)
    answer = desk.post(f"/inbox/{first}/open")
    assert (answer.status_code, answer.location) == (303, "/import/7")
    assert bell(desk.get("/tokens/").text) == "收件箱，1 条未读"
    assert desk.post("/inbox/read").status_code == 303
    assert bell(desk.get("/tokens/").text) == "收件箱"
    assert [capped(number) for number in (1, 99, 100)] == ["1", "99", "99+"]


def test_the_bell_rings_for_nobody_else(premises: Premises, tell: Tell) -> None:
    tell("consultant")
    assert bell(premises.desk("manager").get("/tokens/").text) == "收件箱"
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-enemy')", (premises.session("manager"),))
        asked = connection.execute("SELECT unread, dead FROM work.bell(%s)", (premises.users["consultant"],))
        assert asked.fetchone() == (0, 0)
        assert connection.execute("SELECT * FROM work.bell(NULL)").fetchone() == (None, None)


@pytest.mark.parametrize("part", ["manager", "admin", "newcomer"])
def test_anothers_notice_is_not_found(premises: Premises, tell: Tell, part: str) -> None:
    number = tell("consultant", title="只给李顾问")
    desk = premises.desk(part)
    assert "只给李顾问" not in desk.get("/inbox/").text
    for strange in (number, 0, 999_999_999, 10**30):
        assert desk.post(f"/inbox/{strange}/open").status_code == 404, strange
    desk.post("/inbox/read")
    assert premises.one("SELECT read_at FROM work.inbox WHERE id = %s", number) is None
    assert "只给李顾问" in premises.desk("consultant").get("/inbox/").text


def test_nobody_is_asked_to_sign_in(premises: Premises) -> None:
    desk = premises.desk("nobody")
    assert desk.get("/inbox/").status_code == 302
    assert desk.post("/inbox/read").status_code == 401


def test_a_notice_is_marked_by_post_from_our_page_alone(premises: Premises, tell: Tell) -> None:
    number = tell("consultant")
    desk = premises.desk("consultant")
    assert desk.get(f"/inbox/{number}/open").status_code == 405
    assert desk.post(f"/inbox/{number}/open", csrf=False).status_code == 400
    assert premises.one("SELECT read_at FROM work.inbox WHERE id = %s", number) is None


def test_strange_words_stay_words_and_older_ones_follow(premises: Premises, tell: Tell) -> None:
    made = [tell("advisor", title=f"<b>第{n}条</b>", href=None, level="danger") for n in range(53)]
    desk = premises.desk("advisor")
    first = desk.get("/inbox/").text
    assert "&lt;b&gt;第52条&lt;/b&gt;" in first
    assert "<b>第52条" not in first.replace("<b>&lt;b&gt;", "")
    assert f'action="/inbox/{made[-1]}/open"' in first
    href = re.search(r'href="(/inbox/\?before=\d+)"', first)
    assert href
    assert "第2条" in desk.get(href[1]).text
    assert "第2条&" not in first
    for strange in ("x", "-1", "99999999999999999999", "%00"):
        assert desk.get(f"/inbox/?before={strange}").status_code == 200, strange


def test_an_operator_sees_on_his_home_page_that_work_is_dead(premises: Premises) -> None:
    number = premises.one(
        "INSERT INTO work.outbox (kind, state, finished_at, last_error)"
        " VALUES ('work.tidy', 'dead', now() - interval '11 minutes', 'x') RETURNING id"
    )
    try:
        page = premises.desk("admin").get("/").text
        assert "项后台任务失败" in page
        assert "/jobs/?board=dead" in page
        assert "项后台任务失败" not in premises.desk("manager").get("/").text
        premises.run("UPDATE work.outbox SET finished_at = now() - interval '9 minutes' WHERE id = %s", number)
        assert "项后台任务失败" not in premises.desk("admin").get("/").text
    finally:
        premises.run("DELETE FROM work.outbox WHERE id = %s", number)


def test_the_database_marks_nothing_but_the_reading(premises: Premises, tell: Tell) -> None:
    tell("consultant")
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-enemy')", (premises.session("consultant"),))
        for statement in (
            "UPDATE work.inbox SET title = '{}'",
            "DELETE FROM work.inbox",
            "INSERT INTO work.inbox DEFAULT VALUES",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement)
