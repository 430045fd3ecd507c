"""The page of backups: how they stand, why one failed, one asked for; closed to everybody else."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from psycopg.types.json import Jsonb

from app.core.clock import SystemClock
from app.core.errors import Forbidden
from app.jobs import backing_up
from app.jobs.announced import as_requester, open_engine
from app.outbox import get
from tests.appkit import Premises

REASON = Jsonb({"zh": "备份位置 /mnt/<b> 空间不足", "en": "The backup folder /mnt/<b> is full"})


@pytest.fixture
def place(premises: Premises) -> Iterator[Premises]:
    """The premises with a backup of each state and attempts of each kind, all gone afterwards."""
    made = (
        ("good", "5 minutes", "'2026-11-22 01:00+00'", "NULL"),
        ("new", "2 minutes", "NULL", "NULL"),
        ("lost", "3 days", "NULL", "'lost'"),
        ("old", "4 days", "NULL", "'pruned'"),
    )
    for name, ago, restored, gone in made:
        premises.run(
            "INSERT INTO work.backup (name, made_at, seconds, bytes, rows, digest, restored_at, gone, gone_at) VALUES"
            f" (%s, now() - interval '{ago}', 3.25, 52428800, 1234567, 'd', {restored}, {gone},"
            f" CASE WHEN {gone}::text IS NULL THEN NULL ELSE now() END)",
            f"test-{name}",
        )
    drill = Jsonb({"seconds": 41.5, "tables": 150, "rows": 7654, "entries": 99, "opened": 100, "files": 3})
    for act, ok, reason, details in (
        ("drill", True, None, drill),
        ("prune", True, None, Jsonb({"pruned": 2})),
        ("create", False, REASON, Jsonb({})),
    ):
        premises.run(
            "INSERT INTO work.backup_act (act, ended_at, ok, reason, details)"
            " VALUES (%s, clock_timestamp(), %s, %s, %s)",
            act, ok, reason, details,
        )  # fmt: skip
    yield premises
    premises.run("DELETE FROM work.backup")
    premises.run("DELETE FROM work.backup_act")
    premises.run("DELETE FROM work.outbox WHERE kind IN ('backup.now', 'backup.create')")


@pytest.mark.parametrize("part", ["admin", "auditor"])
def test_who_looks_after_the_system_sees_how_backups_stand(place, part):
    desk = place.desk(part)
    page = desk.get("/backups/").text
    for words in ("可靠：11-22 恢复过", "未经恢复", "丢失", "已按规则清理", "50.0 MB", "1,234,567", "42 秒"):
        assert words in page, words
    assert "150 张表、7,654 行、99 条轨迹逐一核对，打开 100 个加密值、3 个文件" in page
    assert "清理了 2 个" in page
    assert "备份位置 /mnt/&lt;b&gt; 空间不足" in page
    assert re.search(r"上一次备份失败（自 \d\d-\d\d \d\d:\d\d 起）", page)
    assert "有备份不见了" in page
    assert page.index("test-new") < page.index("test-good") < page.index("test-lost")
    assert 'href="/backups/"' in page


def test_the_reader_chooses_the_language(place):
    page = place.desk("admin", language="en").get("/backups/").text
    assert "The backup folder /mnt/&lt;b&gt; is full" in page
    assert "good: restored 11-22" in page


@pytest.mark.parametrize("part", ["boss", "manager", "consultant", "newcomer"])
def test_nobody_else_sees_or_asks(place, part):
    desk = place.desk(part)
    assert desk.get("/backups/").status_code == 403
    assert desk.post("/backups/now").status_code == 403
    assert 'href="/backups/"' not in desk.get("/").text
    assert place.one("SELECT count(*) FROM work.outbox WHERE kind = 'backup.now'") == 0


def test_before_the_first_one_the_page_says_so(premises):
    page = premises.desk("admin").get("/backups/").text
    assert "还没有备份。" in page
    assert "还没有任何操作。" in page


def test_one_asks_and_two_at_once_are_one(place):
    desk = place.desk("admin")
    assert desk.post("/backups/now", csrf=False).status_code == 400
    assert desk.get("/backups/now").status_code == 405
    assert "已开始安排备份" in desk.post("/backups/now", follow_redirects=True).text
    page = desk.get("/backups/").text
    assert "备份已排队" in page
    assert 'action="/backups/now"' not in page
    assert "已有备份正在进行" in place.desk("auditor").post("/backups/now", follow_redirects=True).text
    asked = place.run("SELECT queue, requested_by FROM work.outbox WHERE kind = 'backup.now'")
    assert asked == [("backup", place.one("SELECT id FROM ab_user WHERE username = 'admin'"))]


def test_the_hourly_one_at_work_is_enough(place):
    place.run("INSERT INTO work.outbox (kind, queue, requested_by) VALUES ('backup.create', 'backup', NULL)")
    assert "已有备份正在进行" in place.desk("admin").post("/backups/now", follow_redirects=True).text
    place.run("UPDATE work.outbox SET run_after = now() + interval '1 hour' WHERE kind = 'backup.create'")
    assert "已开始安排备份" in place.desk("admin").post("/backups/now", follow_redirects=True).text


def test_what_is_being_done_shows_and_a_killed_one_is_called_so(place):
    place.run("INSERT INTO work.backup_act (act, details) VALUES ('create', '{\"step\": \"files\"}')")
    page = place.desk("admin").get("/backups/").text
    assert "正在备份：上传的文件" in page
    assert "进行中" in page
    assert 'hx-get="/backups/"' in page
    place.run("UPDATE work.backup_act SET began_at = now() - interval '5 hours' WHERE ok IS NULL")
    page = place.desk("admin").get("/backups/").text
    assert "正在备份" not in page
    assert "中断" in page


def test_a_row_somebody_slipped_in_is_not_worked_for_him(place, monkeypatch):
    """The web role may write work in its actor's name; the job asks for the right again."""
    monkeypatch.setattr(backing_up.create, "create", raising)
    engine = open_engine(place.config.as_process("worker"))
    try:
        for part, refused in (("consultant", True), ("admin", False)):
            user = place.one("SELECT id FROM ab_user WHERE username = %s", part)
            number = place.one(
                "INSERT INTO work.outbox (kind, queue, requested_by) VALUES ('backup.now', 'backup', %s) RETURNING id",
                user,
            )
            with engine.begin() as connection:
                connection.exec_driver_sql("SELECT gate.announce_system('t')")
                work = get(connection, number)
            context = SimpleNamespace(
                engine=engine,
                config=place.config,
                clock=SystemClock(),
                transaction=lambda w=work: as_requester(engine, w),
            )
            with pytest.raises(Forbidden if refused else Asked):
                backing_up.make_asked(context)
    finally:
        engine.dispose()
    asked = place.run(
        "SELECT e.actor_name FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at"
        " WHERE e.action = 'backup' AND v.after::jsonb ->> 'act' = 'asked'"
    )
    assert len(asked) == 1


class Asked(Exception):
    """The backup would have been made."""


def raising(*_: object) -> None:
    raise Asked
