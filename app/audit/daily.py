"""The trail checks itself: the whole chain once a day, and what was found stays in the database."""

import threading
from time import monotonic

import psycopg
import structlog
from psycopg import Connection

from app.audit.command import describe
from app.audit.note import private_key
from app.audit.places import checkpoint_places, connect
from app.audit.verdict import Verdict
from app.audit.verify import verify
from config import Config

EVERY = 86_400.0  # seconds from one check to the next
LOOKS = 300.0  # seconds between two looks whether it is time; the chain of a new installation has a moment to begin
_DUE = (
    "SELECT coalesce(max(at) < clock_timestamp() - make_interval(secs => %s), true)"
    " AND EXISTS (SELECT FROM trail.batch) FROM trail.checked"
)
_KEEP = (
    "INSERT INTO trail.checked (entries, batches, sound, first_damage, unchecked, seconds)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)

log = structlog.get_logger("trail")


def check_daily(config: Config, stop: threading.Event) -> None:
    """Checks the chain when a day has passed since the last check, until `stop` is set; outlives a lost database."""
    while not stop.wait(LOOKS):
        try:
            with connect(config) as connection:
                if is_due(connection):
                    check(config, connection)
        except psycopg.OperationalError as error:
            log.warning("trail_check_waits", reason=type(error).__name__)


def is_due(connection: Connection) -> bool:
    """Whether it is time, and there is a chain to check."""
    row = connection.execute(_DUE, (EVERY,)).fetchone()
    return bool(row and row[0])


def check(config: Config, connection: Connection) -> bool:
    """Whether the chain is sound beside every place of exported notes; what was found is kept."""
    key = private_key(config.secret("seal_key")).public_key()
    started = monotonic()
    found = [verify(connection, place, key) for place in checkpoint_places(config)]
    worst = next((one for one in found if not one.is_sound), found[0])
    unchecked = [label.zh for one in found for label in (*one.incomplete,)] + [
        name for one in found for name in one.gaps
    ]
    connection.execute(
        _KEEP,
        (worst.entries, worst.batches, worst.is_sound, damage(worst), unchecked, monotonic() - started),
    )
    if not worst.is_sound:
        log.critical("trail_damaged", first=damage(worst), findings=worst.findings)
    return worst.is_sound


def damage(verdict: Verdict) -> str | None:
    """The first damage in words, or None of a sound chain."""
    return None if verdict.first is None else next(describe(verdict)).zh
