"""How rules are tried: as somebody of the cast past the application, as a feed, and through the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from werkzeug.test import TestResponse

from app.core.scope import Belongs
from app.models import ENTITIES
from app.models.table import index_column, key_column
from tests.appkit import Premises


@contextmanager
def bare(premises: Premises, part: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody's own statements as the web role, past the application; undone at the end."""
    with premises.connect("web") as connection:
        connection.execute("SELECT gate.announce(%s, 'r-bare')", (premises.session(part),))
        yield connection
        connection.rollback()


@contextmanager
def feed(premises: Premises) -> Iterator[psycopg.Connection[Any]]:
    """What a feed writes, as the system; it stays."""
    with premises.connect("worker") as connection:
        connection.execute("SELECT gate.announce_system('r-feed')")
        yield connection


def refusal(connection: psycopg.Connection[Any], sql: str, *values: object) -> str | None:
    """The constraint by which the database refuses a statement; None when it lets it pass."""
    try:
        with connection.transaction():
            connection.execute(sql, values or None)
    except psycopg.errors.IntegrityError as error:
        return error.diag.constraint_name
    return None


def copied(entity: str, number: int, /, **changes: str) -> str:
    """SQL that adds a record like another, but for the columns given as SQL."""
    described = ENTITIES[entity]
    columns = ["store_id"] if described.belongs is Belongs.STORE else []
    for field in described.fields:
        columns += [one for one in (field.column, key_column(field), index_column(field)) if one]
    values = ", ".join(changes.get(one, f'"{one}"') for one in columns)
    names = ", ".join(f'"{one}"' for one in columns)
    return f'INSERT INTO "{entity}" ({names}) SELECT {values} FROM "{entity}" WHERE id = {number} RETURNING id'


def changed(premises: Premises, part: str, entity: str, number: int, **given: object) -> TestResponse:
    """The API's answer to a change of a record as it stands."""
    version = premises.one(f'SELECT version FROM "{entity}" WHERE id = %s', number)
    return premises.caller(part).patch(f"/api/v1/data/{entity}/{number}", json=given | {"version": version})


def done(premises: Premises, part: str, entity: str, number: int, code: str, **given: object) -> TestResponse:
    """The API's answer to a named action on a record as it stands."""
    version = premises.one(f'SELECT version FROM "{entity}" WHERE id = %s', number)
    path = f"/api/v1/data/{entity}/{number}/do/{code}"
    return premises.caller(part).post(path, json=given | {"version": version})


def added(premises: Premises, part: str, entity: str, **given: object) -> TestResponse:
    """The API's answer to a new record."""
    return premises.caller(part).post(f"/api/v1/data/{entity}/", json=given)


def errors(answer: TestResponse) -> dict[str, str]:
    """The codes of a refusal by field."""
    assert answer.status_code == 422, answer.text[:300]
    return {one["field"]: one["code"] for one in answer.json["errors"]}
