"""Random tampers of random logs: every one is seen at its entry, and clean logs never alarm."""

import random

import pytest

from tests.audit.conftest import Trail

COLUMNS = ("actor_name", "db_role", "request_id", "action", "entity")


def grow(trail: Trail, chance: random.Random) -> list[int]:
    for _ in range(chance.randint(2, 5)):
        for _ in range(chance.randint(1, 3)):
            trail.run(
                "INSERT INTO thing (store_id, name) SELECT g, 'x' FROM generate_series(1, %s) g", chance.randint(1, 6)
            )
            trail.run("UPDATE thing SET price = %s WHERE id %% 3 = %s", chance.randint(1, 9), chance.randint(0, 2))
        trail.seal()
    return trail.ids()


def mutation(chance: random.Random, entry: int, other: int) -> str:
    """One tamper whose first damage is at the lower of the two."""
    if chance.random() < 0.3:
        return f"UPDATE trail.entry SET {chance.choice(COLUMNS)} = 'other' WHERE id IN ({entry}, {other})"
    return chance.choice(
        [
            f"DELETE FROM trail.entry WHERE id IN ({entry}, {other})",
            f"DELETE FROM trail.value WHERE entry_id IN ({entry}, {other})",
            f"DELETE FROM trail.seal WHERE entry_id IN ({entry}, {other})",
            f"UPDATE trail.seal SET leaf = sha256(leaf) WHERE entry_id IN ({entry}, {other})",
            f"UPDATE trail.value SET after = '{{}}' WHERE entry_id IN ({entry}, {other})",
            f"UPDATE trail.value SET salt = sha256(salt) WHERE entry_id IN ({entry}, {other})",
            f"UPDATE trail.entry SET digest = sha256(digest) WHERE id IN ({entry}, {other})",
            f"UPDATE trail.entry SET record_id = coalesce(record_id, 0) + 1 WHERE id IN ({entry}, {other})",
            f"UPDATE trail.entry SET at = at - interval '1 second' WHERE id IN ({entry}, {other})",
        ]
    )


@pytest.mark.parametrize("seed", range(4))
def test_random_tampers_are_seen_at_their_first_entry(trail: Trail, seed: int):
    chance = random.Random(seed)
    ids = grow(trail, chance)
    assert trail.verify().exit_code == 0, "no false alarm"
    with trail.connect() as connection:
        for table in ("entry", "value", "seal"):
            connection.execute(f"ALTER TABLE trail.{table} DISABLE TRIGGER refuse")
        for _ in range(12):
            entry, other = chance.sample(ids, 2)
            statement = mutation(chance, entry, other)
            kept = [(t, connection.execute(f"SELECT * FROM trail.{t}").fetchall()) for t in ("entry", "value", "seal")]
            connection.execute(statement)
            for anchored in (True, False):
                verdict = trail.verify(anchored=anchored)
                assert verdict.first is not None, statement
                assert verdict.first.entry_id == min(entry, other), statement
            restore(connection, kept)
    assert trail.verify().exit_code == 0


def restore(connection, kept) -> None:
    for table, rows in kept:
        connection.execute(f"DELETE FROM trail.{table}")
        marks = ", ".join(["%s"] * len(rows[0]))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO trail.{table} OVERRIDING SYSTEM VALUE VALUES ({marks})", rows)
