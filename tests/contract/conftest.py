"""Every contract is kept by every entity of the catalog, whatever its origin."""

import pytest

from app.core.action import Action
from app.core.entity import Entity
from app.models import ENTITIES
from tests.appkit import Premises
from tests.contract.sample import DESIGNED, design

WRITING = {"make", "writer", "record", "records", "foreign"}
EVERY = {**ENTITIES, DESIGNED.name: DESIGNED}


@pytest.fixture(scope="session", autouse=True)
def designed(premises: Premises) -> None:
    """The studio's sample is published before any contract is tried."""
    design(premises)


def written(entity: Entity) -> bool:
    """Whether people write its records; what only rules write (a log) keeps the contracts that need none."""
    return any(Action.CREATE in grant.actions for grant in entity.grants)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrizes a test by every entity it can be true of."""
    if "entity" in metafunc.fixturenames:
        wanted = metafunc.definition.get_closest_marker("of")
        chosen = [one for one in EVERY.values() if wanted is None or wanted.kwargs["having"](one)]
        if WRITING.intersection(metafunc.fixturenames):
            chosen = [one for one in chosen if written(one)]
        metafunc.parametrize("entity", chosen, ids=lambda one: one.name)


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker by which a contract says which entities it is about."""
    config.addinivalue_line("markers", "of(having): the entities a contract is about")


@pytest.fixture
def writer(entity: Entity, premises: Premises) -> str:
    """Somebody who may add records of the entity, and do what else can be done with them."""
    parts = ("manager", "boss", "admin", "auditor")
    return next(part for part in parts if premises.actor(part).may(Action.CREATE, entity.name))
