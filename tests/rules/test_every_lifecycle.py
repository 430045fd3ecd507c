"""Every life cycle of every described table is kept by the database, the application bypassed: no state is jumped to,
none is reached without what it needs, and what it locks stands still. The cases are made from what is declared."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import psycopg
import pytest

from app.core.action import Action
from app.core.field import Field
from app.models import ENTITIES
from app.records.rulebook import RULEBOOK
from tests.appkit import Premises
from tests.make import Make
from tests.rules.desk import refusal
from tests.rules.test_every_rule import written

LIVES = {
    name: life
    for name, entity in ENTITIES.items()
    if written(entity) and (life := RULEBOOK.lifecycle(name)) is not None
}
Needs = Mapping[str, str]
EMPTY: Needs = MappingProxyType({})
EXAMPLES = {"text": "'x'", "date": "'2026-01-01'", "timestamptz": "'2026-01-01'", "boolean": "true"}
# What a record is given so that a late state of it is sound.
GIVEN = {
    "job_segment": {"began_at": "2025-12-31T09:00:00+08:00"},
    "renewal_case": {"lost_reason": "price"},
    "service_package": {"price": "100"},
}
OTHER = {
    "text": "{0} || 'x'", "date": "{0} + 1", "timestamptz": "{0} + interval '1 day'", "boolean": "NOT {0}",
}  # fmt: skip


def jumps() -> Iterator[tuple[str, str, str]]:
    """Each pair of states that no step connects."""
    for name, life in LIVES.items():
        states = [one.code for one in ENTITIES[name].by_name[life.field].kind.choices]
        yield from ((name, a, b) for a in states for b in states if a != b and (a, b) not in life.pairs)


def stand(connection: psycopg.Connection, entity: str, number: int, state: str, needs: Needs = EMPTY) -> None:
    """Puts a record into a state past every rule, with what it needs there."""
    life = LIVES[entity]
    given = ", ".join(
        [f"{life.field} = %s", *(f'"{name}" = coalesce("{name}", {value})' for name, value in needs.items())]
    )
    rules = ("obey_rules", "obey_rules_else")
    for rule in rules:
        connection.execute(f'ALTER TABLE "{entity}" DISABLE TRIGGER {rule}')
    connection.execute(f'UPDATE "{entity}" SET {given} WHERE id = %s', (state, number))
    for rule in rules:
        connection.execute(f'ALTER TABLE "{entity}" ENABLE ALWAYS TRIGGER {rule}')


@pytest.fixture
def person(entity: str, premises: Premises) -> Iterator[psycopg.Connection]:
    """The administrator's connection, announced as somebody who may edit the entity; undone at the end."""
    part = next(one for one in ("boss", "admin") if premises.actor(one).may(Action.UPDATE, entity))
    with premises.connect() as connection:
        connection.execute("SELECT gate.announce(%s, 'r-life')", (premises.session(part),))
        yield connection
        connection.rollback()


@pytest.mark.parametrize("entity", LIVES)
def test_no_state_is_jumped_to(entity: str, person: psycopg.Connection, make: Make) -> None:
    life, number, passed = LIVES[entity], make.record(entity, **GIVEN.get(entity, {})), []
    for _, a, b in (one for one in jumps() if one[0] == entity):
        with person.transaction(force_rollback=True):
            stand(person, entity, number, a)
            person.execute("SET LOCAL ROLE forecourt_web")
            sql = f'UPDATE "{entity}" SET {life.field} = %s WHERE id = %s'
            if (found := refusal(person, sql, b, number)) != f"{entity}_move":
                passed.append((a, b, found))
    assert passed == []


@pytest.mark.parametrize("entity", [name for name, life in LIVES.items() if life.needs])
def test_no_state_is_reached_without_what_it_needs(entity: str, person: psycopg.Connection, make: Make) -> None:
    life, number, passed = LIVES[entity], make.record(entity, **GIVEN.get(entity, {})), []
    for state, needed in life.needs.items():
        source = next(a for a, b in sorted(life.pairs) if b == state)
        for field in fields(entity, needed):
            if field.required:
                continue
            with person.transaction(force_rollback=True):
                stand(person, entity, number, source)
                sql = f'UPDATE "{entity}" SET {life.field} = %s, "{field.column}" = NULL WHERE id = %s'
                if (found := refusal(person, sql, state, number)) != f"{entity}_needs":
                    passed.append((state, field.name, found))
    assert passed == []


@pytest.mark.parametrize("entity", [name for name, life in LIVES.items() if life.locks])
def test_what_a_state_locks_stands_still(entity: str, person: psycopg.Connection, make: Make) -> None:
    life, number, passed = LIVES[entity], make.record(entity, **GIVEN.get(entity, {})), []
    for state, locked in life.locks.items():
        needs = {field.column: example(field, make) for field in fields(entity, life.needs.get(state, ()))}
        for field in fields(entity, locked):
            with person.transaction(force_rollback=True):
                stand(person, entity, number, state, needs)
                person.execute("SET LOCAL ROLE forecourt_web")
                sql = f'UPDATE "{entity}" SET "{field.column}" = {other(field)} WHERE id = %s'
                if (found := refusal(person, sql, number)) != f"{entity}_locks":
                    passed.append((state, field.name, found))
    assert passed == []


def fields(entity: str, names: Iterable[str]) -> list[Field]:
    """Fields by their names."""
    return [ENTITIES[entity].by_name[name] for name in names]


def example(field: Field, make: Make) -> str:
    """SQL: some value of a field."""
    if field.target:
        return str(make.record(field.target))
    if field.kind.code == "choice":
        return f"'{field.kind.example(1)}'"
    return EXAMPLES.get(field.kind.sql, "1")


def other(field: Field) -> str:
    """SQL: a value of the field's column that is not the one it has."""
    form = OTHER.get("bigint" if field.target else field.kind.sql, "{0} + 1")
    given = f'"{field.column}"'
    return f"CASE WHEN {given} IS NULL THEN {EXAMPLES.get(field.kind.sql, '1')} ELSE {form.format(given)} END"
