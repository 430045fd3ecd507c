"""What the console may be made to do by strange questions, hostile rows, a busy server, and many at once."""

import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import escape

import pytest
from structlog.testing import capture_logs

from app.console import settings_words
from app.console.reading import PATIENCE_MS
from app.console.view import ConsoleView
from config import Config, settings
from tests.appkit import Premises
from tests.console.test_pages import PAGES, elsewhere, shown, work

THREADS, ROUNDS = 8, 12
ASKED = ("kind", "state", "queue", "schedule", "before", "of", "seal", "act", "id", "page")
STRANGE = (
    "'", "' OR '1'='1", "'; DROP TABLE work.outbox; --", "%s", "%(x)s", "{0}", "{{7*7}}", "\x00", "\ufffd",
    "-1", "0", "99999999999999999999", "9223372036854775807", "9223372036854775808", "1e9", "٤", "²", "NaN", "inf",
    "2026-11-22", "2026-11-22T00:00:00", "2026-11-22T00:00:00+08:00", "0001-01-01T00:00:00+00:00",
    "9999-12-31T23:59:59-12:00", "infinity", "<script>alert(1)</script>", "x" * 5_000, "𠮷㛃", "../../etc/passwd",
)  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "</td></table><h1>x</h1>",
    "{{7*7}}", "{% import os %}", "' onmouseover='alert(1)", "\u202egnp.exe", "<svg/onload=alert(1)>", "&lt;b&gt;",
)  # fmt: skip


def test_no_question_makes_a_page_fail(premises: Premises) -> None:
    desk = premises.desk("admin")
    for view in premises.app.extensions["admin"][0]._views:
        for name in view.askable:
            for value in STRANGE:
                answer = desk.get(view.here, query_string={name: value})
                assert answer.status_code == 200, (view.here, name, value)
                assert "<script>alert" not in answer.text
        assert desk.get(view.here, query_string=dict.fromkeys(ASKED, STRANGE[1])).status_code == 200


def test_hostile_words_stay_words(premises: Premises) -> None:
    desk = premises.desk("admin")
    for words in HOSTILE:
        work(premises, "console.hostile", error=words, args='{"name": "x"}')
    premises.run(
        "INSERT INTO work.backup_act (act, backup, ended_at, ok, reason) VALUES ('drill', %s, clock_timestamp(), false,"
        " jsonb_build_object('zh', %s::text, 'en', %s::text))",
        HOSTILE[0],
        HOSTILE[1],
        HOSTILE[1],
    )
    premises.run(
        "SELECT trail.note('drill', %s, NULL, NULL, jsonb_build_object('x', %s::text))", HOSTILE[4], HOSTILE[0]
    )
    pages = [desk.get(path).text for path in ("/console/dead/?kind=console.hostile", *PAGES)]
    for page in pages:
        for words in HOSTILE[:2] + HOSTILE[3:4] + HOSTILE[8:9]:
            assert words not in page
        assert re.findall(r"<[^>]*\son\w+\s*=", page) == []
    assert escape(HOSTILE[0]).replace("&#x27;", "&#39;") in pages[0]
    assert "{{7*7}}" in pages[0]


def test_a_statement_of_somebody_else_is_told_without_its_words(premises: Premises) -> None:
    """Also while it runs for the first time, when the server has not counted it yet."""
    with premises.connect() as other:
        other.execute(f"SELECT '{HOSTILE[0]}', 'canary 13912345678', {13912345678}")
        page = premises.desk("admin").get("/console/database/").text
        other.rollback()
    assert "SELECT ?, ?, ?" in page
    assert "13912345678" not in page
    assert "canary" not in page


# Secrets ---------------------------------------------------------------------------------------------------------
def test_no_page_holds_a_secret(premises: Premises) -> None:
    here, desk = premises.house.config, premises.desk("admin")
    canaries = {
        path.read_text(encoding="utf-8", errors="replace").strip()
        for path in here.secrets_dir.iterdir()
        if path.is_file() and path.stat().st_size < 2_000
    }
    canaries |= {premises.session("admin"), "canary-dsn", "canary-queue"}
    changes = {
        "database_url": "postgresql://postgres:canary-dsn@db.example.cn/x",
        "given": {"database_url": "file", "redis_url": "environment"},
    }
    pages = [desk.get(path).text for path in PAGES]
    with elsewhere(premises, **changes):
        pages.append(desk.get("/console/settings/").text)
    with elsewhere(premises, redis_url="redis://:canary-queue@127.0.0.1:1/0"):
        pages += [desk.get(path).text for path in ("/console/settings/", "/console/valkey/")]
    assert len(canaries) > 8
    for page in pages:
        assert [secret for secret in canaries if len(secret) > 6 and secret in page] == []


def test_where_a_setting_comes_from_is_told(premises: Premises, tmp_path) -> None:
    (tmp_path / "url").write_text("redis://:canary-file@127.0.0.1:1/0")
    read = Config.from_env({"FORECOURT_WEB_THREADS": "9", "REDIS_URL_FILE": str(tmp_path / "url")})
    assert read.given == {"web_threads": "environment", "redis_url": "file"}
    assert read.as_process("web").given == read.given
    with elsewhere(premises, web_threads=9, redis_url=read.redis_url, given=read.given):
        page = premises.desk("admin", language="en").get("/console/settings/").text
    lines = dict(re.findall(r'<th scope="row"[^>]*><span>([A-Z_]+)</span>(.*?)</tr>', page, flags=re.DOTALL))
    assert ">9<" in lines["FORECOURT_WEB_THREADS"]
    assert ">environment<" in lines["FORECOURT_WEB_THREADS"]
    assert ">file<" in lines["REDIS_URL"]
    assert "canary-file" not in page
    assert ">default<" in lines["FORECOURT_WEB_PROCESSES"]
    assert set(lines) == {one.env for one in settings()}


def test_each_setting_has_its_meaning_in_chinese() -> None:
    assert set(settings_words.MEANINGS) == {one.name for one in settings()}


# A busy server ---------------------------------------------------------------------------------------------------
def test_a_page_that_takes_long_is_stopped_and_weighs_on_nobody(
    premises: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.console.reading.PATIENCE_MS", 150)
    premises.run("ALTER FUNCTION console.checks(int) RENAME TO checks_")
    premises.run(
        "CREATE FUNCTION console.checks(most int) RETURNS TABLE (at timestamptz) LANGUAGE sql SECURITY DEFINER"
        " SET search_path = '' AS $$ SELECT pg_catalog.now() FROM pg_catalog.pg_sleep(20) $$"
    )
    premises.run("GRANT EXECUTE ON FUNCTION console.checks(int) TO forecourt_web")
    try:
        answer = premises.desk("admin").get("/console/trail/")
    finally:
        premises.run("DROP FUNCTION console.checks(int)")
        premises.run("ALTER FUNCTION console.checks_(int) RENAME TO checks")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "已停止" in answer.text
    assert PATIENCE_MS <= 5_000


@pytest.mark.slow
def test_two_hundred_thousand_pieces_of_work_are_listed_in_time(premises: Premises) -> None:
    premises.run(
        "INSERT INTO work.outbox (kind, state, attempts, finished_at) SELECT 'console.bulk', 'done', 1, now()"
        " FROM generate_series(1, 100000)"
    )
    (one,) = work(premises, "console.needle")
    premises.run(
        "INSERT INTO work.outbox (kind, state, attempts, finished_at) SELECT 'console.bulk', 'done', 1, now()"
        " FROM generate_series(1, 100000)"
    )
    try:
        desk = premises.desk("admin")
        for path in ("/console/", "/console/work/", "/console/dead/", "/console/storage/", "/console/database/"):
            assert desk.get(path).status_code == 200, path
        assert shown(desk.get("/console/work/?kind=console.needle").text) == {one}
    finally:
        premises.run("DELETE FROM work.outbox WHERE kind = 'console.bulk'")


# Many at once ----------------------------------------------------------------------------------------------------
def test_many_at_once_see_what_each_asked_for(premises: Premises) -> None:
    """Flask-Admin keeps one view for all threads: nothing of a question may stay on it."""
    kinds = {f"console.thread{n}": set(work(premises, f"console.thread{n}", times=3)) for n in range(THREADS)}
    role = premises.one("SELECT id FROM ab_role WHERE name = 'technician'")
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'console', '{list}', 'group')", role
    )
    start = threading.Barrier(THREADS)

    def wrong(thread: int) -> list[str]:
        dice, found = random.Random(thread), []
        people = [("admin", "zh_Hans_CN", "系统管理员"), ("technician", "en", "赵师傅"), ("manager", "en", "")]
        desks = {part: premises.desk(part, language=language) for part, language, _ in people}
        start.wait(30)
        for _ in range(ROUNDS):
            part, language, name = dice.choice(people)
            kind = dice.choice(list(kinds))
            answer = desks[part].get(f"/console/work/?kind={kind}")
            if part == "manager":
                found += ["let in"] if answer.status_code != 403 or shown(answer.text) else []
                continue
            speaks = ("任务" if language.startswith("zh") else "Arguments") in answer.text
            if shown(answer.text) != kinds[kind] or name not in answer.text or not speaks:
                found.append(f"{part} {kind} {answer.status_code}")
        return found

    try:
        with ThreadPoolExecutor(THREADS) as pool:
            answers = list(pool.map(wrong, range(THREADS)))
    finally:
        premises.run("DELETE FROM role_grant WHERE role_id = %s AND entity = 'console'", role)
    assert [fault for found in answers for fault in found] == []


def test_a_fault_in_a_page_is_recorded_as_it_was(premises: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flask-Admin calls a view again when a TypeError comes out of it, and another error takes its place."""

    def broken(self: ConsoleView, context: object, asked: object) -> None:
        raise TypeError("planted")

    monkeypatch.setattr("app.console.work.DeadView.told", broken)
    with capture_logs() as said:
        assert premises.desk("admin").get("/console/dead/").status_code == 500
    assert [str(one["exc_info"]) for one in said if one["event"] == "unforeseen"] == ["planted"]


def test_work_that_was_asked_for_by_somebody_who_is_gone_is_still_listed(premises: Premises) -> None:
    (number,) = work(premises, "console.orphan")
    premises.run("UPDATE work.outbox SET requested_by = 2000000000 WHERE id = %s", number)
    assert "2000000000" in premises.desk("admin").get("/console/work/?kind=console.orphan").text
