"""A month of two brand systems gives the same tables in whatever order its files come, and however often."""

from random import Random

import pytest

from app.core.errors import Refusal
from tests.exchange.feeds import brands
from tests.exchange.feeds.month import month
from tests.make import Make

TABLES = {
    "work_order": "SELECT w.number, w.status, w.kind, w.opened_at, w.settled_at, w.amount, w.mileage, v.vin, c.name,"
    " c.number, c.phone_bidx, w.brought_phone_bidx FROM work_order w JOIN vehicle v ON v.id = w.vehicle_id"
    " LEFT JOIN customer c ON c.id = w.customer_id",
    "work_order_line": "SELECT w.number, l.line, l.kind, l.code, l.name, l.quantity, l.price, l.payer"
    " FROM work_order_line l JOIN work_order w ON w.id = l.work_order_id",
    "sales_order": "SELECT s.number, s.status, s.ordered_at, s.price, s.total, v.vin, c.name FROM sales_order s"
    " JOIN vehicle v ON v.id = s.vehicle_id JOIN customer c ON c.id = s.customer_id",
    "delivery": "SELECT d.number, s.number, d.delivered_at, d.odometer, d.receiver FROM delivery d"
    " JOIN sales_order s ON s.id = d.sales_order_id",
    "insurance_policy": "SELECT p.number, i.name, v.vin, p.kind, p.starts_on, p.ends_on, p.premium, p.status"
    " FROM insurance_policy p JOIN insurer i ON i.id = p.insurer_id JOIN vehicle v ON v.id = p.vehicle_id",
    "vehicle": "SELECT store_id, vin, plate, status FROM vehicle",
    "customer": "SELECT store_id, name, number, phone_bidx FROM customer",
    "left": "SELECT p.code, r.day, r.sequence, f.line, f.state FROM feed_row f JOIN feed_run r ON r.id = f.run_id"
    " JOIN feed_profile p ON p.id = r.profile_id",
    "search": "SELECT s.entity, count(*) FROM search_token s GROUP BY 1",
}


def dump(feeds) -> dict[str, list[tuple[object, ...]]]:
    """What the month left, told without the numbers that depend on the order."""
    return {name: sorted(feeds.premises.run(sql), key=repr) for name, sql in TABLES.items()}


def replay(feeds, files) -> None:
    for one in files:
        try:
            feeds.take(one.profile, one.name, one.content)
        except Refusal as refused:
            pytest.fail(f"{one.name}: {refused.label.en}")


@pytest.fixture
def month_feeds(feeds):
    """With the profiles of both systems and what the group shares."""
    make = Make(feeds.premises)
    make.record("insurer", code="CPIC", name="太平洋财险")
    make.record("vehicle_model", code="M1")
    for spec in brands.EVERY:
        feeds.save(spec)
    return feeds


FILES = month()


@pytest.fixture(scope="module")
def expected() -> dict[str, object]:
    """What the first order gave."""
    return {}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("order", ["by day", "backwards", "shuffled", "twice, shuffled"])
def test_a_month_of_both_systems_gives_the_same_tables_in_any_order(month_feeds, expected, order):
    files = {
        "by day": FILES,
        "backwards": FILES[::-1],
        "shuffled": Random(3).sample(FILES, len(FILES)),
        "twice, shuffled": Random(8).sample(FILES * 2, len(FILES) * 2),
    }[order]
    replay(month_feeds, files)
    found = dump(month_feeds)
    assert len(found["work_order"]) > 100
    for name, rows in found.items():
        assert rows == expected.setdefault(name, rows), name
