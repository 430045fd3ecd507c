"""Full disks, targets that vanish, two at once: a clear refusal, and nothing half."""

import os
import resource
import shutil
from dataclasses import replace

import pytest

from app.audit.checkpoint import Folder as Notes
from app.audit.checkpoint import notes
from app.audit.note import key_id, private_key
from app.backup import lock, packs
from app.backup.create import create
from app.backup.drill import drill
from app.backup.refusals import Unsound, Unusable
from app.backup.restore import restore
from app.backup.server import Server
from app.backup.target import Folder
from app.core.errors import Busy
from config import Config
from tests.backup.conftest import quiet


def test_a_full_disk_is_said_and_leaves_no_half(vault):
    first = vault.create().name
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (0, 4_000, 100_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(Unusable, match="is full"):
                vault.create()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert vault.names() == [first]
        assert [*vault.folder.glob(".forecourt-new-*")] == []
    assert len({vault.create().name, *vault.names()}) == 2


def test_too_little_room_is_refused_before_anything_is_written(vault):
    vault.config = replace(vault.config, disk_reserve_mb=10**9)
    with pytest.raises(Unusable, match="is full"):
        vault.create()
    assert [path for path in vault.folder.iterdir() if path.is_dir()] == []


def test_a_target_that_is_not_mounted_is_not_made(vault):
    away = vault.config.home / "not-mounted"
    with pytest.raises(Unusable, match="disk mounted"):
        create(replace(vault.config, backup_target=away).as_process("backup"))
    assert not away.exists()


def test_a_target_that_vanishes_halfway_is_said(vault, monkeypatch):
    first = vault.create().name
    pack, away = packs.pack, vault.config.home / "away"

    def vanish(*given):
        vault.folder.rename(away)
        return pack(*given)

    monkeypatch.setattr(packs, "pack", vanish)
    with pytest.raises(Unusable, match="no half of a backup"):
        vault.create()
    monkeypatch.undo()
    away.rename(vault.folder)
    assert vault.names() == [first]
    vault.create()
    assert len({path.name for path in vault.folder.iterdir() if path.is_dir()}) == 3  # two backups, and packs


def test_a_dump_that_fails_is_said_in_its_own_words(vault):
    vault.premises.run("REVOKE pg_read_all_data FROM forecourt_backup")
    try:
        with pytest.raises(Unusable, match=r"pg_dump failed: .*permission denied"):
            vault.create()
    finally:
        vault.premises.run("GRANT pg_read_all_data TO forecourt_backup WITH INHERIT TRUE, SET FALSE")
    assert vault.names() == []


def test_two_at_once_are_kept_apart(vault, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with Folder.of(vault.config).exclusive(), pytest.raises(Busy):
        vault.create()
    vault.create()


def test_what_others_keep_in_the_folder_is_left_alone(vault):
    (vault.folder / "photos").mkdir()
    (vault.folder / "photos" / "manifest.note").write_text("theirs")
    (vault.folder / "20200101T000000Z-abcd").mkdir()
    (vault.folder / "20200101T000000Z-abcd" / "half.age").write_text("ours, killed")
    vault.create()
    assert (vault.folder / "photos" / "manifest.note").exists()
    assert not (vault.folder / "20200101T000000Z-abcd").exists()


def test_files_are_packed_once_and_again_when_their_pack_is_gone(vault):
    first, second = vault.create(), vault.create()
    assert first.packs == second.packs
    vault.upload(b"third\n")
    third = vault.create()
    assert set(first.packs) < set(third.packs)
    shutil.rmtree(vault.folder / packs.FOLDER)
    fourth = vault.create()
    assert fourth.files == 3
    assert len(fourth.packs) == 1


def test_many_packs_become_few(vault, monkeypatch):
    monkeypatch.setattr(packs, "MOST", 4)
    for n in range(9):
        vault.upload(os.urandom(8).hex().encode() + b"\n" + bytes(str(n), "ascii"))
        made = vault.create()
    assert made.files == 11
    assert len(made.packs) <= 5
    assert packs.unpack(vault.target, made, [keys_of(vault.config).identity], None) == 11


def keys_of(config: Config):
    from app.backup.keys import Keys

    return Keys.of(config)


def test_a_second_restore_or_drill_at_once_is_refused(vault):
    vault.create()
    for name, act in (("restore", restore_of), ("drill", drill)):
        with lock.alone(vault.config.home / f".{name}.lock"), pytest.raises(Busy):
            act(vault.config)
    assert vault.beside() == [vault.config.database]


def restore_of(config: Config):
    return restore(config, say=quiet)


def test_what_the_disk_would_not_hold_is_not_begun(vault):
    vault.create()
    vault.config = replace(vault.config, disk_reserve_mb=10**9)
    for act in (restore_of, drill):
        with pytest.raises(Unusable, match="Not enough room"):
            act(vault.config)
    assert vault.beside() == [vault.config.database]


def test_a_restore_whose_disk_fills_up_leaves_the_live_database(vault, monkeypatch):
    vault.create()
    run = Server.run

    def starved(self, tool, *arguments, **rest):
        return run(self, tool, *arguments, "--table=nowhere", "--strict-names", **rest)

    monkeypatch.setattr(Server, "run", starved)
    with pytest.raises(Unusable, match=r"pg_restore failed: .*nowhere"):
        restore_of(vault.config)
    assert vault.beside() == [vault.config.database]


def test_a_trail_that_contradicts_the_exported_notes_fails_the_drill(vault):
    vault.create()
    (note,) = (vault.config.home / "checkpoints").glob("*.notes")
    key = private_key(vault.config.secret("seal_key"))
    last = [*notes(note)][-1]
    forged = replace(last.batch, root=bytes(32))
    other = replace(
        last, batch=forged, text=forged.text, key=key_id(key.public_key()), signature=key.sign(forged.text.encode())
    )
    note.unlink()
    Notes(vault.config.home / "checkpoints").append([other])
    with pytest.raises(Unsound, match="contradicts the exported notes"):
        drill(vault.config)
