"""What somebody who can run any statement as the web role may not make the database believe."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from app.db.engine import Database
from app.jobs.importing import NO_LONGER, _stop
from tests.appkit import Premises
from tests.make import Make

Link = psycopg.Connection[Any]


@pytest.fixture
def web(premises: Premises) -> Iterator[Link]:
    """The consultant's transaction, rolled back."""
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-enemy')", (premises.session("consultant"),))
        yield connection
        connection.rollback()


NEW = (
    "INSERT INTO customer (id, store_id, name, kind, stage, do_not_contact) OVERRIDING SYSTEM VALUE"
    " VALUES (%s, %s, '甲', 'person', 'new', false)"
)
# The second where this session has numbered nothing yet.
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)


@pytest.mark.parametrize("number", [-1, 0, 2**63 - 1, 424242])
@pytest.mark.parametrize("after", [False, True])
def test_a_new_record_does_not_choose_its_number(after, number, web, premises):
    if after:
        web.execute(
            "INSERT INTO customer (store_id, name, kind, stage, do_not_contact)"
            " VALUES (1, '乙', 'person', 'new', false)"
        )
    with pytest.raises(REFUSED):
        web.execute(NEW, (number, premises.stores["PD"]))


def test_a_new_record_does_not_take_the_number_of_one_that_was_removed(web, premises, make: Make):
    """Uploads, shared records and the trail of a foreign record speak of it by its number."""
    gone = make.customer(store="XH")
    premises.run("DELETE FROM customer WHERE id = %s", gone)
    with pytest.raises(REFUSED):
        web.execute(NEW, (gone, premises.stores["PD"]))


def test_records_without_a_chosen_number_are_added_as_ever(web, premises):
    sql = (
        "INSERT INTO customer (store_id, name, kind, stage, do_not_contact)"
        " SELECT %s, n, 'person', 'new', false FROM unnest('{甲,乙,丙}'::text[]) n RETURNING id"
    )
    assert len(web.execute(sql, (premises.stores["PD"],)).fetchall()) == 3


def test_a_record_does_not_change_its_number(web, make: Make):
    record = make.customer()
    changed = web.execute("UPDATE customer SET id = DEFAULT WHERE id = %s RETURNING id", (record,)).fetchone()
    assert changed == (record,)


DOORS = (
    "sign_in", "sign_out", "sign_in_failed", "locked", "step_up", "session_ended", "password_changed", "token_created",
    "token_ended", "schema", "backup", "restore", "drill", "job_failed",
)  # fmt: skip


@pytest.mark.parametrize("event", DOORS)
def test_what_happens_at_doors_and_in_jobs_is_not_noted_by_a_web_process(event, web):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SELECT trail.note(%s, 'ab_user', 1, NULL, '{}', 1)", (event,))


def test_nobody_notes_nothing(premises):
    with premises.connect("web") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT trail.note('reveal', 'customer', 1, 1, '{}', 1)")


# Named actions that reach past one person's grants; each asks for his right and his reach first. The last two answer
# the guard alone.
PAST_POLICIES = {
    "records_seen", "ask_transfer", "ask_access",
    "bring_back", "merge_customer", "unmerge_customer", "hand_over", "transfer_customer",
    "reached_by", "seen_by", "shares_in_group", "last_visit",
}  # fmt: skip


def test_every_function_has_its_owner_its_callers_and_a_fixed_path(premises):
    """One list for all of them: a function made tomorrow must fit as well."""
    rows = premises.run(
        "SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner),"
        " p.prosecdef AND p.prorettype <> 'trigger'::regtype, p.proconfig, p.proacl::text,"
        " n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname IN ('public', 'gate', 'trail', 'work', 'console')"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"  # an extension's
    )
    for name, owner, definer, settings, rights, schema in rows:
        assert owner in {"console": ("forecourt_monitor",)}.get(schema, ("forecourt_guard", "forecourt_owner")), name
        assert 'search_path=""' in (settings or []), name
        assert rights is not None, f"{name} is everybody's"
        assert "{=X" not in rights, f"{name} is everybody's"
        assert ",=X" not in rights, f"{name} is everybody's"
        past_policies = owner == "forecourt_owner" and schema != "work"  # with the eyes of the tables' owner
        assert not (definer and past_policies) or name.partition("(")[0] in PAST_POLICIES, name


def test_what_a_role_sets_for_its_future_sessions_does_not_reach_the_application(premises):
    changes = {
        "search_path": "pg_temp",
        "default_transaction_read_only": "on",
        "statement_timeout": "1",
        "row_security": "off",
    }
    place = f"ALTER ROLE forecourt_web IN DATABASE {premises.config.database}"
    database = Database(premises.config.url("web"))
    try:
        with premises.connect("web", autocommit=True) as connection:
            for name, value in changes.items():
                connection.execute(f"{place} SET {name} = {value}")
        with database.announced(premises.session("consultant"), "r-enemy") as (connection, _):
            assert connection.exec_driver_sql("SELECT count(*) FROM store").scalar_one() == 1
            assert connection.exec_driver_sql("SHOW search_path").scalar_one() == "public"
            assert connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "off"
    finally:
        database.dispose()
        premises.run(f"{place} RESET ALL")


def test_work_that_names_a_foreign_import_does_not_move_it(premises):
    batch = premises.one(
        "INSERT INTO import_batch (store_id, file_name, file_hash, file_size, owner_rule, state, work_id)"
        " VALUES (%s, 'x.csv', decode(repeat('00', 32), 'hex'), 1, 'nobody', 'importing', 77) RETURNING id",
        premises.stores["XH"],
    )

    class Work:
        id, request_id = 78, "r-enemy"

    class Context:
        work, engine = Work(), create_engine(premises.config.url("worker"))

    _stop(Context(), batch, NO_LONGER)  # type: ignore[arg-type]
    assert premises.one("SELECT state FROM import_batch WHERE id = %s", batch) == "importing"
    Work.id = 77
    _stop(Context(), batch, NO_LONGER)  # type: ignore[arg-type]
    assert premises.one("SELECT state FROM import_batch WHERE id = %s", batch) == "failed"
    Context.engine.dispose()
