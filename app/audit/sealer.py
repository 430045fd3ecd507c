"""The sealer: a loop that seals what was committed and exports the signed notes."""

import threading
from collections.abc import Sequence
from time import monotonic

import psycopg
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection, errors

from app.audit.checkpoint import Folder
from app.audit.daily import check_daily
from app.audit.note import NotANote, private_key
from app.audit.places import checkpoint_places, connect
from app.audit.seal import AT_MOST, ChainBroken, export, seal_next
from config import Config

LEADER = 0x7365616C  # the advisory lock of the one sealer at work
AHEAD = 3  # months for which partitions are made
_DAY = 86_400.0
_SOON = 60.0
LAST_WORDS = 1.5  # seconds; a stop waits three for the sealer

log = structlog.get_logger("trail")


def run(config: Config, stop: threading.Event) -> None:
    """Seals until `stop` is set; waits its turn while another sealer is at work, and outlives a lost database."""
    signer = private_key(config.secret("seal_key"))
    folders = [Folder(path) for path in checkpoint_places(config)]
    checking = threading.Thread(target=check_daily, args=(config, stop), name="trail check", daemon=True)
    checking.start()
    while not stop.is_set():
        try:
            with connect(config) as connection:
                _lead(connection, signer, folders, stop, config.seal_interval_seconds)
        except psycopg.OperationalError as error:
            log.warning("sealer_waits", reason=str(error).splitlines()[0] if str(error) else type(error).__name__)
            stop.wait(1)


def _lead(
    connection: Connection, signer: Ed25519PrivateKey, folders: Sequence[Folder], stop: threading.Event, every: float
) -> None:
    upkeep = Upkeep()
    leads = False
    while not stop.is_set():
        leads = leads or try_lead(connection)
        sealed = 0
        if leads:
            upkeep.run(connection)
            sealed = work(connection, signer, folders)
        if sealed < AT_MOST:
            stop.wait(every)
    if leads:
        _flush(connection, signer, folders)


def _flush(connection: Connection, signer: Ed25519PrivateKey, folders: Sequence[Folder]) -> None:
    """Seals what was written up to the stop, as far as the time of a stop allows; the rest waits for the next start."""
    until = monotonic() + LAST_WORDS
    while work(connection, signer, folders) and monotonic() < until:
        pass


def try_lead(connection: Connection) -> bool:
    """Whether this connection became the one that seals; it stays so until it ends."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
    return bool(row and row[0])


def work(connection: Connection, signer: Ed25519PrivateKey, folders: Sequence[Folder]) -> int:
    """One round: export what a crash left over, seal, export; answers how many entries were sealed.

    Nothing is sealed onto a chain that contradicts an exported note: that would bury the evidence.
    """
    agree = [_export(connection, folder) for folder in folders]
    if not all(agree):
        return 0
    sealed = seal_next(connection, signer)
    for entry_id, reason in sealed.refused:
        log.critical("trail_entry_refused", entry=entry_id, reason=reason)
    if sealed.batch is not None:
        for folder in folders:
            _export(connection, folder)
    return sealed.entries


def _export(connection: Connection, folder: Folder) -> bool:
    """Whether a folder's notes agree with the database; one that cannot be written now is caught up later."""
    try:
        while export(connection, folder):
            pass
    except (ChainBroken, NotANote) as error:
        log.critical("trail_chain_broken", folder=str(folder.path), reason=str(error))
        return False
    except OSError as error:
        log.error("checkpoint_not_written", folder=str(folder.path), reason=str(error))  # noqa: TRY400 - the reason says it
    return True


class Upkeep:
    """Makes the coming months' partitions once a day, giving way to whoever holds the tables."""

    def __init__(self) -> None:
        self._next = 0.0

    def run(self, connection: Connection) -> None:
        """Makes them when it is time."""
        if monotonic() < self._next:
            return
        try:
            with connection.transaction():
                connection.execute("SET LOCAL lock_timeout = '80ms'")
                connection.execute("SELECT trail.extend(%s)", (AHEAD,))
            self._next = monotonic() + _DAY
        except errors.LockNotAvailable:
            self._next = monotonic() + _SOON
