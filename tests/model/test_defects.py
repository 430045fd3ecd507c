"""Every planted mistake is caught by the comparison that is there for it, and without one nothing is."""

from collections.abc import Callable

import pytest

from tests.model.defects import DEFECTS
from tests.model.heads import HEADS
from tests.model.scenario import glanced, walked
from tests.model.stage import Stage
from tests.model.test_machine import walk


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_caught(name: str, new_stage: Callable[[], Stage]) -> None:
    with DEFECTS[name].plant(new_stage()):
        caught = {head: next(walked(new_stage(), [head]), None) for head in DEFECTS[name].heads}
    assert all(caught.values()), caught


def test_without_a_defect_nothing_is_caught(new_stage: Callable[[], Stage]) -> None:
    assert list(glanced(new_stage())) == []


def test_every_head_catches_a_defect() -> None:
    assert {head for defect in DEFECTS.values() for head in defect.heads} >= set(HEADS)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", DEFECTS)
def test_the_random_walk_catches_it_too(name: str, new_stage: Callable[[], Stage]) -> None:
    with DEFECTS[name].plant(new_stage()), pytest.raises((AssertionError, ExceptionGroup)):
        walk(new_stage, 400, 40, shrinking=False)
