"""Accounts from the command line, until the screens for them come: add a person, or give one a new one-time link."""

import argparse

from sqlalchemy import Connection, create_engine, pool

from app.access.key_file import sealer_of
from app.access.keys import SignInKeys
from app.access.roles import BY_NAME
from app.access.signin import Door
from app.first_data import Newcomer, hire
from app.models import ENTITIES
from app.records.reindex import reindex
from config import Config

HOURS = 72


def add(config: Config, arguments: list[str]) -> int:
    """Adds an account with a role and, given a store, the employee behind it; prints the one-time link."""
    parser = argparse.ArgumentParser(prog="run.py person add")
    parser.add_argument("login")
    parser.add_argument("name")
    parser.add_argument("role", choices=sorted(BY_NAME), metavar="role", help=", ".join(sorted(BY_NAME)))
    parser.add_argument("--store", help="the store's code")
    parser.add_argument("--team", help="the team's name")
    parser.add_argument("--job", default="", help="the position's name")
    given = parser.parse_args(arguments)
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool, hide_parameters=True)
    with engine.begin() as connection:
        if problem := unfit(connection, given.login, given.store, given.team):
            print(problem)  # noqa: T201  # a command answers its caller
            return 2
        person = hire(connection, Newcomer(given.login, given.name, given.role, given.store, given.team, given.job))
        sealer = sealer_of(config)
        reindex(connection, sealer, ENTITIES["employee"])
        print(invitation(config, connection, person, "welcome"))  # noqa: T201
    return 0


def link(config: Config, arguments: list[str]) -> int:
    """Gives the holder of an account a new one-time link to set his password."""
    parser = argparse.ArgumentParser(prog="run.py person link")
    parser.add_argument("login")
    login = parser.parse_args(arguments).login
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool, hide_parameters=True)
    with engine.begin() as connection:
        sql = "SELECT id FROM ab_user WHERE username = %s AND active"
        person = connection.exec_driver_sql(sql, (login,)).scalar_one_or_none()
        if person is None:
            print(f"没有这个有效账号：{login}  ·  no active account: {login}")  # noqa: T201
            return 2
        print(invitation(config, connection, person, "reset"))  # noqa: T201
    return 0


def factor_off(config: Config, arguments: list[str]) -> int:
    """Takes the lost second factor off an account and ends all that is open; in the trail."""
    parser = argparse.ArgumentParser(prog="run.py person factor off")
    parser.add_argument("login")
    login = parser.parse_args(arguments).login
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool, hide_parameters=True)
    with engine.begin() as connection:
        sql = "SELECT gate.reset_factor(id) FROM ab_user WHERE username = %s"
        had = connection.exec_driver_sql(sql, (login,)).scalar_one_or_none()
    if not had:
        print(f"这个账号没有开启两步验证：{login}  ·  no second factor on: {login}")  # noqa: T201
        return 2
    print(f"已重置：{login}  ·  taken off: {login}")  # noqa: T201
    return 0


def unfit(connection: Connection, login: str, store: str | None, team: str | None) -> str | None:
    """Why these cannot be added, in words; None when they can."""
    if connection.exec_driver_sql("SELECT 1 FROM ab_user WHERE username = %s", (login,)).first():
        return f"账号已存在：{login}  ·  the account exists: {login}"
    if store and not connection.exec_driver_sql("SELECT 1 FROM store WHERE code = %s", (store,)).first():
        return f"没有这家门店：{store}  ·  no such store: {store}"
    sql = "SELECT 1 FROM team t JOIN store s ON s.id = t.store_id WHERE s.code = %s AND t.name = %s"
    if team and not connection.exec_driver_sql(sql, (store, team)).first():
        return f"这家门店没有这个小组：{team}  ·  the store has no such team: {team}"
    return None


def invitation(config: Config, connection: Connection, person: int, purpose: str) -> str:
    """The path of a one-time link, behind the installation's address where the settings name it."""
    door = Door(connection.engine, SignInKeys.parse(config.secret("password_pepper")))
    return f"{config.public_url or ''}/welcome/{door.invite(connection, person, purpose, hours=HOURS)}"
