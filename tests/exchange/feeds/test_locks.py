"""What a feed may correct: everything where the brand's system decides, nothing locked elsewhere."""

import pytest

from tests.exchange.conftest import VIN
from tests.exchange.feeds import brands
from tests.exchange.feeds.brands import alpha
from tests.exchange.feeds.test_orders import OIL, ONE, TWO, WASH

BACK = ("A002", VIN[1], "13800138002", "王芳", "在修", OIL)
OTHER_CAR = ("A002", VIN[2], "13800138002", "王芳", "已结", OIL)
OTHER_LINES = ("A002", VIN[1], "13800138002", "王芳", "已结", OIL, WASH)


def test_the_records_own_system_takes_a_settlement_back(alpha_feeds):
    alpha_feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", TWO))
    run = alpha_feeds.take("alpha-orders", "WO_20261106.csv", alpha("2026-11-06", BACK))
    assert (run.left, alpha_feeds.orders()) == (0, {"A002": "working:1"})


@pytest.mark.parametrize(
    ("order", "code"), [(BACK, "locks"), (OTHER_CAR, "locks"), (OTHER_LINES, "locks")], ids=["back", "car", "lines"]
)
def test_any_other_feed_leaves_a_locked_order_and_its_lines_as_they_are(feeds, order, code):
    feeds.save(brands.ALPHA_ORDERS, of_record=False)
    feeds.take("alpha-orders", "WO_20261105.csv", alpha("2026-11-05", TWO))
    car = feeds.premises.one("SELECT vehicle_id FROM work_order")
    content = alpha("2026-11-06", order, ONE).replace(b"2026-11-06 09:00", b"2026-11-05 09:00")
    content = content.replace(b"2026-11-06 17:30", b"2026-11-05 17:30")
    run = feeds.take("alpha-orders", "WO_20261106.csv", content)
    assert feeds.orders() == {"A001": "working:2", "A002": "settled:1"}
    assert feeds.premises.one("SELECT vehicle_id FROM work_order WHERE number = 'A002'") == car
    assert {why[0][2] for _, _, _, why in feeds.failing(run.id)} <= {code, "partner"}
    assert run.counts["refused"] == 1
