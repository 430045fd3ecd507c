"""A small year, loaded once a worker and only read."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from config import Config
from tests.demo.years import Year, lived


@pytest.fixture(scope="session")
def year(clone: Callable[[], Config], queue: Config) -> Year:
    """A year that nobody changes."""
    return lived(replace(clone(), redis_url=queue.redis_url))
