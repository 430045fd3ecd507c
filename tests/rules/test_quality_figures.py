"""The nightly measurement (K68): figures are what a recount says, one a month, and each reader sees his own."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.jobs import quality_figures
from tests.appkit import Premises
from tests.cast import XUHUI
from tests.make import Make
from tests.rules.conftest import NOW
from tests.rules.desk import changed, copied, done, feed, refusal

FIGURES = """
    SELECT employee_id, records, points, completeness, poor FROM quality_figure
     WHERE store_id = %s AND subject = 'customer' AND month = '2026-11-01' ORDER BY 1"""
RECOUNT = """
    SELECT coalesce(service_owner_id, sales_owner_id, care_owner_id, renewal_owner_id), count(*), sum(completeness),
           trunc(sum(completeness) / count(*)), count(*) FILTER (WHERE completeness < 60)
      FROM customer WHERE store_id = %s AND merged_into_id IS NULL AND archived_at IS NULL GROUP BY 1 ORDER BY 1"""


def mine(premises: Premises, employee: int, column: str, month: str = "2026-11-01") -> int | None:
    """One number of a person's customers."""
    sql = f"SELECT {column} FROM quality_figure WHERE subject = 'customer' AND employee_id = %s AND month = %s"
    return premises.one(sql, employee, month)


def test_it_is_what_a_recount_says_and_one_a_month(premises: Premises, make: Make, run: Callable[[str], None]) -> None:
    keeper = make.employee()
    for phone in (f"137{make.number():08d}", None):
        make.customer(service_owner=str(keeper), phone=phone, email="a@example.com")
    for _ in range(2):
        run("quality.measure")
        store = premises.stores["PD"]
        # Who had some once and has none now keeps a line of noughts.
        assert [row for row in premises.run(FIGURES, store) if row[1]] == premises.run(RECOUNT, store)
    assert mine(premises, keeper, "records") == 2
    versions = "SELECT max(version) FROM quality_figure WHERE employee_id = %s"
    assert premises.one(versions, keeper) == 1, "what did not change is not written again"


def test_what_is_given_away_no_longer_counts_and_the_month_before_stays(
    premises: Premises, make: Make, worker: Engine
) -> None:
    keeper, next_one = make.employee(), make.employee()
    number = make.customer(service_owner=str(keeper))
    october = datetime(2026, 10, 31, 15, tzinfo=UTC)  # 23:00 of that day in Shanghai
    measure(worker, october)
    measure(worker, october + timedelta(hours=2))
    given = changed(premises, "manager", "customer", number, service_owner=next_one)
    assert given.status_code == 200, given.text
    measure(worker, NOW)
    assert mine(premises, keeper, "records", "2026-10-01") == 1
    assert (mine(premises, keeper, "records"), mine(premises, keeper, "completeness")) == (0, None)
    assert mine(premises, next_one, "records") == 1


def measure(worker: Engine, now: datetime) -> None:
    """The measurement of one moment."""
    with worker.begin() as connection:
        connection.exec_driver_sql("SELECT gate.announce_system('r-job')")
        for subject in ("customer", "lead"):
            quality_figures.measure(connection, subject, now)


def test_unverified_records_and_open_issues_are_counted(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    keeper, phone = make.employee(), f"135{make.number():08d}"
    for _ in range(2):
        make.customer(service_owner=str(keeper), name="同名同号", phone=phone, verified_at="2026-11-01T00:00:00Z")
    old = make.customer(service_owner=str(keeper), stage="active", do_not_contact=False)
    premises.run("UPDATE customer SET verified_at = now() - interval '800 days' WHERE id = %s", old)
    run("quality.check")
    run("quality.measure")
    assert (mine(premises, keeper, "unverified"), mine(premises, keeper, "doubles")) == (1, 2)
    assert (mine(premises, keeper, "issues") or 0) >= 2


@pytest.mark.parametrize("path", ["/quality/", "/quality/?subject=lead"])
def test_leaders_see_their_store_and_others_nothing(
    premises: Premises, make: Make, run: Callable[[str], None], path: str
) -> None:
    here, there = make.employee(name="本店质量员"), make.employee(name="外店质量员", store=XUHUI)
    make.customer(service_owner=str(here))
    make.customer(service_owner=str(there), store=XUHUI)
    make.record("lead", assignee=str(here))
    run("quality.measure")
    page = premises.desk("manager").get(path).get_data(as_text=True)
    assert "本店质量员" in page
    assert "外店质量员" not in page
    assert re.search(r"<strong>\d+%</strong>", page)
    theirs = premises.desk("outsider").get(path).get_data(as_text=True)
    assert "本店质量员" not in theirs
    assert ("外店质量员" in theirs) == ("lead" not in path), "no lead of that store is in his care"
    for part in ("consultant", "technician", "newcomer", "admin"):
        assert premises.desk(part).get(path).status_code == 403, part
    assert premises.desk("nobody").get(path).status_code in {302, 303}


def test_what_is_not_there_is_not_found(premises: Premises, run: Callable[[str], None]) -> None:
    run("quality.measure")
    desk = premises.desk("manager")
    for query in (
        "subject=vehicle",
        f"store={premises.stores['XH']}",
        "store=abc",
        "store=-1",
        "store=9999999999999999",
    ):
        assert desk.get(f"/quality/?{query}").status_code == 404, query


def test_the_page_is_linked_for_who_may_read_it(premises: Premises) -> None:
    assert 'href="/quality/"' in premises.desk("manager").get("/").get_data(as_text=True)
    assert 'href="/quality/"' not in premises.desk("consultant").get("/").get_data(as_text=True)


def test_a_page_costs_as_much_for_many_people_as_for_one(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    make.customer(service_owner=str(make.employee()))
    costs = []
    for _ in range(2):
        run("quality.measure")
        desk = premises.desk("manager")
        desk.get("/quality/").close()
        with premises.statements() as sent:
            assert desk.get("/quality/").status_code == 200
        costs.append(len(sent))
        for _ in range(8):
            make.customer(service_owner=str(make.employee()))
    assert costs[0] == costs[1] <= 8, costs


def test_who_leaves_is_not_held_by_figures_and_they_stay_his(premises: Premises, make: Make, worker: Engine) -> None:
    leaver, heir = make.employee(), make.employee()
    make.customer(service_owner=str(leaver))
    measure(worker, NOW - timedelta(days=40))
    measure(worker, NOW)
    given = {"to": heir, "last_day": "2026-11-30"}
    answer = done(premises, "manager", "employee", leaver, "hand_over", **given)
    assert answer.status_code == 200, answer.text
    measure(worker, NOW)
    assert (mine(premises, leaver, "records", "2026-10-01"), mine(premises, heir, "records", "2026-10-01")) == (1, None)
    assert (mine(premises, leaver, "records"), mine(premises, heir, "records")) == (0, 1)


def test_a_month_has_one_figure_of_a_person_and_one_of_nobody(
    premises: Premises, make: Make, run: Callable[[str], None]
) -> None:
    make.customer(service_owner=str(make.employee()))
    make.customer(sales_owner=None, service_owner=None, care_owner=None, renewal_owner=None)
    run("quality.measure")
    with feed(premises) as connection:
        for who in ("one_a_person", "one_of_nobody"):
            null = "IS NULL" if who == "one_of_nobody" else "IS NOT NULL"
            number = connection.execute(f"SELECT max(id) FROM quality_figure WHERE employee_id {null}").fetchone()[0]
            assert refusal(connection, copied("quality_figure", number)) == f"quality_figure_{who}"
