"""What the console's pages tell: of work, schedules, seals, backups, servers and settings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.console.schedules import following
from app.heads.house import House
from app.models import ENTITIES
from config import ROOT
from tests.appkit import Desk, Premises

PAGES = (
    "/console/",
    "/console/work/",
    "/console/schedules/",
    "/console/runs/",
    "/console/dead/",
    "/console/trail/",
    "/console/descriptions/",
    "/console/backups/",
    "/console/database/",
    "/console/storage/",
    "/console/valkey/",
    "/console/settings/",
)
WORK = (
    "INSERT INTO work.outbox (kind, queue, args, requested_by, state, attempts, last_error, finished_at)"
    " SELECT %s, %s, %s, %s, %s, 5, %s, CASE WHEN %s IN ('done', 'dead') THEN now() END FROM generate_series(1, %s)"
    " RETURNING id"
)


@pytest.fixture
def desk(premises: Premises) -> Desk:
    return premises.desk("admin", language="en")


def work(
    premises: Premises,
    kind: str,
    *,
    state: str = "dead",
    queue: str = "default",
    args: str = "{}",
    by: str | None = None,
    error: str | None = None,
    times: int = 1,
) -> list[int]:
    """Work as it would stand after its attempts."""
    person = premises.users[by] if by else None
    return [number for (number,) in premises.run(WORK, kind, queue, args, person, state, error, state, times)]


def shown(page: str) -> set[int]:
    """The pieces of work a page lists."""
    return {int(number) for number in re.findall(r'href="/jobs/(\d+)"', page)}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_the_operator_reads_every_page_in_his_language(path: str, language: str, premises: Premises) -> None:
    answer = premises.desk("admin", language=language).get(path)
    assert answer.status_code == 200
    marked = re.findall(r'<a href="([^"]+)" aria-current="page">', answer.text.partition("<main")[2])
    assert marked == [path]
    if language == "en":
        body = answer.text.partition("<main")[2]
        assert re.findall(r"[\u4e00-\u9fff]+", body.replace("系统管理员", "")) == []


def test_work_is_found_by_kind_state_and_queue(premises: Premises, desk: Desk) -> None:
    dead = work(premises, "console.one", by="manager", error="Busy: too many")
    done = work(premises, "console.one", state="done", queue="schema")
    other = work(premises, "console.two", state="done")
    for asked, there in (
        ("?kind=console.one", {*dead, *done}),
        ("?kind=console.one&state=dead", {*dead}),
        ("?kind=console.one&queue=schema", {*done}),
        ("?kind=console.two", {*other}),
        ("?kind=console.none", set()),
    ):
        assert shown(desk.get(f"/console/work/{asked}").text) == there, asked
    page = desk.get("/console/work/?kind=console.one&state=dead").text
    assert "manager" in page
    assert "Busy: too many" in page


def test_arguments_are_told_as_numbers(premises: Premises, desk: Desk) -> None:
    work(premises, "console.args", args='{"batch": 4711, "name": "canary-name", "phone": "13800138000"}')
    page = desk.get("/console/work/?kind=console.args").text
    assert "batch=4711" in page
    assert "canary-name" not in page
    assert "13800138000" not in page


def test_pages_of_work_follow_each_other(premises: Premises, desk: Desk) -> None:
    made, seen, path = set(work(premises, "console.many", times=120)), list[int](), "/console/dead/?kind=console.many"
    while path:
        page = desk.get(path).text
        seen += sorted(shown(page))
        further = re.search(r'href="(/console/dead/\?[^"]+)">Older', page)
        path = further[1].replace("&amp;", "&") if further else ""
    assert len(seen) == 120
    assert set(seen) == made


def test_what_failed_is_told_on_the_first_page(premises: Premises, desk: Desk) -> None:
    work(premises, "console.failed")
    page = desk.get("/console/").text
    assert re.search(r"Work that failed and needs somebody: \d+", page)
    assert 'href="/console/dead/"' in page


def test_schedules_tell_their_next_moment_and_what_became_of_the_last(premises: Premises, desk: Desk) -> None:
    (done,) = work(premises, "console.clock", state="done")
    premises.run(
        "INSERT INTO work.schedule (code, kind, cron, catch_up, enabled) VALUES ('console.on', 'console.clock',"
        " '0 3 * * *', 'last', true), ('console.off', 'console.clock', '0 3 * * *', 'none', false),"
        " ('console.bad', 'console.clock', 'no clock', 'all', true)"
    )
    premises.run("INSERT INTO work.slot VALUES ('console.on', '2026-01-01 19:00+00', %s)", done)
    premises.run("INSERT INTO work.slot VALUES ('console.on', '2026-01-02 19:00+00', NULL)")
    lines = dict(
        re.findall(r"schedule=(console\.\w+)\">(.*?)</tr>", desk.get("/console/schedules/").text, flags=re.DOTALL)
    )
    assert "<span>03:00:00</span>" in lines["console.on"]
    assert "01-03 03:00:00" in re.sub(r"</?span>", "", lines["console.on"])
    assert ">off<" in lines["console.off"]
    assert "<span>03:00:00</span>" not in lines["console.bad"]
    runs = desk.get("/console/runs/?schedule=console.on").text
    assert shown(runs) == {done}
    assert "tidied away" in runs


@pytest.mark.parametrize(
    ("cron", "zone", "there"),
    [("0 3 * * *", "Asia/Shanghai", True), ("x", "UTC", False), ("0 3 * * *", "No/Where", False)],
)
def test_a_schedule_nobody_can_read_has_no_next_moment(cron: str, zone: str, there: bool, premises: Premises) -> None:
    assert (following(cron, zone, premises.house.clock.now()) is not None) is there


def test_seals_and_operations_are_told_and_no_entry_about_a_record(premises: Premises, desk: Desk) -> None:
    premises.run('SELECT trail.note(\'drill\', NULL, NULL, NULL, \'{"act": "drill", "of": {"a": 1}}\')')
    page = desk.get("/console/trail/").text
    assert "restore rehearsed" in page
    assert "act=drill" in page
    assert "security officer" in page
    assert 'href="/trail/"' not in page
    with premises.acting("admin") as context:
        acts = context.connection.exec_driver_sql("SELECT DISTINCT action FROM console.operations(NULL, 500)").scalars()
        assert not set(acts) & {"insert", "update", "delete", "reveal", "open", "search", "export", "denied", "sign_in"}


def test_who_may_also_review_is_led_to_the_trail(premises: Premises) -> None:
    role = premises.one("SELECT id FROM ab_role WHERE name = 'security_officer'")
    premises.run(
        "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'console', '{list}', 'group')", role
    )
    try:
        page = premises.desk("auditor").get("/console/trail/").text.partition("<main")[2]
    finally:
        premises.run("DELETE FROM role_grant WHERE role_id = %s AND entity = 'console'", role)
    assert 'href="/trail/"' in page


def test_backups_and_attempts_are_told(premises: Premises, desk: Desk) -> None:
    premises.run(
        "INSERT INTO work.backup (name, made_at, seconds, bytes, rows, digest, gone_at, gone) VALUES"
        " ('console-lost', now() - interval '3 days', 1, 5000000, 77, repeat('ab', 32), now(), 'lost')"
    )
    premises.run(
        "INSERT INTO work.backup_act (act, ended_at, ok, reason) VALUES ('drill', clock_timestamp(), false,"
        ' \'{"zh": "坏了", "en": "it broke"}\')'
    )
    page = desk.get("/console/backups/").text
    for told in ("console-lost", "lost", "4.8 MB", "it broke", "Backups are gone that were not pruned"):
        assert told in page, told
    assert "坏了" in premises.desk("admin", language="zh_Hans_CN").get("/console/backups/").text


def test_descriptions_tell_their_versions(premises: Premises, desk: Desk) -> None:
    page = desk.get("/console/descriptions/").text
    lines = dict(re.findall(r'data-label="Table"><span>(\w+)</span>(.*?)</tr>', page, flags=re.DOTALL))
    assert set(ENTITIES) <= set(lines)
    assert "the product" in lines["customer"]


def test_the_database_is_told_with_its_costliest_statements(desk: Desk) -> None:
    page = desk.get("/console/database/").text
    assert "gate.announce($1, $2, $3)" in page
    assert "pg_stat_statements; see the manual" not in page
    assert "From memory" in page


def test_a_server_that_counts_no_statements_says_so(premises: Premises, desk: Desk) -> None:
    console = (ROOT / "migrations" / "sql" / "console.sql").read_text()
    premises.run("DROP EXTENSION pg_stat_statements")
    try:
        page = desk.get("/console/database/").text
    finally:
        premises.run(console[console.index("-- Where the server counts") :])
    assert "pg_stat_statements; see the manual" in page
    assert "gate.announce($1, $2, $3)" in desk.get("/console/database/").text


def test_storage_tells_the_largest_tables(desk: Desk) -> None:
    page = desk.get("/console/storage/").text
    assert "public.role_grant" in page
    assert "Reclaimable" in page


def test_valkey_is_told_and_its_absence_too(premises: Premises, desk: Desk) -> None:
    assert "noeviction" in desk.get("/console/valkey/").text
    with elsewhere(premises, redis_url="redis://:canary-secret@127.0.0.1:1/0"):
        away = desk.get("/console/valkey/")
    assert away.status_code == 200
    assert "does not answer now" in away.text
    assert "canary-secret" not in away.text


@contextmanager
def elsewhere(premises: Premises, **changes: object) -> Iterator[None]:
    """The application as if it had been set up otherwise."""
    here: House = premises.house
    premises.app.extensions["forecourt"] = replace(here, config=replace(here.config, **changes))  # type: ignore[arg-type]
    try:
        yield
    finally:
        premises.app.extensions["forecourt"] = here
