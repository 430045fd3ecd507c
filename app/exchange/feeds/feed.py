"""A file's whole way: read, written, closed; then what waited for it is tried again."""

from collections.abc import Iterable

import orjson
from sqlalchemy import Connection

from app.core.errors import Refusal
from app.exchange.cells import text_of
from app.exchange.feeds import run as runs
from app.exchange.feeds.day import WrongFile
from app.exchange.feeds.profile import Profile, by_id
from app.exchange.feeds.profile import get as find
from app.exchange.feeds.run import Arrival, Begun, Run, State, begin, refuse
from app.exchange.feeds.stage import read
from app.exchange.feeds.write import write
from app.exchange.preparing import seal_json
from app.exchange.refusals import Unreadable
from app.exchange.source import Choices, open_source
from app.exchange.steps import Steps, Tools, context_of
from app.models import ENTITIES
from app.records.context import Context
from app.records.event import note

COUNTS = """
    SELECT count(DISTINCT grp) FILTER (WHERE state = 'refused'), count(DISTINCT grp) FILTER (WHERE state = 'waiting'),
           count(DISTINCT line) FILTER (WHERE state <> 'ready')
      FROM feed_row WHERE run_id = %s"""
ROUNDS = 8  # how often what waited is tried again because something that waited came in


def receive(steps: Steps, tools: Tools, code: str, came: Arrival) -> Begun:
    """Begins the run of a kept file; one refused as a whole is noted and raised. Keeps no second copy of a file."""
    try:
        with steps.transaction() as connection:
            context = context_of(connection, tools.sealer)
            begun = begin(context, find(connection, code), came)
    except WrongFile as wrong:
        with steps.transaction() as connection:
            context = context_of(connection, tools.sealer)
            refuse(context, find(connection, code), came, wrong)
        tools.uploads.remove(came.stored.hash, came.uuid)
        raise
    except BaseException:
        tools.uploads.remove(came.stored.hash, came.uuid)
        raise
    if begun.uuid != came.uuid:
        tools.uploads.remove(came.stored.hash, came.uuid)
    return begun


def feed(steps: Steps, tools: Tools, number: int) -> Run:
    """Takes a run to its end, from wherever it stands; a file refused as a whole is noted and the refusal raised."""
    try:
        read(steps, tools, number)
    except (WrongFile, Unreadable) as wrong:
        _stop(steps, tools, number, wrong)
        raise
    if write(steps, tools, number):
        _close(steps, tools, number)
        _retry(steps, tools, number)
    with steps.transaction() as connection:
        run = runs.get(connection, number)
        steps.finish(connection, {"run": number, "counts": dict(run.counts)})
    return run


def _stop(steps: Steps, tools: Tools, number: int, why: Refusal) -> None:
    with steps.transaction() as connection:
        run = runs.get(connection, number, lock=True)
        connection.exec_driver_sql("DELETE FROM feed_row WHERE run_id = %s", (number,))
        runs.change(connection, number, state=State.REFUSED.value, problem=why.label, finished_at=_now(connection))
    tools.uploads.remove(run.hash, run.uuid)


def _close(steps: Steps, tools: Tools, number: int) -> None:
    """Keeps the cells of what was not taken, clears the rest of the stage and ends the run."""
    with steps.transaction() as connection:
        run = runs.get(connection, number, lock=True)
        if run.state is not State.WRITING:
            return
        context = context_of(connection, tools.sealer)
        profile = by_id(connection, run.profile)
        sql = "SELECT DISTINCT line FROM feed_row WHERE run_id = %s AND state <> 'ready' AND raw IS NULL"
        left = set(connection.exec_driver_sql(sql, (number,)).scalars())
        if left:
            _keep_cells(tools, context, run, profile, left)
        connection.exec_driver_sql("DELETE FROM feed_row WHERE run_id = %s AND state = 'ready'", (number,))
        refused, waiting, lines = connection.exec_driver_sql(COUNTS, (number,)).one()
        counts = dict(run.counts) | {"refused": refused, "waiting": waiting, "left_lines": lines}
        runs.change(connection, number, state=State.DONE.value, counts=counts, finished_at=_now(connection))
        _note(context, profile, run, counts)
    tools.uploads.remove(run.hash, run.uuid)


def _keep_cells(tools: Tools, context: Context, run: Run, profile: Profile, lines: Iterable[int]) -> None:
    wanted, spec = set(lines), profile.spec
    cells: dict[int, str] = {}
    with (
        tools.uploads.opened(run.hash, run.uuid) as path,
        open_source(path, run.file, Choices(spec.sheet, spec.encoding, spec.separator), tools.limits) as source,
    ):
        for raw in source.rows():
            if raw.line in wanted:
                told = [text_of(cell) for cell in raw.cells]
                cells[raw.line] = seal_json(tools.sealer, told, "feed_row", raw.line, run.uuid)
    sql = (
        "UPDATE feed_row r SET raw = p.raw::bytea FROM unnest(%s::int[], %s::text[]) AS p (line, raw)"
        " WHERE r.run_id = %s AND r.line = p.line AND r.state <> 'ready'"
    )
    context.connection.exec_driver_sql(sql, (list(cells), list(cells.values()), run.id))


def _note(context: Context, profile: Profile, run: Run, counts: dict[str, int]) -> None:
    """Writes into the trail that a file came in, in the name of whoever brought it."""
    details = {"profile": profile.code, "run": run.id, "day": run.day.isoformat(), "file": run.file, "counts": counts}
    entity = context.entity(profile.spec.entities[0])
    store = profile.stores[0] if len(profile.stores) == 1 else None
    note(context.connection, "import", entity, store=store, details=details, count=counts.get("created", 0))


def _retry(steps: Steps, tools: Tools, number: int) -> None:
    """Tries again what waited in other runs for what this one brought, until nothing more comes in."""
    for _ in range(ROUNDS):
        with steps.transaction() as connection:
            others = waiting(connection, number)
        before = sum(count for _, count in others)
        came = sum(_again(steps, tools, run, count) for run, count in others)
        if not came:
            return
        with steps.transaction() as connection:
            if sum(count for _, count in waiting(connection, number)) == before:
                return


def waiting(connection: Connection, number: int) -> list[tuple[int, int]]:
    """Finished runs in which records wait for a kind of record that this run made, and how many; oldest first."""
    sql = "SELECT DISTINCT entity FROM feed_link WHERE run_id = %s AND action = 'created'"
    made = set(connection.exec_driver_sql(sql, (number,)).scalars())
    sql = """
        SELECT r.id, r.profile_id, count(DISTINCT w.grp), array_agg(DISTINCT w.failures -> 0 ->> 1)
          FROM feed_row w JOIN feed_run r ON r.id = w.run_id WHERE w.state = 'waiting' AND r.state = 'done'
         GROUP BY r.id, r.profile_id, r.day, r.sequence ORDER BY r.day, r.sequence, r.id"""
    found = []
    for run, profile, count, fields in connection.exec_driver_sql(sql).all():
        entities = [ENTITIES[name] for name in by_id(connection, profile).spec.entities if name in ENTITIES]
        targets = {one.target for entity in entities for one in entity.references if one.name in fields}
        if targets & made:
            found.append((run, count))
    return found


def _again(steps: Steps, tools: Tools, number: int, waited: int) -> bool:
    """Writes what waits in a finished run; whether any of it came in."""
    with steps.transaction() as connection:
        run = runs.get(connection, number, lock=True)
        if run.state is not State.DONE:
            return False
        sql = "UPDATE feed_row SET state = 'ready' WHERE run_id = %s AND state = 'waiting'"
        connection.exec_driver_sql(sql, (number,))
        runs.change(connection, number, state=State.WRITING.value, reached=0)
    write(steps, tools, number)
    _close(steps, tools, number)
    with steps.transaction() as connection:
        run = runs.get(connection, number)
    return int(run.counts.get("waiting", 0)) < waited


def _now(connection: Connection) -> object:
    return connection.exec_driver_sql("SELECT now()").scalar_one()


def failing(context: Context, run: Run, most: int | None = None) -> list[tuple[int, str, list[str], list[list[str]]]]:
    """The lines that were not taken: line, refused or waiting, cells, and failures as they are kept."""
    sql = (
        "SELECT DISTINCT ON (line) line, state, raw, failures FROM feed_row WHERE run_id = %s AND state <> 'ready'"
        " ORDER BY line, failures IS NULL LIMIT %s"
    )
    found = []
    for line, state, raw, why in context.connection.exec_driver_sql(sql, (run.id, most)):
        opened = context.sealer.open(bytes(raw), "feed_row", f"line {line}", run.uuid) if raw else "[]"
        found.append((line, state, orjson.loads(opened), why or []))
    return found
