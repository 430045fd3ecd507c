"""An installation with an entity whose records hold files."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, pool

from app.studio.publish import publish
from config import Config
from tests.appkit import Premises, install
from tests.web.papers import described


@pytest.fixture(scope="package")
def place(clone: Callable[[], Config], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """An installation of its own, where papers were published."""
    config = clone()
    made = install(replace(config, home=_home(config, tmp_path_factory.mktemp("files"))))
    engine = create_engine(made.config.url("owner"), poolclass=pool.NullPool)
    with engine.begin() as connection:
        publish(connection, described())
    yield made
    made.house.database.dispose()


def _home(config: Config, home: Path) -> Path:
    """A home with files of its own."""
    for part in config.home.iterdir():
        if part.name != "files":
            (home / part.name).symlink_to(part)
    return home
