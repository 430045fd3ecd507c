"""Sealing every value under the newest key, in small transactions between other work; killed anywhere, it goes on."""

import time

from sqlalchemy import Connection

from app.access.key_file import KeyFile
from app.access.key_prints import demand_keys, known_keys
from app.access.seal import Sealer
from app.catalog import Catalog
from app.core.label import Label
from app.exchange.sealed import follow, staged_places
from app.jobs.context import JobContext
from app.jobs.registry import job
from app.models import ENTITIES
from app.outbox import enqueue
from app.records.sealed import Place, Step, record_places, step

RESEAL = "keys.reseal"
BATCH = 500  # values in one transaction
SLICE = 10.0  # seconds after which other work of the queue has its turn
AGAIN = "SELECT clock_timestamp() + interval '1 minute'"
_REACHED = "SELECT reached, ended FROM work.reseal WHERE pass = %s AND place = %s FOR UPDATE"
_NOTE = """
    INSERT INTO work.reseal AS r (pass, place, reached, resealed, broken, ended) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (pass, place) DO UPDATE SET reached = excluded.reached, ended = excluded.ended, at = now(),
        resealed = r.resealed + excluded.resealed, broken = r.broken + excluded.broken"""
_SUM = "SELECT coalesce(sum(resealed), 0)::bigint, coalesce(sum(broken), 0)::bigint FROM work.reseal WHERE pass = %s"


@job(RESEAL, timeout=900, system=True, label=Label("更换密钥", "Seal values anew"))
def reseal(context: JobContext, begun: int | None = None) -> dict[str, int] | None:
    """How many values one pass put under the newest key; the pass that work `begun` began goes on where it stood."""
    keys = KeyFile(context.config)
    with context.transaction() as connection:
        demand_keys(connection, keys.now())
        if begun is None and not older(connection):
            return {"resealed": 0}
        all_places = places(connection)
    number, until, sealer = begun or context.work.id, time.monotonic() + SLICE, Sealer(keys)
    for place in all_places:
        while not advance(context, sealer, number, place):
            if time.monotonic() > until:
                hand_on(context, number)
                return None
    return end(context, number)


def places(connection: Connection) -> list[Place]:
    """Every place of the database that holds sealed values, but for second factors."""
    entities = list(Catalog(ENTITIES.values()).now(connection).entities.values())
    return [*record_places(connection, entities), *staged_places(entities)]


def older(connection: Connection) -> list[str]:
    """The keys that seal no more and are not retired yet."""
    return [one.name for one in known_keys(connection).values() if one.replaced_at and not one.retired_at]


def advance(context: JobContext, sealer: Sealer, number: int, place: Place) -> bool:
    """One batch of a place with the note of how far it came, in one transaction; whether the place is done."""
    with context.transaction() as connection:
        row = connection.exec_driver_sql(_REACHED, (number, place.name)).first()
        if row and row.ended:
            return True
        after = row.reached if row else [-1] * len(place.keys)
        done = step(connection, sealer, place, after, BATCH)
        if place.column:
            follow(connection, done.changed)
        note(connection, number, place, done, after)
    return done.reached is None


def note(connection: Connection, number: int, place: Place, done: Step, after: list[int]) -> None:
    """Writes down how far a place is."""
    reached = list(done.reached or after)
    connection.exec_driver_sql(_NOTE, (number, place.name, reached, done.written, done.broken, done.reached is None))


def hand_on(context: JobContext, number: int) -> None:
    """Asks for the rest of the pass and ends this piece of it, both or neither."""
    with context.transaction() as connection:
        enqueue(connection, RESEAL, {"begun": number})
        context.finish(connection, {"goes_on": number})


def end(context: JobContext, number: int) -> dict[str, int]:
    """What the pass did; where somebody was writing, another follows, until one finds nothing to do."""
    with context.transaction() as connection:
        resealed, broken = connection.exec_driver_sql(_SUM, (number,)).one()
        connection.exec_driver_sql("DELETE FROM work.reseal WHERE pass < %s", (number,))
        if resealed:
            moment = connection.exec_driver_sql(AGAIN).scalar_one()
            enqueue(connection, RESEAL, {}, run_after=moment, dedup_key=f"{RESEAL} after {number}")
        result = {"resealed": resealed, "broken": broken}
        context.finish(connection, result)
    return result
