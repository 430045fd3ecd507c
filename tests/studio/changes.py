"""A process that publishes and serves again and again: python -m tests.studio.changes <installation> <changes>."""

import gc
import json
import sys

from sqlalchemy import create_engine, pool

from app.heads import mapped
from app.studio.publish import publish
from tests.appkit import install
from tests.studio.elsewhere import settings
from tests.studio.samples import loan_car

WARM = 100  # by then everything that is loaded when first needed is loaded


def blocks() -> int:
    """How many pieces of memory Python holds: steadier than what the system counts, which moves with fragmentation."""
    gc.collect()
    return sys.getallocatedblocks()


def main(home: str, secrets: str, database: str, changes: str) -> None:
    """Prints the memory after a warm-up and after so many changes more, and the versions still held, as JSON."""
    shop = install(settings(home, secrets, database))
    owner = create_engine(shop.config.url("owner"), poolclass=pool.NullPool)
    desk, caller = shop.desk("manager"), shop.caller("manager")
    version, before = shop.one("SELECT max(version) FROM catalog_entity") or 1, 0
    for turn in range(WARM + int(changes)):
        if turn == WARM:
            before = blocks()
        with owner.begin() as connection:
            version = publish(connection, loan_car(version, mark=f" {turn}"))
        assert f"代步车辆 {turn}" in desk.get("/data/loan_car/").text
        assert caller.get("/api/v1/data/loan_car/").status_code == 200
    held = [*shop.app.extensions["forecourt.screens"]._held, *((one.name,) for one in mapped._held)]
    told = {"before": before, "after": blocks(), "held": len([one for one in held if one[0] == "loan_car"])}
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
