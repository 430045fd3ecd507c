"""Another machine: an empty home, the folder of backups, the escrow file and the code; nothing else."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.backup import command
from app.process import commands
from config import ROOT
from tests.appkit import connect


def run(home: Path, folder: Path, *words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    env = {"PATH": os.environ["PATH"], "FORECOURT_HOME": str(home), "FORECOURT_BACKUP_TARGET": str(folder)}
    argv = [sys.executable, "run.py", "backup", *words]
    given = {"input": typed, "env": env, "capture_output": True, "text": True}
    return subprocess.run(argv, cwd=ROOT, check=False, timeout=120, **given)


@pytest.fixture
def empty(home: Path):
    made = home / "new-machine"
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.timeout(180)
def test_an_empty_machine_becomes_the_lost_one(vault, empty, tmp_path):
    made = vault.create()
    stolen, code = tmp_path / "keys.age", vault.config.secret("recovery_code").decode()
    from app.backup.keys import Escrow

    shutil.copy(Escrow.of(vault.config).keep(vault.config), stolen)
    refused = run(empty, vault.folder, "restore", "--yes")
    assert refused.returncode == 1
    assert "backup keys restore" in refused.stderr
    bare = run(empty / "bare", vault.folder, "list")
    assert (bare.returncode, "Bring them back from the escrow file first" in bare.stderr) == (1, True)
    wrong = run(empty, vault.folder, "keys", "restore", str(stolen), typed="AAAA-BBBB\n")
    assert (wrong.returncode, "The recovery code is wrong" in wrong.stderr) == (1, True)
    brought = run(empty, vault.folder, "keys", "restore", "--replace", str(stolen), typed=f"{code}\n")
    assert brought.returncode == 0, brought.stderr
    listed = run(empty, vault.folder, "list")
    assert made.name in listed.stdout
    assert run(empty, vault.folder, "verify").returncode == 0
    done = run(empty, vault.folder, "restore", "--yes")
    assert done.returncode == 0, done.stderr + done.stdout
    assert f"Restored: {made.rows} rows, 2 files" in done.stdout
    drilled = run(empty, vault.folder, "drill")
    assert drilled.returncode == 0, drilled.stderr + drilled.stdout
    assert "restored" in run(empty, vault.folder, "list").stdout
    assert len([*(empty / "files").glob("*/*")]) == 2


def test_the_commands_answer_with_codes_and_words(vault, capsys):
    config = vault.config
    assert command.list_command(config, []) == 0
    assert command.create_command(config, []) == 0
    (name,) = vault.names()
    assert name in capsys.readouterr().out
    assert command.verify_command(config, [name]) == 0
    assert command.verify_command(config, ["--all"]) == 0
    assert command.verify_command(config, ["20200101T000000Z-0000"]) == 1
    assert "no backup named" in capsys.readouterr().err
    path = vault.folder / name / "database.age"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert command.verify_command(config, []) == 2
    assert f"{name}/database.age" in capsys.readouterr().out
    assert command.restore_command(config, ["--yes"]) == 2
    assert command.drill_command(config, []) == 2
    with connect(config, "administrator") as connection:
        acts = connection.execute("SELECT act, ok FROM work.backup_act ORDER BY id").fetchall()
    assert acts == [("create", True), ("drill", False)]
    assert command.prune_command(config, []) == 0
    assert command.keys_command(config, []) == 0
    assert config.secret("recovery_code").decode() in capsys.readouterr().out
    assert command.create_command(config, ["--nonsense"]) == 64


def test_a_restore_asks_first(vault):
    vault.create()
    assert command.restore_command(vault.config, []) == 1
    assert vault.beside() == [vault.config.database]


def test_a_new_machine_says_that_there_is_nothing_yet(vault, tmp_path, capsys):
    config = replace(vault.config, backup_target=None, home=tmp_path, secrets=vault.config.secrets_dir)
    assert command.list_command(config, []) == 0
    assert command.restore_command(config, ["--yes"]) == 1
    assert "There is no backup" in capsys.readouterr().err


def test_the_words_of_every_command_are_told_apart():
    found = [commands.find(["backup", *words.split()]) for words in ("keys", "keys restore x", "restore x", "create")]
    assert [one[0].words for one in found] == ["backup keys", "backup keys restore", "backup restore", "backup create"]
