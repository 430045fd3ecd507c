"""The trail on the screen of its officer: filtered, chartless of secrets, taken out with a mark, closed to others."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from app.audit.daily import check, is_due
from app.audit.places import connect
from tests.appkit import Desk, Premises
from tests.make import Make


@pytest.fixture
def officer(premises: Premises) -> Desk:
    return premises.desk("auditor")


def test_the_officer_reads_what_people_did_and_no_value(premises: Premises, make: Make, officer: Desk) -> None:
    number = make.customer(name="轨迹中的客户", phone="13987654321")
    premises.caller("manager").patch(
        f"/api/v1/data/customer/{number}", json={"name": "改名后的客户", "version": version(premises, number)}
    )
    page = officer.get(f"/trail/?entity=customer&record={number}").text
    assert "王经理" in page
    assert "姓名" in page
    for value in ("轨迹中的客户", "改名后的客户", "13987654321"):
        assert value not in page
    assert f"/data/customer/{number}?tab=trail" in page


def version(premises: Premises, number: int) -> int:
    return int(premises.one("SELECT version FROM customer WHERE id = %s", number))


@pytest.mark.parametrize("part", ["admin", "manager", "boss", "consultant", "newcomer", "nobody"])
def test_nobody_else_reads_it(premises: Premises, part: str) -> None:
    for path in ("/trail/", "/trail/export.csv", "/trail/?finding=1"):
        answer = premises.desk(part).get(path)
        assert answer.status_code in (302, 303, 401, 403), path


def test_each_filter_narrows(premises: Premises, make: Make, officer: Desk) -> None:
    number = make.customer()
    ask = f"/trail/?entity=customer&record={number}"
    for more, there in (
        ("", True),
        ("&action=insert", True),
        ("&action=delete", False),
        ("&source=system", False),
        ("&person=nosuchperson", False),
        (f"&since={days(-9)}&until={days(-8)}", False),
        (f"&since={days(0)}", True),
    ):
        assert (f"/data/customer/{number}?tab=trail" in officer.get(ask + more).text) is there, more
    assert "开始日不能晚于结束日" in officer.get(f"/trail/?since={days(1)}&until={days(0)}").text
    assert "最多看" in officer.get(f"/trail/?since=2020-01-01&until={days(0)}").text
    for strange in (
        "?since=9999-12-31",
        "?record=99999999999999999999",
        "?person=%00%F0%A0%AE%B7",
        "?before=x&entity='",
    ):
        assert officer.get(f"/trail/{strange}").status_code == 200, strange


def days(n: int) -> str:
    return str((datetime.now(UTC) + timedelta(hours=8, days=n)).date())


def test_older_entries_follow_without_a_gap(premises: Premises, make: Make, officer: Desk) -> None:
    made = [make.customer() for _ in range(55)]
    seen: list[int] = []
    href = f"/trail/?entity=customer&action=insert&since={days(0)}"
    for _ in range(2):
        page = officer.get(href).text
        seen += [int(number) for number in re.findall(r'href="/data/customer/(\d+)\?', page)]
        more = [part.split('"')[0] for part in page.split('href="') if "before=" in part.split('"')[0]]
        href = more[0].replace("&amp;", "&") if more else href
    assert seen[:55] == made[::-1]
    assert len(seen) == len(set(seen))


def test_looking_is_noted_and_a_file_carries_who_took_it(premises: Premises, officer: Desk) -> None:
    officer.get("/trail/?action=reveal")
    assert noted(premises, "audit_read")["asked"] == ["action"]
    taken = officer.get("/trail/export.csv?action=sign_in")
    rows = list(csv.reader(io.StringIO(taken.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["时间", "谁", "途径"]
    assert "安全官 于" in rows[-1][0]
    assert len(noted(premises, "audit_export")["sha256"]) == 64


def noted(premises: Premises, action: str) -> dict[str, object]:
    return json.loads(
        premises.one(
            "SELECT v.after FROM trail.entry e JOIN trail.value v ON v.entry_id = e.id AND v.at = e.at"
            " WHERE e.action = %s ORDER BY e.id DESC LIMIT 1", action,
        )
    )  # fmt: skip


def test_a_finding_leads_to_what_it_counted(premises: Premises, make: Make, officer: Desk) -> None:
    number = make.customer()
    for _ in range(3):
        assert premises.caller("consultant").post(
            f"/api/v1/data/customer/{number}/reveal/phone", json={"reason": "call"}
        ).status_code in (200, 403)
    account = premises.users["consultant"]
    premises.run(
        "INSERT INTO risk_finding (kind, subject, key, account, events, first_at, last_at, first_entry, last_entry,"
        " severity, found_at, status) VALUES ('mass_opening', '李顾问', %s, %s, 3, now() - interval '1 hour', now(),"
        " 1, 9, 'medium', now(), 'open')", f"user:{account}", account,
    )  # fmt: skip
    finding = premises.one("SELECT max(id) FROM risk_finding")
    record = officer.get(f"/data/risk_finding/{finding}").text
    assert f"/trail/?finding={finding}" in record
    page = officer.get(f"/trail/?finding={finding}").text
    assert "查看证据" in page
    assert page.count("查看完整号码</td>") >= 1
    assert officer.get("/trail/?finding=999999").status_code == 404
    premises.run("UPDATE risk_finding SET status = 'harmless', comment = '测试' WHERE id = %s", finding)


def test_the_chain_is_checked_each_day_and_the_page_says_so(place: Premises) -> None:
    with connect(place.config) as connection:
        assert check(place.config, connection)
        assert not is_due(connection)
    with place.connect() as admin, pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        admin.execute("UPDATE trail.checked SET sound = true")
    assert "完好" in place.desk("auditor").get("/trail/").text
    with place.connect("web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("INSERT INTO trail.checked (entries, batches, sound, seconds) VALUES (1, 1, true, 1)")


@pytest.mark.parametrize(("noun", "verb"), [("risk_finding", "update"), ("audit_review", "create")])
def test_who_sets_rights_judges_no_trail(premises: Premises, noun: str, verb: str) -> None:
    """Neither by two roles nor by what a role of one's own making is granted."""
    wanted = json.dumps({noun: {"a": ["list", verb], "r": "group"}})
    ask = "SELECT gate.set_rights(r.id, %s::jsonb, (gate.role_rights(r.id)).print) FROM ab_role r WHERE r.name = '双职'"
    with premises.connect() as connection:
        connection.execute("INSERT INTO ab_role (name) VALUES ('双职')")
        connection.execute(
            "INSERT INTO role_grant (role_id, entity, actions, reach)"
            " SELECT id, 'rights', '{list,update}', 'group' FROM ab_role WHERE name = '双职'"
        )
        connection.execute("SELECT gate.announce(%s, 'r-duties')", (premises.session("admin"),))
        connection.execute("SAVEPOINT held_by_nobody")
        connection.execute(ask, (wanted,))
        connection.execute("ROLLBACK TO held_by_nobody")
        connection.execute(
            "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = '双职'",
            (premises.users["newcomer"],),
        )
        with pytest.raises(psycopg.errors.CheckViolation, match="rights: duties"):
            connection.execute(ask, (wanted,))
        connection.rollback()
