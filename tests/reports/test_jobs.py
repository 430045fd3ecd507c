"""The road of a monthly report: measured, kept, printed for its reader, told, published, taken away."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import orjson
import psycopg
import pytest
from sqlalchemy import Engine

from app.core.clock import FixedClock
from app.jobs import entry, registry, reporting
from app.outbox import enqueue
from app.reports.paper import unprintable
from app.reports.snapshot import gather
from tests.appkit import Premises
from tests.jobs.processes import HURRY
from tests.reports.pdf import Pdf
from tests.reports.world import World
from tests.rules.desk import refusal

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
MONTH = "2026-10-01"
Run = Callable[..., tuple[str, str | None, Any]]
pytestmark = pytest.mark.pdf


@pytest.fixture
def work(premises: Premises, reporter: Engine) -> Run:
    """Runs work of the system or of one of the cast on the queue of reports; its state, error and result."""
    registry.load()
    entry.take_post(entry.Post(premises.config.as_process("worker"), "report", HURRY, FixedClock(NOW)))

    def run(kind: str, part: str | None = None, **args: object) -> tuple[str, str | None, Any]:
        with reporter.begin() as connection:
            if part is None:
                connection.exec_driver_sql("SELECT gate.announce_system('r-job')")
            else:
                connection.exec_driver_sql("SELECT gate.announce_job(%s, 'r-job', NULL)", (premises.users[part],))
            number = enqueue(connection, kind, args, queue="report")
        entry.execute(number)
        return premises.run("SELECT state, last_error, result FROM work.outbox WHERE id = %s", number)[0]

    return run


def test_a_month_is_measured_kept_and_asked_for_once(premises: Premises, work: Run) -> None:
    asked = "SELECT count(*) FROM work.outbox WHERE kind = 'report.monthly' AND args ->> 'reader' = %s"
    for _ in range(2):
        state, error, result = work("report.snapshot")
        assert (state, error) == ("done", None)
        assert result["stores"] == premises.one("SELECT count(*) FROM store")
        assert premises.one(asked, str(premises.users["boss"])) == premises.one(
            "SELECT count(*) FROM store WHERE company_id = (SELECT company_id FROM store WHERE id = %s)",
            premises.stores["PD"],
        )
    assert result["figures"] == 0, "the second night finds nothing new"
    assert premises.one("SELECT max(n) FROM (SELECT count(*) n FROM report_snapshot GROUP BY store_id, month) x") == 1


def test_a_draft_is_printed_for_its_reader_and_published_with_his_words(premises: Premises, work: Run) -> None:
    store = premises.stores["PD"]
    state, error, draft = work("report.monthly", "boss", store=store, month=MONTH)
    assert (state, error) == ("done", None)
    data = premises.house.shelf.path(draft["sha256"]).read_bytes()
    read = Pdf(data)
    text = read.text()
    for words in ("经营月报", "草稿", "仅限: 陈总", "2026 年 10 月", "浦东店", "附：指标口径", "1 / 7"):
        assert words in text, words
    assert read.bare() == set()
    assert (draft["pages"], draft["bytes"]) == (7, len(data))
    again = work("report.monthly", "boss", store=store, month=MONTH)[2]
    assert again["report"] == draft["report"], "the draft is renewed, not doubled"
    assert Pdf(premises.house.shelf.path(again["sha256"]).read_bytes()).text() == text, "same snapshot, same text"
    premises.run("UPDATE monthly_report SET advice = '十一月加强𠮷跟进' WHERE id = %s", draft["report"])
    state, error, final = work("report.publish", "boss", report=draft["report"])
    assert (state, error) == ("done", None)
    published = Pdf(premises.house.shelf.path(final["sha256"]).read_bytes()).text()
    assert "十一月加强𠮷跟进" in published
    assert "草稿" not in published
    row = premises.run(
        "SELECT r.status, r.sha256, r.size, r.edition, r.snapshot = s.sha256 FROM monthly_report r"
        " JOIN report_snapshot s ON s.store_id = r.store_id AND s.month = r.month WHERE r.id = %s",
        draft["report"],
    )
    assert row == [("published", final["sha256"], final["bytes"], 1, True)]
    assert work("report.publish", "boss", report=draft["report"])[0] == "pending", "published once"
    after = work("report.monthly", "boss", store=store, month=MONTH)[2]
    assert premises.one("SELECT edition FROM monthly_report WHERE id = %s", after["report"]) == 2
    told = premises.run(
        "SELECT title ->> 'zh' FROM work.inbox WHERE user_id = %s AND href = '/reports/' ORDER BY id",
        premises.users["boss"],
    )
    assert {"2026-10 经营月报已生成，请审阅后发布", "2026-10 经营月报已发布"} <= {title for (title,) in told}


def test_nobody_makes_a_report_beyond_his_rights(premises: Premises, work: Run) -> None:
    store = premises.stores["PD"]
    for part in ("manager", "consultant", "outsider", "auditor", "admin"):
        state, error, _ = work("report.monthly", part, store=store, month=MONTH)
        assert (state, str(error).partition(":")[0]) == ("pending", "forbidden"), part
    assert "forbidden" in work("report.monthly", "manager", store=store, month=MONTH, reader=premises.users["boss"])[1]
    for month in ("2026-11-01", "2026-10-02"):
        assert "not_found" in work("report.monthly", "boss", store=store, month=month)[1]
    assert "forbidden" in work("report.monthly", "boss", store=10**9, month=MONTH)[1]


def test_what_cannot_be_printed_leaves_nothing_and_is_told(
    premises: Premises, work: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise unprintable("too_slow", wall=1)

    monkeypatch.setattr(reporting, "print_report", fail)
    before = sorted(premises.house.shelf.root.rglob("*")), premises.one("SELECT count(*) FROM monthly_report")
    state, error, _ = work("report.monthly", "boss", store=premises.stores["XH"], month="2026-08-01")
    assert state == "pending"
    assert error == "paper_too_slow: Printing took longer than 1 s and was stopped."
    assert before == (sorted(premises.house.shelf.root.rglob("*")), premises.one("SELECT count(*) FROM monthly_report"))
    assert (
        premises.one("SELECT count(*) FROM work.inbox WHERE level = 'danger' AND title ->> 'zh' LIKE '2026-08%%'") == 1
    )


def test_what_matured_is_told_old_and_new(premises: Premises, reporter: Engine) -> None:
    w = World(premises, reporter)
    first = w.policy("2026-09-20", renewal_kind="renewal")
    w.measure("2026-09-01", "K43")
    assert premises.run("SELECT provisional FROM kpi_figure WHERE store_id = %s AND month = '2026-09-01'"
                        " AND part = 'all'", w.store) == [(True,)]  # fmt: skip
    car = premises.one("SELECT vehicle_id FROM insurance_policy WHERE id = %s", first)
    w.policy("2027-10-05", vehicle_id=car)  # begins on 5 October
    w.measure("2026-10-01", "K43")
    assert w.figure("K43", "2026-09-01") == (1, 1)
    with reporter.begin() as connection:
        connection.exec_driver_sql("SELECT gate.announce_system('r-job')")
        held = gather(connection, w.store, date(2026, 10, 1))["kpis"]["K43"]
    assert held["restated"] == {"was": [0, 1], "now": [1, 1]}
    assert held["provisional"] is True
    w.measure("2026-11-01", "K43")
    assert w.figure("K43", "2026-09-01") == (1, 1), "older months stand"


def test_a_snapshot_cannot_be_altered_unseen(premises: Premises, work: Run) -> None:
    work("report.snapshot")
    content, digest = premises.run("SELECT content, sha256 FROM report_snapshot LIMIT 1")[0]
    assert orjson.loads(content)["format"] == 1
    assert len(digest) == 64
    with pytest.raises(psycopg.errors.CheckViolation):
        premises.run("UPDATE report_snapshot SET content = content || ' '")
    with premises.connect("web") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT count(*) FROM report_snapshot")


def test_the_page_is_for_who_keeps_reports_and_copies_for_their_readers(premises: Premises, work: Run) -> None:
    store = premises.stores["PD"]
    number = work("report.monthly", "boss", store=store, month=MONTH)[2]["report"]
    boss = premises.desk("boss")
    assert f'href="/reports/{number}/pdf"' in boss.get("/reports/").text
    assert 'href="/reports/"' in boss.get("/").text
    answer = boss.get(f"/reports/{number}/pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=PD-202610-")
    assert answer.data.startswith(b"%PDF-")
    entry_ = premises.run(
        "SELECT count(*) FROM trail.entry WHERE entity = 'monthly_report' AND action = 'export' AND record_id = %s",
        number,
    )
    assert entry_ == [(1,)]
    for part in ("manager", "consultant", "technician", "newcomer", "admin"):
        desk = premises.desk(part)
        assert desk.get("/reports/").status_code == 403, part
        assert desk.get(f"/reports/{number}/pdf").status_code in {403, 404}, part
        assert desk.post("/reports/make", data={"store": store, "month": MONTH}).status_code == 403, part
        assert desk.post(f"/reports/{number}/publish").status_code == 403, part
    auditor = premises.desk("auditor")
    assert auditor.get("/reports/").status_code == 200, "that a report exists is no secret to him"
    assert auditor.get(f"/reports/{number}/pdf").status_code == 403
    assert boss.get("/reports/999999999/pdf").status_code == 404
    assert boss.get(f"/reports/{number}/publish").status_code == 405, "reading changes nothing"


def test_one_asks_for_a_month_that_is_over_in_a_store_within_reach(premises: Premises, work: Run) -> None:
    boss, store = premises.desk("boss"), premises.stores["XH"]
    waiting = (
        "SELECT count(*) FROM work.outbox WHERE kind = 'report.monthly' AND requested_by = %s AND state = 'pending'"
    )
    before = premises.one(waiting, premises.users["boss"])
    latest = boss.get("/reports/").text
    month = re.findall(r'value="(\d{4}-\d\d-01)"', latest)[0]
    for _ in range(2):
        assert boss.post("/reports/make", data={"store": store, "month": month}).status_code == 303
    assert premises.one(waiting, premises.users["boss"]) <= before + 1, "pressed twice, made once"
    for wrong in ({"store": store, "month": "2099-01-01"}, {"store": 10**9, "month": month}, {"store": "x"}, {}):
        assert boss.post("/reports/make", data=wrong).status_code == 404, wrong


def test_a_report_is_kept_whoever_would_delete_it(premises: Premises, work: Run) -> None:
    number = work("report.monthly", "boss", store=premises.stores["PD"], month="2026-06-01")[2]["report"]
    with premises.connect() as connection:
        connection.execute("UPDATE role_grant SET actions = actions || '{delete}' WHERE entity = 'monthly_report'")
        connection.execute("SELECT gate.announce(%s, 'r-kept')", (premises.session("boss"),))
        connection.execute("SET LOCAL ROLE forecourt_web")
        assert refusal(connection, "DELETE FROM monthly_report WHERE id = %s", number) == "monthly_report_kept"
        connection.rollback()


def test_a_file_that_was_altered_is_not_handed_out(premises: Premises, work: Run) -> None:
    made = work("report.monthly", "boss", store=premises.stores["PD"], month="2026-07-01")[2]
    path = premises.house.shelf.path(made["sha256"])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    assert premises.desk("boss").get(f"/reports/{made['report']}/pdf").status_code == 404
    path.unlink()
    assert premises.desk("boss").get(f"/reports/{made['report']}/pdf").status_code == 404
