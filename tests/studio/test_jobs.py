"""Publishing as work: asked for in a person's name, done by the owner, with that person's rights of the moment."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import OperationalError

from app.core.entity import Entity
from app.core.errors import Busy
from app.jobs import entry, registry
from app.jobs.announced import as_system
from app.outbox import State, Work, enqueue, get
from app.studio.draft import propose
from app.studio.patience import patiently
from tests.appkit import Desk, Premises
from tests.studio.samples import loan_car


@pytest.fixture(scope="module")
def work(shop: Premises) -> Callable[[int], Work]:
    """Does a piece of work as a worker of its queue; answers how it ended."""
    registry.load()
    engine = create_engine(shop.config.url("worker"), poolclass=pool.NullPool)

    def look(number: int) -> Work:
        with as_system(engine) as connection:
            found = get(connection, number)
        assert found is not None
        return found

    def act(number: int) -> Work:
        queue = look(number).queue
        process = "schema" if queue == "schema" else "worker"
        entry.take_post(entry.Post(shop.config.as_process(process), queue))
        entry.execute(number)
        return look(number)

    return act


def ask(shop: Premises, entity: Entity, part: str = "admin", *, removes: bool = False) -> int:
    with shop.acting(part) as context:
        return propose(context.connection, entity, removes=removes)


def latest(shop: Premises) -> int:
    return int(shop.one("SELECT version FROM catalog_entity WHERE name = 'loan_car'") or 1)


def asked(shop: Premises, kind: str) -> int:
    return int(shop.one("SELECT max(id) FROM work.outbox WHERE kind = %s", kind))


def test_a_draft_becomes_an_entity(shop: Premises, work: Callable[[int], Work]) -> None:
    done = work(ask(shop, loan_car()))
    assert (done.state, done.result) == (State.DONE, {"version": 1})
    assert shop.desk("manager").get("/data/loan_car/").status_code == 200
    assert told(shop, done) == [("表与字段的修改已发布", "现在是第 1 版，所有页面已按新的结构工作。", "good")]
    sql = "SELECT actor_name, db_role FROM trail.entry WHERE entity = 'loan_car' AND action = 'schema'"
    assert shop.run(sql) == [("系统管理员", "forecourt_owner")]


def test_problems_end_the_work_with_words_for_whoever_asked(shop: Premises, work: Callable[[int], Work]) -> None:
    done = work(ask(shop, replace(loan_car(), name="search_token")))
    assert done.state is State.DONE
    assert done.result["refused"] == "unpublishable"
    assert "search_token" in done.result["problems"][0]["zh"]
    ((title, note, level),) = told(shop, done)
    assert (title, level) == ("表与字段的修改没有发布", "danger")
    assert "search_token" in note


def told(shop: Premises, done: Work) -> list[tuple[str, str, str]]:
    """What whoever asked finds in his inbox."""
    sql = "SELECT title ->> 'zh', note ->> 'zh', level FROM work.inbox WHERE key = %s AND user_id = %s"
    return [tuple(row) for row in shop.run(sql, f"work:{done.id}", shop.users["admin"])]


def test_whoever_lost_the_right_meanwhile_publishes_nothing(shop: Premises, work: Callable[[int], Work]) -> None:
    number = ask(shop, loan_car(latest(shop), mark=" 丁"))
    shop.run("UPDATE role_grant SET actions = '{list,read}' WHERE entity = 'catalog'")
    done = work(number)
    shop.run("UPDATE role_grant SET actions = '{list,read,create,update,delete}' WHERE entity = 'catalog'")
    assert done.result["refused"] == "forbidden"
    assert "丁" not in shop.desk("manager").get("/data/loan_car/").text


def test_only_the_administrator_may_propose(shop: Premises) -> None:
    with pytest.raises(Exception, match=r"row-level security|not granted"):
        ask(shop, loan_car(), "manager")


def test_a_removed_entity_is_dropped_by_work_of_the_system(shop: Premises, work: Callable[[int], Work]) -> None:
    work(ask(shop, loan_car(latest(shop)), removes=True))
    number = asked(shop, "studio.sweep")
    assert shop.one("SELECT run_after - now() > interval '9 minutes' FROM work.outbox WHERE id = %s", number)
    shop.run("UPDATE work.outbox SET run_after = now() WHERE id = %s", number)
    shop.run("UPDATE catalog_later SET due_at = now()")
    assert work(number).result == {"dropped": 1}
    assert shop.one("SELECT to_regclass('loan_car') IS NULL")


def test_nobody_but_the_system_asks_for_a_sweep(shop: Premises, work: Callable[[int], Work]) -> None:
    with shop.acting("admin") as context:
        number = enqueue(context.connection, "studio.sweep", {}, queue="schema")
    assert work(number).state is State.DEAD


def test_records_are_found_by_a_field_that_became_searchable(shop: Premises, work: Callable[[int], Work]) -> None:
    plain = loan_car(latest(shop))
    mute = replace(plain, fields=tuple(replace(one, search=False) for one in plain.fields))
    work(ask(shop, mute))
    desk = shop.desk("manager")
    desk.post("/data/loan_car/add", data={"plate": "沪A12345", "code": "QX-77"})
    assert "QX-77" not in rows(desk)
    work(ask(shop, loan_car(latest(shop))))
    assert work(asked(shop, "studio.reindex")).result == {"records": 1}
    assert "QX-77" in rows(desk)


def rows(desk: Desk) -> str:
    """The table a search for the code finds, or nothing."""
    page = desk.get("/data/loan_car/?q=QX-77").text
    return page.split("<tbody>", 1)[1].split("</tbody>")[0] if "<tbody>" in page else ""


def test_a_publication_waits_for_readers_without_stopping_others(shop: Premises, work: Callable[[int], Work]) -> None:
    number = ask(shop, loan_car(latest(shop), wide=True))
    longest = 0.0
    with shop.connect() as reader:
        reader.execute("LOCK TABLE loan_car IN ACCESS SHARE MODE")
        done: list[Work] = []
        thread = threading.Thread(target=lambda: done.append(work(number)))
        thread.start()
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            began = time.monotonic()
            shop.run("SELECT count(*) FROM loan_car")
            longest = max(longest, time.monotonic() - began)
        assert not done
    thread.join()
    assert done[0].state is State.DONE
    assert "version" in done[0].result
    assert longest < 0.6  # 80 ms for the lock, the rest for a busy machine


def test_patience_ends() -> None:
    pauses: list[float] = []

    def taken() -> None:
        raise OperationalError("", None, psycopg.errors.LockNotAvailable())

    with pytest.raises(Busy):
        patiently(taken, tries=5, sleep=pauses.append)
    assert len(pauses) == 5
    assert pauses[0] < pauses[4] < 1
