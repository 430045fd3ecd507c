"""Measures requests inside this process: its CPU, the database's CPU, wall time, statements."""

import contextlib
import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any, Self

import orjson
from sqlalchemy import Engine, event
from werkzeug.test import EnvironBuilder

from bench import ground

REPEATS, WARM = 40, 6
MILLI = 1e3


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request costs: medians over the repeats, in milliseconds."""

    cpu: float  # of the web process
    database: float  # of PostgreSQL's backend; NaN where the system does not tell
    wall: float
    statements: int
    size: int  # bytes of the answer
    least: float  # CPU of the web process in the quickest repeat: what is left when nothing else runs

    @property
    def total(self) -> float:
        """Both processors' work."""
        return self.cpu + self.database


@dataclass(frozen=True, slots=True)
class Browser:
    """Sends requests straight into a WSGI application, with the same headers each time."""

    app: Callable[..., Any]
    headers: dict[str, str]

    def environ(self, path: str, method: str = "GET", body: object = None) -> dict[str, Any]:
        """A request, ready to be sent."""
        data = orjson.dumps(body) if body is not None else None
        builder = EnvironBuilder(
            path, method=method, headers=self.headers, data=data, content_type="application/json" if data else None
        )
        made = builder.get_environ()
        made["bench.body"] = data or b""
        return made

    def send(self, environ: dict[str, Any]) -> bytes:
        """The answer's body; anything but success is an error."""
        told: list[str] = []
        sent = {**environ, "wsgi.input": BytesIO(environ["bench.body"])}
        answer = self.app(sent, lambda status, _headers, _trouble=None: told.append(status))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if not told[0].startswith("2"):
            raise RuntimeError(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}: {told[0]} {body[:300]!r}")
        return body


class Backends:
    """The CPU of the database sessions that serve this process."""

    def __init__(self, database: str) -> None:
        with ground.connect(database) as own:
            rows = own.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
                (database,),
            ).fetchall()
        self.files = [Path(f"/proc/{row[0]}/schedstat") for row in rows]

    def milliseconds(self) -> float:
        """Time they have spent on a processor."""
        try:
            return sum(int(file.read_text().split()[0]) for file in self.files) / 1e6
        except (OSError, ValueError, IndexError):
            return float("nan")


def measure(
    browser: Browser,
    requests: Sequence[dict[str, Any]] | dict[str, Any],
    database: str,
    engine: Engine,
    repeats: int = REPEATS,
) -> Cost:
    """The cost of one request, or of several alike in turn (a write differs each time)."""
    several = [requests] if isinstance(requests, dict) else list(requests)
    turns = [several[number % len(several)] for number in range(WARM + repeats)]
    for environ in turns[: WARM - 1]:
        browser.send(environ)
    with counted(engine) as statements:
        size = len(browser.send(turns[WARM - 1]))
        count = len(statements)
    backends = Backends(database)
    gc.collect()
    taken = [once(browser, environ, backends) for environ in turns[WARM:]]
    cpu, server, wall = (median(one[place] for one in taken) for place in range(3))
    return Cost(cpu, server, wall, count, size, min(one[0] for one in taken))


def once(browser: Browser, environ: dict[str, Any], backends: Backends) -> tuple[float, float, float]:
    """Process CPU, database CPU and wall of one request, in milliseconds."""
    server, began, cpu = backends.milliseconds(), time.perf_counter(), time.process_time()
    browser.send(environ)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    return cpu * MILLI, backends.milliseconds() - server, wall * MILLI


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements the engine sends while the block runs; BEGIN, COMMIT and the reset of a connection not counted."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


class Watch:
    """The CPU seconds of every session of a database that begins inside the block, read four times a second."""

    def __init__(self, database: str) -> None:
        self.database = database
        self._spent: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    @property
    def seconds(self) -> float:
        """What they spent so far, all together."""
        return sum(self._spent.values())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        with ground.connect("postgres") as own:
            while not self._over.wait(0.25):
                statement = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
                for (pid,) in own.execute(statement, (self.database,)):
                    with contextlib.suppress(OSError, ValueError, IndexError):
                        self._spent[pid] = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
