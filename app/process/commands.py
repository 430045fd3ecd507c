"""What `python run.py` can be told to do: one line a command."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from app import log
from app.access.keys import KeyFileError
from app.core.label import Label
from app.process.child import fork
from app.process.hold import Held, hold
from app.process.say import cannot_start, complain, plainly
from app.process.servers import Servers
from app.process.supervisor import Supervisor
from config import Config


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its words, the function that answers the exit code, and what it does.

    The function takes the settings and the words that follow, or the settings alone where no words may follow.

    `process` is the kind of process it runs as (a key of config.READABLE, or administrator); `servers` tells whether
    it needs the database: embedded servers are then started for it, unless they already run.
    """

    words: str
    entry: str
    label: Label
    process: str = "owner"
    servers: bool = True
    follow: bool = True  # whether words may follow

    def load(self) -> Callable[..., int]:
        """The function `entry` names; imports its module."""
        module, _, name = self.entry.partition(":")
        found: Callable[..., int] = getattr(import_module(module), name)
        return found

    def call(self, config: Config, arguments: list[str]) -> int:
        """Its exit code with the words that follow; the usage where none may."""
        if self.follow:
            return self.load()(config, arguments)
        if arguments:
            print(usage(), file=sys.stderr)  # noqa: T201
            return os.EX_USAGE
        return self.load()(config)


HERE = "app.process.commands"
BACKUP = "app.backup.command"
KEYS = "app.process.keys_command"
COMMANDS = (
    Command("check", f"{HERE}:check", Label("检查设置", "check the settings"), "parent", servers=False, follow=False),
    Command(
        "migrate", f"{HERE}:migrate", Label("更新数据库结构", "update the database"), "administrator", follow=False
    ),
    Command(
        "upgrade",
        "app.process.upgrading:run",
        Label(
            "停止、备份、升级数据库并启动；失败则保持原样",
            "stop, back up, upgrade, start; on failure all stays as it was",
        ),
        "administrator",
        servers=False,
    ),
    Command("person add", "app.person:add", Label("添加账号", "add an account"), "administrator"),
    Command("person link", "app.person:link", Label("发一个一次性登录链接", "give a one-time link"), "administrator"),
    Command(
        "person factor off",
        "app.person:factor_off",
        Label("重置一个人丢失的两步验证", "take a lost second factor off an account"),
        "administrator",
    ),
    Command(
        "trail verify",
        "app.audit.command:verify_command",
        Label("核验留痕，指出第一处改动", "verify the trail and name the first damage"),
        "sealer",
        follow=False,
    ),
    Command(
        "import",
        "app.jobs.import_command:main",
        Label("导入客户和车辆", "import customers and cars"),
        "worker",
    ),
    Command(
        "feed",
        "app.jobs.feed_command:main",
        Label("按导入方案导入品牌系统的文件", "bring in a brand system's files by a profile"),
        "worker",
    ),
    Command("backup create", f"{BACKUP}:create_command", Label("立即备份", "make a backup now"), "backup"),
    Command("backup list", f"{BACKUP}:list_command", Label("列出备份", "list the backups"), "backup", servers=False),
    Command(
        "backup verify",
        f"{BACKUP}:verify_command",
        Label("核对备份的每一部分", "check every part of a backup"),
        "backup",
        servers=False,
    ),
    Command(
        "backup drill",
        f"{BACKUP}:drill_command",
        Label("在另一台临时服务器上演练恢复", "restore a backup where it harms nobody"),
        "backup",
    ),
    Command(
        "backup restore",
        f"{BACKUP}:restore_command",
        Label("用备份替换现有数据", "put a backup in the place of the live data"),
        "administrator",
    ),
    Command(
        "backup prune",
        f"{BACKUP}:prune_command",
        Label("清理不再保留的备份", "take away the backups the rule does not keep"),
        "administrator",
    ),
    Command(
        "backup keys restore",
        f"{BACKUP}:keys_restore_command",
        Label("从托管文件恢复密钥", "bring the keys back from an escrow file"),
        "administrator",
        servers=False,
    ),
    Command(
        "backup keys",
        f"{BACKUP}:keys_command",
        Label("显示托管文件和恢复码", "show the escrow file and the recovery code"),
        "administrator",
        servers=False,
    ),
    Command("keys status", f"{KEYS}:status", Label("每个密钥下还有多少值", "what is under each key"), "administrator"),
    Command(
        "keys rotate", f"{KEYS}:rotate", Label("启用一个新密钥", "add a key that seals from now on"), "administrator"
    ),
    Command("keys retire", f"{KEYS}:retire", Label("停用不再使用的密钥", "take an unused key away"), "administrator"),
    Command(
        "demo load",
        "app.demo.command:load",
        Label("向空的系统装入一年的演示数据", "load a year of life into an empty installation"),
        "administrator",
    ),
    Command(
        "demo reset",
        "app.demo.command:reset",
        Label("清空演示系统并重新装入", "drop a demo installation and load it again"),
        "administrator",
    ),
)


def find(arguments: list[str]) -> tuple[Command, list[str]] | None:
    """The command that `arguments` begin with and what follows it; None when there is none."""
    for command in COMMANDS:
        words = command.words.split()
        if arguments[: len(words)] == words:
            return command, arguments[len(words) :]
    return None


def run(command: Command, config: Config, arguments: list[str]) -> int:
    """Run a command with what it needs; its exit code."""
    log.set_up(config.log_level, config.log_format, command.words)
    task = partial(_be, command, config, arguments)
    if not command.servers:
        return task()
    try:
        with hold(config.home) as (record, lock):
            return _with_servers(config, task, Supervisor(record.note), lock)
    except Held:
        return fork(task, apart=False).wait()


def _with_servers(config: Config, task: Callable[[], int], supervisor: Supervisor, lock: int) -> int:
    servers = Servers(config)
    try:
        if supervisor.attend(fork(partial(plainly, servers.prepare), close=(lock,))) != 0:
            return 1
        servers.start(supervisor)
        return supervisor.attend(fork(task, close=(lock,), apart=False))
    finally:
        supervisor.stop()


def _be(command: Command, config: Config, arguments: list[str]) -> int:
    own = config.as_process(command.process)
    if command.process == "worker":  # it seals what it brings in; an administrator's command looks for itself
        try:
            import_module("app.process.keys").hold(own)
        except KeyFileError as error:
            complain(cannot_start(error))
            return 1
    return command.call(own, arguments)


def check(config: Config) -> int:
    """Say that the settings can be used; that they are read at all means they can."""
    print(f"  设置无误  ·  The settings are sound. {config.home}")  # noqa: T201
    return 0


def migrate(config: Config) -> int:
    """Bring the database up to date."""
    import_module("app.process.servers").migrate(config)
    return 0


def usage() -> str:
    """Every command, a line each, in both languages."""
    rows = [
        ("", Label("启动并运行，直到 Ctrl-C", "start and run until Ctrl-C")),
        *((one.words, one.label) for one in COMMANDS),
    ]
    return "\n".join(f"  python run.py {words:<16} {label.zh}  ·  {label.en}" for words, label in rows)
