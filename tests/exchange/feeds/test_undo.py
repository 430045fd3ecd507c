"""Rolling a run back, and runs that die on their way."""

import pytest

from app.exchange.feeds import feed as feeding
from app.exchange.feeds import stage, undo, write
from tests.exchange.conftest import VIN
from tests.exchange.feeds.brands import alpha
from tests.exchange.feeds.test_orders import FILTER, OIL, ONE, TWO, WASH

LATER = ("A001", VIN[0], "13800138001", "张伟", "已结", OIL, WASH)
STATE = "SELECT number, status, amount, settled_at FROM work_order ORDER BY 1"
LINES = "SELECT w.number, l.line, l.name, l.price FROM work_order_line l JOIN work_order w ON w.id = l.work_order_id ORDER BY 1, 2"  # noqa: E501


def roll_back(feeds, number: int) -> None:
    feeds.premises.run("UPDATE feed_run SET state = 'undoing' WHERE id = %s", number)
    undo.undo(feeds.hands, feeds.tools, number)


def tables(feeds):
    return feeds.premises.run(STATE), feeds.premises.run(LINES)


def test_rolling_back_puts_everything_as_it_was(alpha_feeds):
    alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", ONE))
    before = tables(alpha_feeds)
    run = alpha_feeds.take("alpha-orders", "WO_20261106.csv", alpha("2026-11-06", LATER, TWO))
    roll_back(alpha_feeds, run.id)
    assert tables(alpha_feeds) == before
    assert alpha_feeds.run(run.id).state == "undone"
    assert alpha_feeds.premises.run("SELECT vin FROM vehicle") == [(VIN[0],)]


def test_a_run_rolled_back_may_come_again_and_an_older_one_writes_in_its_place(alpha_feeds):
    content = alpha("2026-11-06", LATER, TWO)
    run = alpha_feeds.take("alpha-orders", "WO_20261106.csv", content)
    after = tables(alpha_feeds)
    roll_back(alpha_feeds, run.id)
    assert alpha_feeds.orders() == {}
    alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", ONE))
    assert alpha_feeds.orders() == {"A001": "working:2"}
    again = alpha_feeds.take("alpha-orders", "WO_20261106.csv", content)
    assert (again.id, tables(alpha_feeds)) == (run.id, after)


def test_what_a_person_changed_since_is_spared_and_told(alpha_feeds):
    run = alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", ONE, TWO))
    user = alpha_feeds.premises.users["boss"]
    with alpha_feeds.as_("boss").transaction() as connection:
        connection.exec_driver_sql("UPDATE work_order SET fault_code = 'P0300' WHERE number = 'A001'")
    roll_back(alpha_feeds, run.id)
    assert alpha_feeds.orders() == {"A001": "working:0"}
    with alpha_feeds.hands.transaction() as connection:
        told = undo.spared(feeding.context_of(connection, alpha_feeds.tools.sealer), run, 10)
    assert {(entity, title) for entity, _, title, why, _, _ in told if why == "changed"} == {("work_order", "A001")}
    assert alpha_feeds.premises.one("SELECT updated_by FROM work_order") == user


class Died(RuntimeError):
    """What stands for a power cut inside this process."""


POINTS = [
    (stage, "_copy", 1), (stage, "_copy", 3), (stage.Stage, "close", 1), (write, "_chunk", 1), (write, "_chunk", 2),
    (write, "upsert", 2), (write, "write_parts", 1), (write, "keep_links", 2), (feeding, "_keep_cells", 1),
    (feeding, "_note", 1),
]  # fmt: skip


@pytest.mark.parametrize("point", POINTS, ids=[f"{name}-{at}" for _, name, at in POINTS])
def test_a_run_that_dies_goes_on_to_the_same_end(alpha_feeds, monkeypatch, point):
    bad = ("A009", VIN[2], "13800138003", "赵强", "怪", OIL)
    content = alpha("2026-11-05", ONE, bad, TWO, *[(f"A1{n:02d}", VIN[0], "13800138001", "张伟", "在修", OIL, FILTER)
                                                    for n in range(9)])  # fmt: skip
    monkeypatch.setattr(write, "GROUPS", 3)
    object.__setattr__(alpha_feeds.tools, "rows", 4)
    number = alpha_feeds.begin("alpha-orders", "WO_20261105.csv", content)
    module, name, at = point
    real, calls = getattr(module, name), iter(range(1, 99))

    def dies(*arguments, **named):
        result = real(*arguments, **named)
        if next(calls) == at:
            raise Died
        return result

    with monkeypatch.context() as patch:
        patch.setattr(module, name, dies)
        with pytest.raises(Died):
            feeding.feed(alpha_feeds.hands, alpha_feeds.tools, number)
    run = feeding.feed(alpha_feeds.hands, alpha_feeds.tools, number)
    assert (run.state, run.counts["created"], run.counts["parts_created"], run.counts["refused"]) == ("done", 11, 21, 1)
    assert len(alpha_feeds.orders()) == 11
    assert alpha_feeds.premises.one("SELECT count(*) FROM feed_row WHERE state = 'ready'") == 0
