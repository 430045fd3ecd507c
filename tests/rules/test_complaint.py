"""A complaint: no stage skipped, clocks by severity, every step told, and opened again by who stays dissatisfied."""

from collections.abc import Callable
from datetime import datetime

import pytest

from app.rules.working_days import working_days
from tests.appkit import Premises
from tests.cast import PUDONG
from tests.make import Make
from tests.rules.desk import added, bare, changed, done, errors, feed, refusal

ROW = "SELECT status, severity, reopened, satisfaction FROM complaint WHERE id = %s"
STEPS = "SELECT status FROM complaint_step WHERE complaint_id = %s ORDER BY id"
VISITS = "SELECT count(*) FROM task WHERE subject_entity = 'complaint' AND subject_record = %s"
ROAD = ("accept", "investigate", "assess", "plan", "carry_out", "answer", "visit", "close")
STATES = [
    "registered", "accepted", "investigating", "assessed", "planned", "executing", "answered", "follow_up", "closed",
]  # fmt: skip
TOLD = {"plan": {"plan": "免费返工"}, "answer": {"answer": "已与客户沟通"}}


@pytest.fixture
def complaint(make: Make) -> int:
    """A complaint as it is registered."""
    later = dict.fromkeys(("plan", "answer", "root_cause", "satisfaction"))
    return make.record("complaint", severity="normal", channel="phone", **later)


@pytest.fixture(scope="module")
def department(make: Make) -> int:
    """Who is found responsible."""
    return make.record("department")


@pytest.fixture
def walk(premises: Premises, complaint: int, department: int) -> Callable[..., None]:
    """Takes steps as the manager, each with what it asks for; `given` goes with the last."""

    def take(*codes: str, **given: object) -> None:
        for code in codes:
            asked = {"responsible_department": department} if code == "assess" else TOLD.get(code, {})
            asked = asked | (given if code == codes[-1] else {})
            answer = done(premises, "manager", "complaint", complaint, code, **asked)
            assert answer.status_code == 200, (code, answer.text)

    return take


def test_it_is_worked_stage_by_stage_and_each_is_told(
    premises: Premises, complaint: int, walk: Callable[..., None]
) -> None:
    walk(*ROAD, satisfaction=5)
    assert premises.run(ROW, complaint) == [("closed", "normal", 0, 5)]
    assert [row[0] for row in premises.run(STEPS, complaint)] == STATES
    assert premises.one("SELECT closed_at >= acknowledged_at FROM complaint WHERE id = %s", complaint)
    me = premises.actor("manager").employee
    assert premises.one("SELECT employee_id FROM complaint_step WHERE complaint_id = %s LIMIT 1", complaint) != me
    steps = "SELECT DISTINCT employee_id FROM complaint_step WHERE complaint_id = %s AND status <> 'registered'"
    assert premises.run(steps, complaint) == [(me,)]


def test_responsibility_is_not_skipped(premises: Premises, complaint: int, walk: Callable[..., None]) -> None:
    walk("accept", "investigate")
    with bare(premises, "manager") as connection:
        for state in ("planned", "executing", "closed", "registered"):
            sql = "UPDATE complaint SET status = %s WHERE id = %s"
            assert refusal(connection, sql, state, complaint) == "complaint_move"
    assert errors(done(premises, "manager", "complaint", complaint, "plan")) == {"status": "move"}


@pytest.mark.parametrize(
    ("stage", "column", "field"),
    [
        ("assess", "responsible_department_id", "responsible_department"),
        ("plan", "plan", "plan"),
        ("answer", "answer", "answer"),
    ],
)
def test_a_stage_asks_for_what_it_decides(  # noqa: PLR0917
    premises: Premises, complaint: int, walk: Callable[..., None], stage: str, column: str, field: str
) -> None:
    walk(*ROAD[: ROAD.index(stage)])
    assert errors(done(premises, "manager", "complaint", complaint, stage)) == {field: "required"}
    target = STATES[ROAD.index(stage) + 1]
    with bare(premises, "manager") as connection:
        sql = f"UPDATE complaint SET {column} = NULL, status = '{target}' WHERE id = %s"
        assert refusal(connection, sql, complaint) == "complaint_needs"


def test_it_is_not_closed_without_a_rating(premises: Premises, complaint: int, walk: Callable[..., None]) -> None:
    walk(*ROAD[:-1])
    assert errors(done(premises, "manager", "complaint", complaint, "close")) == {"satisfaction": "required"}


def test_a_sales_consultant_does_not_decide_about_it(premises: Premises, complaint: int) -> None:
    with bare(premises, "consultant") as connection:
        sql = "UPDATE complaint SET status = 'accepted' WHERE id = %s"
        assert refusal(connection, sql, complaint) == "complaint_role"


@pytest.mark.parametrize(("before", "after"), [("normal", "escalated"), ("escalated", "critical")])
def test_who_stays_dissatisfied_opens_it_again_one_severity_up(
    premises: Premises, complaint: int, walk: Callable[..., None], before: str, after: str
) -> None:
    changed(premises, "manager", "complaint", complaint, severity=before)
    walk(*ROAD[:-1])
    told = done(premises, "manager", "complaint", complaint, "close", satisfaction=2).json["message"]
    assert told == "已完成：关闭。按规则，现在的状态是“受理”。"
    assert premises.run(ROW, complaint) == [("accepted", after, 1, 2)]
    walk(*ROAD[1:-1])
    assert premises.run(ROW, complaint) == [("follow_up", after, 1, None)], "the next visit asks anew"
    walk("close", satisfaction=4)
    assert premises.run(ROW, complaint) == [("closed", after, 1, 4)]


def test_a_bad_rating_after_the_end_opens_it_again_and_its_clock_starts_anew(
    premises: Premises, complaint: int, walk: Callable[..., None]
) -> None:
    walk(*ROAD, satisfaction=5)
    assert changed(premises, "manager", "complaint", complaint, satisfaction=1).status_code == 200
    assert premises.run(ROW, complaint) == [("accepted", "escalated", 1, 1)]
    row = premises.run(
        "SELECT due_at > now(), closed_at, accept_by - reopened_at FROM complaint WHERE id = %s", complaint
    )
    assert row[0][:2] == (True, None)
    assert row[0][2].total_seconds() == 30 * 60


def test_answering_asks_for_two_visits_once(premises: Premises, complaint: int, walk: Callable[..., None]) -> None:
    walk(*ROAD[:6])
    days = (
        "SELECT round(extract(epoch FROM due_at - created_at) / 86400) FROM task WHERE subject_record = %s ORDER BY 1"
    )
    assert [int(row[0]) for row in premises.run(days + "", complaint)][-2:] == [3, 30]
    assert premises.one(VISITS, complaint) == 2
    with feed(premises) as connection:
        connection.execute("UPDATE complaint SET answer = '补充说明' WHERE id = %s", (complaint,))
    assert premises.one(VISITS, complaint) == 2


CLOCKS = [
    ("phone", "normal", "2026-11-20 10:00", "2026-11-20 12:00", "2026-11-27 10:00"),
    ("visit", "escalated", "2026-11-20 10:00", "2026-11-20 10:30", "2026-11-25 10:00"),
    ("media", "critical", "2026-11-20 10:00", "2026-11-20 10:00", "2026-11-21 10:00"),
    ("12315", "normal", "2026-11-20 10:00", "2026-12-01 10:00", "2027-01-22 10:00"),
    ("12345", "critical", "2026-11-21 10:00", "2026-12-01 10:00", "2027-01-22 10:00"),
]


@pytest.mark.parametrize(("channel", "severity", "came", "accept_by", "due"), CLOCKS)
def test_its_clocks_run_by_severity_and_for_the_authorities_by_their_own(  # noqa: PLR0917
    premises: Premises, make: Make, channel: str, severity: str, came: str, accept_by: str, due: str
) -> None:
    at = f"{came.replace(' ', 'T')}:00+08:00"
    number = make.record("complaint", channel=channel, severity=severity, received_at=at)
    told = (
        "SELECT to_char(accept_by AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),"
        " to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') FROM complaint WHERE id = %s"
    )
    assert premises.run(told, number) == [(accept_by, due)]


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-16", 1, "2026-11-17"),  # Monday
        ("2026-11-16", 5, "2026-11-23"),
        ("2026-11-19", 1, "2026-11-20"),
        ("2026-11-19", 2, "2026-11-23"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),  # Saturday
        ("2026-11-22", 5, "2026-11-27"),  # Sunday
    ],
)
def test_working_days_pass_over_the_weekend(premises: Premises, start: str, count: int, end: str) -> None:
    moment = f"timestamptz '{start} 09:00+08'"
    found: datetime = premises.one(f"SELECT ({working_days(moment, count)}) AT TIME ZONE 'Asia/Shanghai'")
    assert f"{found:%Y-%m-%d %H:%M}" == f"{end} 09:00"


def test_what_it_is_about_stands_still_once_it_is_closed(
    premises: Premises, complaint: int, walk: Callable[..., None]
) -> None:
    walk(*ROAD, satisfaction=5)
    assert errors(changed(premises, "manager", "complaint", complaint, description="改写")) == {"description": "locks"}
    with bare(premises, "manager") as connection:
        assert (
            refusal(connection, "UPDATE complaint SET channel = 'media' WHERE id = %s", complaint) == "complaint_locks"
        )


def test_one_that_was_accepted_is_kept(premises: Premises, complaint: int, walk: Callable[..., None]) -> None:
    walk("accept")
    with bare(premises, "manager") as connection:
        assert refusal(connection, "DELETE FROM complaint WHERE id = %s", complaint) == "complaint_kept"


@pytest.mark.parametrize("field", ["description", "contact_name", "contact", "received_at", "channel"])
def test_it_is_not_registered_without_content_contact_time_and_channel(
    premises: Premises, make: Make, field: str
) -> None:
    given = make.values(make.entity("complaint")) | {"store": premises.stores[PUDONG]}
    given.pop(field)
    answer = added(premises, "consultant", "complaint", **given)
    assert answer.status_code == 201 if field == "channel" else errors(answer) == {field: "required"}
    with bare(premises, "manager") as connection:
        sql = f"UPDATE complaint SET {field} = NULL WHERE id = %s"
        with pytest.raises(Exception, match="null value"), connection.transaction():
            connection.execute(sql, (make.record("complaint"),))


def test_it_numbers_itself_and_keeps_a_number_it_is_given(premises: Premises, make: Make) -> None:
    first, second = make.record("complaint", number=None), make.record("complaint", number=None)
    numbers = {premises.one("SELECT number FROM complaint WHERE id = %s", one) for one in (first, second)}
    assert len(numbers) == 2
    assert all(number.startswith("TS2") for number in numbers)
    assert (
        premises.one("SELECT number FROM complaint WHERE id = %s", make.record("complaint", number="厂-77")) == "厂-77"
    )
    with bare(premises, "manager") as connection:
        sql = "UPDATE complaint SET number = '厂-77' WHERE id = %s"
        assert refusal(connection, sql, first) == "complaint_number_once"


def test_people_begin_at_the_beginning(premises: Premises, complaint: int) -> None:
    with bare(premises, "manager") as connection:
        sql = (
            "INSERT INTO complaint (store_id, received_at, channel, category, severity, description, contact_name,"
            " contact, status) SELECT store_id, received_at, channel, category, severity, description, contact_name,"
            " contact, 'closed' FROM complaint WHERE id = %s"
        )
        assert refusal(connection, sql, complaint) == "complaint_begin"


def test_a_complaint_about_a_visit_is_about_its_car(premises: Premises, make: Make):
    order, other = make.record("work_order"), make.record("work_order")
    car = premises.one("SELECT vehicle_id FROM work_order WHERE id = %s", order)
    complaint = make.record("complaint", vehicle=str(car), work_order=str(order))
    assert errors(changed(premises, "manager", "complaint", complaint, work_order=other)) == {
        "work_order": "order_of_car"
    }
    with feed(premises) as connection:
        sql = "UPDATE complaint SET work_order_id = %s WHERE id = %s"
        assert refusal(connection, sql, other, complaint) == "complaint_order_of_car"
