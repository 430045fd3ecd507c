"""An installation of its own for the model: its roles, stores and defects disturb nobody else's."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from config import Config
from tests.appkit import Premises, install
from tests.model.key_loan import design
from tests.model.stage import Stage


@pytest.fixture(scope="session")
def grounds(clone: Callable[[], Config], queue: Config) -> Iterator[Premises]:
    """The installation every world of the model is built in."""
    made = install(replace(clone(), redis_url=queue.redis_url))
    design(made)
    yield made
    made.house.database.dispose()


@pytest.fixture(scope="session")
def new_stage(grounds: Premises) -> Iterator[Callable[[], Stage]]:
    """Builds a new world; all share their connections to the database."""
    with grounds.connect(autocommit=True) as admin, grounds.connect("web") as web:
        yield lambda: Stage(grounds, admin, web).build()
