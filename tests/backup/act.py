"""One act of backups in a process of its own, that a test may kill: python -m tests.backup.act ACT HOME DATABASE."""

import sys
from dataclasses import replace
from pathlib import Path

from app.backup import retention
from app.backup.create import create
from app.backup.prune import prune
from app.backup.restore import restore
from app.backup.upgrade import upgrade
from config import Config
from tests.backup.conftest import quiet


def main(act: str, home: Path, database: str) -> None:
    config = replace(Config(home=home, database=database), backup_target=home / "store", disk_reserve_mb=0)
    config = config.as_process("administrator")
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    if act == "create":
        create(config)
    elif act == "restore":
        restore(config, say=quiet)
    elif act == "upgrade":
        upgrade(config, quiet)
    else:
        retention.PERIODS, retention.LEAST = {}, 1
        prune(config)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
