"""Keys lie apart from backups, come back with the file and the code, and never over others unasked."""

import stat
from dataclasses import replace

import pytest

from app.access.keys import FieldKeys
from app.backup import keys as keeping
from app.backup.keys import ESCROWED, Escrow, bring_back, read_code, recovery_code, unlock
from app.backup.refusals import Unusable
from app.process import secrets
from config import READABLE


@pytest.fixture
def installed(vault):
    return vault.config


def code_of(config) -> str:
    return config.secret("recovery_code").decode()


def test_the_file_and_the_code_bring_the_keys_of_a_lost_machine_back(installed, tmp_path):
    file = Escrow.of(installed).keep(installed)
    new = replace(installed, home=tmp_path, secrets=None)
    typed = code_of(installed).lower().replace("-", " ")
    bring_back(new, file, typed, replace=False)
    secrets.write_missing(new.secrets_dir)
    assert all(new.secret(name) == installed.secret(name) for name in (*ESCROWED, "recovery_code"))
    assert Escrow.of(new).keep(new).name == file.name
    assert {stat.S_IMODE(path.stat().st_mode) for path in new.secrets_dir.iterdir()} == {0o600}
    assert FieldKeys.read(new.secrets_dir).current == 1


def test_a_wrong_code_changes_nothing(installed, tmp_path):
    file = Escrow.of(installed).keep(installed)
    with pytest.raises(Unusable, match="code is wrong"):
        bring_back(replace(installed, home=tmp_path, secrets=None), file, recovery_code().decode(), replace=False)
    assert [*tmp_path.iterdir()] == []


def test_other_keys_are_not_overwritten_unasked_and_kept_when_asked(installed, tmp_path):
    file = Escrow.of(installed).keep(installed)
    new = replace(installed, home=tmp_path, secrets=None)
    secrets.write_missing(new.secrets_dir)
    theirs = new.secret("field_keys.json")
    with pytest.raises(Unusable, match="--replace"):
        bring_back(new, file, code_of(installed), replace=False)
    assert new.secret("field_keys.json") == theirs
    bring_back(new, file, code_of(installed), replace=True)
    assert new.secret("field_keys.json") == installed.secret("field_keys.json")
    (aside,) = new.secrets_dir.glob("before-*")
    assert (aside / "field_keys.json").read_bytes() == theirs


def test_a_change_of_keys_makes_a_new_file_and_keeps_the_old(installed, monkeypatch):
    old = Escrow.of(installed).keep(installed)
    monkeypatch.setattr(keeping.pyrage.passphrase, "encrypt", lambda data, _: b"sealed" + bytes(len(data)))
    (installed.secrets_dir / "index_key").write_bytes(bytes(32))
    new = Escrow.of(installed).keep(installed)
    assert new != old
    assert old.exists()
    assert Escrow.of(installed).current in new.name


def test_a_damaged_file_is_refused(installed, tmp_path):
    file = Escrow.of(installed).keep(installed)
    broken = tmp_path / "broken.age"
    broken.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(Unusable):
        unlock(broken, code_of(installed))


def test_keys_are_in_no_backup(vault):
    vault.create()
    held = b"".join(path.read_bytes() for path in vault.folder.glob("*/*"))
    for name in ESCROWED:
        assert vault.config.secret(name) not in held


def test_a_code_is_long_and_read_as_people_write_it():
    code = recovery_code().decode()
    assert len(code.replace("-", "")) * 5 == 160
    assert read_code(f" {code.lower().replace('-', '')}\n") == code


def test_who_backs_up_reads_no_password_of_the_owner():
    assert not READABLE["backup"] & {"password_owner", "password_administrator", "seal_key", "password_pepper"}
