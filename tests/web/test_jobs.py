"""Jobs on the screen: seen and tended by who may, refused to others, told in words, kept in the trail."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from app.jobs import registry
from app.jobs.schedules import SCHEDULES, sync
from tests.appkit import Desk, Premises

Ask = Callable[..., int]
CLAIM = (
    "UPDATE work.outbox SET state = 'running', attempts = 5, lease_token = gen_random_uuid(),"
    " worker = 'host default 7', lease_until = now() + interval '1 hour' WHERE id = %s"
)
BURY = (
    "UPDATE work.outbox SET state = 'dead', lease_token = NULL, lease_until = NULL,"
    " last_error = 'ValueError: no <paper>', finished_at = now() - interval '11 minutes' WHERE id = %s"
)


@pytest.fixture
def ask(premises: Premises) -> Iterator[Ask]:
    """Puts work into the outbox; what is not finished at the end of the test is taken away."""
    made: list[int] = []

    def enqueue(kind: str = "work.tidy", args: dict[str, object] | None = None, **columns: object) -> int:
        given = {"kind": kind, "args": json.dumps(args or {}), **columns}
        names = ", ".join(given)
        sql = f"INSERT INTO work.outbox ({names}) VALUES ({', '.join(['%s'] * len(given))}) RETURNING id"
        made.append(premises.one(sql, *given.values()))
        return made[-1]

    yield enqueue
    premises.run("DELETE FROM work.outbox WHERE id = ANY (%s)", made)


@pytest.fixture
def dead(premises: Premises, ask: Ask) -> int:
    number = ask(requested_by=premises.users["consultant"])
    premises.run(CLAIM, number)
    premises.run(BURY, number)
    return number


@pytest.fixture
def admin(premises: Premises) -> Desk:
    return premises.desk("admin")


@pytest.fixture
def scheduled(premises: Premises) -> None:
    """The product's schedules, as a ticker declares them, all on."""
    from sqlalchemy import create_engine, pool, text

    engine = create_engine(premises.config.url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        sync(connection, SCHEDULES)
        connection.execute(text("UPDATE work.schedule SET enabled = true"))


def state(premises: Premises, number: int) -> str:
    return str(premises.one("SELECT state FROM work.outbox WHERE id = %s", number))


def noted(premises: Premises, noun: str) -> dict[str, object]:
    return dict(
        json.loads(
            premises.one(
                "SELECT v.after FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at"
                " WHERE e.action = 'job' AND e.entity = %s AND e.actor_name IS NOT NULL ORDER BY e.id DESC LIMIT 1",
                noun,
            )
        )
    )


# Words ---------------------------------------------------------------------------------------------------------------
def test_each_kind_of_job_has_words() -> None:
    registry.load()
    ours = [job for job in registry.jobs().values() if job.run.__module__.startswith("app.")]
    assert [job.kind for job in ours if job.label is None] == []


# Rights --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("part", ["manager", "boss", "consultant", "auditor", "newcomer"])
def test_who_holds_no_right_on_jobs_sees_and_tends_none(premises: Premises, dead: int, part: str) -> None:
    desk = premises.desk(part)
    for path in ("/jobs/", "/jobs/part", f"/jobs/{dead}", f"/jobs/{dead}/progress", "/jobs/schedules/"):
        assert desk.get(path).status_code == 403, path
    for path in (f"/jobs/{dead}/retry", f"/jobs/{dead}/hasten", f"/jobs/{dead}/discard", "/jobs/schedules/x/run"):
        assert desk.post(path, data={"reason": "x"}).status_code == 403, path
    assert state(premises, dead) == "dead"
    assert "/jobs/" not in desk.get("/").text


ACTS = (
    "SELECT work.retry_job({id})",
    "SELECT work.hasten_job({id})",
    "SELECT work.discard_job({id}, 'x')",
    "SELECT work.switch_schedule('work.tidy', false)",
    "SELECT work.run_schedule('work.tidy', 'default')",
    "SELECT * FROM work.jobs('{{dead}}', NULL, NULL, NULL, NULL, NULL, 10)",
    "SELECT * FROM work.job_counts()",
    "SELECT * FROM work.job({id})",
    "SELECT * FROM work.schedules()",
    "SELECT * FROM work.attempts_at({id})",
    "SELECT * FROM work.deeds_on({id})",
    "SELECT * FROM work.attempt",
    "SELECT * FROM work.deed",
    "SELECT * FROM work.schedule",
    "SELECT work.held({id})",
    "SELECT work.operators()",
    "SELECT work.keep_deed(o, 'retry', NULL) FROM work.outbox o",
    "SELECT gate.note_work('job', 1, NULL, '{{}}')",
    "UPDATE work.outbox SET worker = 'x'",
)


@pytest.mark.parametrize("statement", ACTS)
def test_the_database_refuses_staff_itself(premises: Premises, dead: int, scheduled: None, statement: str) -> None:
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-enemy')", (premises.session("manager"),))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.format(id=dead))


def test_an_operator_with_fewer_verbs_may_do_less(premises: Premises, dead: int) -> None:
    role = premises.one("INSERT INTO ab_role (name) VALUES ('值班') RETURNING id")
    user = premises.users["newcomer"]
    try:
        premises.run(
            "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (%s, 'job', '{list,update}', 'group')",
            role,
        )
        premises.run("INSERT INTO ab_user_role (user_id, role_id) VALUES (%s, %s)", user, role)
        desk = premises.desk("newcomer")
        page = desk.get(f"/jobs/{dead}").text
        assert f"/jobs/{dead}/retry" in page
        assert f"/jobs/{dead}/discard" not in page
        assert desk.get(f"/jobs/{dead}/discard").status_code == 403
        assert desk.post(f"/jobs/{dead}/discard", data={"reason": "x"}).status_code == 403
        with premises.connect("web") as connection:
            connection.execute("SELECT gate.announce(%s, 'r-operator')", (premises.session("newcomer"),))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT work.discard_job(%s, 'x')", (dead,))
        premises.run("UPDATE role_grant SET reach = 'store' WHERE role_id = %s", role)
        assert desk.get(f"/jobs/{dead}").status_code == 404  # of no store, so beyond a store's reach
        assert desk.post(f"/jobs/{dead}/retry").status_code == 404
        assert desk.post("/jobs/schedules/work.tidy/run").status_code in (403, 404)
    finally:
        premises.run("DELETE FROM ab_user_role WHERE role_id = %s", role)
        premises.run("DELETE FROM role_grant WHERE role_id = %s", role)
        premises.run("DELETE FROM ab_role WHERE id = %s", role)


# Seeing --------------------------------------------------------------------------------------------------------------
def test_boards_show_who_asked_what_and_how_far_it_is(premises: Premises, admin: Desk, ask: Ask) -> None:
    number = ask(requested_by=premises.users["consultant"])
    assert f'href="/jobs/{number}"' in admin.get("/jobs/?board=waiting").text
    premises.run(CLAIM, number)
    premises.run("UPDATE work.outbox SET progress = 1200, total = 5000 WHERE id = %s", number)
    page = admin.get("/jobs/").text
    assert 'value="24"' in page
    assert "1,200 / 5,000 · 24%" in page
    assert "李顾问" in page
    assert "清理已完成的后台任务" in page
    assert 'hx-get="/jobs/part?board=running"' in page
    assert 'value="24"' in admin.get("/jobs/part?board=running").text
    assert "HX-Refresh" not in admin.get(f"/jobs/{number}/progress").headers
    premises.run(BURY, number)
    assert admin.get(f"/jobs/{number}/progress").headers["HX-Refresh"] == "true"
    assert "ValueError: no &lt;paper&gt;" in admin.get("/jobs/?board=dead").text


def test_filters_narrow_and_older_ones_follow_without_a_gap(premises: Premises, admin: Desk, ask: Ask) -> None:
    made = [ask("feed.scan", requested_by=premises.users["advisor"]) for _ in range(55)]
    for more, there in (
        ("", True),
        ("&kind=feed.scan", True),
        ("&kind=work.tidy", False),
        ("&person=系统", False),
        ("&person=advisor", True),
        ("&person=%00'%F0%A0%AE%B7", False),
        ("&since=2020-01-01", True),
        ("&until=2020-01-01", False),
        ("&until=9999-12-31", True),
    ):
        assert (f'"/jobs/{made[-1]}"' in admin.get(f"/jobs/?board=waiting{more}").text) is there, more
    assert "开始日不能晚于结束日" in admin.get("/jobs/?since=2026-02-01&until=2026-01-01").text
    first = admin.get("/jobs/?board=waiting&kind=feed.scan").text
    href = re.search(r'href="(/jobs/\?[^"]*before=\d+)"', first)
    assert href
    second = admin.get(href[1].replace("&amp;", "&")).text
    seen = [int(n) for page in (first, second) for n in re.findall(r'href="/jobs/(\d+)"', page)]
    assert seen[:55] == made[::-1]


def test_a_job_tells_its_attempts_and_no_value(premises: Premises, admin: Desk, ask: Ask) -> None:
    args = {"batch": 7, "phone": 13912345678, "name": "王小明", "mode": "last", "vin": "LSVAB1234CD567890"}
    number = ask(args=args, store_id=next(iter(premises.stores.values())))
    premises.run(CLAIM, number)
    premises.run('UPDATE work.outbox SET note = \'{"step": "counting"}\' WHERE id = %s', number)
    premises.run(BURY, number)
    page = admin.get(f"/jobs/{number}").text
    for there in ("第 5 次尝试", "host default 7", "counting", "batch 7", "mode last", "ValueError: no &lt;paper&gt;"):
        assert there in page, there
    for hidden in ("13912345678", "13,912,345,678", "王小明", "LSVAB1234CD567890"):
        assert hidden not in page, hidden


@pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999999"])
def test_a_job_that_is_not_there_is_not_found(admin: Desk, number: str) -> None:
    for path in (f"/jobs/{number}", f"/jobs/{number}/progress", f"/jobs/{number}/discard"):
        assert admin.get(path).status_code == 404, path
    for act in ("retry", "hasten"):
        assert admin.post(f"/jobs/{number}/{act}").status_code == 404, act
    assert admin.post(f"/jobs/{number}/discard", data={"reason": "x"}).status_code == 404


def test_the_pages_cost_few_statements(premises: Premises, admin: Desk, dead: int, scheduled: None) -> None:
    for path, most in (("/jobs/?board=dead", 3), (f"/jobs/{dead}", 4), ("/jobs/schedules/", 3), ("/inbox/", 2)):
        admin.get(path).close()
        with premises.statements() as sent:
            admin.get(path).close()
        assert len(sent) <= most, path


# Tending -------------------------------------------------------------------------------------------------------------
def test_a_dead_job_is_retried_once_with_all_its_attempts(premises: Premises, admin: Desk, dead: int) -> None:
    answer = admin.post(f"/jobs/{dead}/retry")
    assert (answer.status_code, answer.location) == (303, f"/jobs/{dead}")
    assert premises.run("SELECT state, attempts, finished_at FROM work.outbox WHERE id = %s", dead) == [
        ("pending", 0, None)
    ]
    assert noted(premises, "job") == {"deed": "retry", "kind": "work.tidy"}
    again = admin.post(f"/jobs/{dead}/retry")  # the other browser
    assert again.status_code == 409
    assert "状态已经变化" in again.text
    page, name = admin.get(f"/jobs/{dead}").text, premises.actor("admin").name
    assert re.search(r"重试\s*<span class=\"quiet\">" + name, page)


def at_once(premises: Premises, path: str) -> list[int]:
    """What two browsers are answered that ask the same at the same moment."""
    together = Barrier(2)

    def ask_for(desk: Desk) -> int:
        together.wait()
        return desk.post(path).status_code

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(ask_for, [premises.desk("admin", own=True) for _ in range(2)]))


def test_two_who_retry_at_once_retry_once(premises: Premises, dead: int) -> None:
    assert at_once(premises, f"/jobs/{dead}/retry") == [303, 409]
    assert premises.one("SELECT count(*) FROM work.deed WHERE work_id = %s", dead) == 1


def test_waiting_work_is_made_due(premises: Premises, admin: Desk, ask: Ask) -> None:
    number = ask(run_after="2099-01-01")
    assert f"/jobs/{number}/hasten" in admin.get(f"/jobs/{number}").text
    assert admin.post(f"/jobs/{number}/hasten").status_code == 303
    assert premises.one("SELECT run_after <= clock_timestamp() FROM work.outbox WHERE id = %s", number)
    assert admin.post(f"/jobs/{number}/hasten").status_code == 409


def test_discarding_asks_why_and_keeps_it(premises: Premises, admin: Desk, dead: int) -> None:
    assert admin.get(f"/jobs/{dead}/discard").status_code == 200
    assert admin.post(f"/jobs/{dead}/discard", data={"reason": "  "}).status_code == 422
    assert state(premises, dead) == "dead"
    assert admin.post(f"/jobs/{dead}/discard", data={"reason": "文件\x00已重传" + "长" * 500}).status_code == 303
    assert state(premises, dead) == "cancelled"
    kept = noted(premises, "job")
    assert (kept["deed"], len(str(kept["reason"]))) == ("discard", 200)
    assert "已重传" in admin.get(f"/jobs/{dead}").text
    assert admin.post(f"/jobs/{dead}/discard", data={"reason": "x"}).status_code == 409


def test_running_work_is_neither_retried_nor_discarded(premises: Premises, admin: Desk, ask: Ask) -> None:
    number = ask()
    premises.run(CLAIM, number)
    assert admin.post(f"/jobs/{number}/retry").status_code == 409
    assert admin.post(f"/jobs/{number}/discard", data={"reason": "x"}).status_code == 409
    assert state(premises, number) == "running"


def test_the_trail_names_the_deed_in_words(premises: Premises, admin: Desk, dead: int) -> None:
    admin.post(f"/jobs/{dead}/retry")
    page = premises.desk("auditor").get(f"/trail/?entity=job&record={dead}").text
    assert "处理后台任务" in page
    assert "操作：重试" in page


# Schedules -----------------------------------------------------------------------------------------------------------
def test_schedules_are_told_in_words_and_switched(premises: Premises, admin: Desk, scheduled: None) -> None:
    page = admin.get("/jobs/schedules/").text
    for words in ("每天 03:40", "每 5 分钟", "除周一外每天 03:50", "每周日 05:25", "每小时的第 07 分"):
        assert words in page, words
    admin.set_cookie("lang", "en")
    assert "daily at 03:40" in admin.get("/jobs/schedules/").text
    admin.delete_cookie("lang")
    assert admin.get("/jobs/schedules/feed.tidy/off").status_code == 200
    assert admin.post("/jobs/schedules/feed.tidy/off").status_code == 303
    assert not premises.one("SELECT enabled FROM work.schedule WHERE code = 'feed.tidy'")
    assert noted(premises, "schedule") == {"deed": "off", "code": "feed.tidy"}
    assert admin.post("/jobs/schedules/feed.tidy/off").status_code == 409
    assert "/jobs/schedules/feed.tidy/on" in admin.get("/jobs/schedules/").text
    assert admin.post("/jobs/schedules/feed.tidy/on").status_code == 303
    for code in ("nothing", "x%00y", "'"):
        for act in ("run", "on", "off"):
            assert admin.post(f"/jobs/schedules/{code}/{act}").status_code == 404, (code, act)


@pytest.mark.parametrize("code", ["trail.risks", "backup.watch", "work.watch"])
def test_who_watches_over_others_is_not_switched_off(
    premises: Premises, admin: Desk, scheduled: None, code: str
) -> None:
    assert f"/jobs/schedules/{code}/off" not in admin.get("/jobs/schedules/").text
    answer = admin.post(f"/jobs/schedules/{code}/off")
    assert answer.status_code == 409
    assert "不能关闭" in answer.text
    assert premises.one("SELECT enabled FROM work.schedule WHERE code = %s", code)


def test_backups_that_are_switched_off_raise_an_alarm(premises: Premises, admin: Desk, scheduled: None) -> None:
    admin.post("/jobs/schedules/backup.create/off")
    assert premises.one("SELECT count(*) FROM work.backup_alarms() WHERE code = 'off'") == 1
    admin.post("/jobs/schedules/backup.create/on")
    assert premises.one("SELECT count(*) FROM work.backup_alarms() WHERE code = 'off'") == 0


def test_a_schedule_is_run_by_hand_as_the_system_and_once_at_a_time(
    premises: Premises, admin: Desk, scheduled: None
) -> None:
    answer = admin.post("/jobs/schedules/backup.prune/run")
    number = int(answer.location.rsplit("/", 1)[1])
    work = premises.run("SELECT kind, queue, requested_by FROM work.outbox WHERE id = %s", number)
    assert work == [("backup.prune", "backup", None)]
    assert premises.one("SELECT extra FROM work.slot WHERE outbox_id = %s", number)
    assert noted(premises, "schedule") == {"deed": "run", "code": "backup.prune"}
    busy = admin.post("/jobs/schedules/backup.prune/run")
    assert busy.status_code == 409
    assert "还没有结束" in busy.text
    premises.run("DELETE FROM work.outbox WHERE id = %s", number)


def test_two_who_run_a_schedule_at_once_run_it_once(premises: Premises, scheduled: None) -> None:
    assert at_once(premises, "/jobs/schedules/import.tidy/run") == [303, 409]
    of_it = "SELECT outbox_id FROM work.slot WHERE schedule_code = 'import.tidy'"
    assert len(premises.run(of_it)) == 1
    premises.run(f"DELETE FROM work.outbox WHERE id IN ({of_it})")
