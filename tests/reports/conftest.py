"""What tests of reports stand on."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine, pool

from tests.appkit import Premises
from tests.reports.world import World


@pytest.fixture(scope="session")
def reporter(premises: Premises) -> Iterator[Engine]:
    """The worker's engine."""
    engine = create_engine(premises.config.url("worker"), poolclass=pool.NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def world(premises: Premises, reporter: Engine) -> Callable[[], World]:
    """Makes a store of one's own."""
    return lambda: World(premises, reporter)
