"""Restores a backup: a database beside the live one, held against the manifest, and only then put in its place."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from psycopg import Connection, errors, sql
from psycopg.types.json import Jsonb

from app.access.key_file import sealer_of
from app.access.keys import SignInKeys
from app.audit.places import checkpoint_places
from app.backup import packs, rebuild, shelf
from app.backup.keys import Escrow, Keys
from app.backup.lock import alone
from app.backup.manifest import Manifest
from app.backup.places import target_of
from app.backup.rebuild import Checked
from app.backup.refusals import NEWER, NO_ROOM, OTHER_KEYS, Unusable
from app.backup.server import Server
from app.backup.target import Target
from app.core.errors import Refusal
from app.core.label import Label
from app.db import migrate
from app.db.admit import admit
from config import Config

MAKING, ASIDE = "_restoring_", "_before_"  # in the names of databases that are being made, or were put aside
TRIES = 40
MIB = 1024 * 1024
RUNNING = Label(
    "系统正在运行（{count} 个连接）。停止后再恢复；或加 --while-running：切换时所有人会断开一次。",
    "The system is running ({count} connections). Stop it first, or say --while-running: everybody is cut off once.",
)
CROWDED = Label(
    "数据库 {name} 一直有连接，没有切换；原来的数据没有动。",
    "The database {name} would not be left alone; nothing was switched and the live data is untouched.",
)
_SESSIONS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()
   AND application_name <> 'forecourt backup'
"""
_LEAVE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY (%s) AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    checked: Checked
    files: int
    aside: str | None  # the database that was live before
    seconds: float


def restore(
    config: Config, name: str | None = None, *, while_running: bool = False, say: Callable[[Label], None]
) -> Restored:
    """Puts a backup, or the newest, in the place of the live database; until the last moment that one is untouched."""
    began, target, keys = time.monotonic(), target_of(config), Keys.of(config)
    with alone(config.home / ".restore.lock", patience=0), target.reading():
        held = shelf.look(target, keys.signer.public_key()).pick(name)
        manifest, live = held.manifest, Server.of(config, "administrator")
        demand_fit(config, manifest)
        if config.database_url is None:
            demand_space(config, manifest)
        if not while_running:
            demand_quiet(live)
        say(Label(f"正在核对备份 {manifest.name}", f"Checking the backup {manifest.name}"))
        shelf.check(target, manifest)
        with beside(live) as made:
            say(Label("正在恢复到新的数据库", "Restoring into a new database"))
            checked = build(config, target, keys, manifest, made)
            begin_anew(made, _ended_tokens(live), SignInKeys.parse(config.secret("password_pepper")).proof)
            note(made, manifest, shelf.named(target))
            files = packs.unpack(target, manifest, [keys.identity], packs.shelf_of(config.home))
            say(Label("已核对，正在切换", "All is as it was; switching"))
            aside = switch(made, live, checkpoint_places(config))
        seconds = time.monotonic() - began
        with suppress(Refusal):  # a folder that is only lent for reading proves it all the same
            shelf.prove(target, manifest, datetime.now(UTC), seconds, keys.signer)
    return Restored(manifest, checked, files, aside, seconds)


@contextmanager
def beside(live: Server) -> Iterator[Server]:
    """A database to be made beside the live one, dropped when the block fails; what killed restores left goes first."""
    for name in named(live, MAKING):
        live.beside(name).drop()
    made = live.beside(f"{stem(live.database)}{MAKING}{_stamp()}")
    try:
        yield made
    except BaseException:
        with suppress(psycopg.Error):
            made.drop()
        raise


def build(config: Config, target: Target, keys: Keys, manifest: Manifest, made: Server) -> Checked:
    """What was found right in the database that was made; it is of this program's revision then."""
    made.make()
    with made.connect() as connection:
        admit(connection, config)
    rebuild.fill(target, manifest, [keys.identity], made)
    checked = rebuild.demand_same(made, manifest, sealer_of(config), seal_key_of(config))
    migrate.upgrade(made.url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False))
    return checked


def demand_fit(config: Config, manifest: Manifest) -> None:
    """Refuses a backup this program or these keys cannot serve."""
    script = ScriptDirectory.from_config(migrate.settings())
    try:
        script.get_revision(manifest.revision)
    except CommandError:
        raise Unusable(NEWER.format(name=manifest.name, found=manifest.revision), "newer") from None
    ours = Escrow.of(config).current
    if manifest.keys and not Escrow.of(config).file(manifest.keys).is_file():
        raise Unusable(OTHER_KEYS.format(name=manifest.name, found=manifest.keys, ours=ours or "-"), "other_keys")


def demand_space(config: Config, manifest: Manifest) -> None:
    """Refuses before anything is written what the disk of the home would not hold."""
    free, need = shutil.disk_usage(config.home).free, manifest.database_bytes + config.disk_reserve_mb * MIB
    if free < need:
        told = {"need": need // MIB, "free": free // MIB, "folder": config.home}
        raise Unusable(NO_ROOM.format(**told), "no_room")


def demand_quiet(live: Server) -> None:
    """Refuses to restore under people who are working."""
    with live.beside("postgres").connect() as connection:
        row = connection.execute(_SESSIONS, (live.database,)).fetchone()
    if row and row[0]:
        raise Unusable(RUNNING.format(count=row[0]), "running")


def named(live: Server, kind: str) -> list[str]:
    """The databases beside the live one of a kind, oldest first."""
    with live.beside("postgres").connect() as connection:
        statement = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname"
        return [name for (name,) in connection.execute(statement, (f"{stem(live.database)}{kind}",))]


def begin_anew(made: Server, ended: list[bytes], proof: bytes) -> None:
    """What must not come back as it was: keys of tickets, open doors, stamps that caches go by, `ended` tokens."""
    with made.connect(autocommit=False) as connection:
        connection.execute("SELECT set_config('search_path', '', true)")
        connection.execute(
            "INSERT INTO gate.secret VALUES ('ticket', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
            " || uuid_send(gen_random_uuid())), ('sign_in', %s)",
            (proof,),
        )
        connection.execute("UPDATE gate.session SET ended_at = now(), ended_why = 'restored' WHERE ended_at IS NULL")
        connection.execute(
            "UPDATE gate.token SET ended_at = now() WHERE ended_at IS NULL AND token_hash = ANY (%s)", (ended,)
        )
        connection.execute("UPDATE gate.invitation SET expires_at = now() WHERE used_at IS NULL AND expires_at > now()")
        connection.execute("UPDATE gate.stamp SET access = access + 1000000, catalog = catalog + 1000000")


def note(made: Server, manifest: Manifest, there: list[str]) -> None:
    """Says in the restored database that it is one; of backups it knows, those not `there` were pruned since."""
    told = Jsonb({"backup": manifest.name, "made_at": manifest.made_at.isoformat()})
    with made.connect(autocommit=False) as connection:
        connection.execute("SELECT trail.note('restore', NULL, NULL, NULL, %s)", (told,))
        connection.execute(
            "INSERT INTO work.backup_act (act, backup, ended_at, ok) VALUES ('restore', %s, clock_timestamp(), true)",
            (manifest.name,),
        )
        connection.execute(
            "UPDATE work.backup SET gone = 'pruned', gone_at = now() WHERE gone IS NULL AND name <> ALL (%s)", (there,)
        )


def _ended_tokens(live: Server) -> list[bytes]:
    """Tokens that were ended since the backup: whoever lost one must not get it back."""
    if not live.exists():
        return []
    with live.connect() as connection:
        try:
            rows = connection.execute("SELECT token_hash FROM gate.token WHERE ended_at IS NOT NULL").fetchall()
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            return []  # an empty database
    return [bytes(one) for (one,) in rows]


def switch(made: Server, live: Server, notes: Iterable[Path]) -> str | None:
    """Gives the new database the live one's name in one transaction; answers under which name that one is kept.

    The notes of the trail that is left go aside while nobody can be connected to either: a kill before the end
    leaves the live database in its place, whose sealer then writes its notes anew.
    """
    stamp = _stamp()
    aside = f"{stem(live.database)}{ASIDE}{stamp}" if live.exists() else None
    with live.beside("postgres").connect() as connection:
        for _ in range(TRIES):
            connection.execute(_LEAVE, ([live.database, made.database],))
            try:
                with connection.transaction():
                    if aside:
                        _rename(connection, live.database, aside)
                    _rename(connection, made.database, live.database)
                    for place in notes:
                        if place.exists():
                            place.rename(place.with_name(f"{place.name}-before-{stamp}"))
            except errors.ObjectInUse:
                continue
            return aside
    raise Unusable(CROWDED.format(name=live.database), "crowded")


def _rename(connection: Connection, name: str, to: str) -> None:
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))


def seal_key_of(config: Config) -> Ed25519PublicKey:
    """The public key of the trail's seals."""
    return public_key((config.secrets_dir / "seal_key.pub").read_bytes())


def public_key(pem: bytes) -> Ed25519PublicKey:
    """The Ed25519 public key in a PEM file."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("seal_key.pub is no Ed25519 key")
    return key


def stem(database: str) -> str:
    """What the names of databases beside a live one begin with: a name has at most 63 bytes."""
    return database.encode()[:32].decode(errors="ignore")


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"
