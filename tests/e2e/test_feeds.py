"""The pages of feeds keep nobody out and fit a phone, in either language."""

from collections.abc import Iterator

import pytest

from app.exchange.feeds import profile as profiles
from tests.appkit import Premises
from tests.e2e.conftest import Open
from tests.e2e.test_accessible import axe, problems  # noqa: F401  # a fixture
from tests.exchange.feeds import brands

pytestmark = pytest.mark.e2e
PAGES = ("/feeds/", "/feeds/new", "/feeds/alpha-orders/", "/feeds/alpha-orders/settings", "/feeds/runs/{run}")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def run(premises: Premises) -> Iterator[int]:
    """A run of a profile, with refused lines."""
    with premises.acting("boss") as context:
        given = profiles.from_mapping(brands.ALPHA_ORDERS, (premises.stores["PD"],))
        number = profiles.save(context, given)
    sql = (
        "INSERT INTO feed_run (profile_id, way, file_name, file_hash, file_size, day, state, counts, finished_at)"
        " VALUES (%s, 'screen', 'WO_20261105.csv', sha256('x'), 1, current_date - 1, 'done',"
        """ '{"rows": 42, "created": 40, "refused": 2}', now()) RETURNING id"""
    )
    yield premises.one(sql, number)
    premises.run("DELETE FROM feed_run WHERE profile_id = %s", number)
    premises.run("DELETE FROM feed_profile WHERE id = %s", number)


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_feeds_keeps_nobody_out_and_fits_a_phone(
    window: Open,
    axe: str,  # noqa: F811
    run: int,
    path: str,
    language: str,
) -> None:
    here = window("boss", language=language)
    here.page.set_viewport_size({"width": 390, "height": 800})
    here.go(path.format(run=run))
    assert here.page.evaluate(WIDER) <= 0
    assert problems(here, axe) == []
