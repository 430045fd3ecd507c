"""Every constraint of every described table refuses: keys, references and required columns by a fixture made from the
system's catalogs; checks, exclusions and rules are each named by a test of their own, which this file demands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.core.action import Action
from app.core.entity import Entity
from app.core.rules import Ban
from app.core.scope import Belongs
from app.models import ENTITIES
from app.records.rulebook import RULEBOOK
from tests.appkit import Premises
from tests.make import Make

NOWHERE = 2**60
CONSTRAINTS = """
    SELECT c.conname, c.contype::text, array(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(no, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.no ORDER BY k.place)
      FROM pg_constraint c WHERE c.conrelid = %s::regclass ORDER BY 1"""
HERE = Path(__file__).parent
WRITTEN = "\n".join(
    path.read_text(encoding="utf-8") for folder in (HERE, HERE.parent / "reports") for path in folder.glob("test_*.py")
)
# Names made for each of several kinds; the tests put them together the same way.
FAMILIES = ("one_", "leaver_")
PUT_TOGETHER = {("job_segment", "technician_free"): "_free"}


def written(entity: Entity) -> bool:
    """Whether people write its records."""
    return any(Action.CREATE in grant.actions for grant in entity.grants)


@pytest.fixture
def pair(entity: Entity, make: Make) -> tuple[int, int]:
    """Two records of the first store."""
    return make.record(entity.name), make.record(entity.name)


@pytest.mark.parametrize("entity", [one for one in ENTITIES.values() if written(one)], ids=lambda one: one.name)
def test_what_its_keys_and_columns_demand_is_refused(entity: Entity, premises: Premises, pair: tuple[int, int]) -> None:
    passed = []
    with premises.connect() as connection:
        for name, kind, columns in connection.execute(CONSTRAINTS, (entity.name,)).fetchall():
            passed += [(name, sql) for sql in offences(entity, kind, columns, pair) if not refused(connection, sql)]
        connection.rollback()
    assert passed == []


def offences(entity: Entity, kind: str, columns: list[str], pair: tuple[int, int]) -> Iterator[str]:
    """Statements that one constraint must refuse."""
    first, second = pair
    if kind == "n" and columns[0] not in STAMPED:
        yield f'UPDATE "{entity.name}" SET "{columns[0]}" = NULL WHERE id = {second}'
    elif kind == "f" and columns[-1] != "store_id":
        yield f'UPDATE "{entity.name}" SET "{columns[-1]}" = {NOWHERE} WHERE id = {second}'
    elif kind in "pu":
        listed = ", ".join(f'"{one}"' for one in columns)
        if columns == ["uuid"] or "id" in columns:
            return  # the row stamps keep numbers as they are; see tests/access
        whole = " AND ".join(f'"{one}" IS NOT NULL' for one in columns)
        yield (
            f'UPDATE "{entity.name}" SET ({listed}) = (SELECT {listed} FROM "{entity.name}" WHERE id = {first})'
            f' WHERE id = {second} AND EXISTS (SELECT FROM "{entity.name}" WHERE id = {first} AND {whole})'
        )


STAMPED = frozenset({"id", "uuid", "version", "created_at", "updated_at", "store_id"})


def refused(connection: psycopg.Connection[Any], sql: str) -> bool:
    """Whether the database refuses a statement; one that touches no row had nothing to offend with."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(sql).rowcount == 0
    except psycopg.errors.IntegrityError:
        return True


@pytest.mark.parametrize(
    "entity",
    [one for one in ENTITIES.values() if written(one) and one.belongs is Belongs.STORE and any(one.references)],
    ids=lambda one: one.name,
)
def test_nothing_points_into_another_store(entity: Entity, premises: Premises, make: Make) -> None:
    number = make.record(entity.name)
    with premises.connect() as connection:
        for field in entity.references:
            target = ENTITIES[field.target or ""]
            if target.belongs is not Belongs.STORE or not written(target):
                continue
            foreign = make.record(target.name, store="XH")
            sql = f'UPDATE "{entity.name}" SET "{field.column}" = {foreign} WHERE id = {number}'
            assert refused(connection, sql), field.name
        connection.rollback()


def named() -> Iterator[tuple[str, str]]:
    """The checks, exclusions, partial keys and bans of every entity."""
    for entity in ENTITIES.values():
        for rule in (*entity.checks, *RULEBOOK.of(entity.name, Ban)):
            yield entity.name, rule.name


@pytest.mark.parametrize(("entity", "rule"), list(named()), ids=lambda word: word)
def test_a_rule_has_a_test_that_names_it(entity: str, rule: str) -> None:
    family = next((start for start in FAMILIES if rule.startswith(start)), None)
    wanted = [f"{entity}_{rule}", f'"{rule}"', f"'{rule}'", *([f"{family}{{"] if family else [])]
    wanted += [f"}}{end}" for known, end in PUT_TOGETHER.items() if known == (entity, rule)]
    assert any(word in WRITTEN for word in wanted), f"write a fixture that {entity}_{rule} refuses"
