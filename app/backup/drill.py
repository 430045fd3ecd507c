"""The drill: the newest backup is restored on a server of its own, with keys from the escrow, and timed."""

import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.engine import URL

from app.access.keys import FieldKeys
from app.access.seal import Sealer
from app.audit.checkpoint import Note, notes
from app.audit.places import checkpoint_places
from app.backup import packs, rebuild, shelf
from app.backup.keys import Escrow, Keys
from app.backup.lock import alone
from app.backup.manifest import Manifest
from app.backup.places import target_of
from app.backup.rebuild import Checked
from app.backup.refusals import FAILED, Unsound, Unusable
from app.backup.restore import demand_fit, demand_space, public_key
from app.backup.server import Server
from app.backup.shelf import Proof
from app.backup.target import Target
from app.core.clock import Clock, SystemClock
from app.core.label import Label
from app.db.embedded import Place, Postgres
from app.db.embedded import Unusable as NoServer
from app.db.embedded.postgres import FAST
from app.db.embedded.spawn import stop
from config import Config

MEMORY_MB = 64
OTHER_HISTORY = Label(
    "备份 {name} 的留痕末端（第 {batch} 批）与导出的检查点 {place} 不符。",
    "Backup {name}: the head of its trail (batch {batch}) contradicts the exported notes in {place}.",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What escrowed keys open."""

    identity: pyrage.x25519.Identity
    sealer: Sealer
    seal_key: Ed25519PublicKey

    @classmethod
    def of(cls, keys: Mapping[str, bytes]) -> Self:
        """The keys as an escrow file gives them."""
        identity = pyrage.x25519.Identity.from_str(keys["backup_identity"].decode().strip())
        sealer = Sealer(FieldKeys.parse(keys["field_keys.json"], keys["index_key"]))
        return cls(identity, sealer, public_key(keys["seal_key.pub"]))


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill proved."""

    manifest: Manifest
    proof: Proof
    checked: Checked
    files: int

    @property
    def told(self) -> Mapping[str, Any]:
        """What was compared, as the ledger keeps it."""
        found = self.checked
        compared = {"tables": found.tables, "rows": found.rows, "entries": found.entries, "opened": found.opened}
        return {"seconds": self.proof.seconds, **compared, "files": self.files}


def drill(config: Config, name: str | None = None, *, clock: Clock | None = None) -> Drilled:
    """Restores a backup, or the newest, where it harms nobody; raises at the first thing that is not as it was.

    The keys come from the escrow file alone, so that it is proven too.
    """
    began, target, keys = time.monotonic(), target_of(config), Keys.of(config)
    with alone(config.home / ".drill.lock", patience=0), target.reading():
        manifest = shelf.look(target, keys.signer.public_key()).pick(name).manifest
        demand_fit(config, manifest)
        demand_space(config, manifest)
        shelf.check(target, manifest)
        escrowed = Escrow.of(config).open(manifest.keys, config.secret("recovery_code").decode())
        demand_history(config, manifest)
        checked, files = _rehearse(config, target, manifest, Opened.of(escrowed))
        now = (clock or SystemClock()).now()
        proof = shelf.prove(target, manifest, now, time.monotonic() - began, keys.signer)
    return Drilled(manifest, proof, checked, files)


def _rehearse(config: Config, target: Target, manifest: Manifest, opened: Opened) -> tuple[Checked, int]:
    with scratch(config.home / "drill") as server:
        server.make()
        rebuild.fill(target, manifest, [opened.identity], server)
        checked = rebuild.demand_same(server, manifest, opened.sealer, opened.seal_key)
    return checked, packs.unpack(target, manifest, [opened.identity], None)


@contextmanager
def scratch(home: Path) -> Iterator[Server]:
    """The administrator's way into an empty database of a server that lives in `home` and ends with the block.

    What an earlier drill left when it was killed is ended and removed first.
    """
    postgres = Postgres(Place.prepare(home), MEMORY_MB, durable=False)
    _remove(postgres)
    postgres = Postgres(Place.prepare(home), MEMORY_MB, durable=False)
    password = secrets.token_urlsafe(32)
    try:
        postgres.create(password)
        process = postgres.start()
        try:
            postgres.wait(process)
            yield _server(postgres, password)
        finally:
            stop(process, FAST)
    except NoServer as error:
        raise Unusable(FAILED.format(tool="PostgreSQL", why=error), "no_scratch") from error
    finally:
        _remove(postgres)


def _server(postgres: Postgres, password: str) -> Server:
    query = {"host": str(postgres.place.sockets)}
    return Server(URL.create("postgresql", "postgres", password, database="drill", query=query))


def _remove(postgres: Postgres) -> None:
    """Ends a server that still runs there and removes all of it: what it held was nobody's to read."""
    if postgres.exists:
        postgres.settle()
    shutil.rmtree(postgres.place.sockets, ignore_errors=True)
    shutil.rmtree(postgres.place.home)


def demand_history(config: Config, manifest: Manifest) -> None:
    """Refuses a backup whose trail ends in a batch that was exported otherwise: one of the two was tampered with."""
    if manifest.trail is None:
        return
    for place in filter(Path.exists, checkpoint_places(config)):
        exported = (note.batch for note in notes(place) if isinstance(note, Note))
        for batch in exported:
            if batch.no == manifest.trail.batch and batch.head.hex() != manifest.trail.head:
                raise Unsound(OTHER_HISTORY.format(name=manifest.name, batch=batch.no, place=place))
