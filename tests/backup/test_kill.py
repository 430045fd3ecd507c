"""A kill at whatever moment leaves no half backup listed, and a live database as it was or as it was restored."""

import random
import subprocess
import sys
import time

import pytest

from app.backup import retention, shelf
from app.backup.prune import prune
from app.backup.restore import MAKING, restore
from config import ROOT
from tests.backup.conftest import Vault, opened_vault, quiet

FEW = {"create": 3, "restore": 2, "prune": 1}
MANY = {"create": 18, "restore": 12, "prune": 10}


def begun(act: str, vault: Vault) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "tests.backup.act", act, str(vault.config.home), vault.config.database]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout.readline() == b"begins\n"
    return process


def killed(act: str, vault: Vault, after: float) -> bool:
    """Whether the act was still at work when it was killed."""
    process = begun(act, vault)
    time.sleep(after)
    ran = process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()
    return ran


def whole(vault: Vault) -> int:
    """How many backups there are; each is whole."""
    found = vault.look()
    assert not found.faults
    for held in found.backups:
        shelf.check(vault.target, held.manifest)
    return len(found.backups)


@pytest.fixture
def ready(built, home) -> Vault:
    with opened_vault(built, home) as vault:
        for n in range(4):
            vault.upload(f"contract {n}\n".encode())
        vault.seal()
        for _ in range(3):
            vault.create()
        vault.premises.run("INSERT INTO company (code, name) VALUES ('LIVE', '只在现库')")
        yield vault


def survive(vault: Vault, act: str, moments: list[float]) -> int:
    cut = 0
    for after in moments:
        before, companies = whole(vault), vault.premises.one("SELECT count(*) FROM company")
        cut += killed(act, vault, after)
        restored = {vault.look().backups[-1].manifest.tables["public.company"].count} if act == "restore" else set()
        assert vault.premises.one("SELECT count(*) FROM company") in {companies} | restored
        assert vault.premises.one("SELECT count(*) FROM trail.gaps()") == 0
        left = whole(vault)
        assert left >= 1 if act == "prune" else left in (before, before + 1)
    return cut


def moments(act: str, vault: Vault, count: int) -> list[float]:
    """Moments spread over what the act takes here, each a little by chance."""
    began = time.monotonic()
    if act == "prune":
        seconds = 0.15
    else:
        process = begun(act, vault)
        began = time.monotonic()
        assert process.wait() == 0
        process.stdout.close()
        seconds = time.monotonic() - began
    chance = random.Random(40)
    return [seconds * (n + chance.random()) / count for n in range(count)]


def stand_up(vault: Vault, act: str, count: int) -> None:
    cut = survive(vault, act, moments(act, vault, count))
    assert cut > 0
    last = vault.create()
    assert [*vault.folder.glob(".forecourt-new-*")] == []
    retention_of_one(vault)
    restore(vault.config, say=quiet)
    assert not [name for name in vault.beside() if MAKING in name]
    assert vault.premises.one("SELECT count(*) FROM company") == last.tables["public.company"].count


def retention_of_one(vault: Vault) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "PERIODS", {})
        patch.setattr(retention, "LEAST", 1)
        prune(vault.config)
    whole(vault)
    backups = vault.look().backups
    good = [held.manifest.name for held in backups if held.proof][-1:]
    assert vault.names() == sorted({*good, backups[-1].manifest.name})


@pytest.mark.faults
@pytest.mark.parametrize("act", FEW)
def test_a_kill_leaves_nothing_half(ready, act):
    stand_up(ready, act, FEW[act])


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("act", MANY)
def test_forty_kills_leave_nothing_half(ready, act):
    stand_up(ready, act, MANY[act])
