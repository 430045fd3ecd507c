"""An installation with people, sealed values, uploaded files and a sealed trail, and a folder for its backups."""

import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.audit.checkpoint import Folder as Notes
from app.audit.note import private_key
from app.audit.places import connect as sealer_connect
from app.audit.sealer import work
from app.backup import create, shelf
from app.backup.keys import Escrow, Keys
from app.backup.manifest import Manifest
from app.backup.places import target_of
from app.backup.shelf import Found
from app.backup.target import Target
from app.core.label import Label
from app.records.shelf import Shelf
from config import Config
from tests.appkit import Premises, connect, install
from tests.backup.s3 import KEY, S3, SECRET


def quiet(_: Label) -> None:
    """Hears progress and says nothing."""


@dataclass
class Vault:
    """An installation, its settings as an administrator, and the folder its backups go to."""

    premises: Premises
    config: Config
    place: Path | None = None  # of a store's bucket

    @property
    def folder(self) -> Path:
        """Where the objects are files: the target itself, or what its server serves."""
        return self.place or self.config.backup_target

    @property
    def target(self) -> Target:
        return target_of(self.config)

    def create(self) -> Manifest:
        return create.create(self.config.as_process("backup"))

    def look(self) -> Found:
        return shelf.look(self.target, Keys.of(self.config).signer.public_key())

    def names(self) -> list[str]:
        return [held.manifest.name for held in self.look().backups]

    def beside(self) -> list[str]:
        """The vault's database and those that restores made or put aside."""
        statement = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname"
        with connect(replace(self.config, database="postgres"), "administrator") as connection:
            return [name for (name,) in connection.execute(statement, (self.config.database,))]

    def seal(self) -> None:
        """Seals what waits in the trail and exports its notes."""
        with sealer_connect(self.config) as connection:
            work(connection, private_key(self.config.secret("seal_key")), [Notes(self.config.home / "checkpoints")])

    def upload(self, data: bytes) -> str:
        """Puts a text file on the shelf; its digest."""
        shelved = Shelf(self.config.home / "files")
        return shelved.put(io.BytesIO(data), "txt", 10**9)[1]


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """Where servers of their own may live: others pass through it, as they do through /var/lib/forecourt."""
    made = Path(tempfile.mkdtemp(prefix="fcb-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def built(clone: Callable[[], Config], queue: Config, home: Path) -> Premises:
    """An installation whose database is copied for each vault."""
    made = install(replace(clone(), redis_url=queue.redis_url))
    from tests.make import Make

    make = Make(made)
    for _ in range(3):
        make.customer()
    make.employee()
    return made


@contextmanager
def opened_vault(built: Premises, home: Path) -> Iterator[Vault]:
    """A vault with a copy of the installation's database, gone afterwards with all that was made beside it."""
    name = f"v_{os.urandom(5).hex()}"
    built.house.database.dispose()
    place = home / name
    place.mkdir(mode=0o711)
    (place / "run.path").symlink_to(built.config.home / "run.path")
    shutil.copytree(built.config.secrets_dir, place / "secrets")
    (place / "store").mkdir(mode=0o700)
    own = {"home": place, "secrets": None, "database": name, "backup_target": place / "store", "disk_reserve_mb": 0}
    config = replace(built.config, **own)
    _copy(built.config, name)
    _escrow(home, config)
    vault = Vault(replace(built, config=config), config)
    try:
        yield vault
    finally:
        for database in vault.beside():
            _drop(config, database)
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def vault(built: Premises, home: Path) -> Iterator[Vault]:
    """One such installation, with two uploaded files and a sealed trail."""
    with opened_vault(built, home) as made:
        for text in ("第一份合同\n", "second paper\n"):
            made.upload(text.encode())
        made.seal()
        yield made


@pytest.fixture(scope="session")
def s3(home: Path) -> Iterator[S3]:
    """A running S3 server."""
    made = S3(home / "s3")
    made.data.mkdir()
    made.start()
    yield made
    made.kill()


def in_store(vault: Vault, s3: S3) -> Vault:
    """The same installation with a new bucket as the place of its backups."""
    bucket = s3.data / f"b-{os.urandom(5).hex()}"
    bucket.mkdir()
    (vault.config.secrets_dir / "backup_s3").write_text(f"{KEY}\n{SECRET}\n")
    return Vault(vault.premises, replace(vault.config, backup_target=s3.address(bucket.name)), bucket)


def _copy(source: Config, name: str) -> None:
    from tests.conftest import _clone

    with connect(replace(source, database="postgres"), "administrator", autocommit=True) as connection:
        _clone(connection, source.database, name)


def _drop(config: Config, database: str) -> None:
    with connect(replace(config, database="postgres"), "administrator", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def _escrow(home: Path, config: Config) -> None:
    """The escrow file of the tests' keys, made once: it takes seconds, which is what it is for."""
    made = home / "escrow"
    if not made.exists():
        Escrow.of(config).keep(config)
        shutil.copytree(config.home / "escrow", made)
    shutil.copytree(made, config.home / "escrow", dirs_exist_ok=True)
