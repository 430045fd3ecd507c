"""Who asked is told how his work ended, and who tends jobs is told what was given up: each thing once."""

import pytest
from sqlalchemy import text

from app.jobs import entry, registry
from app.jobs.announced import as_system
from app.outbox import ATTEMPTS, State, claim, enqueue, sweep
from tests.jobs.acts import ask, count, look

DUE = "UPDATE work.outbox SET run_after = clock_timestamp()"
OLD = "UPDATE work.outbox SET finished_at = finished_at - interval '11 minutes' WHERE state = 'dead'"
AGE = "UPDATE work.outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'running'"


@pytest.fixture
def operator(admin, people):
    """Somebody who sees all jobs and may sign in."""
    with admin.begin() as connection:
        role = connection.execute(text("INSERT INTO ab_role (name) VALUES ('operator') RETURNING id")).scalar_one()
        for statement in (
            "INSERT INTO role_grant (role_id, entity, actions, reach) VALUES (:r, 'job', '{list}', 'group')",
            "INSERT INTO ab_user_role (user_id, role_id) VALUES (:u, :r)",
            "UPDATE ab_user SET active = true WHERE id = :u",
        ):
            connection.execute(text(statement), {"r": role, "u": people["outsider"]})
    registry.load()
    return people["outsider"]


def change(admin, statement):
    with admin.begin() as connection:
        connection.execute(text(statement))


def told(admin, user):
    sql = "SELECT key, title ->> 'zh', href, level FROM work.inbox WHERE user_id = :u ORDER BY id"
    with admin.begin() as connection:
        return [tuple(row) for row in connection.execute(text(sql), {"u": user})]


def asked(as_web, user, args, kind="sample.told"):
    with as_web(user) as connection:
        return enqueue(connection, kind, args)


def run(admin, work_id, times=1):
    for _ in range(times):
        change(admin, DUE)
        entry.execute(work_id)


def test_the_requester_is_told_once_in_the_transaction_that_finishes(admin, worker, people, as_web):
    work_id = asked(as_web, people["advisor"], {"number": 7})
    run(admin, work_id)
    with admin.begin() as connection:
        same = "SELECT o.xmin = n.xmin FROM work.outbox o JOIN work.inbox n ON n.work_id = o.id"
        assert connection.execute(text(same)).scalar_one()
    run(admin, work_id, 2)
    assert told(admin, people["advisor"]) == [(f"work:{work_id}", "算好了 7", "/sample/7", "good")]
    assert told(admin, people["outsider"]) == []


def test_the_system_tells_itself_nothing(admin, worker):
    run(admin, ask(worker, "sample.told", {"number": 7}))
    assert count(admin, "SELECT count(*) FROM work.inbox") == 0


def test_who_asked_hears_of_the_failure_and_of_the_success_that_followed(admin, worker, people, as_web):
    work_id = asked(as_web, people["advisor"], {"number": -1})
    run(admin, work_id, ATTEMPTS - 1)
    assert told(admin, people["advisor"]) == []
    run(admin, work_id)
    assert look(worker, work_id).state is State.DEAD
    assert told(admin, people["advisor"]) == [(f"work:{work_id}:dead", "没有完成：样品", "/sample/-1", "danger")]
    with admin.begin() as connection:
        anew = "UPDATE work.outbox SET state = 'pending', attempts = 0, finished_at = NULL, args = '{\"number\": 2}'"
        connection.execute(text(anew))
    run(admin, work_id)
    assert [key for key, *_ in told(admin, people["advisor"])] == [f"work:{work_id}:dead", f"work:{work_id}"]


@pytest.mark.parametrize("args", [{}, {"number": "x"}, {"number": None, "more": 1}])
def test_strange_arguments_lead_nowhere_and_still_die_in_order(args, admin, worker, people, as_web):
    work_id = asked(as_web, people["advisor"], args)
    run(admin, work_id, ATTEMPTS)
    assert look(worker, work_id).state is State.DEAD
    assert [href for _, _, href, _ in told(admin, people["advisor"])] == [None]


def test_operators_are_told_of_each_death_once_after_ten_minutes(admin, worker, people, as_web, operator):
    work_id = asked(as_web, people["advisor"], {"number": -1})
    run(admin, work_id, ATTEMPTS)
    watched(worker)
    assert told(admin, operator) == []
    change(admin, OLD)
    assert watched(worker) == {"dead": 1}
    assert watched(worker) == {"dead": 0}
    ((key, title, href, level),) = told(admin, operator)
    assert (title, href, level) == ("后台任务失败：样品", f"/jobs/{work_id}", "danger")
    assert len(told(admin, people["advisor"])) == 1
    change(admin, "UPDATE work.outbox SET finished_at = finished_at - interval '1 hour' WHERE state = 'dead'")
    assert watched(worker) == {"dead": 1}  # it died another time
    assert [one[0] == key for one in told(admin, operator)] == [True, False]


def watched(worker):
    work_id = ask(worker, "work.watch")
    entry.execute(work_id)
    return look(worker, work_id).result


def test_a_worker_that_vanished_at_its_last_attempt_is_told_by_the_watch(admin, worker, people, as_web, operator):
    work_id = asked(as_web, people["advisor"], {"number": 1})
    change(admin, f"UPDATE work.outbox SET attempts = {ATTEMPTS - 1}")
    with as_system(worker) as connection:
        assert claim(connection, work_id, "default")
    change(admin, AGE)
    with as_system(worker) as connection:
        sweep(connection)
    assert told(admin, people["advisor"]) == []
    change(admin, OLD)
    watched(worker)
    assert [key for key, *_ in told(admin, people["advisor"])] == [f"work:{work_id}:dead"]


def test_a_hundred_and_fifty_deaths_are_all_told(admin, worker, operator):
    with admin.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO work.outbox (kind, state, finished_at)"
                " SELECT 'sample.gone', 'dead', now() - interval '1 hour' FROM generate_series(1, 150)"
            )
        )
    assert [watched(worker)["dead"] for _ in range(3)] == [100, 50, 0]
    assert len(told(admin, operator)) == 150


def test_who_has_left_is_no_longer_told(admin, worker, operator):
    change(admin, f"UPDATE ab_user SET active = false WHERE id = {operator}")
    change(admin, "INSERT INTO work.outbox (kind, state, finished_at) VALUES ('x', 'dead', now() - interval '1 hour')")
    watched(worker)
    assert told(admin, operator) == []


def test_old_notices_are_tidied_sooner_when_read(admin, worker, people):
    registry.load()
    rows = ((31, 31), (91, None), (31, None), (89, 29))
    with admin.begin() as connection:
        for number, (age, read) in enumerate(rows):
            connection.execute(
                text(
                    "INSERT INTO work.inbox (user_id, key, title, created_at, read_at) VALUES (:u, :k,"
                    ' \'{"zh": "一", "en": "x"}\', now() - make_interval(days => :a),'
                    " now() - make_interval(days => :r))"
                ),
                {"u": people["advisor"], "k": f"k{number}", "a": age, "r": read},
            )
    work_id = ask(worker, "work.tidy")
    entry.execute(work_id)
    assert look(worker, work_id).result["notices"] == 2
    assert [key for key, *_ in told(admin, people["advisor"])] == ["k2", "k3"]
