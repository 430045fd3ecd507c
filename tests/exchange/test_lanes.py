"""Writing in lanes: new records at once, what meets other records after them."""

import threading
import time

import pytest

from app.exchange.lanes import side_by_side
from app.exchange.loading import REST
from tests.exchange.conftest import lines
from tests.exchange.test_faults import SLICE, small  # noqa: F401  # a fixture


def test_each_lane_goes_on_until_nothing_is_left_to_it():
    left = {0: 3, 1: 5}
    threads = set()

    def step(lane):
        threads.add(threading.get_ident())
        left[lane] -= 1
        return left[lane] > 0

    side_by_side(step, 2)
    assert left == {0: 0, 1: 0}
    assert threading.get_ident() not in threads


def test_a_lane_that_fails_stops_the_others_and_is_told():
    def step(lane):
        if lane:
            raise ValueError("lane")
        time.sleep(0.001)
        return True

    with pytest.raises(ValueError, match="lane"):
        side_by_side(step, 2)


def rows(manager, number):
    return dict(manager.premises.run("SELECT lane, rows FROM import_progress WHERE batch_id = %s", number))


@pytest.mark.usefixtures("small")
def test_lanes_share_the_new_and_leave_the_repeated_to_the_rest(manager, numbers):
    number = manager.through(SLICE)
    found = rows(manager, number)
    repeated = 581 - 567
    assert found.pop(REST) == repeated
    assert sum(found.values()) == 567
    assert len(found) == 2
    assert min(found.values()) > 200
    assert numbers() == (567, 567)


def test_a_line_that_meets_somebody_added_since_its_dry_run_is_left_to_the_rest(manager, numbers):
    number = manager.begun(lines("张三,13900000001,,,", "李四,13900000002,,,"))
    manager.check(number)
    other = manager.through(lines("张三,13900000001,,,"))
    assert rows(manager, other) == {0: 1, 1: 0, REST: 0}
    manager.run(number)
    assert rows(manager, number) == {0: 1, 1: 0, REST: 1}
    assert numbers() == (2, 0)
    joined = "SELECT count(*) FROM import_link WHERE batch_id = %s AND action = 'matched'"
    assert manager.premises.one(joined, number) == 1
