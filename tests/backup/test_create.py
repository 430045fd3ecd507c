"""A backup is whole or not there: what it holds, what it names, what it leaves out."""

from app.backup import shelf


def test_a_backup_holds_rows_files_and_head_of_one_moment(vault):
    made = vault.create()
    assert vault.names() == [made.name]
    assert made.tables["public.customer"].count == vault.premises.one("SELECT count(*) FROM customer") == 3
    assert made.files == 2
    assert made.trail.size == vault.premises.one("SELECT max(size) FROM trail.batch")
    assert made.revision == vault.premises.one("SELECT version_num FROM alembic_version")
    shelf.check(vault.target, made)
    assert vault.look().backups[0].proof is None
