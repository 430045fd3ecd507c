"""Writing an import: the stage into tables, a chunk a transaction, so that it may die anywhere and go on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson
from sqlalchemy import Connection

from app.core.entity import Entity
from app.exchange import batch as batches
from app.exchange.batch import Batch, State
from app.exchange.joining import join
from app.exchange.known import Keys, Match, find
from app.exchange.lanes import side_by_side
from app.exchange.steps import CUSTOMER, VEHICLE, Steps, Tools, columns_of, context_of
from app.records.context import Context
from app.records.event import note

# What triggers look up was planned when their tables were as small as the first chunk found them, perhaps empty: kept,
# the plan reads each table whole for each row.
FORGET = "DISCARD PLANS"
LANES = 2  # more would wait for each other at the ends of the indexes; changed while no import runs
REST = LANES  # the lane of all lines that the others left
ALONE = (
    "customer_leader IS NULL AND vehicle_leader IS NULL AND customer_match IS NULL AND vehicle_match IS NULL"
    " AND answer IS NULL"
)
WAITING = (
    "NOT EXISTS (SELECT FROM import_link l WHERE l.batch_id = r.batch_id"
    " AND l.entity IN ('customer', 'vehicle') AND l.line = r.line)"
)

# Records by what became of them: made, or others' filled, or others' left as they were.
WRITTEN = """
    WITH one AS (SELECT entity, record_id, bool_or(action = 'created') AS made, bool_or(action = 'joined') AS filled
                   FROM import_link WHERE batch_id = %s GROUP BY 1, 2)
    SELECT entity, CASE WHEN made THEN 'created' WHEN filled THEN 'joined' ELSE 'matched' END, count(*)
      FROM one GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Line:
    """A staged row without its values: what it holds, whom it follows, what the dry run and the person said."""

    line: int
    keys: Keys
    customer: bool
    vehicle: bool
    customer_leader: int | None
    vehicle_leader: int | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk's lines about one entity: the records known of them, the lines they follow, their cars' customers."""

    entity: Entity
    lines: list[int]
    known: dict[int, int]
    leaders: dict[int, int]
    owners: dict[int, int] = field(default_factory=dict)

    def parted(self, earlier: dict[int, int]) -> tuple[dict[int, int], dict[int, int]]:
        """By line, the line that makes its record, or else the record it joins; `earlier` is what past lines became."""
        makers: dict[int, int] = {}
        joins: dict[int, int] = {}
        for line in self.lines:
            leader = self.leaders.get(line, line)
            record = self.known.get(line) or earlier.get(leader) or joins.get(leader)
            if record:
                joins[line] = record
            else:
                makers[line] = makers.get(leader, line)
        return makers, joins


def load(steps: Steps, tools: Tools, number: int) -> None:
    """Writes what is not yet written of a checked batch; a second run writes nothing twice.

    New records come first, in LANES transactions at a time; then, in the file's order, what has to do with others.
    """
    writing = _Writing(steps, tools, number)
    side_by_side(writing.step, LANES)
    while writing.step(REST):
        pass


class _Writing:
    """One run over a batch; its steps may be taken by several threads, each in a lane of its own."""

    def __init__(self, steps: Steps, tools: Tools, number: int) -> None:
        self._steps, self._tools, self._number = steps, tools, number
        self._done, self._telling = 0, Lock()

    def step(self, lane: int) -> bool:
        """Writes the lane's next chunk and tells how far it is; False when nothing is left, and REST ends the batch."""
        with self._steps.transaction() as connection:
            batch = batches.get(connection, self._number)
            if batch.state is not State.IMPORTING:
                return False
            context = context_of(connection, self._tools.sealer)
            done = _advance(context, batch, lane, self._tools.rows)
            if done is None and lane == REST:
                _finish(self._steps, context, batch)
        if done is not None:
            self._tell(done, int(batch.counts.get("ready", 0)))
        elif lane == REST:
            self._tools.uploads.remove(batch.hash, batch.uuid)
        return done is not None

    def _tell(self, done: int, total: int) -> None:
        """Never tells less than was told before: a lane does not see the chunk that another is about to commit."""
        with self._telling:
            self._done = max(self._done, done)
            self._steps.progress(self._done, max(total, self._done))


def _advance(context: Context, batch: Batch, lane: int, rows: int) -> int | None:
    """Writes the lane's next chunk; answers how many rows are behind the batch, or None when nothing was left."""
    connection = context.connection
    connection.exec_driver_sql(FORGET)
    sql = "INSERT INTO import_progress (batch_id, lane, store_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
    connection.exec_driver_sql(sql, (batch.id, lane, batch.store))
    sql = "SELECT line FROM import_progress WHERE batch_id = %s AND lane = %s FOR UPDATE"
    last = connection.exec_driver_sql(sql, (batch.id, lane)).scalar_one()
    chunk = _lines(connection, batch, lane, last, rows)
    if not chunk:
        return None
    written = _write(context, batch, [one for one in chunk if one.answer != "skip"], alone=lane != REST)
    behind = len(chunk) if lane == REST else written
    sql = "UPDATE import_progress SET line = %s, rows = rows + %s WHERE batch_id = %s AND lane = %s"
    connection.exec_driver_sql(sql, (chunk[-1].line, behind, batch.id, lane))
    sql = "SELECT sum(rows) FROM import_progress WHERE batch_id = %s"
    return int(connection.exec_driver_sql(sql, (batch.id,)).scalar_one())


def _lines(connection: Connection, batch: Batch, lane: int, last: int, rows: int) -> list[Line]:
    """The next lines to write, at most `rows`; looks no further ahead than it must."""
    if found := _ahead(connection, batch, lane, last, rows):
        return found
    sql = f"SELECT min(line) FROM import_row r WHERE batch_id = %s AND line > %s AND {_mine(lane, rows)}"
    following = connection.exec_driver_sql(sql, (batch.id, last)).scalar_one()
    return [] if following is None else _ahead(connection, batch, lane, following - 1, rows)


def _ahead(connection: Connection, batch: Batch, lane: int, last: int, rows: int) -> list[Line]:
    sql = (
        "SELECT line, customer ->> 'name', customer ->> 'number', customer ->> 'id_card_bidx',"
        " customer ->> 'phone_bidx', vehicle ->> 'vin', customer IS NOT NULL, vehicle IS NOT NULL,"
        " customer_leader, vehicle_leader, answer"
        " FROM import_row r"
        f" WHERE batch_id = %s AND line > %s AND line <= %s AND {_mine(lane, rows)} ORDER BY line LIMIT %s"
    )
    found = []
    given = (batch.id, last, last + LANES * rows, rows)
    for line, name, code, card, phone, vin, *rest in connection.exec_driver_sql(sql, given):
        person = {"name": name, "number": code, "id_card_bidx": card, "phone_bidx": phone}
        found.append(Line(line, Keys.of(line, person, {"vin": vin}), *rest))
    return found


def _mine(lane: int, rows: int) -> str:
    """A lane's lines as a condition: those of every LANES-th chunk that meet no other record, or all yet unwritten."""
    turn = f"(line - 1) / {rows} %% {LANES} = {lane}"
    return f"state = 'ready' AND {WAITING if lane == REST else f'{turn} AND {ALONE}'}"


def _write(context: Context, batch: Batch, lines: list[Line], *, alone: bool) -> int:
    """One chunk: customers made and joined, then cars; a line meets what was made since its dry run as a match.

    With `alone` only lines that meet nothing are written, the others left. Answers how many lines were written.
    """
    if not lines:
        return 0
    found = find(context.connection, batch.store, (one.keys for one in lines))
    matches = {one.line: found.match(one.keys) for one in lines}
    if alone:
        lines = [one for one in lines if matches[one.line] == Match()]
    else:
        _fail(context.connection, batch, {line: match.clash for line, match in matches.items() if match.clash})
        lines = [one for one in lines if not matches[one.line].clash]
    persons = [one for one in lines if one.customer]
    anew = {one.line for one in persons if one.answer == "new" and matches[one.line].why in ("person", "car")}
    known = {one.line: match for one in persons if (match := matches[one.line].customer) and one.line not in anew}
    leaders = {one.line: one.customer_leader for one in persons if one.customer_leader}
    customers = _entity(context, batch, Part(CUSTOMER, [one.line for one in persons], known, leaders))
    cars = [one for one in lines if one.vehicle]
    known = {one.line: match for one in cars if (match := matches[one.line].vehicle)}
    leaders = {one.line: one.vehicle_leader for one in cars if one.vehicle_leader}
    _entity(context, batch, Part(VEHICLE, [one.line for one in cars], known, leaders, customers))
    _keep(context.connection, batch, [one.line for one in lines])
    return len(lines)


def _entity(context: Context, batch: Batch, part: Part) -> dict[int, int]:
    """Makes and joins the records of one entity; answers the record of each line."""
    if not part.lines:
        return {}
    earlier = _written(context.connection, batch, part.entity, set(part.leaders.values()) - set(part.lines))
    makers, joins = part.parted(earlier)
    made = _make(context.connection, batch, part, [line for line, maker in makers.items() if line == maker])
    joins |= {line: made[maker] for line, maker in makers.items() if line != maker}
    join(context, batch, part.entity, joins, part.owners)
    return made | joins


def _written(connection: Connection, batch: Batch, entity: Entity, lines: Collection[int]) -> dict[int, int]:
    """The records earlier lines became."""
    if not lines:
        return {}
    sql = "SELECT line, record_id FROM import_link WHERE batch_id = %s AND entity = %s AND line = ANY (%s)"
    return pairs(connection.exec_driver_sql(sql, (batch.id, entity.name, list(lines))))


def _make(connection: Connection, batch: Batch, part: Part, lines: list[int]) -> dict[int, int]:
    """Makes the records of these lines in one statement: rows, search tokens and what the batch made."""
    if not lines:
        return {}
    entity = part.entity
    columns = [f'"{column}"' for column in columns_of(entity)]
    values = ["s.customer" if entity is VEHICLE and one == '"customer_id"' else f"v.{one}" for one in columns]
    sql = f"""
        WITH staged AS MATERIALIZED (
            SELECT r.line, r.store_id, r."{entity.name}" AS record, r.{entity.name}_tokens AS tokens, p.customer
              FROM unnest(%s::int[], %s::bigint[]) AS p (line, customer)
              JOIN import_row r ON r.batch_id = %s AND r.line BETWEEN %s AND %s AND r.line = p.line
        ), made AS (
            INSERT INTO "{entity.name}" (store_id, uuid, {", ".join(columns)})
            SELECT s.store_id, v.uuid, {", ".join(values)}
              FROM staged s, jsonb_populate_record(NULL::"{entity.name}", s.record) v ORDER BY s.line
            RETURNING id, uuid
        ), known AS (
            SELECT m.id, s.line, s.store_id, s.tokens FROM made m JOIN staged s ON (s.record ->> 'uuid')::uuid = m.uuid
        ), found AS (
            INSERT INTO search_token (store_id, token, record_id, entity)
            SELECT k.store_id, t, k.id, %s FROM known k, unnest(k.tokens) AS t ORDER BY t -- as their index stands
        )
        INSERT INTO import_link (batch_id, entity, line, store_id, record_id, action, version)
        SELECT %s, %s, line, store_id, id, 'created', 1 FROM known RETURNING line, record_id"""
    near = (min(lines), max(lines))  # else each chunk would read the whole batch
    given = (lines, [part.owners.get(line) for line in lines], batch.id, *near, entity.name, batch.id, entity.name)
    return pairs(connection.exec_driver_sql(sql, given))


def _keep(connection: Connection, batch: Batch, lines: list[int]) -> None:
    """Keeps the sealed cells of columns without a field."""
    sql = (
        "INSERT INTO import_kept (batch_id, line, store_id, kept) SELECT batch_id, line, store_id, kept FROM import_row"
        " WHERE batch_id = %s AND line = ANY (%s) AND kept IS NOT NULL ON CONFLICT DO NOTHING"
    )
    connection.exec_driver_sql(sql, (batch.id, lines))


def _fail(connection: Connection, batch: Batch, clashes: dict[int, Any]) -> None:
    """Fails lines whose customer number was taken by somebody else since the dry run."""
    sql = "UPDATE import_row SET state = 'failed', failures = jsonb_build_array(%s::jsonb)"
    sql += " WHERE batch_id = %s AND line = %s"
    for line, label in clashes.items():
        why = {"column": "", "target": None, "code": "number_taken", "words": [label.zh, label.en]}
        connection.exec_driver_sql(sql, (orjson.dumps(why).decode(), batch.id, line))


def _finish(steps: Steps, context: Context, batch: Batch) -> None:
    """Counts what was written, notes it in the trail and clears the stage of what succeeded."""
    connection = context.connection
    written: dict[str, dict[str, int]] = {"created": {}, "joined": {}, "matched": {}}
    for entity, action, count in connection.exec_driver_sql(WRITTEN, (batch.id,)):
        written[action][entity] = count
    sql = (
        "SELECT count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE answer = 'skip')"
        " FROM import_row WHERE batch_id = %s"
    )
    failing, left = connection.exec_driver_sql(sql, (batch.id,)).one()
    counts = dict(batch.counts) | {"written": written, "failing": failing, "left_out": left}
    connection.exec_driver_sql("DELETE FROM import_row WHERE batch_id = %s AND state = 'ready'", (batch.id,))
    made = sum(written["created"].values())
    details = {"batch": batch.id, "created": written["created"], "joined": written["joined"]}
    note(connection, "import", CUSTOMER, store=batch.store, details=details, count=made)
    batches.change(connection, batch, State.DONE, counts=counts, problem=None, finished_at=now(connection))
    steps.finish(connection, {"created": made})


def pairs(rows: Iterable[Any]) -> dict[int, int]:
    """Lines and their records from rows of two numbers."""
    return {int(line): int(record) for line, record in rows}


def now(connection: Connection) -> Any:
    """The database's time."""
    return connection.exec_driver_sql("SELECT now()").scalar_one()
