"""Watched folders: what is taken, what waits, and where files go."""

import os
import time

import pytest

from app.jobs import entry
from tests.exchange.feeds import brands
from tests.exchange.feeds.brands import alpha
from tests.exchange.feeds.test_orders import ONE, TWO


@pytest.fixture
def folder(feeds, run_due):
    feeds.save(brands.ALPHA_ORDERS, watched=True)
    home = feeds.premises.config.home / "feeds" / "alpha-orders"
    home.mkdir(parents=True, exist_ok=True)
    yield home
    for left in sorted(home.rglob("*"), reverse=True):
        left.rmdir() if left.is_dir() else left.unlink()


def put(folder, name, content, age=60):
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (time.time() - age,) * 2)
    return path


@pytest.fixture
def scan(feeds, run_due):
    def look():
        work = feeds.premises.one("INSERT INTO work.outbox (kind, args) VALUES ('feed.scan', '{}') RETURNING id")
        entry.execute(work)
        assert feeds.premises.one("SELECT state FROM work.outbox WHERE id = %s", work) == "done"

    return look


def lying(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_whole_file_is_taken_by_the_system_and_put_away(feeds, folder, scan):
    put(folder, "WO_20261105.csv", alpha("2026-11-05", ONE))
    scan()
    assert feeds.orders() == {"A001": "working:2"}
    assert lying(folder) == ["done/WO_20261105.csv"]
    assert feeds.premises.run("SELECT way, created_by FROM feed_run") == [("folder", None)]


def test_what_still_grows_waits(feeds, folder, scan):
    put(folder, "WO_20261105.csv", alpha("2026-11-05", ONE), age=2)
    put(folder, "WO_20261106.csv.part", alpha("2026-11-06", ONE))
    put(folder, "WO_20261107.csv", alpha("2026-11-07", ONE))
    put(folder, "WO_20261107.csv.writing", b"")
    scan()
    assert feeds.orders() == {}
    assert not (folder / "done").exists()


def test_a_wrong_file_goes_to_refused_with_the_reason_beside_it(feeds, folder, scan):
    put(folder, "WO_20261106.csv", alpha("2026-11-05", ONE))
    scan()
    assert lying(folder) == ["refused/WO_20261106.csv", "refused/WO_20261106.csv.txt"]
    assert "内容却是 2026-11-05 的数据" in (folder / "refused" / "WO_20261106.csv.txt").read_text(encoding="utf-8")


def test_yesterdays_content_under_todays_name_is_refused_even_if_it_tells_no_day(feeds, folder, scan):
    told = [one for one in brands.ALPHA_ORDERS["columns"] if one.get("use") != "day"]
    feeds.save(brands.ALPHA_ORDERS, watched=True, columns=told)
    put(folder, "WO_20261105.csv", alpha("2026-11-05", ONE))
    scan()
    put(folder, "WO_20261106.csv", alpha("2026-11-05", ONE))
    scan()
    assert "refused/WO_20261106.csv" in lying(folder)


def test_a_file_left_by_a_killed_scan_is_put_away_and_changes_nothing(feeds, folder, scan):
    put(folder, "WO_20261105.csv", alpha("2026-11-05", ONE, TWO))
    scan()
    before = feeds.premises.run("SELECT id, version FROM work_order ORDER BY 1")
    put(folder, "WO_20261105.csv", alpha("2026-11-05", ONE, TWO))
    scan()
    assert feeds.premises.run("SELECT id, version FROM work_order ORDER BY 1") == before
    assert lying(folder) == ["done/WO_20261105.csv", "done/WO_20261105~2.csv"]
