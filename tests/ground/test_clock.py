"""A start compares the database's clock with this machine's."""

import time

import psycopg
import pytest

from app.db.embedded import Unusable
from app.process.servers import _compare_clocks
from tests.appkit import connect


@pytest.mark.parametrize("wrong", [-3.0, 3.0, 120.0])
def test_a_start_is_refused_when_the_clocks_differ(wrong: float, config, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    with connect(config, "administrator") as connection:
        monkeypatch.setattr("app.process.servers.time.time", lambda: now() + wrong)
        with pytest.raises(Unusable, match=rf"differ by {abs(wrong):.0f}\.\d s"):
            _compare_clocks(connection)


def test_clocks_that_agree_are_no_reason(config) -> None:
    with connect(config, "administrator") as connection:
        assert isinstance(connection, psycopg.Connection)
        _compare_clocks(connection)
