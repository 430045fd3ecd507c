"""One request of a person never waits for another of his that takes long."""

import pytest

from tests.appkit import Premises

ANNOUNCE = "SELECT user_id FROM gate.announce(%s, 'r-1')"


@pytest.mark.parametrize(
    "stale",
    [
        "SELECT gate.bump_catalog()",
        "UPDATE gate.session SET last_seen = now() - interval '5 minutes'",
        "UPDATE gate.token SET last_used = now() - interval '5 minutes'",
    ],
    ids=["after his rights may have changed", "when his session is touched", "when his token is touched"],
)
def test_a_long_request_holds_up_no_other(shop: Premises, stale: str) -> None:
    door = shop.api_token("manager") if "token" in stale else shop.session("manager")
    shop.run(stale)
    with shop.connect("web") as long, shop.connect("web") as quick:
        long.execute(ANNOUNCE, (door,))  # and is not finished while the other comes
        quick.execute("SET lock_timeout = '300ms'")
        assert quick.execute(ANNOUNCE, (door,)).fetchone() == (shop.users["manager"],)
        assert quick.execute("SELECT gate.may('customer', 'list')").fetchone() == (True,)
