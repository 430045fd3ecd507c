"""What an operator's monitor is told, and what nobody else is."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from app.heads import readiness, vitals
from app.process import ending
from tests.appkit import Premises
from tests.make import Make

FAR = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def anew(premises: Premises):
    """Readings are taken when they are asked for."""

    def forget() -> None:
        premises.house.watch._taken = float("-inf")

    forget()
    yield forget
    forget()


def told(premises: Premises) -> dict[str, dict[tuple, float]]:
    """Every sample by name and labels."""
    answer = premises.desk("nobody").get("/metrics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    found: dict[str, dict[tuple, float]] = {}
    for family in families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


@pytest.mark.parametrize("path", ["/readyz", "/startupz", "/metrics"])
def test_only_operators_are_told(path: str, premises: Premises) -> None:
    desk = premises.desk("admin")
    assert desk.get(path).status_code == 200
    assert desk.get(path, environ_base=FAR).status_code in (403, 404)
    assert desk.get(path, environ_base=FAR, base_url="https://localhost").status_code == 404


def test_who_comes_through_an_unknown_proxy_is_no_operator(premises: Premises) -> None:
    desk = premises.desk("nobody")
    assert desk.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_alive_is_answered_to_all_without_the_database(premises: Premises) -> None:
    with premises.statements() as sent:
        assert premises.desk("nobody").get("/livez", environ_base=FAR).text == "ok"
    assert sent == []


def test_ready_names_every_part(premises: Premises, anew) -> None:
    parts = premises.desk("nobody").get("/readyz").json
    assert set(parts) == {"status", *readiness.NEEDED, *readiness.WATCHED}
    assert {parts[name] for name in (*readiness.NEEDED, "queue", "clock")} == {"ok"}


@contextmanager
def unwritable(premises: Premises):
    premises.run("REVOKE EXECUTE ON FUNCTION work.ping() FROM forecourt_web")
    try:
        yield
    finally:
        premises.run("GRANT EXECUTE ON FUNCTION work.ping() TO forecourt_web")


def test_a_database_that_takes_no_write_is_not_ready(premises: Premises) -> None:
    with unwritable(premises):
        answer = premises.desk("nobody").get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "down")
    assert answer.json["database"] == "InsufficientPrivilege"
    assert premises.desk("nobody").get("/readyz").status_code == 200


def test_a_schema_of_another_version_is_not_ready(premises: Premises) -> None:
    head = premises.one("SELECT version_num FROM alembic_version")
    premises.run("UPDATE alembic_version SET version_num = '0001_gate'")
    try:
        answer = premises.desk("nobody").get("/readyz")
    finally:
        premises.run("UPDATE alembic_version SET version_num = %s", head)
    assert (answer.status_code, answer.json["database"]) == (503, f"schema 0001_gate, not {head}")


def test_who_has_started_stays_started(premises: Premises) -> None:
    desk = premises.desk("nobody")
    premises.house.watch.started = False
    with unwritable(premises):
        assert desk.get("/startupz").status_code == 503
    assert desk.get("/startupz").status_code == 200
    with unwritable(premises):
        assert desk.get("/startupz").status_code == 200


def test_one_told_to_stop_is_not_ready_and_still_answers(premises: Premises) -> None:
    ending.announce()
    try:
        answer = premises.desk("nobody").get("/readyz")
        assert (answer.status_code, answer.json["serving"]) == (503, "stopping")
        assert premises.desk("manager").get("/data/customer/").status_code == 200
    finally:
        ending.forget()


def test_a_queue_that_is_away_late_seals_and_dead_work_degrade(premises: Premises, anew, monkeypatch) -> None:
    house = premises.app.extensions["forecourt"]
    gone = replace(house.config, redis_url="unix:///nowhere.sock")
    monkeypatch.setitem(premises.app.extensions, "forecourt", replace(house, config=gone))
    waiting = "INSERT INTO trail.queue (id, at, entries) OVERRIDING SYSTEM VALUE VALUES (-1, %s, '{1}')"
    premises.run(waiting, datetime.now(UTC) - timedelta(minutes=5))
    premises.run("INSERT INTO work.outbox (kind, state, finished_at) VALUES ('sample.dead', 'dead', now())")
    dead = premises.one("SELECT count(*) FROM work.outbox WHERE state = 'dead'")
    try:
        answer = premises.desk("nobody").get("/readyz")
    finally:
        premises.run("DELETE FROM trail.queue WHERE id = -1")
        premises.run("DELETE FROM work.outbox WHERE kind = 'sample.dead'")
    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"
    told = (answer.json["queue"], answer.json["seals"], answer.json["work"])
    assert told == ("ConnectionError", "late", f"{dead} dead")


@pytest.mark.parametrize(
    ("free", "reserve", "full"),
    [(501, 500, False), (499, 500, True), (501, 0, False), (0, 0, False)],
)
def test_a_small_disk_is_full_below_the_reserve(free: int, reserve: int, full: bool, tmp_path, monkeypatch) -> None:
    sizes = type("Usage", (), {"free": free * 2**20, "total": 2**30})
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _: sizes)
    assert readiness.is_full(tmp_path, reserve) is full


def test_a_large_disk_is_full_below_a_twentieth(tmp_path, monkeypatch) -> None:
    sizes = type("Usage", (), {"free": 49 * 2**30, "total": 1000 * 2**30})
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _: sizes)
    assert readiness.is_full(tmp_path, 500)


NAMES = {
    "http_request_seconds_count", "authz_denied_total", "login_total", "audit_unsealed_age_seconds",
    "audit_events_total", "audit_verify_ok", "outbox_depth", "outbox_oldest_seconds", "job_seconds_count", "job_dead",
    "backup_age_seconds", "drill_age_seconds", "backup_bytes", "pdf_seconds_count", "pdf_killed_total",
    "db_pool_in_use", "reveal_total", "export_rows_total", "key_version", "clock_offset_seconds", "database_up",
}  # fmt: skip


@pytest.fixture
def lived(premises: Premises, make: Make):
    """An installation in which everything that is counted has happened once."""
    from app import metrics

    number = make.customer(phone="13800138556", sales_owner=None)
    premises.run("INSERT INTO work.backup (name, made_at, seconds, bytes, rows, digest, restored_at)"
                 " VALUES ('b', now() - interval '90 s', 1, 4711, 1, 'x', now() - interval '30 s')")  # fmt: skip
    premises.run("INSERT INTO trail.checked (entries, batches, sound, seconds) VALUES (1, 1, true, 1)")
    premises.run("INSERT INTO work.outbox (kind, run_after) VALUES ('sample.waits', now() - interval '70 s')")
    desk = premises.desk("nobody")
    desk.post("/sign-in", data={"username": "nobody-at-all", "password": "wrong"})
    premises.desk("newcomer").get("/data/customer/")
    premises.caller("manager").get("/api/v1/data/customer/export.csv").get_data()
    premises.caller("manager").post(f"/api/v1/data/customer/{number}/reveal/phone", json={"reason": "回访"})
    metrics.JOBS.labels("sample.kind", "done").observe(0.1)
    yield number
    premises.run("DELETE FROM work.backup WHERE name = 'b'")
    premises.run("DELETE FROM work.outbox WHERE kind = 'sample.waits'")


def test_every_promised_figure_is_told(premises: Premises, lived: int, anew) -> None:
    found = told(premises)
    assert NAMES - found.keys() == set()
    assert found["backup_bytes"] == {(): 4711}
    assert 89 < found["backup_age_seconds"][()] < 120
    assert 29 < found["drill_age_seconds"][()] < 60
    assert found["outbox_depth"][(("kind", "sample.waits"), ("state", "pending"))] == 1
    assert found["outbox_oldest_seconds"][()] >= 70
    assert found["audit_verify_ok"] == found["database_up"] == {(): 1}
    assert found["login_total"][(("result", "refused"),)] >= 1
    assert found["export_rows_total"][()] >= 1
    assert found["reveal_total"][(("field", "customer.phone"),)] >= 1
    assert abs(found["clock_offset_seconds"][()]) < 1


def test_no_label_holds_a_persons_or_a_records_number(premises: Premises, lived: int, anew) -> None:
    desk = premises.desk("manager")
    desk.get(f"/data/customer/{lived}")
    desk.get("/data/no_such_entity_7788/")
    desk.get("/no/such/page/7788")
    desk.open("/data/customer/", method="BREW7788")
    found = told(premises)
    words = {value for samples in found.values() for labels in samples for key, value in labels if key != "le"}
    assert "/data/<entity>/<int:pk>" in {re.sub(r"<entity>/.*", "<entity>/<int:pk>", word) for word in words}
    assert not [word for word in words if "7788" in word]
    codes = {value for samples in found.values() for labels in samples for key, value in labels if key == "code"}
    assert not [word for word in words - codes if re.fullmatch(r".*\d{2,}.*", word)]


def test_a_denial_is_counted_by_entity_and_verb(premises: Premises) -> None:
    premises.desk("newcomer").get("/data/customer/")
    assert told(premises)["authz_denied_total"][(("action", "list"), ("entity", "customer"))] >= 1


def test_scraping_again_and_again_reads_the_database_once(premises: Premises, anew) -> None:
    desk = premises.desk("nobody")
    with premises.statements() as sent:
        for _ in range(20):
            desk.get("/metrics")
    assert len([one for one in sent if "vitals" in one]) == 1


def test_a_database_that_does_not_answer_in_time_is_said_and_no_old_figure_told(premises: Premises, anew) -> None:
    with premises.connect() as blocker:
        blocker.execute("LOCK TABLE work.outbox IN ACCESS EXCLUSIVE MODE")
        found = told(premises)
        blocker.rollback()
    anew()
    assert found["database_up"] == {(): 0}
    assert "job_dead" not in found
    assert told(premises)["database_up"] == {(): 1}


def test_a_connection_from_before_a_restart_is_no_reason_to_say_no(premises: Premises, anew) -> None:
    desk = premises.desk("nobody")
    for path in ("/readyz", "/metrics"):
        assert desk.get(path).status_code == 200
        premises.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'forecourt_web' AND datname = current_database()"
        )
        anew()
        if path == "/readyz":
            assert desk.get(path).json["database"] == "ok"
        else:
            assert told(premises)["database_up"] == {(): 1}
    premises.house.database.dispose()  # other tests share it


def test_clocks_are_compared_as_far_as_one_can_be_certain() -> None:
    assert vitals.offset(100.0, 99.9, 100.1) == 0
    assert vitals.offset(103.0, 99.9, 100.1) == pytest.approx(2.9)
    assert vitals.offset(98.0, 99.9, 100.1) == pytest.approx(-1.9)


@pytest.mark.parametrize("role", ["worker", "sealer", "backup"])
def test_no_other_role_reads_the_figures_so(role: str, premises: Premises) -> None:
    import psycopg

    with premises.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT work.vitals()")
