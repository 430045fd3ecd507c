"""Upgrades: from the oldest schema with data in it, through failures, kills and refusals, to this program's."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from app.backup import restore, snapshot
from app.backup import upgrade as upgrades
from app.backup.refusals import Unusable
from app.backup.restore import ASIDE, MAKING
from app.backup.server import Server
from app.backup.upgrade import OLDEST, head, upgrade
from app.db import migrate
from config import ROOT
from tests.backup.conftest import Vault, opened_vault, quiet

BROKEN = """
from alembic import op
revision, down_revision = "9999_broken", {head!r}
def upgrade():
    op.execute("DELETE FROM public.customer")
    op.execute("ALTER TABLE public.store ADD COLUMN half text")
    op.execute("SELECT 1 / 0")
"""


@contextmanager
def old(built, home) -> Iterator[Vault]:
    """A vault brought down to the oldest schema, its rows kept."""
    with opened_vault(built, home) as vault:
        vault.upload(b"paper\n")
        vault.seal()
        migrate.downgrade(vault.config.url("administrator"), OLDEST)
        vault.seal()
        yield vault


@pytest.fixture
def vault(built, home):
    with old(built, home) as made:
        yield made


def contents(vault: Vault) -> tuple[object, object]:
    """Every table's rows and sums, and the trail's head."""
    with Server.of(vault.config, "administrator").connect() as connection:
        return snapshot.tables(connection), snapshot.head(connection)


@pytest.fixture
def broken(monkeypatch, tmp_path) -> None:
    """A program whose newest migration fails after it has done harm."""
    (tmp_path / "9999_broken.py").write_text(BROKEN.format(head=head()))
    usual = migrate.settings

    def settings():
        made = usual()
        made.set_main_option("path_separator", "os")
        made.set_main_option("version_locations", os.pathsep.join([str(ROOT / "migrations/versions"), str(tmp_path)]))
        return made

    monkeypatch.setattr(migrate, "settings", settings)


def test_the_oldest_schema_with_data_becomes_the_newest(vault):
    before, _ = contents(vault)
    session = vault.premises.run("SELECT key FROM gate.secret ORDER BY 1")
    done = upgrade(vault.config, quiet)
    assert (done.before, done.after) == (OLDEST, head())
    after, _ = contents(vault)
    for table in ("public.customer", "public.employee", "public.store", "trail.batch"):
        assert after[table].count == before[table].count
    assert after["public.customer"] == before["public.customer"]
    assert vault.premises.run("SELECT key FROM gate.secret ORDER BY 1") == session
    assert vault.premises.run("SELECT act, ok, backup FROM work.backup_act") == [("upgrade", True, done.manifest.name)]
    assert vault.premises.one("SELECT count(*) FROM work.backup WHERE restored_at IS NOT NULL") == 1
    assert 0 < vault.look().pick(done.manifest.name).proof.seconds < done.seconds
    assert done.aside in vault.beside()
    assert not [name for name in vault.beside() if MAKING in name]
    assert upgrade(vault.config, quiet) is None
    vault.seal()
    assert vault.premises.one("SELECT count(*) FROM trail.gaps()") == 0


def test_a_migration_that_fails_leaves_everything_as_it_was(vault, broken):
    before = contents(vault)
    with pytest.raises(Unusable, match=r"failed: division by zero.*as it was"):
        upgrade(vault.config, quiet)
    assert contents(vault) == before
    assert vault.beside() == [vault.config.database]
    assert vault.premises.one("SELECT version_num FROM alembic_version") == OLDEST
    vault.look().pick(None)


def test_a_newer_or_a_too_old_schema_is_refused_before_anything_is_done(vault):
    vault.premises.run("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(Unusable, match=r"9999_future.*newer"):
        upgrade(vault.config, quiet)
    vault.premises.run("UPDATE alembic_version SET version_num = '0004_signin'")
    with pytest.raises(Unusable, match=r"0004_signin.*too old"):
        upgrade(vault.config, quiet)
    assert vault.names() == []
    assert vault.beside() == [vault.config.database]


def test_without_a_backup_or_room_nothing_is_begun(vault, monkeypatch):
    before = contents(vault)
    with pytest.raises(Unusable, match="disk mounted"):
        upgrade(replace(vault.config, backup_target=vault.config.home / "away"), quiet)
    with pytest.raises(Unusable, match="Not enough room: the upgrade"):
        upgrade(replace(vault.config, disk_reserve_mb=10**9), quiet)
    with vault.premises.connect("administrator"), pytest.raises(Unusable, match="is running"):
        upgrade(vault.config, quiet)
    assert contents(vault) == before
    assert vault.beside() == [vault.config.database]


def test_what_somebody_wrote_meanwhile_is_not_left_behind(vault, monkeypatch):
    right = upgrades.demand_right

    def write(config, manifest, made):
        right(config, manifest, made)
        vault.premises.run("UPDATE store SET city = '期间写入'")

    monkeypatch.setattr(upgrades, "demand_right", write)
    with pytest.raises(Unusable, match="wrote to the table"):
        upgrade(vault.config, quiet)
    assert vault.premises.one("SELECT count(*) FROM store WHERE city = '期间写入'") > 0
    assert vault.beside() == [vault.config.database]


@pytest.mark.slow
def test_a_copy_that_lacks_what_entities_name_is_not_put_in_place(vault, monkeypatch):
    up = restore.migrate.upgrade

    def lossy(url):
        up(url)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("ALTER TABLE public.company DROP COLUMN name CASCADE")

    monkeypatch.setattr(restore.migrate, "upgrade", lossy)
    before = contents(vault)
    with pytest.raises(Unusable, match=r'column "name" does not exist'):
        upgrade(vault.config, quiet)
    monkeypatch.undo()
    assert contents(vault) == before


def test_an_empty_database_needs_no_upgrade(vault):
    vault.premises.run("DROP TABLE alembic_version")
    assert upgrade(vault.config, quiet) is None


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_kill_leaves_the_old_or_the_new_and_running_again_finishes(built, home):
    with old(built, home) as vault:
        before, moments = contents(vault), (0.6, 1.5, 2.5, 3.5, 5.0)
        for after in moments:
            argv = [sys.executable, "-m", "tests.backup.act", "upgrade", str(vault.config.home), vault.config.database]
            process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert process.stdout.readline() == b"begins\n"
            time.sleep(after)
            process.kill()
            process.wait()
            process.stdout.close()
            if vault.premises.one("SELECT version_num FROM alembic_version") != OLDEST:
                break
            assert contents(vault) == before
        upgrade(vault.config, quiet)
        assert vault.premises.one("SELECT version_num FROM alembic_version") == head()
        assert contents(vault)[0]["public.customer"] == before[0]["public.customer"]
        assert len([name for name in vault.beside() if ASIDE in name]) == 1
        assert not [name for name in vault.beside() if MAKING in name]
