"""The keys of sealed values: a new one is added and taken up, an old one taken away once nothing is under it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, create_engine, pool

from app.access.factor_seal import factors_under, reseal_factors
from app.access.key_file import FILE
from app.access.key_prints import KnownKey, add_keys, demand_at_start, demand_keys, known_keys
from app.access.keys import INDEX, LARGEST_ID, FieldKeys, KeyFileError
from app.access.proof import demand_opens
from app.access.seal import Sealer
from app.backup.keys import Escrow, write_private
from app.exchange.upload import Uploads
from app.jobs.announced import open_engine
from app.jobs.resealing import RESEAL, places
from app.outbox import enqueue
from config import Config

ALONE = 1_802_465_655  # advisory lock: one change of keys at a time
SETTLED = timedelta(hours=24)  # by then every process seals under the new key and every transaction of before has ended
FACTORS, UPLOADS = "second factors", "uploads"


@dataclass(frozen=True, slots=True)
class Standing:
    """One key: since when it is used, since when it seals no more, and what is under it, by place."""

    known: KnownKey
    seals: bool
    held: bool  # whether the key file holds it
    values: dict[str, int]

    @property
    def total(self) -> int:
        """How many values are under it."""
        return sum(self.values.values())


def read(config: Config) -> FieldKeys:
    """The keys of the files."""
    return FieldKeys.parse(config.secret(FILE), config.secret("index_key"))


@contextmanager
def administrator(config: Config) -> Iterator[Connection]:
    """A transaction of the server's administrator in the system's name, alone with the keys."""
    engine = create_engine(config.url("administrator"), poolclass=pool.NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT gate.announce_system('keys')")
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (ALONE,))
        yield connection


def admit(config: Config) -> list[str]:
    """Holds the files against the database at a start; the names of keys noted at their first use.

    Raises KeyFileError when values are sealed under keys the files do not hold.
    """
    with administrator(config) as connection:
        keys = read(config)
        if not known_keys(connection):  # nothing tells yet what is whose, so the values themselves must
            demand_opens(connection, Sealer(keys))
        demand_keys(connection, keys)
        return add_keys(connection, keys)


def hold(config: Config) -> None:
    """Holds the files against the database before a worker's command; KeyFileError when they are not its keys."""
    engine = open_engine(config)
    demand_at_start(engine, read(config))
    engine.dispose()


def rotate(config: Config) -> int:
    """The number of the new key, which seals from now on; every old value is put under it by a job.

    It is in escrow before it seals anything, and in the file before the database is told of it: killed between
    the two, the next start notes it, and the nightly job seals anew.
    """
    with administrator(config) as connection:
        keys = read(config)
        demand_keys(connection, keys)
        numbers = [int(name) for name in known_keys(connection) if name != INDEX]
        keys = keys.with_next(max([*numbers, *keys.keys]) + 1)
        if keys.current > LARGEST_ID:
            raise KeyFileError(f"{FILE}: no number above {LARGEST_ID} is left")
        put(config, keys)
        add_keys(connection, keys)
        reseal_factors(connection, Sealer(keys))
        enqueue(connection, RESEAL, {})
        return keys.current


def put(config: Config, keys: FieldKeys) -> None:
    """Keeps the keys in escrow, then puts the whole file in its place; processes take it up within a second."""
    Escrow.of(config).keep(config, {FILE: keys.written()})
    write_private(config.secrets_dir / FILE, keys.written())


def standings(config: Config) -> list[Standing]:
    """Every key there is or was but that of blind indexes, oldest first."""
    with administrator(config) as connection:
        keys, used = read(config), under(config, connection)
        known = sorted(
            (one for one in known_keys(connection).values() if one.name != INDEX), key=lambda one: int(one.name)
        )
        return [
            Standing(one, int(one.name) == keys.current, int(one.name) in keys.keys, used.get(int(one.name), {}))
            for one in known
        ]


def under(config: Config, connection: Connection) -> dict[int, dict[str, int]]:
    """How many values are under each key, by place; past row policies, nothing is left out."""
    counted = {place.name: place.under(connection) for place in places(connection)}
    counted |= {FACTORS: factors_under(connection), UPLOADS: Uploads(config.home, read(config)).under()}
    found: dict[int, dict[str, int]] = {}
    for place, numbers in counted.items():
        for number, count in numbers.items():
            found.setdefault(number, {})[place] = count
    return found


def retire(config: Config, number: int) -> None:
    """Takes a key away that seals no more for a day and that nothing is under; it stays in the older escrow files.

    The database forgets it first: killed before the file is written, the file holds one key too many, and doing it
    again finishes.
    """
    with administrator(config) as connection:
        keys = read(config)
        demand_keys(connection, keys)
        known = known_keys(connection).get(str(number))
        if known is None or number == keys.current or known.replaced_at is None:
            raise KeyFileError(
                f"密钥 {number} 不能停用：不存在或正在使用 · Key {number} is not known, or seals new values"
            )
        if known.retired_at is None:
            demand_settled(known)
            reseal_factors(connection, Sealer(keys))
            demand_unused(number, under(config, connection).get(number, {}))
            connection.exec_driver_sql("SELECT gate.retire_key(%s)", (str(number),))
    if number in keys.keys:
        put(config, keys.without(number))


def demand_settled(known: KnownKey) -> None:
    """Refuses a key that somebody may still be sealing under."""
    ready = (known.replaced_at or known.first_used) + SETTLED
    if datetime.now(UTC) < ready:
        raise KeyFileError(
            f"密钥 {known.name} 停用前须已换下 24 小时：{ready:%Y-%m-%d %H:%M} UTC 之后再试 · "
            f"Key {known.name} can be retired a day after it was replaced: try after {ready:%Y-%m-%d %H:%M} UTC"
        )


def demand_unused(number: int, used: dict[str, int]) -> None:
    """Refuses a key that values are still under."""
    if used:
        told = ", ".join(f"{place} {count}" for place, count in sorted(used.items()))
        raise KeyFileError(
            f"密钥 {number} 下还有 {sum(used.values())} 个值（{told}），不能停用 · "
            f"{sum(used.values())} values are still under key {number} ({told}); it stays"
        )
