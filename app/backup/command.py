"""`python run.py backup …`: make, list, verify, restore, drill and prune backups, and keep their keys."""

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.backup import shelf
from app.backup.create import create
from app.backup.drill import drill
from app.backup.keys import Escrow, Keys, bring_back
from app.backup.ledger import ledger
from app.backup.places import target_of
from app.backup.prune import drop_aside, prune
from app.backup.refusals import Unsound
from app.backup.restore import restore
from app.core.errors import Refusal
from app.core.label import Label
from config import Config

REFUSED, UNSOUND, USAGE = 1, 2, 64
STATES = (Label("未检验", "unproven"), Label("已恢复验证", "restored"))
MIB = 1024 * 1024


def say(label: Label) -> None:
    """One line of progress."""
    print(f"  {label.zh}  ·  {label.en}", flush=True)  # noqa: T201


def create_command(config: Config, arguments: list[str]) -> int:
    """Makes a backup now."""

    def act(_: argparse.Namespace) -> int:
        with ledger(config) as book, book.act("create") as told:
            made = create(config)
            told.backup, told.details = made.name, {"bytes": made.weight, "rows": made.rows, "seconds": made.seconds}
            book.made([made])
        size = f"{made.weight / MIB:.1f} MB"
        say(Label(f"已备份 {made.name}：{made.rows} 行，{made.files} 个文件，{size}，{made.seconds} 秒",
                  f"Backup {made.name}: {made.rows} rows, {made.files} files, {size}, {made.seconds} s"))  # fmt: skip
        return 0

    return told(_parser("create"), arguments, act)


def list_command(config: Config, arguments: list[str]) -> int:
    """Lists the backups and what is wrong with any of them."""

    def act(_: argparse.Namespace) -> int:
        found = shelf.look(target_of(config), Keys.of(config).signer.public_key())
        for held in found.backups:
            one = held.manifest
            state = STATES[held.proof is not None]
            when = f" {held.proof.at:%Y-%m-%d}, {held.proof.seconds:.0f} s" if held.proof else ""
            say(Label(f"{one.name}  {one.weight / MIB:8.1f} MB  {one.rows:>10} 行  {state.zh}{when}", state.en))
        for fault in found.faults.values():
            say(fault.label)
        if not found.backups:
            say(Label("没有备份", "There are no backups"))
        return UNSOUND if found.faults else 0

    return told(_parser("list"), arguments, act)


def verify_command(config: Config, arguments: list[str]) -> int:
    """Checks every part of a backup, of the newest, or of all."""
    parser = _parser("verify", name=True)
    parser.add_argument("--all", action="store_true", help="每一个备份 · every backup")

    def act(given: argparse.Namespace) -> int:
        target, key = target_of(config), Keys.of(config).signer.public_key()
        with target.reading():
            found = shelf.look(target, key)
            chosen = found.backups if given.all else (found.pick(given.name),)
            faults = [fault for fault in found.faults.values() if given.all]
            for held in chosen:
                try:
                    shelf.check(target, held.manifest)
                    say(Label(f"{held.manifest.name}：每一部分都与清单一致", "every part is as it was written"))
                except Unsound as unsound:
                    faults.append(unsound)
        for fault in faults:
            say(fault.label)
        return UNSOUND if faults else 0

    return told(parser, arguments, act)


def drill_command(config: Config, arguments: list[str]) -> int:
    """Restores a backup on a server of its own and says how long that took."""

    def act(given: argparse.Namespace) -> int:
        with ledger(config) as book, book.act("drill") as told:
            done = drill(config, given.name)
            told.backup, told.details = done.manifest.name, {**done.told}
            book.made([done.manifest])
            book.proven(done.manifest.name, done.proof)
        found = done.checked
        say(Label(
            f"演练成功 {done.manifest.name}：{found.tables} 张表 {found.rows} 行，{found.entries} 条留痕，"
            f"打开 {found.opened} 个加密值，{done.files} 个文件，{done.proof.seconds:.1f} 秒",
            f"Restored whole: {found.tables} tables, {found.rows} rows, {found.entries} entries, "
            f"{found.opened} sealed values opened, {done.files} files, {done.proof.seconds:.1f} s",
        ))  # fmt: skip
        return 0

    return told(_parser("drill", name=True), arguments, act)


def restore_command(config: Config, arguments: list[str]) -> int:
    """Puts a backup in the place of the live database; the one before is kept aside."""
    parser = _parser("restore", name=True)
    parser.add_argument("--while-running", action="store_true", help="系统运行时也恢复 · though the system runs")
    parser.add_argument("--yes", action="store_true", help="不再询问 · do not ask")

    def act(given: argparse.Namespace) -> int:
        if not (given.yes or agreed()):
            say(Label("没有恢复", "Nothing was restored"))
            return REFUSED
        done = restore(config, given.name, while_running=given.while_running, say=say)
        found = done.checked
        say(Label(
            f"已恢复 {done.manifest.name}（{done.manifest.made_at:%Y-%m-%d %H:%M} UTC）：{found.rows} 行，"
            f"{done.files} 个文件，{done.seconds:.0f} 秒",
            f"Restored: {found.rows} rows, {done.files} files, {done.seconds:.0f} s",
        ))  # fmt: skip
        if done.aside:
            say(Label(f"原来的数据库保留为 {done.aside}", f"The database before is kept as {done.aside}"))
        return 0

    return told(parser, arguments, act)


def prune_command(config: Config, arguments: list[str]) -> int:
    """Takes away what the rule does not keep, and databases put aside more than a week ago."""

    def act(_: argparse.Namespace) -> int:
        with ledger(config) as book, book.act("prune") as told:
            gone = prune(config)
            aside = drop_aside(config)
            told.details = {"pruned": len(gone), "aside": len(aside)}
            book.pruned(gone)
        for name in (*gone, *aside):
            say(Label(f"已清理 {name}", "pruned"))
        say(Label(f"清理了 {len(gone)} 个备份", f"{len(gone)} backups pruned"))
        return 0

    return told(_parser("prune"), arguments, act)


def keys_command(config: Config, arguments: list[str]) -> int:
    """Says where the escrow file lies and which code opens it."""

    def act(_: argparse.Namespace) -> int:
        file = Escrow.of(config).keep(config)
        say(Label(f"托管文件：{file}（复制到别处）", "the escrow file; copy it elsewhere"))
        code = config.secret("recovery_code").decode().strip()
        say(Label(f"恢复码：{code}（抄在纸上，不要和文件放在一起）", "the code; on paper, apart from the file"))
        return 0

    return told(_parser("keys"), arguments, act)


def keys_restore_command(config: Config, arguments: list[str]) -> int:
    """Brings the keys of a lost machine back from its escrow file."""
    parser = _parser("keys restore")
    parser.add_argument("file", type=Path, help="托管文件 · the escrow file")
    parser.add_argument("--replace", action="store_true", help="换掉现有的密钥 · put other keys aside")

    def act(given: argparse.Namespace) -> int:
        keys = bring_back(config, given.file, asked_code(), replace=given.replace)
        say(Label(f"密钥 {keys} 已恢复到 {config.secrets_dir}", f"The keys {keys} are back"))
        return 0

    return told(parser, arguments, act)


def asked_code() -> str:
    """The recovery code, typed without an echo, or the first line of a standard input that is no terminal."""
    if sys.stdin.isatty():
        return getpass.getpass("  恢复码 · recovery code: ")
    return sys.stdin.readline()


def agreed() -> bool:
    """Whether the person at the terminal says yes."""
    question = "  用备份替换现有数据？ · Put the backup in the place of the live data? [y/N] "
    return sys.stdin.isatty() and input(question).strip().lower() in ("y", "yes", "是")


def _parser(word: str, *, name: bool = False) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=f"run.py backup {word}")
    if name:
        made.add_argument("name", nargs="?", help="备份名，不填为最新 · the backup's name; the newest")
    return made


def told(parser: argparse.ArgumentParser, arguments: Sequence[str], act: Callable[[argparse.Namespace], int]) -> int:
    """The exit code: 0 done, 1 refused, 2 a backup is not what was made, 64 for wrong words."""
    try:
        given = parser.parse_args(arguments)
    except SystemExit as done:
        return USAGE if done.code else 0
    try:
        return act(given)
    except Refusal as refusal:
        print(f"\n  {refusal.label.zh}\n  {refusal.label.en}\n", file=sys.stderr)  # noqa: T201
        return UNSOUND if isinstance(refusal, Unsound) else REFUSED
