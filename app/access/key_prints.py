"""What the database knows keys by, so that a lost or foreign key file is noticed before anything is sealed under it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from app.access.keys import INDEX, FieldKeys, KeyFileError

log = logging.getLogger(__name__)

LOST = (
    "密钥丢失：数据库里有用密钥 {names} 加密的数据，而密钥文件里没有。"
    "请用密钥托管文件恢复：python run.py backup keys restore <托管文件> --replace · "
    "Keys are lost: values in the database are sealed under {names}, which the key files do not hold. "
    "Bring them back from the escrow: python run.py backup keys restore <escrow file> --replace"
)
FOREIGN = (
    "密钥不符：密钥文件里的 {names} 不是本数据库的密钥。没有改动任何数据。"
    "请用密钥托管文件恢复：python run.py backup keys restore <托管文件> --replace · "
    "Foreign keys: {names} in the key files are not this database's. Nothing was changed. "
    "Bring the right ones back from the escrow: python run.py backup keys restore <escrow file> --replace"
)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key the database was once told of: by its number, or as that of blind indexes."""

    name: str
    print: str
    first_used: datetime
    replaced_at: datetime | None
    retired_at: datetime | None


def known_keys(connection: Connection) -> dict[str, KnownKey]:
    """Every key there ever was, by name."""
    rows = connection.exec_driver_sql("SELECT name, print, first_used, replaced_at, retired_at FROM gate.known_keys()")
    return {row.name: KnownKey(*row) for row in rows}


def demand_keys(connection: Connection, keys: FieldKeys) -> None:
    """Refuses, as KeyFileError, keys that are not all that this database's values are sealed under."""
    prints = keys.prints
    needed = [one for one in known_keys(connection).values() if one.retired_at is None]
    foreign = [one.name for one in needed if prints.get(one.name, one.print) != one.print]
    if foreign:
        raise KeyFileError(FOREIGN.format(names=_told(foreign)))
    lost = [one.name for one in needed if one.name not in prints]
    if lost:
        raise KeyFileError(LOST.format(names=_told(lost)))


def demand_at_start(engine: Engine, keys: FieldKeys) -> None:
    """The same for a process that begins; a database that does not answer yet is held against the keys at its start."""
    try:
        with engine.connect() as connection:
            demand_keys(connection, keys)
    except OperationalError:
        log.warning("the database does not answer; the keys were not held against it")


def add_keys(connection: Connection, keys: FieldKeys) -> list[str]:
    """Tells the database of keys it does not know yet; answers their names. For the server's administrator."""
    new = keys.prints.keys() - known_keys(connection).keys()
    for name in sorted(new):
        values = (name, keys.prints[name], name == str(keys.current))
        connection.exec_driver_sql("SELECT gate.add_key(%s, %s, %s)", values)
    return sorted(new)


def _told(names: Iterable[str]) -> str:
    return ", ".join("index_key" if name == INDEX else f"#{name}" for name in sorted(names))
