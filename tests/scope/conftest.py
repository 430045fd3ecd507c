"""A database with two stores, copied for each attack that would break it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from config import Config
from tests.conftest import _clone
from tests.scope.scene import Scene, build


@pytest.fixture(scope="session")
def scene(clone: Callable[[], Config]) -> Scene:
    """The scene all attacks share: none of them moves anything in it."""
    return build(clone())


@pytest.fixture
def copy(scene: Scene) -> Iterator[Callable[[], Scene]]:
    """Makes a copy of the scene to break; gone after the test."""
    made: list[str] = []
    url = make_url(scene.config.url("administrator")).set(drivername="postgresql", database="postgres")

    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as administrator:

        def make() -> Scene:
            made.append(f"t_{uuid4().hex[:12]}")
            _clone(administrator, scene.config.database, made[-1])
            return replace(scene, config=replace(scene.config, database=made[-1]))

        yield make
        for name in made:
            administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
