"""A drill restores where it harms nobody, with keys from the escrow alone."""

from app.backup.drill import drill


def test_a_drill_makes_a_backup_a_good_one(vault):
    made = vault.create()
    done = drill(vault.config.as_process("backup"))
    assert done.manifest.name == made.name
    assert done.checked.rows == made.rows
    assert done.checked.opened > 0
    assert done.files == 2
    assert vault.look().backups[0].proof == done.proof
    assert not (vault.config.home / "drill").exists()
