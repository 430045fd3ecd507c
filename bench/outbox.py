"""Work through the outbox beside plain RQ, in pairs of one run, and how soon work begins that is asked for."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from statistics import median, quantiles
from typing import Any

import psycopg
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from rq import Queue, Worker
from sqlalchemy import text

from app.db.embedded import Place, Valkey
from app.db.embedded.spawn import stop
from app.db.embedded.valkey import GRACEFUL
from app.jobs import relay, worker
from app.jobs.announced import as_system, open_engine
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.outbox import enqueue
from app.process import secrets
from app.process.child import Forked, fork, until_told
from bench import ground
from config import Config

DATABASE, JOBS, PAIRS, ASKED = "bench_outbox", 200, 3, 150
PATIENCE = 300.0  # seconds
TABLE = "CREATE TABLE IF NOT EXISTS bench_row (number integer, at timestamptz NOT NULL DEFAULT clock_timestamp())"
GRANT = "GRANT SELECT, INSERT ON bench_row TO forecourt_worker"
ROW = "INSERT INTO bench_row (number) VALUES ({})"


@job("bench.row")
def row(context: JobContext, number: int) -> None:
    """One row, and that it is done, in one transaction."""
    with context.transaction() as connection:
        connection.execute(text(ROW.format(":number")), {"number": number})
        context.finish(connection)


def plain(address: str, number: int) -> None:
    """The same row by plain RQ: each job is a child of its own there too, and connects for itself."""
    with psycopg.connect(address) as connection:
        connection.execute(ROW.format("%s"), (number,))


def run() -> list[dict[str, Any]]:
    """The pairs, each the other way round than the one before, and the waits."""
    if not ground.exists(DATABASE):
        ground.create(DATABASE)
    ground.migrated(DATABASE)
    with ground.connect(DATABASE) as connection:
        connection.execute(TABLE)
        connection.execute(GRANT)
    with valkey() as config:
        pairs = [pair(config, turned=bool(number % 2)) for number in range(PAIRS)]
        begun, handed = waits(config)
    ratio = median(ours / theirs for ours, theirs in pairs)
    result = {"case": "outbox", "person": "system", "pairs": pairs, "ratio": ratio, "begun": begun, "handed": handed}
    print(result, flush=True)
    return [result]


@contextmanager
def valkey() -> Iterator[Config]:
    """A queue server of the bench's own, and a worker's settings for it and the database."""
    place = Place.prepare(ground.home())
    secrets.write_missing(ground.home() / "secrets")
    server = Valkey(place)
    config = ground.settings(DATABASE, "worker")
    server.admit(config.secret("valkey").decode())
    process = server.start()
    server.wait(process)
    client = redis.Redis.from_url(config.redis(), retry=Retry(ConstantBackoff(0.1), 100))
    client.ping()  # again while it reads what the run before left
    try:
        yield replace(config, redis_url=config.redis())
    finally:
        stop(process, GRACEFUL)


def pair(config: Config, *, turned: bool) -> tuple[float, float]:
    """Jobs a second through the outbox and by plain RQ, one worker each."""
    both = (partial(ours, config), partial(theirs, config))
    rates = {run.func: run() for run in (reversed(both) if turned else both)}
    print(f"outbox {rates[ours]:.1f} jobs/s, plain RQ {rates[theirs]:.1f} jobs/s", flush=True)
    return rates[ours], rates[theirs]


def ours(config: Config) -> float:
    """Jobs a second through the outbox: relay and worker as the product runs them."""
    forget(config)
    engine = open_engine(config)
    with as_system(engine) as connection:
        for number in range(JOBS):
            enqueue(connection, "bench.row", {"number": number})
    engine.dispose()
    return rate([fork(partial(quietly, part, config)) for part in (relay.run, partial(worker.run, queue="default"))])


def theirs(config: Config) -> float:
    """Jobs a second by plain RQ: its own worker and serializer, the same function."""
    forget(config)
    queue = Queue("plain", connection=redis.Redis.from_url(config.redis()))
    address = ground.conninfo(DATABASE, "worker")
    for number in range(JOBS):
        queue.enqueue(plain, address, number, result_ttl=0)
    return rate([fork(partial(plain_worker, config.redis()))])


def quietly(part: Callable[..., None], config: Config) -> None:
    """Is a part of the product without its words."""
    logging.disable(logging.WARNING)
    part(config, stop=until_told())


def plain_worker(address: str) -> None:
    """RQ's worker as it comes, but for its words and signals."""
    logging.disable(logging.WARNING)
    connection = redis.Redis.from_url(address)
    Worker([Queue("plain", connection=connection)], connection=connection).work()


def rate(running: list[Forked]) -> float:
    """Jobs a second from the first row to the last."""
    try:
        await_rows(JOBS)
        with ground.connect(DATABASE) as connection:
            found = connection.execute("SELECT extract(epoch FROM max(at) - min(at))::float8 FROM bench_row").fetchone()
        return (JOBS - 1) / found[0] if found else 0.0
    finally:
        end(running)


def end(running: list[Forked]) -> None:
    """Ends the parts at once."""
    for one in running:
        one.send_signal(9)  # type: ignore[arg-type]
        one.wait()


def await_rows(number: int) -> None:
    """Returns when so many rows were written."""
    until = time.monotonic() + PATIENCE
    with ground.connect(DATABASE) as connection:
        while (connection.execute("SELECT count(*) FROM bench_row").fetchone() or (0,))[0] < number:
            if time.monotonic() > until:
                raise RuntimeError("the jobs were not done in time")
            time.sleep(0.2)


def forget(config: Config) -> None:
    """Empties rows, work and queues."""
    with ground.connect(DATABASE) as connection:
        connection.execute("TRUNCATE bench_row, work.outbox, work.slot, work.inbox, work.attempt, work.deed")
    client = redis.Redis.from_url(config.redis())
    for key in client.scan_iter("rq:*"):
        client.delete(key)


def waits(config: Config) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds from asking to the job's row, and to the relay's message, asked for now and then; p50 and p99."""
    forget(config)
    running = [fork(partial(quietly, part, config)) for part in (relay.run, partial(worker.run, queue="default"))]
    engine, dice = open_engine(config), random.Random(5)
    try:
        for number in range(ASKED + 1):  # the first waits for the parts to start
            with as_system(engine) as connection:
                enqueue(connection, "bench.row", {"number": number})
            time.sleep(dice.uniform(0.1, 0.4) if number else 3)
        await_rows(ASKED + 1)
    finally:
        end(running)
        engine.dispose()
    with ground.connect(DATABASE) as connection:
        found = connection.execute(
            "SELECT extract(epoch FROM b.at - o.created_at)::float8 * 1000,"
            " extract(epoch FROM o.enqueued_at - o.created_at)::float8 * 1000"
            " FROM work.outbox o JOIN bench_row b ON b.number = (o.args ->> 'number')::int WHERE b.number > 0"
        ).fetchall()
    return spread([begun for begun, _ in found]), spread([handed for _, handed in found])


def spread(values: list[float]) -> dict[str, float]:
    """The middle and the 99th of a hundred."""
    return {"p50": median(values), "p99": quantiles(values, n=100)[98]}
