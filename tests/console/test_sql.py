"""What the database tells the console, and to whom."""

import json
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import psycopg
import pytest

from tests.appkit import Premises
from tests.cast import CAST

CALLS = (
    "console.standing()",
    "console.work(NULL, NULL, NULL, NULL, 10)",
    "console.schedules()",
    "console.runs(NULL, NULL, NULL, 10)",
    "console.seals(NULL, 10)",
    "console.checks(10)",
    "console.operations(NULL, 10)",
    "console.backups(10)",
    "console.backup_acts(NULL, 10)",
    "console.server()",
    "console.sessions(10)",
    "console.statements(10)",
    "console.tables(10)",
    "console.idle_indexes(10)",
)
STAFF = [one.part for one in CAST if one.part != "admin"]


def test_every_function_a_page_may_call_is_known_here(premises: Premises) -> None:
    rows = premises.run(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'console'::regnamespace"
        " AND has_function_privilege('forecourt_web', p.oid, 'EXECUTE')"
    )
    assert {name for (name,) in rows} == {call.removeprefix("console.").partition("(")[0] for call in CALLS}


@pytest.mark.parametrize("call", CALLS)
def test_the_database_tells_the_operator(call: str, premises: Premises) -> None:
    with premises.acting("admin") as context:
        context.connection.exec_driver_sql(f"SELECT * FROM {call}").all()


@pytest.mark.parametrize("part", [*STAFF, "nobody"])
def test_the_database_tells_nobody_else(part: str, premises: Premises) -> None:
    for call in CALLS:
        with premises.connect("web") as connection:
            connection.execute("SELECT gate.announce(%s, 'r-staff')", (premises.session(part),))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {call}")


SECRET = "13800138000"


@pytest.mark.parametrize(
    ("statement", "bare"),
    [
        ("SELECT a1, $1 FROM t WHERE x = 42 AND y = 1.5e3", "SELECT a1, $1 FROM t WHERE x = ? AND y = ?"),
        ("SELECT 'a''b', E'c'", "SELECT ?, E?"),
        ("SELECT \"it's\" FROM t WHERE a = 'x'", 'SELECT "it\'s" FROM t WHERE a = ?'),
        (f"SELECT '{SECRET}", "SELECT ?"),
        (f"SELECT 'a--{SECRET}' , '{SECRET}'", "SELECT ?"),
        (f"SELECT 'a\\' , '{SECRET}'", "SELECT ?"),
        (f"SELECT E'a\\' , ' || '{SECRET}'", "SELECT E?"),
        (f"SELECT $${SECRET}$$", "SELECT …"),
        (f"SELECT $a${SECRET}$a$", "SELECT …"),
        (f"SELECT $甲${SECRET}$甲$", "SELECT …"),
        (f"SELECT 1 /* {SECRET} */", "SELECT ? …"),
        (f"SELECT 1 -- it's {SECRET}\n, '{SECRET}'", "SELECT ? …"),
        (f"SELECT '\"', '{SECRET}', '\"'", "SELECT ?, ?, ?"),
        (f"SELECT U&'{SECRET}', B'1', X'1F', N'{SECRET}', 0x1F, 1_000, .5", "SELECT U&?, B?, X?, N?, ?, ?, .?"),
        (f"ALTER ROLE x PASSWORD '{SECRET}'", "ALTER ROLE x PASSWORD ?"),
        (f"COPY t FROM STDIN WITH (DELIMITER '\t', NULL '{SECRET}')", "COPY t FROM STDIN WITH (DELIMITER ?, NULL ?)"),
        ("SELECT\n\n   1", "SELECT ?"),
        ("", ""),
    ],
)
def test_a_statement_is_told_without_what_it_holds(statement: str, bare: str, premises: Premises) -> None:
    assert premises.one("SELECT console.bare(%s)", statement) == bare
    assert SECRET not in bare


def test_a_statement_that_never_ends_is_cut(premises: Premises) -> None:
    assert len(premises.one("SELECT console.bare(repeat('SELECT x, ', 100000))")) <= 800
    assert premises.one("SELECT console.bare('SELECT ''' || repeat('x', 100000))") == "SELECT ?"


def test_arguments_are_told_as_names_and_numbers(premises: Premises) -> None:
    args = (
        '{"id": 7, "again": true, "phone": "13800138000", "mobile": 13800138000, "list": [1, "x"], "of": {"a": 1},'
        ' "甲": 1, "half": 1.5, "none": null}'
    )
    assert premises.one("SELECT console.ids(%s)", args) == {
        "id": 7, "again": True, "phone": "…", "mobile": "…", "list": "…", "of": "…", "…": 1, "half": "…", "none": "…",
    }  # fmt: skip


def test_the_counts_of_statements_are_nobody_elses_to_read(premises: Premises) -> None:
    for role in ("web", "worker", "owner"):
        with premises.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM console.pg_stat_statements")


def test_a_table_somebody_holds_keeps_nobody_waiting(premises: Premises) -> None:
    """Asking how large a table is waits for whoever changes it."""
    with premises.connect() as holder:
        holder.execute("LOCK TABLE customer IN ACCESS EXCLUSIVE MODE")
        with premises.acting("admin") as context:
            context.connection.exec_driver_sql("SET LOCAL lock_timeout = '300ms'")
            names = context.connection.exec_driver_sql("SELECT name FROM console.tables(500)").scalars().all()
        holder.rollback()
    assert "public.customer" in names


def test_who_waits_for_whom_is_told(premises: Premises) -> None:
    with premises.connect() as holder, premises.connect() as waiter:
        holder.execute("LOCK TABLE bay IN ACCESS EXCLUSIVE MODE")
        waiting = Thread(target=_lock, args=(waiter,))
        waiting.start()
        try:
            _until(lambda: told(premises, waiter.info.backend_pid) == [holder.info.backend_pid])
        finally:
            holder.rollback()
            waiting.join(10)


def told(premises: Premises, pid: int) -> list[int]:
    """Whom the console says a session waits for."""
    with premises.acting("admin") as context:
        sql = "SELECT blockers FROM console.sessions(200) WHERE pid = %s"
        return list(context.connection.exec_driver_sql(sql, (pid,)).scalar() or [])


def _lock(connection: psycopg.Connection[Any]) -> None:
    connection.execute("LOCK TABLE bay IN ACCESS SHARE MODE")
    connection.rollback()


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_token_is_for_no_operator(premises: Premises) -> None:
    """Not even one whose scopes name the console."""
    reach = {"g": {"console": {"a": ["list"], "st": []}}, "st": [], "pl": [], "r": ["administrator"]}
    left = premises.one("SELECT gate.within(%s, %s)", json.dumps(reach), '{"*": ["*"], "console": ["*", "list"]}')
    assert left["g"] == {}
