"""Risk rules: each finds what it is about once, and a finding is judged by somebody it is not about."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from app.core.clock import FixedClock
from app.jobs import entry
from app.jobs.risks import gather
from app.models.risk_rule import RISKS
from app.rules.risk_rule import SHIPPED
from tests.appkit import Premises
from tests.jobs.processes import HURRY
from tests.make import Make
from tests.rules.desk import copied, done, errors, refusal

RULES = {one.kind: one for one in SHIPPED}
NIGHT = "2026-11-20T18:30:00+00:00"  # half past two in Shanghai


@pytest.fixture(autouse=True)
def nothing_found(premises: Premises) -> Iterator[None]:
    """No finding before or after a test."""
    yield
    clear(premises)


def clear(premises: Premises) -> None:
    with premises.connect() as connection:
        for table in ("task", "audit_review", "risk_finding"):
            connection.execute("SET LOCAL session_replication_role = replica")
            where = " WHERE subject_entity = 'risk_finding'" if table == "task" else ""
            connection.execute(f"DELETE FROM {table}{where}")
        connection.commit()


def happened(premises: Premises, who: str | None, action: str, times: int = 1, **what: Any) -> None:
    """Events of the trail in somebody's name, now or at another moment."""
    kind = what.pop("kind", "person" if who else "database")
    values = {"entity": "customer", "record_id": None, "count": None, "at": None, "after": "{}"} | what
    sql = (
        "WITH e AS (INSERT INTO trail.entry (at, tx, actor_id, actor_kind, actor_name, db_role, action, entity,"
        " record_id, count, digest) SELECT coalesce(%(at)s::timestamptz, now()), pg_current_xact_id(), %(actor)s,"
        " %(kind)s, %(name)s, %(role)s, %(action)s, %(entity)s, %(record_id)s, %(count)s, ''"
        " FROM generate_series(1, %(times)s)"
        " RETURNING id, at) INSERT INTO trail.value (entry_id, at, after) SELECT id, at, %(after)s FROM e"
    )
    given = {"actor": premises.users[who] if who else None, "name": who, "kind": kind, "times": times, "action": action}
    given["role"] = "forecourt_web" if kind != "database" or action == "sign_in_failed" else "postgres"
    with premises.connect() as connection:
        connection.execute(sql, values | given)
        connection.commit()


@pytest.fixture
def look(premises: Premises, worker: Engine) -> Callable[..., list[bool]]:
    """Runs one rule as the job does, at a moment or now; True is a new finding."""

    def run(kind: str, at: datetime | None = None, **changed: int) -> list[bool]:
        shipped = RULES[kind]
        rule = {
            "kind": kind,
            "threshold": changed.get("threshold", shipped.threshold),
            "hours": changed.get("hours", shipped.hours),
            "severity": shipped.severity,
        }
        with worker.begin() as connection:
            connection.exec_driver_sql("SELECT gate.announce_system('r-risks')")
            return gather(connection, rule, at or datetime.now(UTC) + timedelta(seconds=5))

    return run


def found(premises: Premises, kind: str) -> list[tuple[Any, ...]]:
    return premises.run("SELECT subject, events, status FROM risk_finding WHERE kind = %s ORDER BY subject, id", kind)


def test_ten_rules_are_there_and_stay(premises: Premises) -> None:
    assert [one.kind for one in SHIPPED] == [option.code for option in RISKS]
    officer = premises.caller("auditor")
    rules = officer.get("/api/v1/data/risk_rule?size=20").json
    assert {one["kind"] for one in rules["result"]} == set(RULES)
    one = rules["result"][0]
    changed = officer.put(f"/api/v1/data/risk_rule/{one['id']}", json={"threshold": 7, "version": one["version"]})
    assert changed.status_code == 200
    assert officer.delete(f"/api/v1/data/risk_rule/{one['id']}?version=2").status_code == 403
    premises.run("UPDATE risk_rule SET threshold = %s WHERE id = %s", one["threshold"], one["id"])
    assert premises.caller("admin").get("/api/v1/data/risk_rule").status_code == 403


@pytest.mark.parametrize(
    ("kind", "who", "action", "times", "what"),
    [
        ("mass_opening", "consultant", "reveal", 50, {"record_id": 7}),
        ("night", "consultant", "search", 10, {"at": NIGHT}),
        ("export", "manager", "export", 2, {"count": 2_500}),
        ("grant", "admin", "rights", 1, {"entity": "role", "after": '{"given": "newcomer"}'}),
        ("denials", "consultant", "denied", 20, {}),
        ("import_undone", "manager", "import_undone", 1, {}),
        ("gap", None, "detach", 1, {}),
    ],
)
def test_a_rule_reports_once_from_its_threshold_on(  # noqa: PLR0917  # a table of cases
    premises: Premises,
    look: Callable[..., list[bool]],
    kind: str,
    who: str,
    action: str,
    times: int,
    what: dict[str, Any],
) -> None:
    at = datetime.fromisoformat(NIGHT) + timedelta(hours=1) if kind == "night" else None
    judge_all(premises, look, kind, at)
    if times > 1:
        happened(premises, who, action, times - 1, **what)
        assert look(kind, at) == []
        happened(premises, who, action, 1, **what)
    else:
        happened(premises, who, action, 1, **what)
    assert look(kind, at) == [True]
    assert look(kind, at) == []
    happened(premises, who, action, 1, **what)
    assert look(kind, at) == [False]
    assert len([one for one in found(premises, kind) if one[2] == "open"]) == 1


def judge_all(premises: Premises, look: Callable[..., list[bool]], kind: str, at: datetime | None = None) -> None:
    """Judges what other tests left in the trail, so that only what follows is counted."""
    look(kind, at, threshold=1)
    premises.run("UPDATE risk_finding SET status = 'harmless', comment = '测试' WHERE kind = %s", kind)


def test_what_was_judged_is_not_reported_again(premises: Premises, look: Callable[..., list[bool]]) -> None:
    judge_all(premises, look, "mass_opening")
    happened(premises, "advisor", "reveal", 60, record_id=8)
    assert look("mass_opening") == [True]
    premises.run("UPDATE risk_finding SET status = 'harmless', comment = '活动邀约' WHERE status = 'open'")
    happened(premises, "advisor", "reveal", 49, record_id=8)
    assert look("mass_opening") == []
    happened(premises, "advisor", "reveal", 1, record_id=8)
    assert look("mass_opening") == [True]


def test_calling_by_ones_tasks_is_work(premises: Premises, make: Make, look: Callable[..., list[bool]]) -> None:
    judge_all(premises, look, "mass_opening")
    employee = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["advisor"])
    tasks = [make.record("task", assignee=employee, due_at=datetime.now(UTC)) for _ in range(25)]
    happened(premises, "advisor", "reveal", 74, record_id=9)
    assert look("mass_opening") == []
    happened(premises, "advisor", "reveal", 10, record_id=9)
    assert look("mass_opening") == [True]
    assert premises.one("SELECT tasks >= 25 FROM risk_finding WHERE status = 'open'")
    premises.run("DELETE FROM task WHERE id = ANY (%s)", tasks)


def test_a_number_opened_by_many_is_about_the_record(premises: Premises, look: Callable[..., list[bool]]) -> None:
    for who in ("consultant", "advisor", "manager", "boss"):
        happened(premises, who, "reveal", 3, record_id=4711)
    assert [one for one in look("one_number") if one] == []
    happened(premises, "newcomer", "reveal", record_id=4711)
    assert look("one_number") == [True]
    assert found(premises, "one_number") == [("客户 4711", 5, "open")]


def test_access_around_leaving_is_reported(premises: Premises, make: Make, look: Callable[..., list[bool]]) -> None:
    happened(premises, "outsider", "reveal", 25, record_id=3)
    assert look("leaver") == []
    leaving = "UPDATE employee SET left_on = %s WHERE user_id = %s"
    premises.run(leaving, (datetime.now(UTC) + timedelta(days=12)).date(), premises.users["outsider"])
    assert look("leaver") == [True]
    premises.run(leaving, None, premises.users["outsider"])


def test_a_wider_role_is_a_raise_and_a_narrower_one_is_not(premises: Premises, look: Callable[..., list[bool]]) -> None:
    judge_all(premises, look, "grant")
    lists, reads = '{"customer": {"a": ["list"], "r": "own"}}', '{"customer": {"a": ["list", "read"], "r": "store"}}'
    narrower = f'{{"was": {reads}, "becomes": {lists}}}'
    wider = f'{{"was": {lists}, "becomes": {lists.replace("own", "store")}}}'
    happened(premises, "admin", "rights", entity="role", after=narrower)
    happened(premises, "admin", "rights", entity="role", after='{"taken": "consultant"}')
    assert look("grant") == []
    happened(premises, "admin", "rights", entity="role", after=wider)
    assert look("grant") == [True]


def test_no_backup_is_missed_after_a_day(premises: Premises, look: Callable[..., list[bool]]) -> None:
    later = datetime.now(UTC) + timedelta(hours=30)
    assert look("no_backup", later) == [True]
    assert look("no_backup", later + timedelta(hours=5)) == []
    for told in ('{"act": "prune"}', '{"act": "create", "failed": "disk full"}'):
        clear(premises)
        happened(premises, None, "backup", entity="backup", after=told)
        assert look("no_backup", later) == [True]
    clear(premises)
    happened(premises, None, "backup", entity="backup", after='{"act": "create"}', at=later - timedelta(hours=20))
    assert look("no_backup", later) == []


def test_what_the_product_brings_itself_is_no_raise_of_rights(premises: Premises) -> None:
    """Else each officer's first finding would be the installation."""
    first = "SELECT actor_kind, request_id FROM trail.entry WHERE entity = %s AND action = 'insert' ORDER BY id LIMIT 1"
    for entity in ("role_grant", "ab_user_role"):
        assert premises.run(first, entity) == [("system", "install")]


def test_a_self_check_that_stopped_is_a_gap(premises: Premises, look: Callable[..., list[bool]]) -> None:
    judge_all(premises, look, "gap")
    assert look("gap", datetime.now(UTC) + timedelta(hours=47)) == []
    later = datetime.now(UTC) + timedelta(hours=49)
    assert look("gap", later) == [True]
    assert ("两天没有每日自检", 1, "open") in found(premises, "gap")
    assert look("gap", later) == []


def test_the_officer_judges_but_not_himself(premises: Premises, look: Callable[..., list[bool]]) -> None:
    judge_all(premises, look, "denials")
    happened(premises, "auditor", "denied", 20)
    happened(premises, "consultant", "denied", 20)
    assert look("denials") == [True, True]
    ids = dict(premises.run("SELECT account, id FROM risk_finding WHERE status = 'open'"))
    own, other = (ids[premises.users[who]] for who in ("auditor", "consultant"))
    refused = done(premises, "auditor", "risk_finding", own, "clear", comment="核实过")
    assert "另一位安全官" in refused.text
    assert errors(done(premises, "auditor", "risk_finding", other, "breach")) == {"comment": "required"}
    assert done(premises, "auditor", "risk_finding", other, "clear", comment="核实过").status_code == 200
    assert premises.run("SELECT status, judged_by FROM risk_finding WHERE id = %s", other) == [("harmless", "安全官")]
    for who in ("admin", "manager", "boss", "consultant"):
        assert premises.caller(who).get(f"/api/v1/data/risk_finding/{other}").status_code in (403, 404)


def test_the_evidence_stands_as_it_was_found(premises: Premises, look: Callable[..., list[bool]]) -> None:
    happened(premises, "consultant", "denied", 20)
    look("denials")
    about = premises.users["consultant"]
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-officer')", (premises.session("auditor"),))
        for change in ("events = 1", "key = 'user:1'", "severity = 'low'"):
            with pytest.raises(psycopg.errors.CheckViolation, match="evidence"), connection.transaction():
                connection.execute(f"UPDATE risk_finding SET {change} WHERE account = {about}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("DELETE FROM risk_finding")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("INSERT INTO risk_finding (kind) VALUES ('gap')")


def test_findings_are_made_and_kept_by_the_rules_whatever_is_granted(
    premises: Premises, look: Callable[..., list[bool]]
) -> None:
    happened(premises, "consultant", "denied", 20)
    look("denials")
    found_by_hand = copied("risk_finding", premises.one("SELECT max(id) FROM risk_finding"), key="'by hand'")
    with premises.connect() as connection:
        connection.execute(
            "INSERT INTO role_grant (role_id, entity, actions, reach) SELECT r.id, e, '{create,delete}', 'group'"
            " FROM ab_role r, unnest(ARRAY['risk_finding', 'risk_rule']) e WHERE r.name = 'security_officer'"
            " ON CONFLICT (role_id, entity, reach) DO UPDATE SET actions = role_grant.actions || excluded.actions"
        )
        connection.execute("SELECT gate.announce(%s, 'r-kept')", (premises.session("auditor"),))
        connection.execute("SET LOCAL ROLE forecourt_web")
        assert refusal(connection, "DELETE FROM risk_finding") == "risk_finding_kept"
        assert refusal(connection, "DELETE FROM risk_rule") == "risk_rule_kept"
        assert refusal(connection, found_by_hand) == "risk_finding_found"
        connection.rollback()


def test_one_thing_is_judged_once_at_a_time(premises: Premises, look: Callable[..., list[bool]]) -> None:
    happened(premises, "consultant", "denied", 20)
    look("denials")
    again = copied("risk_finding", premises.one("SELECT max(id) FROM risk_finding"))
    with premises.connect() as connection:
        assert refusal(connection, again) == "risk_finding_gathers_once"


def test_an_escalated_finding_is_somebodys_task(premises: Premises, look: Callable[..., list[bool]]) -> None:
    happened(premises, "consultant", "denied", 40)
    look("denials")
    number = premises.one(
        "SELECT id FROM risk_finding WHERE status = 'open' AND account = %s", premises.users["consultant"]
    )
    boss = premises.one("SELECT id FROM employee WHERE user_id = %s", premises.users["boss"])
    told = {"escalated_to": boss, "comment": "请核查"}
    assert done(premises, "auditor", "risk_finding", number, "escalate", **told).status_code == 200
    assert premises.one(
        "SELECT count(*) FROM task WHERE assignee_id = %s AND subject_entity = 'risk_finding' AND subject_record = %s",
        boss, number,
    ) == 1  # fmt: skip


def test_what_nobody_judges_for_a_week_is_escalated(premises: Premises, run: Callable[[str], None]) -> None:
    happened(premises, "manager", "import_undone")
    entry.take_post(
        entry.Post(
            premises.config.as_process("worker"), "default", HURRY, FixedClock(datetime.now(UTC) + timedelta(seconds=5))
        )
    )
    run("trail.risks")
    stands = "SELECT DISTINCT status, severity FROM risk_finding WHERE kind = 'import_undone'"
    assert premises.run(stands) == [("open", "low")]
    premises.run("UPDATE risk_finding SET found_at = found_at - interval '8 days' WHERE kind = 'import_undone'")
    run("trail.risks")
    assert premises.run(stands) == [("escalated", "high")]


def test_a_period_is_signed_when_it_is_over_and_judged(premises: Premises, look: Callable[..., list[bool]]) -> None:
    clear(premises)
    officer = premises.caller("auditor")
    today = datetime.now(UTC).date()
    day = str(today - timedelta(days=3))
    happened(premises, "manager", "import_undone", at=f"{day}T04:00:00+00:00")
    look("import_undone", datetime.fromisoformat(f"{day}T05:00:00+00:00"))
    asked = {"from_on": day, "until_on": day, "comment": "已逐条看过"}
    sign = "/api/v1/data/audit_review"
    assert errors(officer.post(sign, json=asked)) == {"until_on": "judged"}
    premises.run("UPDATE risk_finding SET status = 'breach', comment = '误操作' WHERE status = 'open'")
    assert errors(officer.post(sign, json=asked | {"until_on": str(today + timedelta(days=1))})) == {"until_on": "over"}
    early = asked | {"until_on": str(today - timedelta(days=9))}
    assert errors(officer.post(sign, json=early)) == {"until_on": "in_order"}
    made = officer.post(sign, json=asked)
    assert made.status_code == 201, made.text
    assert premises.run("SELECT period, entries > 0, findings, breaches, signed_by FROM audit_review") == [
        (f"{day} – {day}", True, 1, 1, "安全官")
    ]
    assert errors(officer.post(sign, json=asked)) == {"from_on": "once"}
    number = made.json["id"]
    assert officer.delete(f"{sign}/{number}?version=1").status_code in (403, 405, 422)
