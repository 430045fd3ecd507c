"""A restore is a database beside the live one, held against the manifest, then put in its place."""

from app.backup.restore import restore
from tests.backup.conftest import quiet


def test_what_was_is_again(vault):
    made = vault.create()
    vault.premises.run("DELETE FROM customer")
    for path in (vault.config.home / "files").glob("*/*"):
        path.unlink()
    done = restore(vault.config, say=quiet)
    assert vault.premises.one("SELECT count(*) FROM customer") == 3
    assert done.checked.opened > 0
    assert done.files == 2
    assert len([*(vault.config.home / "files").glob("*/*")]) == 2
