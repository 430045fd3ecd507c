"""The dry run: every row of a file read, checked, matched and laid ready, sealed values already sealed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import orjson
from sqlalchemy import Connection

from app.core.errors import Forbidden, Invalid, Unfit
from app.exchange import batch as batches
from app.exchange.batch import Batch, State
from app.exchange.cells import text_of
from app.exchange.hands import in_order
from app.exchange.known import Match, Seen, find
from app.exchange.mapping import Mapping, Target
from app.exchange.owners import OwnerRule, Staff
from app.exchange.preparing import Preparer, Ready, ruled, seal_json
from app.exchange.raw import RawRow
from app.exchange.read_row import Failure
from app.exchange.source import Format, Source, open_source
from app.exchange.steps import IMPORTED, Steps, Tools, context_of
from app.exchange.tally import Tally
from app.records.context import Context
from app.records.rulebook import RULEBOOK

COPY = (
    "COPY import_row_dock (batch_id, line, store_id, state, customer, customer_tokens, customer_leader, customer_match,"
    " customer_why, vehicle, vehicle_tokens, vehicle_leader, vehicle_match, kept, raw, failures) FROM STDIN"
)


def check(steps: Steps, tools: Tools, number: int) -> None:
    """Reads the batch's file into the stage and counts what an import would do; starts over when it is run again."""
    with steps.transaction() as connection:
        batch = batches.get(connection, number)
        if batch.state is not State.CHECKING or batch.mapping is None:
            return
        connection.exec_driver_sql("DELETE FROM import_row WHERE batch_id = %s", (number,))
        context = context_of(connection, tools.sealer)
        rule = OwnerRule.of(context, batch, Staff.of(connection, batch.store))
    stage = Stage(batch, batch.mapping, tools)
    prepare = Preparer(context, batch.mapping, rule, batch.uuid)
    with (
        tools.uploads.opened(batch.hash, batch.uuid) as path,
        open_source(path, batch.file, batch.choices, tools.limits) as source,
    ):
        total = _lines(source)
        chunks = _chunks(source.rows(stage.tally.skip), tools.rows)
        for ready, unknown in in_order(prepare, chunks, tools.hands):
            stage.tally.unknown += unknown
            with steps.transaction() as connection:
                stage.lay(context_of(connection, tools.sealer), ready)
            steps.progress(stage.tally.rows, max(total, stage.tally.rows))
    with steps.transaction() as connection:
        batches.change(connection, batch, State.CHECKED, counts=stage.tally.counts(), problem=None)
        steps.finish(connection, {"rows": stage.tally.rows, "failing": stage.tally.failing})


def _chunks(rows: Iterator[RawRow], size: int) -> Iterator[list[RawRow]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _lines(source: Source) -> int:
    """About how many rows the file has, for the progress bar."""
    if source.format is Format.WORKBOOK:
        return next((sheet.rows for sheet in source.sheets if sheet.name == source.sheet), 0)
    with source.table.path.open("rb") as stream:  # type: ignore[attr-defined]
        return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(1 << 20), b""))


class Stage:
    """Lays the rows of one batch ready, a chunk a transaction, and counts them."""

    def __init__(self, batch: Batch, mapping: Mapping, tools: Tools) -> None:
        self._batch, self._tools = batch, tools
        self._labels = {target: column.label for _, column, target in mapping.targets()}
        self._seen = Seen()
        self.tally = Tally()

    def lay(self, context: Context, rows: Sequence[Ready]) -> None:
        """Checks, matches and stores one chunk in the context's transaction."""
        self._may(context)
        if ruled():
            self._obey(context, rows)
        found = find(context.connection, self._batch.store, (one.keys for one in rows if not one.failures))
        _copy(context.connection, [self._row(one, found.match(one.keys)) for one in rows])

    def _may(self, context: Context) -> None:
        """Refuses when the importer may no longer write one of the mapped fields."""
        for target in self._labels:
            entity = next(entity for entity in IMPORTED if entity.name == target.entity)
            if target.field not in context.policy(entity).writable:
                raise Forbidden

    def _obey(self, context: Context, rows: Iterable[Ready]) -> None:
        """Fails the rows that business rules refuse."""
        for one in rows:
            for entity in IMPORTED:
                if entity.name in one.values and not one.failures:
                    try:
                        RULEBOOK.run(context, entity, one.values[entity.name], None)
                    except Invalid as invalid:
                        one.failures += self._refused(one.raw.line, entity.name, invalid)

    def _refused(self, line: int, entity: str, invalid: Invalid) -> Iterator[Failure]:
        for name, unfit in invalid.fields.items():
            yield self._failure(line, Target(entity, name), unfit, "")

    def _failure(self, line: int, target: Target, unfit: Unfit, raw: str) -> Failure:
        return Failure(line, self._labels.get(target, ""), target, unfit.code, unfit.label, raw)

    def _row(self, one: Ready, match: Match) -> tuple[object, ...]:
        """The row as the stage stores it; a customer number that is somebody else's fails it."""
        leaders: dict[str, int | None] = {}
        if not one.failures:
            if clash := match.clash or self._seen.clash(one.keys):
                unfit = Unfit("number_taken", clash)
                one.failures.append(
                    self._failure(one.raw.line, Target("customer", "number"), unfit, one.keys.number or "")
                )
            else:
                follow = {"customer": self._seen.person, "vehicle": self._seen.car}
                leaders = {name: follow[name](one.keys) for name in one.records}
        self.tally.add(one.records.keys(), one.failures, match, leaders)
        head = (self._batch.id, one.raw.line, self._batch.store)
        return (*head, *(self._failed(one) if one.failures else _fine(one, match, leaders)))

    def _failed(self, one: Ready) -> tuple[object, ...]:
        cells = [text_of(cell) for cell in one.raw.cells]
        told = {"cells": cells, "raw": [why.raw for why in one.failures]}
        sealed = seal_json(self._tools.sealer, told, "import_row", one.raw.line, self._batch.uuid)
        return ("failed", *[None] * 10, sealed, _why(one.failures))


def _fine(one: Ready, match: Match, leaders: dict[str, int | None]) -> tuple[object, ...]:
    person, car = one.records.get("customer"), one.records.get("vehicle")
    return (
        "ready",
        person, one.tokens.get("customer"), leaders.get("customer"),
        match.customer if person else None, match.why if person else None,
        car, one.tokens.get("vehicle"), leaders.get("vehicle"), match.vehicle if car else None,
        one.kept, None, None,
    )  # fmt: skip


def _why(failures: Iterable[Failure]) -> str:
    """Failures as JSON, without what was written there."""
    return orjson.dumps(
        [
            {
                "column": one.column,
                "target": [one.target.entity, one.target.field] if one.target else None,
                "code": one.code,
                "words": [one.label.zh, one.label.en],
            }
            for one in failures
        ]
    ).decode()


def _copy(connection: Connection, rows: Iterable[tuple[object, ...]]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)
