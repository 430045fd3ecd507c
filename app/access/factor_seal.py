"""Second factors under the newest key: sealed anew by who adds keys, since no worker may read a factor."""

from collections.abc import Iterator

from sqlalchemy import Connection

from app.access.seal import SealBroken, Sealer, key_id
from app.access.second_factor import sealed, unsealed

COLUMNS = ("secret", "pending")


def reseal_factors(connection: Connection, sealer: Sealer) -> int:
    """How many secrets were put under the newest key; one that somebody replaces meanwhile is left alone."""
    return sum(_reseal(connection, sealer, column) for column in COLUMNS)


def factors_under(connection: Connection) -> dict[int, int]:
    """How many secrets are under each key, waiting ones among them."""
    found: dict[int, int] = {}
    for _, blob in (pair for column in COLUMNS for pair in _held(connection, column)):
        found[key_id(blob)] = found.get(key_id(blob), 0) + 1
    return found


def _reseal(connection: Connection, sealer: Sealer, column: str) -> int:
    rows = [(person, blob) for person, blob in _held(connection, column) if key_id(blob) != sealer.current]
    anew = [(person, blob, new) for person, blob in rows if (new := _anew(sealer, person, blob))]
    if not anew:
        return 0
    people, was, now = (list(part) for part in zip(*anew, strict=True))
    given = (column, people, was, now)
    sql = "SELECT gate.reseal_factors(%s, %s::bigint[], %s::bytea[], %s::bytea[])"
    return int(connection.exec_driver_sql(sql, given).scalar_one())


def _anew(sealer: Sealer, person: int, blob: bytes) -> bytes | None:
    try:
        return sealed(sealer, unsealed(sealer, blob, person), person)
    except SealBroken:
        return None  # it opens for nobody; a reset is all that helps


def _held(connection: Connection, column: str) -> Iterator[tuple[int, bytes]]:
    sql = f"SELECT user_id, {column} FROM gate.factor WHERE {column} IS NOT NULL ORDER BY user_id"
    for person, blob in connection.exec_driver_sql(sql):
        yield person, bytes(blob)
