"""Backups in an S3-compatible store: the same promises as in a folder, with a real server that is also killed."""

import os
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import obstore
import pytest

from app.backup import lock, marks, packs, shelf
from app.backup.create import create
from app.backup.drill import drill
from app.backup.keys import Keys
from app.backup.parts import Pieces, write
from app.backup.places import target_of
from app.backup.prune import prune
from app.backup.refusals import Unusable
from app.backup.restore import restore
from app.backup.store import BLOCK, Store
from app.core.errors import Busy
from tests.backup.conftest import in_store, opened_vault, quiet
from tests.backup.s3 import KEY

MIB = 1024 * 1024


@pytest.fixture
def vault(built, home, s3):
    """An installation whose backups go to a store."""
    with opened_vault(built, home) as made:
        made.upload("第一份合同\n".encode())
        made.seal()
        yield in_store(made, s3)


def stored(vault) -> set[str]:
    """What lies in the bucket's folder, without what this server itself leaves of an upload it died in."""
    found = (path for path in vault.folder.rglob("*") if path.is_file() and not path.name.startswith(".rclone_temp"))
    return {path.relative_to(vault.folder).as_posix() for path in found}


@pytest.mark.timeout(120)
def test_a_backup_lives_in_a_store_from_its_making_to_its_end(vault, monkeypatch):
    first = vault.create()
    vault.upload(b"another\n")
    second = vault.create()
    assert vault.names() == [first.name, second.name]
    for held in vault.look().backups:
        shelf.check(vault.target, held.manifest)
    assert {part.name for part in (*second.parts, *second.packs)} < stored(vault)
    vault.premises.run("UPDATE store SET city = '不该在'")
    done = restore(vault.config, second.name, say=quiet)
    assert (done.files, vault.premises.one("SELECT count(*) FROM store WHERE city = '不该在'")) == (2, 0)
    monkeypatch.setattr("app.backup.retention.PERIODS", {})
    monkeypatch.setattr("app.backup.retention.LEAST", 1)
    assert prune(vault.config) == [first.name]
    assert vault.names() == [second.name]
    assert vault.look().pick(second.name).proof is not None
    assert stored(vault) == {part.name for part in (*second.parts, *second.packs)} | {
        f"{second.name}/manifest.note",
        f"{second.name}/proof.note",
    }


@pytest.mark.slow
def test_a_drill_reads_from_a_store(vault):
    made = vault.create()
    assert drill(vault.config).manifest.name == made.name
    assert vault.look().pick(made.name).proof is not None


def test_a_store_that_dies_halfway_is_said_and_nothing_half_is_listed(vault, s3, monkeypatch):
    monkeypatch.setattr("app.backup.store.PATIENCE", timedelta(seconds=1))
    first = vault.create().name
    pack = packs.pack

    def die(*given):
        s3.kill()
        return pack(*given)

    monkeypatch.setattr(packs, "pack", die)
    vault.upload(b"more\n")
    try:
        with pytest.raises(Unusable, match="no half of a backup was left"):
            vault.create()
        with pytest.raises(Unusable, match="cannot be used"):
            vault.look()
    finally:
        s3.start()
    monkeypatch.undo()
    assert vault.names() == [first]
    monkeypatch.setattr(marks, "LEASE", timedelta(seconds=2))
    time.sleep(2)  # the mark it could not take away runs out
    vault.create()
    assert len({name.partition("/")[0] for name in stored(vault)} - {"packs", "marks"}) == 2


def test_a_store_that_dies_in_the_middle_of_an_object_leaves_no_object(vault, s3, monkeypatch):
    monkeypatch.setattr("app.backup.store.PATIENCE", timedelta(seconds=1))
    target = vault.target

    def dying():
        for n in range(2 * BLOCK // MIB + 8):
            if n == BLOCK // MIB + 4:
                s3.kill()
            yield os.urandom(MIB)

    try:
        with pytest.raises(Unusable, match="cannot be used"):
            write(target, "20261122T000000Z-abcd/database.age", Pieces(dying()), Keys.of(vault.config).recipients)
    finally:
        s3.start()
    assert stored(vault) == set()


def test_a_large_object_travels_in_blocks_and_comes_back_as_it_was(vault):
    target, told = vault.target, os.urandom(2 * BLOCK + 12345)
    with target.draft("20261122T000000Z-abcd/database.age") as draft:
        for start in range(0, len(told), MIB):
            draft.write(told[start : start + MIB])
        assert target.names() == []
        draft.keep()
    assert target.size("20261122T000000Z-abcd/database.age") == len(told)
    with target.open("20261122T000000Z-abcd/database.age") as file:
        assert file.read() == told
    with target.draft("20261122T000000Z-abcd/files.age") as draft:
        draft.write(told)
    assert target.names() == ["20261122T000000Z-abcd/database.age"]


def test_an_object_that_shrank_on_its_way_was_not_kept(vault, monkeypatch):
    with monkeypatch.context() as patch, vault.target.draft("20261122T000000Z-abcd/files.age") as draft:
        draft.write(b"whole")
        patch.setattr("app.backup.store.obstore.head", lambda *_: {"size": 3})
        with pytest.raises(Unusable, match=r"3 ≠ 5"):
            draft.keep()
    assert vault.target.names() == []


def test_wrong_or_missing_credentials_and_buckets_are_said(vault, s3):
    file = vault.config.secrets_dir / "backup_s3"
    told = file.read_text()
    for wrong in (f"{KEY}\nnot-the-secret\n", "NOBODYSKEY\nx-secret\n"):
        file.write_text(wrong)
        with pytest.raises(Unusable, match="does not accept the access key"):
            vault.create()
        with pytest.raises(Unusable, match="does not accept the access key"):
            vault.look()
    file.write_text("only-one-line\n")
    with pytest.raises(Unusable, match="credentials are missing"):
        vault.create()
    file.unlink()
    with pytest.raises(Unusable, match=r"credentials are missing: .*backup_s3"):
        vault.create()
    file.write_text(told)
    with pytest.raises(Unusable, match="no such bucket"):
        create(replace(vault.config, backup_target=s3.address("nowhere")).as_process("backup"))
    vault.create()


def test_only_who_backs_up_reads_the_credentials(vault):
    for process in ("web", "worker", "schema", "sealer", "parent"):
        with pytest.raises(PermissionError):
            target_of(vault.config.as_process(process))


def test_two_writers_are_kept_apart_and_so_are_readers_and_who_prunes(vault, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.5)
    one, other = vault.target, vault.target
    with one.exclusive(), pytest.raises(Busy), other.exclusive():
        pass
    with one.reading(), other.reading(), pytest.raises(Busy), other.reading(only=True):
        pass
    with one.reading(only=True), pytest.raises(Busy), other.reading():
        pass
    assert stored(vault) == set()


def test_of_many_who_ask_at_once_never_two_have_it(vault, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 20)
    inside, most, had = [], [], []

    def ask():
        with vault.target.exclusive():
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.05)
            inside.pop()
        had.append(1)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (max(most), len(had)) == (1, 3)


def written(path: Path) -> float | None:
    """When a file was last written; None while it is not there."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None


def test_a_mark_is_renewed_while_its_holder_lives(vault, monkeypatch):
    monkeypatch.setattr(marks, "LEASE", timedelta(seconds=2))
    with vault.target.exclusive():
        (mark,) = (vault.folder / "marks").iterdir()
        made, deadline = mark.stat().st_mtime, time.monotonic() + 30
        while written(mark) in (made, None):  # this server takes a file away before it writes the next
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert not mark.exists()


def test_a_dead_ones_mark_runs_out(vault, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    obstore.put(vault.target.objects, "marks/writing-dead", b"x")
    with pytest.raises(Busy), vault.target.exclusive():
        pass
    monkeypatch.setattr(marks, "LEASE", timedelta(seconds=1))
    time.sleep(1.1)
    with vault.target.exclusive():
        pass


def test_who_could_not_renew_his_mark_writes_no_more(vault, s3, monkeypatch):
    monkeypatch.setattr(marks, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr("app.backup.store.PATIENCE", timedelta(milliseconds=200))
    with ExitStack() as stack:
        target = vault.target
        stack.enter_context(target.exclusive())
        draft = stack.enter_context(target.draft("20261122T000000Z-abcd/files.age"))
        s3.kill()
        assert target.marks._lost.wait(30)
        s3.start()
        draft.write(b"late")
        with pytest.raises(Unusable, match="its mark ran out"):
            draft.keep()
        with pytest.raises(Unusable, match="its mark ran out"):
            target.remove("20261122T000000Z-abcd/files.age")
    assert vault.names() == []


def test_a_store_others_use_too_is_shared_by_prefix(vault, s3):
    (vault.folder / "photos").mkdir()
    (vault.folder / "photos" / "manifest.note").write_text("theirs")
    below = replace(vault.config, backup_target=s3.address(vault.folder.name, "forecourt/main"))
    made = create(below.as_process("backup"))
    assert (vault.folder / "forecourt" / "main" / made.name / "manifest.note").exists()
    assert vault.names() == []
    vault.create()
    assert (vault.folder / "photos" / "manifest.note").read_text() == "theirs"
    assert isinstance(vault.target, Store)
