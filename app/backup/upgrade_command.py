"""`python run.py upgrade`: a backup, the schema upgraded on a copy of it, the copy put in place."""

import argparse

from app.backup.command import say, told
from app.backup.upgrade import upgrade
from app.core.label import Label
from config import Config


def upgrade_command(config: Config) -> int:
    """Brings the database to this program's schema, or leaves it as it was."""

    def act(_: argparse.Namespace) -> int:
        done = upgrade(config, say)
        if done is None:
            say(Label("数据库结构已是最新", "The database is up to date"))
            return 0
        say(Label(
            f"已从 {done.before} 升级到 {done.after}：{done.manifest.rows} 行，{done.seconds:.0f} 秒",
            f"Upgraded from {done.before} to {done.after}: {done.manifest.rows} rows, {done.seconds:.0f} s",
        ))  # fmt: skip
        if done.aside:
            say(
                Label(
                    f"原来的数据库保留为 {done.aside}，七天后清理", f"The one before is kept as {done.aside} for a week"
                )
            )
        return 0

    return told(argparse.ArgumentParser(prog="run.py upgrade"), (), act)
