"""Work orders with lines, brought in by a brand system's file."""

import pytest

from app.exchange.feeds.day import WrongFile
from tests.exchange.conftest import VIN
from tests.exchange.feeds.brands import alpha

OIL, FILTER, WASH = (1, "工", "更换机油", 20_000), (2, "料", "机油滤清器", 5_000), (3, "工", "洗车", 3_000)
ONE = ("A001", VIN[0], "13800138001", "张伟", "在修", OIL, FILTER)
TWO = ("A002", VIN[1], "13800138002", "王芳", "已结", OIL)


def test_orders_come_with_their_lines_cars_and_customers(alpha_feeds):
    run = alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", ONE, TWO))
    assert (run.state, run.left) == ("done", 0), alpha_feeds.failing(run.id)
    assert alpha_feeds.orders() == {"A001": "working:2", "A002": "settled:1"}
    assert run.counts["created"] == 2
    assert alpha_feeds.premises.run("SELECT vin FROM vehicle ORDER BY 1") == [(one,) for one in sorted(VIN[:2])]
    assert alpha_feeds.premises.run("SELECT name FROM customer ORDER BY 1") == [("张伟",), ("王芳",)]
    assert alpha_feeds.premises.one("SELECT amount FROM work_order WHERE number = 'A001'") == 50_000


def test_a_repeated_file_changes_nothing(alpha_feeds):
    content = alpha("2026-11-05", ONE, TWO)
    alpha_feeds.take("alpha-orders", "WO_20261105.csv", content)
    before = alpha_feeds.premises.run("SELECT id, version, updated_at FROM work_order ORDER BY 1")
    again = alpha_feeds.take("alpha-orders", "WO_20261105.csv", content)
    assert again.repeats == 1
    assert alpha_feeds.premises.run("SELECT id, version, updated_at FROM work_order ORDER BY 1") == before


def test_a_later_day_changes_what_differs_and_removes_lines_that_vanished(alpha_feeds):
    alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", ONE, TWO))
    later = ("A001", VIN[0], "13800138001", "张伟", "已结", OIL, WASH)
    run = alpha_feeds.take("alpha-orders", "WO_20261106.csv", alpha("2026-11-06", later))
    assert (run.counts["updated"], run.counts["parts_created"], run.counts["parts_removed"]) == (1, 1, 1)
    assert alpha_feeds.orders()["A001"] == "settled:2"
    assert alpha_feeds.premises.run("SELECT line FROM work_order_line WHERE line IN (2, 3)") == [(3,)]


def test_an_older_day_that_comes_late_writes_nothing_over_newer(alpha_feeds):
    later = ("A001", VIN[0], "13800138001", "张伟", "已结", OIL, WASH)
    alpha_feeds.take("alpha-orders", "WO_20261106.csv", alpha("2026-11-06", later))
    run = alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", ONE, TWO))
    assert (run.counts["stale"], run.counts["created"]) == (1, 1)
    assert alpha_feeds.orders() == {"A001": "settled:2", "A002": "settled:1"}


def test_a_row_the_database_refuses_stays_out_alone_with_its_words(alpha_feeds):
    bad = ("A009", VIN[2], "13800138003", "赵强", "已结", (1, "工", "检查", 100))
    content = alpha("2026-11-05", ONE, bad, TWO).replace(b"2026-11-05 17:30,12000", b",12000", 1)
    run = alpha_feeds.take("alpha-orders", "WO_20261105.csv", content)
    assert set(alpha_feeds.orders()) == {"A001", "A002"}
    [(line, state, cells, [[column, _, code, zh, _]])] = alpha_feeds.failing(run.id)
    assert (line, state, column, code, zh) == (4, "refused", "结算时间", "needs", "到这一步必须填写。")
    assert cells[1] == "A009"


def test_a_bad_line_keeps_its_whole_order_out(alpha_feeds):
    bad = ("A003", VIN[2], "13800138003", "赵强", "在修", (1, "工", "检查", 100), (2, "怪", "检查", 100))
    run = alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", bad, ONE))
    assert set(alpha_feeds.orders()) == {"A001"}
    assert [(line, why[0][0]) for line, _, _, why in alpha_feeds.failing(run.id)] == [(2, ""), (3, "类")]
    assert run.counts["refused"] == 1


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("WO_20261106.csv", "2026-11-05", "other_day"),
        ("orders.csv", "2026-11-05", "other_name"),
        ("WO_20991105.csv", "2099-11-05", "future_day"),
    ],
)
def test_a_file_of_another_day_or_name_is_refused_whole(alpha_feeds, name, day, code):
    with pytest.raises(WrongFile) as refused:
        alpha_feeds.take("alpha-orders", name, alpha(day, ONE))
    assert refused.value.code == code
    assert alpha_feeds.orders() == {}
    assert alpha_feeds.premises.one("SELECT state FROM feed_run") == "refused"
