"""What was done to a backup shows before anything is made of it, and the refusal names the part."""

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.backup import parts, shelf, signed
from app.backup.keys import Keys
from app.backup.manifest import Manifest
from app.backup.refusals import Unsound, Unusable
from app.backup.restore import demand_fit, restore
from tests.backup.conftest import Vault, in_store, opened_vault, quiet

FLIPS = 12  # bits of each part


@pytest.fixture(scope="module")
def kept(built, home) -> tuple[Vault, str, str]:
    """A vault whose folder holds two backups."""
    with opened_vault(built, home) as vault:
        vault.upload("第一份\n".encode())
        vault.seal()
        first = vault.create().name
        vault.premises.run("UPDATE store SET city = '北京'")
        vault.upload(b"another\n")
        yield vault, first, vault.create().name


EVERYWHERE = pytest.mark.parametrize("damaged", ["folder", "store"], indirect=True)


@pytest.fixture
def damaged(kept, tmp_path, s3, request) -> tuple[Vault, Path, str, str]:
    """The same on a copy of the folder, or of what lies in a store, that a test may damage."""
    vault, first, last = kept
    made = in_store(vault, s3) if getattr(request, "param", "folder") == "store" else None
    made = made or Vault(vault.premises, replace(vault.config, backup_target=tmp_path / "store"))
    shutil.copytree(vault.folder, made.folder, dirs_exist_ok=True)
    return made, made.folder, first, last


def everything(vault: Vault, name: str) -> list[str]:
    held = vault.look().pick(name).manifest
    return [part.name for part in (*held.parts, *held.packs)]


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    path.write_bytes(data)


def refusal(vault: Vault, name: str) -> str:
    with pytest.raises(Unsound) as raised:
        shelf.check(vault.target, vault.look().pick(name).manifest)
    return raised.value.label.en


def test_one_flipped_bit_in_any_part_is_found_and_the_part_is_named(damaged):
    vault, folder, _, last = damaged
    chance = random.Random(13)
    for part in everything(vault, last):
        whole = (folder / part).read_bytes()
        for _ in range(FLIPS):
            flip(folder / part, chance.randrange(len(whole) * 8))
            assert part in refusal(vault, last)
            (folder / part).write_bytes(whole)
    shelf.check(vault.target, vault.look().pick(last).manifest)


def test_a_flipped_bit_never_gets_through_decryption(damaged):
    vault, folder, _, last = damaged
    manifest = vault.look().pick(last).manifest
    keys, chance = Keys.of(vault.config), random.Random(14)
    part = manifest.part("database")
    whole = (folder / part.name).read_bytes()
    for _ in range(FLIPS):
        flip(folder / part.name, chance.randrange(len(whole) * 8))
        with pytest.raises((Unsound, Unusable)), (folder / "out").open("wb") as out:
            parts.read(vault.target, last, part, [keys.identity], out)
        (folder / part.name).write_bytes(whole)


@EVERYWHERE
@pytest.mark.parametrize("damage", ["truncated", "lengthened", "missing"])
def test_a_part_that_lost_or_gained_bytes_or_is_gone_is_named(damaged, damage):
    vault, folder, _, last = damaged
    for part in everything(vault, last):
        path, whole = folder / part, (folder / part).read_bytes()
        if damage == "missing":
            path.unlink()
        else:
            path.write_bytes(whole[:-7] if damage == "truncated" else whole + b"x")
        assert part in refusal(vault, last)
        path.write_bytes(whole)


@EVERYWHERE
def test_a_part_of_another_backup_is_no_part_of_this_one(damaged):
    vault, folder, first, last = damaged
    for kind in ("database", "files", "settings"):
        path = folder / last / f"{kind}.age"
        whole = path.read_bytes()
        path.write_bytes((folder / first / f"{kind}.age").read_bytes())
        assert f"{last}/{kind}.age" in refusal(vault, last)
        path.write_bytes(whole)


@EVERYWHERE
def test_swapped_packs_are_found(damaged):
    vault, folder, _, last = damaged
    one, two = (folder / pack.name for pack in vault.look().pick(last).manifest.packs)
    held = one.read_bytes(), two.read_bytes()
    one.write_bytes(held[1])
    two.write_bytes(held[0])
    assert "packs/" in refusal(vault, last)


@EVERYWHERE
def test_without_a_manifest_there_is_no_backup(damaged):
    vault, folder, first, last = damaged
    (folder / last / "manifest.note").unlink()
    assert vault.names() == [first]


def test_any_flipped_bit_of_a_manifest_takes_it_out_of_the_list(damaged):
    vault, folder, first, last = damaged
    path, chance = folder / last / "manifest.note", random.Random(15)
    whole = path.read_bytes()
    for _ in range(60):
        flip(path, chance.randrange(len(whole) * 8))
        found = vault.look()
        assert [held.manifest.name for held in found.backups] == [first]
        assert last in found.faults[last].label.en
        path.write_bytes(whole)


@pytest.mark.parametrize("damage", ["\N{OGHAM SPACE MARK}", "é", "=", "\0"])
def test_a_signature_of_other_letters_is_none(damaged, damage):
    vault, folder, first, last = damaged
    path = folder / last / "manifest.note"
    path.write_bytes(path.read_bytes()[:-20] + damage.encode() + path.read_bytes()[-19:])
    assert vault.names() == [first]
    path.write_bytes(path.read_bytes()[:-20] + b"\xff" + path.read_bytes()[-19:])
    assert vault.names() == [first]


@pytest.mark.parametrize("cut", [1, 60, 95, 500])
def test_a_torn_manifest_is_none(damaged, cut):
    vault, folder, first, last = damaged
    path = folder / last / "manifest.note"
    path.write_bytes(path.read_bytes()[:-cut])
    assert vault.names() == [first]


@EVERYWHERE
def test_an_old_manifest_in_the_place_of_a_new_one_is_refused(damaged):
    vault, folder, first, last = damaged
    shutil.copy(folder / first / "manifest.note", folder / last / "manifest.note")
    assert f"belongs to the backup {first}" in vault.look().faults[last].label.en


def test_an_old_backup_under_a_newer_name_is_refused(damaged):
    vault, folder, first, _ = damaged
    shutil.copytree(folder / first, folder / "20990101T000000Z-ffff")
    assert f"belongs to the backup {first}" in vault.look().faults["20990101T000000Z-ffff"].label.en


def test_a_proof_of_another_backup_proves_nothing(damaged):
    vault, folder, first, last = damaged
    old = vault.look().pick(first).manifest
    shelf.prove(vault.target, old, old.made_at, 1.0, Keys.of(vault.config).signer)
    shutil.copy(folder / first / "proof.note", folder / last / "proof.note")
    assert vault.look().pick(first).proof is not None
    assert vault.look().pick(last).proof is None


def test_a_manifest_of_another_installation_is_refused_and_its_folder_not_used(damaged):
    vault, folder, _, last = damaged
    stranger = Ed25519PrivateKey.generate()
    (folder / last / "manifest.note").write_bytes(vault.look().pick(last).manifest.signed(stranger))
    assert vault.look().faults[last].code == "other_key"
    with pytest.raises(Unusable, match="signed with another key"):
        vault.create()
    assert (folder / last / "database.age").exists()


def test_another_identity_opens_nothing(damaged):
    vault, _, _, last = damaged
    manifest = vault.look().pick(last).manifest
    with pytest.raises(Unusable, match=r"database\.age does not open"), Path("/dev/null").open("wb") as out:
        parts.read(vault.target, last, manifest.part("database"), [pyrage.x25519.Identity.generate()], out)


def resigned(vault: Vault, folder: Path, name: str, **changed: object) -> None:
    manifest = vault.look().pick(name).manifest
    told = json.loads(manifest.text) | changed
    (folder / name / "manifest.note").write_bytes(signed.sign(json.dumps(told), Keys.of(vault.config).signer))


def test_a_newer_format_or_schema_is_refused_before_anything_is_read(damaged):
    vault, folder, first, last = damaged
    resigned(vault, folder, last, format=2)
    assert vault.look().faults[last].code == "newer"
    resigned(vault, folder, first, revision="9999_future")
    with pytest.raises(Unusable, match="9999_future"):
        restore(vault.config, first, say=quiet)


def test_a_backup_made_under_other_keys_is_refused(damaged):
    vault, folder, _, last = damaged
    resigned(vault, folder, last, keys="0123456789abcdef")
    with pytest.raises(Unusable, match="0123456789abcdef"):
        demand_fit(vault.config, vault.look().pick(last).manifest)


def test_a_restore_of_a_damaged_backup_touches_nothing(damaged):
    vault, folder, _, last = damaged
    flip(folder / last / "database.age", 4321)
    before = vault.premises.one("SELECT oid FROM pg_database WHERE datname = current_database()")
    with pytest.raises(Unsound, match=r"database\.age"):
        restore(vault.config, last, say=quiet)
    assert vault.premises.one("SELECT oid FROM pg_database WHERE datname = current_database()") == before


def test_rows_that_are_not_the_manifests_are_refused_and_the_half_made_database_is_dropped(damaged):
    vault, folder, _, last = damaged
    told = json.loads(vault.look().pick(last).manifest.text)["tables"]
    told["public.store"]["count"] += 1
    resigned(vault, folder, last, tables=told)
    assert isinstance(vault.look().pick(last).manifest, Manifest)
    with pytest.raises(Unsound, match=r"public\.store"):
        restore(vault.config, last, say=quiet)
    assert vault.beside() == [vault.config.database]
