"""Named actions: a life cycle's moves as buttons and API calls, kept by the database whoever writes."""

from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.appkit import Premises
from tests.make import Make

BEGUN = """
    INSERT INTO work_order (store_id, number, vehicle_id, kind, payer, opened_at, status, amount)
    SELECT store_id, 'W-begin', vehicle_id, kind, payer, opened_at, 'ready', 0 FROM work_order WHERE id = {order}"""
STEPS = ("dispatch", "start", "inspect", "finish")


@pytest.fixture
def order(make: Make) -> int:
    """A work order just begun."""
    return make.record("work_order", settled_at=None)


def do(premises: Premises, part: str, order: int, code: str, **given: object) -> tuple[int, dict]:
    """One action through the API, at the version that stands."""
    version = premises.one("SELECT version FROM work_order WHERE id = %s", order)
    answer = premises.caller(part).post(f"/api/v1/data/work_order/{order}/do/{code}", json=given | {"version": version})
    return answer.status_code, answer.json


def status(premises: Premises, order: int) -> str:
    return premises.one("SELECT status FROM work_order WHERE id = %s", order)


def test_a_work_order_goes_its_way_step_by_step(premises: Premises, order: int):
    for code in STEPS:
        assert do(premises, "advisor", order, code)[0] == 200
    assert do(premises, "advisor", order, "settle")[1]["errors"][0]["field"] == "settled_at"
    done, told = do(premises, "advisor", order, "settle", settled_at="2026-11-20T16:00:00+08:00", amount="860")
    assert (done, told["message"]) == (200, "已完成：结算。")
    assert premises.one("SELECT amount FROM work_order WHERE id = %s", order) == 86_000
    assert do(premises, "advisor", order, "hand_over")[0] == 200
    assert status(premises, order) == "delivered"


def test_a_step_out_of_turn_is_refused_with_advice(premises: Premises, order: int):
    code, told = do(premises, "advisor", order, "settle", settled_at="2026-11-20T16:00:00+08:00", amount="1")
    assert code == 422
    assert told["errors"] == [
        {"field": "status", "code": "move", "message": "现在的状态不能这样改，请刷新后按可用的步骤操作。"}
    ]
    assert status(premises, order) == "reception"


@pytest.mark.parametrize(
    ("part", "code"), [("consultant", 403), ("manager", 403), ("technician", 200), ("outsider", 404)]
)
def test_a_step_is_for_some_roles(part: str, code: int, premises: Premises, order: int):
    assert do(premises, part, order, "dispatch")[0] in ({code} | ({403} if code == 404 else set()))


def test_an_unknown_step_is_not_found(premises: Premises, order: int):
    assert do(premises, "advisor", order, "fly")[0] == 404


def test_of_two_who_take_a_step_the_second_is_told(premises: Premises, order: int):
    path, given = f"/api/v1/data/work_order/{order}/do/dispatch", {"version": 1}
    assert premises.caller("advisor").post(path, json=given).status_code == 200
    assert premises.caller("technician").post(path, json=given).status_code == 409


def test_the_page_offers_the_steps_of_the_state_and_takes_them(premises: Premises, order: int):
    desk, page = premises.desk("advisor"), f"/data/work_order/{order}"
    text = desk.get(page).text
    assert f"{page}/do/dispatch?version=1" in text
    assert f"{page}/do/void" in text
    assert f"{page}/do/settle" not in text
    assert f"{page}/do/" not in premises.desk("consultant").get(page).text
    assert desk.post(f"{page}/do/dispatch?version=1").status_code == 303
    assert status(premises, order) == "dispatched"


def test_a_step_that_asks_keeps_what_was_typed(premises: Premises, order: int):
    for code in STEPS:
        do(premises, "advisor", order, code)
    version = premises.one("SELECT version FROM work_order WHERE id = %s", order)
    answer = premises.desk("advisor").post(
        f"/data/work_order/{order}/do/settle", data={"version": version, "amount": "12x", "settled_at": ""}
    )
    assert answer.status_code == 422
    assert 'value="12x"' in answer.text
    assert "请填写。" in answer.text


@pytest.fixture
def bare(premises: Premises):
    """The advisor's own statements as the web role, past the application."""
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("advisor"),))
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE work_order SET status = 'settled', settled_at = now() WHERE id = {order}", "work_order_move"),
        ("UPDATE work_order SET status = 'flying' WHERE id = {order}", "work_order_move"),
        (
            "UPDATE work_order SET promised_at = opened_at, promise_reason = '待料' WHERE id = {order}",
            "work_order_promise_later",
        ),
        ("UPDATE work_order SET amount = -1 WHERE id = {order}", "work_order_amount_positive"),
        (BEGUN, "work_order_begin"),
    ],
)
def test_the_database_refuses_it_from_whoever_writes(bare: psycopg.Connection, order: int, sql: str, constraint: str):
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        bare.execute(sql.format(order=order))
    assert refused.value.diag.constraint_name == constraint


def test_the_database_asks_for_the_role(premises: Premises, order: int):
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("boss"),))
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            connection.execute("UPDATE work_order SET status = 'dispatched' WHERE id = %s", (order,))
    assert refused.value.diag.constraint_name == "work_order_role"


def test_a_settled_orders_lines_and_amount_stand_still(premises: Premises, make: Make, order: int):
    line = make.record("work_order_line", work_order=str(order))
    for code in STEPS:
        do(premises, "advisor", order, code)
    do(premises, "advisor", order, "settle", settled_at="2026-11-20T16:00:00+08:00", amount="1")
    caller = premises.caller("advisor")
    for path, given in ((f"work_order_line/{line}", {"name": "换了"}), (f"work_order/{order}", {"amount": "2"})):
        version = premises.one(f"SELECT version FROM {path.split('/')[0]} WHERE id = %s", path.split("/")[1])
        answer = caller.patch(f"/api/v1/data/{path}", json=given | {"version": version})
        assert answer.status_code == 422
        assert "不能" in answer.json["errors"][0]["message"]
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session("boss"),))
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("DELETE FROM work_order_line WHERE id = %s", (line,))


def test_a_feed_brings_it_in_any_state_and_takes_several_steps(premises: Premises, order: int):
    with premises.connect("worker") as connection:
        connection.execute("SELECT gate.announce_system('r-feed')")
        sql = "UPDATE work_order SET status = 'settled', settled_at = now() WHERE id = %s"
        assert connection.execute(sql, (order,)).rowcount == 1
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("UPDATE work_order SET status = 'reception' WHERE id = %s", (order,))
        connection.rollback()


def test_a_step_asks_with_what_the_record_holds_and_the_moment_it_is(premises: Premises, order: int):
    premises.run("UPDATE work_order SET amount = 123400 WHERE id = %s", order)
    for code in STEPS:
        do(premises, "advisor", order, code)
    page = premises.desk("advisor").get(f"/data/work_order/{order}/do/settle").text
    assert 'value="1234.00"' in page
    assert f'value="{datetime.now(ZoneInfo("Asia/Shanghai")):%Y-%m-%dT}' in page
