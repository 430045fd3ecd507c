"""Takes away the backups the rule does not keep, and databases that a restore put aside."""

from datetime import UTC, datetime, timedelta

from app.backup import manifest as manifests
from app.backup import retention, shelf
from app.backup.create import demand_ours, tidy
from app.backup.keys import Keys
from app.backup.places import target_of
from app.backup.restore import ASIDE, named, stem
from app.backup.server import Server
from app.backup.shelf import Found
from config import Config

ASIDE_DAYS = 7


def prune(config: Config) -> list[str]:
    """The names of the backups that were taken away: each loses its manifest first, so none is ever left by half."""
    target, keys = target_of(config), Keys.of(config)
    key = keys.signer.public_key()
    with target.exclusive(), target.reading(only=True):
        found = shelf.look(target, key)
        demand_ours(found)
        gone = surplus(found)
        for name in gone:
            target.remove(f"{name}/{manifests.NAME}")
        tidy(target, shelf.look(target, key))
    return gone


def surplus(found: Found) -> list[str]:
    """The backups the rule does not keep; what cannot be read is left for people to judge."""
    made = {held.manifest.made_at: held for held in found.backups}
    proven = [at for at, held in made.items() if held.proof]
    stay = retention.kept(made, proven)
    return [held.manifest.name for held in found.backups if held.manifest.made_at not in stay]


def drop_aside(config: Config, now: datetime | None = None) -> list[str]:
    """Drops databases that were put aside more than seven days ago; for an administrator's process."""
    live = Server.of(config, "administrator")
    limit = (now or datetime.now(UTC)) - timedelta(days=ASIDE_DAYS)
    old = [name for name in named(live, ASIDE) if _when(name, live.database) < limit]
    for name in old:
        live.beside(name).drop()
    return old


def _when(name: str, live: str) -> datetime:
    try:
        return datetime.strptime(name.removeprefix(f"{stem(live)}{ASIDE}"), "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)  # a name that is not ours stays
