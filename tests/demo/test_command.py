"""Loading and resetting: only where nothing is, only what is a demonstration, never what people entered."""

import argparse
from datetime import date

import pytest
from sqlalchemy import create_engine, pool

from app import first_data
from app.core.errors import Refusal
from app.demo import command, marker
from app.demo.accounts import open_accounts
from app.demo.load import NotEmpty
from app.demo.plan import Plan
from config import Config
from tests.appkit import connect
from tests.demo.years import SMALL, Year, loader


def asked(**given: object) -> argparse.Namespace:
    return argparse.Namespace(
        **({"seed": None, "scale": None, "ends_on": None, "activity": None, "discard": False} | given)
    )


def test_a_year_is_not_loaded_twice(year: Year):
    with pytest.raises(NotEmpty, match="loaded already"):
        loader(year.premises.config).run()


def test_a_year_is_not_loaded_over_records(database: Config):
    first_data.load(database)
    with connect(database, "administrator") as connection:
        connection.execute("INSERT INTO bay (store_id, code, kind, active) SELECT id, 'A', 'quick', true FROM store")
    with pytest.raises(NotEmpty, match="bay"):
        loader(database).run()


def test_an_installation_that_is_no_demo_is_never_dropped(database: Config):
    first_data.load(database)
    with pytest.raises(Refusal, match="no demo"):
        command._reset(database, asked())
    with connect(database, "administrator") as connection:
        assert connection.execute("SELECT count(*) FROM store").fetchone() == (2,)


def test_what_people_entered_is_not_dropped_unless_they_say_so(database: Config):
    first_data.load(database)
    engine = create_engine(database.url("administrator"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        marker.mark(connection, SMALL)
    with connect(database, "worker") as connection:
        connection.execute("SELECT gate.announce_job(id, 'r-demo') FROM ab_user WHERE username = 'manager'")
        connection.execute(
            "INSERT INTO customer (store_id, name, name_key, kind, stage, do_not_contact)"
            " SELECT id, '真客户', 'z', 'person', 'prospect', false FROM store WHERE code = 'PD'"
        )
    with pytest.raises(Refusal, match="People entered 1 records"):
        command._reset(database, asked())


def test_what_is_not_said_is_as_it_was_before():
    before = marker.Marked(9, 0.5, date(2025, 1, 1), 0.2, whole=True)
    plan = command.plan_of(asked(ends_on=date(2025, 6, 1)), before)
    assert plan == Plan(9, 0.5, date(2025, 6, 1), 0.2)


@pytest.mark.parametrize("given", [{"scale": 0.0}, {"activity": 2.0}, {"scale": -1.0}, {"ends_on": date(2999, 1, 1)}])
def test_a_year_that_cannot_be_is_refused(given: dict[str, object]):
    with pytest.raises(Refusal):
        command.plan_of(asked(**given))


def test_only_some_have_accounts_and_nobody_a_password(year: Year):
    engine = create_engine(year.premises.config.url("administrator"), poolclass=pool.NullPool)
    invited: list[int] = []
    with engine.connect() as connection, connection.begin() as undone:
        found = open_accounts(connection, year.shops, lambda user: invited.append(user) or "link")
        held = connection.exec_driver_sql("SELECT count(*) FROM ab_user WHERE password IS NOT NULL").scalar_one()
        roles = connection.exec_driver_sql(
            "SELECT count(DISTINCT r.name) FROM ab_user_role u JOIN ab_role r ON r.id = u.role_id"
        ).scalar_one()
        undone.rollback()
    assert held == 0
    assert len(invited) == len(found) == len({one.login for one in found}) == 21
    assert roles == 20  # and the administrator and the security officer
