"""An installation of its own for each file, and the owner's connection, announced as the administrator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import Connection, Engine, create_engine, pool, text

from app.studio.patience import impatient
from config import Config
from tests.appkit import Premises, install


@pytest.fixture(scope="module")
def shop(clone: Callable[[], Config]) -> Iterator[Premises]:
    """First data, the cast and the application, on a database these tests may change as they like."""
    made = install(clone())
    yield made
    made.house.database.dispose()


@pytest.fixture(scope="module")
def owner(shop: Premises) -> Iterator[Engine]:
    """The owner's engine."""
    engine = create_engine(shop.config.url("owner"), poolclass=pool.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def editing(shop: Premises, owner: Engine) -> Callable[[], AbstractContextManager[Connection]]:
    """Opens one transaction of the owner's, announced as the administrator."""

    @contextmanager
    def opened() -> Iterator[Connection]:
        with owner.begin() as connection:
            impatient(connection)
            connection.execute(text("SELECT gate.announce_job(:user, 'r-studio')"), {"user": shop.users["admin"]})
            yield connection

    return opened
