import re
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from app import first_data, person


@pytest.fixture
def installed(database):
    config = replace(database, process="administrator")
    first_data.load(config)
    return config


def asked(config, sql, **values):
    engine = create_engine(config.url("administrator"))
    with engine.begin() as connection:
        return connection.execute(text(sql), values).all()


def test_the_first_run_invites_everybody_once(database):
    config = replace(database, process="administrator")
    first = first_data.load(config)
    assert [login for _, login, _, _ in first] == [one.login for one in first_data.PEOPLE]
    assert len({path for *_, path in first}) == len(first)
    assert first_data.load(config) == []


def test_a_person_added_by_command_has_a_role_a_post_and_a_link(installed, capsys):
    assert person.add(installed, ["liu", "刘经理", "service_manager", "--store", "PD", "--team", "售后一组"]) == 0
    assert re.fullmatch(r"(https?://[^/]+)?/welcome/[0-9a-f]{64}\n", capsys.readouterr().out)
    sql = (
        "SELECT e.name, s.code, t.name, r.name FROM ab_user u"
        " JOIN employee e ON e.user_id = u.id JOIN store s ON s.id = e.store_id"
        " JOIN team t ON t.id = e.team_id JOIN ab_user_role ur ON ur.user_id = u.id JOIN ab_role r ON r.id = ur.role_id"
        " WHERE u.username = :login"
    )
    assert asked(installed, sql, login="liu") == [("刘经理", "PD", "售后一组", "service_manager")]


@pytest.mark.parametrize(
    "words",
    [
        ["boss", "又一个", "general_manager"],
        ["new", "新人", "sales_consultant", "--store", "NO"],
        ["new", "新人", "sales_consultant", "--store", "PD", "--team", "没有"],
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_left(installed, capsys, words):
    before = asked(installed, "SELECT count(*) FROM ab_user")
    assert person.add(installed, words) == 2
    assert " · " in capsys.readouterr().out
    assert asked(installed, "SELECT count(*) FROM ab_user") == before


def test_a_new_link_ends_the_old_one(installed, capsys):
    person.link(installed, ["boss"])
    person.link(installed, ["boss"])
    assert len(capsys.readouterr().out.split()) == 2
    sql = (
        "SELECT count(*) FROM gate.invitation i JOIN ab_user u ON u.id = i.user_id"
        " WHERE u.username = 'boss' AND used_at IS NULL"
    )
    assert asked(installed, sql) == [(1,)]


def test_nobody_gets_a_link_to_an_account_that_is_not_there(installed, capsys):
    assert person.link(installed, ["nobody"]) == 2
