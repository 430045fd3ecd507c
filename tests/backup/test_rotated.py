"""Backups of before a change of keys: they restore beside the new key, and once the old is gone by their escrow."""

import pytest

from app.access.key_file import sealer_of
from app.access.seal import key_id
from app.backup.drill import drill
from app.backup.keys import Escrow, bring_back
from app.backup.refusals import Unsound
from app.backup.restore import restore
from app.process import keys
from tests.appkit import connect
from tests.backup.conftest import Vault, quiet

PHONES = "SELECT uuid, phone FROM customer WHERE phone IS NOT NULL ORDER BY id"


def phones(vault: Vault) -> list[tuple[int, str]]:
    """The key each customer's phone is under, and the phone."""
    sealer = sealer_of(vault.config)
    with connect(vault.config, "administrator") as connection:
        rows = [(uuid, bytes(blob)) for uuid, blob in connection.execute(PHONES)]
    return [(key_id(blob), sealer.open(blob, "customer", "phone", uuid)) for uuid, blob in rows]


def test_a_backup_of_before_restores_beside_the_new_key_and_the_next_start_learns_it(vault: Vault):
    made, before = vault.create(), phones(vault)
    assert keys.rotate(vault.config) == 2
    restore(vault.config, made.name, say=quiet)
    assert phones(vault) == before
    assert keys.admit(vault.config) == ["2"]
    assert [one.total > 0 for one in keys.standings(vault.config)] == [True, False]


def test_after_its_key_was_retired_the_older_escrow_brings_it_back(vault: Vault):
    keys.admit(vault.config)
    made, before, old = vault.create(), phones(vault), Escrow.of(vault.config).current
    code = vault.config.secret("recovery_code").decode()
    keys.rotate(vault.config)
    keys.put(vault.config, keys.read(vault.config).without(1))  # as `keys retire` leaves it
    with pytest.raises(Unsound, match="key 1"):
        restore(vault.config, made.name, say=quiet)
    bring_back(vault.config, Escrow.of(vault.config).file(old), code, replace=True)
    restore(vault.config, made.name, say=quiet)
    assert phones(vault) == before
    assert keys.admit(vault.config) == []


@pytest.mark.slow
def test_the_drill_opens_a_backup_of_before_with_the_escrow_of_its_time(vault: Vault):
    made = vault.create()
    keys.rotate(vault.config)
    keys.put(vault.config, keys.read(vault.config).without(1))
    assert drill(vault.config, made.name).checked.opened > 0
