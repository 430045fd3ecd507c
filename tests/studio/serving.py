"""The product's own web server for a test: python -m tests.studio.serving <installation> <descriptor> <planted>."""

import sys
import time
from collections.abc import Callable
from typing import Any

from app.api import entity_api  # noqa: F401  # imported before the fork, so that its workers begin at once
from app.process.web import Server
from app.views import asked, entity_view  # noqa: F401
from tests.studio.elsewhere import settings


def share_filters() -> None:
    """The defect of stock FAB: what a list is asked for is kept on something all threads share."""
    shared: dict[str, Any] = {}
    read: Callable[..., Any] = asked.Asked.of.__func__

    def of(cls: type, args: Any) -> Any:
        shared["asked"] = read(cls, args)
        time.sleep(0.002)  # any pause between keeping and using will do
        return shared["asked"]

    asked.Asked.of = classmethod(of)


def skip_the_pin() -> None:
    """The defect of a catalog read anew at each use: a page drawn while somebody publishes is of two versions."""
    from app.catalog import Catalog, Snapshot
    from app.heads import door
    from app.heads.house import house

    class Unpinned(Snapshot):
        @property
        def entities(self) -> Any:
            time.sleep(0.02)  # somebody publishes meanwhile
            here = house()
            with here.database.transaction() as connection:
                return Catalog.now(here.catalog, connection).entities

    door.pinned = lambda connection, announced: (announced, Unpinned.__new__(Unpinned))


PLANTED = {"": lambda: None, "filters": share_filters, "pin": skip_the_pin}


def main(home: str, secrets: str, database: str, listener: str, planted: str = "") -> None:
    """Serves until it is told to stop: two processes of four threads each."""
    PLANTED[planted]()
    config = settings(home, secrets, database, web_processes=2, web_threads=4, log_level="error")
    Server(config.as_process("web"), int(listener)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
