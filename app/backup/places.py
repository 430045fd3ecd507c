"""Where this installation's backups go."""

from app.backup.store import Store
from app.backup.target import Folder, Target
from config import Config
from setting import Store as Address


def target_of(config: Config) -> Target:
    """The target the settings name: a folder, which must be there, a store, or `backups` in home, which is made."""
    if isinstance(config.backup_target, Address):
        return Store.of(config.backup_target, config)
    return Folder.of(config)
