"""Whether this process should be given requests, and what an operator should look at."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import redis
from sqlalchemy.exc import SQLAlchemyError

from app.access.seal import SealBroken, key_id
from app.backup.ledger import alarms
from app.db.migrate import newest
from app.heads.house import House
from app.heads.vitals import ask
from app.process import ending

MEGA = 1024 * 1024
LEAST_PART = 0.05  # of a disk that stays free, whatever is set in megabytes
UNSEALED = 60.0  # seconds after which the seals of the trail are late
AHEAD = 1.0  # seconds between two clocks that somebody should look at; a start refuses two
NOBODY = UUID(int=0)

Part = Callable[[House], str]


def database(here: House) -> str:
    """Whether a write is taken, and by the schema this version was made for."""
    try:
        (found,) = ask(here.database, "SELECT work.ping()")
    except SQLAlchemyError as error:
        return type(getattr(error, "orig", None) or error).__name__
    return "ok" if found == newest() else f"schema {found}, not {newest()}"


def keys(here: House) -> str:
    """Whether what is sealed here can be opened here."""
    try:
        sealed = here.sealer.seal("ready", "readiness", "probe", NOBODY)
        return "ok" if here.sealer.open(sealed, "readiness", "probe", NOBODY) == "ready" else "broken"
    except (SealBroken, KeyError) as error:
        return type(error).__name__


def key_version(here: House) -> int:
    """The number of the key that seals."""
    return key_id(here.sealer.seal("", "readiness", "probe", NOBODY))


def disk(here: House) -> str:
    """Whether there is room to write."""
    return "full" if is_full(here.config.home, here.config.disk_reserve_mb) else "ok"


def is_full(folder: Path, reserve_mb: int) -> bool:
    """Whether less is free than the reserve, or than a twentieth of the disk; never where no reserve is wanted."""
    usage = shutil.disk_usage(folder)
    return bool(reserve_mb) and usage.free < max(reserve_mb * MEGA, usage.total * LEAST_PART)


def serving(_: House) -> str:
    """Whether the installation goes on; once told to stop it takes no new requests."""
    return "stopping" if ending.told() else "ok"


def queue(here: House) -> str:
    """Whether Valkey answers; without it work waits in the database."""
    try:
        with redis.Redis.from_url(here.config.redis(), socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return type(error).__name__
    return "ok"


def seals(here: House) -> str:
    """Whether the trail is sealed in time and its last check found it sound."""
    vitals = here.watch.look(here.database)
    if vitals is None:
        return "unknown"
    if vitals.trail["sound"] is False:
        return "damaged"
    return "late" if vitals.trail["unsealed"] > UNSEALED else "ok"


def work(here: House) -> str:
    """Whether some work was given up and waits for somebody's judgement."""
    vitals = here.watch.look(here.database)
    if vitals is None:
        return "unknown"
    return f"{vitals.work['dead']} dead" if vitals.work["dead"] else "ok"


def clock(here: House) -> str:
    """Whether the database's clock and ours agree."""
    vitals = here.watch.look(here.database)
    if vitals is None:
        return "unknown"
    return f"{vitals.ahead:+.1f} s" if abs(vitals.ahead) > AHEAD else "ok"


def backup(here: House) -> str:
    """What somebody should look at about backups, by code."""
    try:
        with here.database.announced("", "readyz") as (connection, _):
            return ", ".join(alarm.code for alarm in alarms(connection)) or "ok"
    except SQLAlchemyError as error:
        return type(error).__name__


# Without the first no request can be answered well; the others are somebody's to look at while requests go on.
NEEDED: Mapping[str, Part] = MappingProxyType({"database": database, "keys": keys, "disk": disk, "serving": serving})
WATCHED: Mapping[str, Part] = MappingProxyType(
    {"queue": queue, "seals": seals, "work": work, "clock": clock, "backup": backup}
)


def ready(here: House) -> tuple[bool, dict[str, str]]:
    """Whether requests should come here, and how each part fares: `status` first, then "ok" or what is wrong."""
    needed = {name: part(here) for name, part in NEEDED.items()}
    watched = {name: part(here) for name, part in WATCHED.items()}
    up = set(needed.values()) == {"ok"}
    status = "degraded" if set(watched.values()) != {"ok"} else "ok"
    return up, {"status": status if up else "down", **needed, **watched}
