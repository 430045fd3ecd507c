"""Pruning takes what the rule does not keep, and nothing that anything else needs."""

from datetime import UTC, datetime, timedelta

import pytest

from app.backup import lock, packs, retention, shelf
from app.backup import manifest as manifests
from app.backup.keys import Keys
from app.backup.prune import drop_aside, prune
from app.backup.restore import restore
from app.core.errors import Busy
from tests.backup.conftest import quiet


@pytest.fixture
def strict(monkeypatch):
    """A rule that keeps the newest alone, and the last good one."""
    monkeypatch.setattr(retention, "PERIODS", {})
    monkeypatch.setattr(retention, "LEAST", 1)


def test_the_rule_is_kept_and_packs_that_others_need_stay(vault, strict):
    first = vault.create()
    vault.upload(b"later\n")
    second, third = vault.create(), vault.create()
    assert prune(vault.config) == [first.name, second.name]
    assert vault.names() == [third.name]
    shelf.check(vault.target, third)
    assert packs.unpack(vault.target, third, [Keys.of(vault.config).identity], None) == 3


def test_packs_nobody_needs_any_more_go(vault, strict, monkeypatch):
    vault.create()
    vault.upload(b"more\n")
    before = vault.create()
    monkeypatch.setattr(packs, "MOST", 1)
    last = vault.create()
    assert {*before.packs} - {*last.packs}
    prune(vault.config)
    there = {f"{packs.FOLDER}/{path.name}" for path in (vault.folder / packs.FOLDER).iterdir()}
    assert there == {pack.name for pack in last.packs}


def test_the_last_good_one_stays(vault, strict):
    good = vault.create()
    shelf.prove(vault.target, good, good.made_at, 1.0, Keys.of(vault.config).signer)
    middle, newest = vault.create(), vault.create()
    assert prune(vault.config) == [middle.name]
    assert vault.names() == [good.name, newest.name]


def test_what_cannot_be_read_is_left_for_people_and_so_are_packs(vault, strict):
    first = vault.create()
    vault.create()
    path = vault.folder / first.name / manifests.NAME
    path.write_bytes(path.read_bytes()[:-3])
    (vault.folder / packs.FOLDER / f"{'0' * 32}.age").write_bytes(b"whose?")
    prune(vault.config)
    assert path.exists()
    assert (vault.folder / packs.FOLDER / f"{'0' * 32}.age").exists()


def test_a_prune_waits_for_who_restores(vault, monkeypatch):
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    with vault.target.reading(), pytest.raises(Busy):
        prune(vault.config)


def test_the_database_before_a_restore_goes_after_a_week(vault):
    vault.create()
    aside = restore(vault.config, say=quiet).aside
    assert drop_aside(vault.config) == []
    assert drop_aside(vault.config, datetime.now(UTC) + timedelta(days=8)) == [aside]
    assert vault.beside() == [vault.config.database]
