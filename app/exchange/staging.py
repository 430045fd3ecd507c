"""The dry run: every row of a file read, checked, matched and laid ready, sealed values already sealed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Connection

from app.core.entity import Entity
from app.core.errors import Forbidden, Invalid
from app.exchange import batch as batches
from app.exchange.batch import Batch, State
from app.exchange.cells import text_of
from app.exchange.known import Keys, Match, Seen, find
from app.exchange.mapping import Mapping, Target
from app.exchange.owners import OwnerRule, Staff
from app.exchange.raw import RawRow
from app.exchange.read_row import Failure, reader
from app.exchange.source import Format, Source, open_source
from app.exchange.steps import IMPORTED, Steps, Tools, context_of
from app.exchange.tally import Tally
from app.records.context import Context
from app.records.search import tokens_of
from app.records.write import CHECKS, MASKED, stored

COPY = (
    "COPY import_row_dock (batch_id, line, store_id, state, customer, customer_tokens, customer_leader, customer_match,"
    " customer_why, vehicle, vehicle_tokens, vehicle_leader, vehicle_match, kept, raw, failures) FROM STDIN"
)


@dataclass(slots=True)
class Staged:
    """A row as it is laid ready: columns and tokens by entity, or why it fails."""

    raw: RawRow
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    match: Match = field(default_factory=Match)
    leaders: dict[str, int | None] = field(default_factory=dict)
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = Keys(self.raw.line)

    def know(self) -> None:
        """Notes by what its customer and car are known, once its columns are filled."""
        self.keys = Keys.of(self.raw.line, self.columns.get("customer"), self.columns.get("vehicle"))


def check(steps: Steps, tools: Tools, number: int) -> None:
    """Reads the batch's file into the stage and counts what an import would do; starts over when it is run again."""
    with steps.transaction() as connection:
        batch = batches.get(connection, number)
        if batch.state is not State.CHECKING or batch.mapping is None:
            return
        connection.exec_driver_sql("DELETE FROM import_row WHERE batch_id = %s", (number,))
        staff = Staff.of(connection, batch.store)
    tally = Tally()
    stage = Stage(batch, batch.mapping, staff, tools, tally)
    with (
        tools.uploads.opened(batch.hash, batch.uuid) as path,
        open_source(path, batch.file, batch.choices, tools.limits) as source,
    ):
        total = _lines(source)
        rows = source.rows(tally.skip)
        while chunk := list(islice(rows, tools.rows)):
            with steps.transaction() as connection:
                stage.lay(context_of(connection, tools.sealer), chunk)
            steps.progress(tally.rows, max(total, tally.rows))
    with steps.transaction() as connection:
        tally.unknown = staff.unknown
        batches.change(connection, batch, State.CHECKED, counts=tally.counts(), problem=None)
        steps.finish(connection, {"rows": tally.rows, "failing": tally.failing})


def _lines(source: Source) -> int:
    """About how many rows the file has, for the progress bar."""
    if source.format is Format.WORKBOOK:
        return next((sheet.rows for sheet in source.sheets if sheet.name == source.sheet), 0)
    with source.table.path.open("rb") as stream:  # type: ignore[attr-defined]
        return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(1 << 20), b""))


class Stage:
    """Lays the rows of one batch ready, a chunk a transaction."""

    def __init__(self, batch: Batch, mapping: Mapping, staff: Staff, tools: Tools, tally: Tally) -> None:
        self._batch, self._staff, self._tools, self._tally = batch, staff, tools, tally
        self._read = reader(mapping, IMPORTED)
        self._labels = {target: column.label for _, column, target in mapping.targets()}
        self._seen = Seen()

    def lay(self, context: Context, chunk: Iterable[RawRow]) -> None:
        """Reads, matches and stores one chunk in the context's transaction."""
        self._may(context)
        rule = OwnerRule.of(context, self._batch, self._staff)
        defaults = {entity.name: _defaults(entity) for entity in IMPORTED}
        staged = [self._stage(context, rule, defaults, raw) for raw in chunk]
        found = find(context.connection, self._batch.store, (one.keys for one in staged if not one.failures))
        for one in staged:
            if not one.failures:
                one.match = found.match(one.keys)
                self._follow(one)
            self._tally.add(one.columns.keys(), one.failures, one.match, one.leaders)
        _copy(context.connection, (self._row(one) for one in staged))

    def _may(self, context: Context) -> None:
        """Refuses when the importer may no longer write one of the mapped fields."""
        for target in self._labels:
            entity = next(entity for entity in IMPORTED if entity.name == target.entity)
            if target.field not in context.policy(entity).writable:
                raise Forbidden

    def _stage(self, context: Context, rule: OwnerRule, defaults: dict[str, dict[str, Any]], raw: RawRow) -> Staged:
        read = self._read(raw)
        staged = Staged(raw, kept=dict(read.sealed), failures=list(read.failures))
        for entity in IMPORTED:
            values = read.values.get(entity.name)
            if not values or staged.failures:
                continue
            rule.apply(entity, values)
            whole = defaults[entity.name] | values
            staged.failures += self._wrong(context, entity, whole, raw.line)
            if not staged.failures:
                self._fill(context, entity, whole, staged)
        staged.know()
        return staged

    def _wrong(self, context: Context, entity: Entity, values: dict[str, Any], line: int) -> Iterable[Failure]:
        """Masks given as values, and what business rules refuse."""
        for name, value in values.items():
            if entity.by_name[name].sealed and isinstance(value, str) and ("**" in value or "••" in value):
                yield self._failure(line, Target(entity.name, name), MASKED.code, MASKED.label, value)
        if CHECKS.rules.get(entity.name):
            try:
                CHECKS.run(context, entity, values, None)
            except Invalid as invalid:
                for name, unfit in invalid.fields.items():
                    yield self._failure(line, Target(entity.name, name), unfit.code, unfit.label, "")

    def _failure(self, line: int, target: Target, code: str, label: Any, raw: str) -> Failure:
        return Failure(line, self._labels.get(target, ""), target, code, label, raw)

    def _fill(self, context: Context, entity: Entity, values: dict[str, Any], staged: Staged) -> None:
        uuid = uuid4()
        columns = stored(context, entity, values, uuid)
        staged.columns[entity.name] = {"uuid": uuid} | {name: _plain(one) for name, one in columns.items()}
        tokens = tokens_of(context.sealer, entity, values)
        staged.tokens[entity.name] = "{" + ",".join(map(str, tokens)) + "}"

    def _follow(self, one: Staged) -> None:
        """Finds the earlier line about the same customer or car; a number that is somebody else's fails the row."""
        keys = one.keys
        if clash := one.match.clash or self._seen.clash(keys):
            target = Target("customer", "number")
            one.failures.append(self._failure(keys.line, target, "number_taken", clash, keys.number or ""))
            return
        leaders = {"customer": self._seen.person, "vehicle": self._seen.car}
        one.leaders = {name: leaders[name](keys) for name in one.columns}

    def _row(self, one: Staged) -> tuple[object, ...]:
        line, uuid, seal = one.raw.line, self._batch.uuid, self._tools.sealer.seal
        head = (self._batch.id, line, self._batch.store)
        if one.failures:
            cells = [text_of(cell) for cell in one.raw.cells]
            blob = seal_json(seal, {"cells": cells, "raw": [why.raw for why in one.failures]}, "import_row", line, uuid)
            return (*head, "failed", *[None] * 10, blob, _why(one.failures))
        person, car = one.columns.get("customer"), one.columns.get("vehicle")
        return (
            *head, "ready",
            _json(person), one.tokens.get("customer"), one.leaders.get("customer"), person and one.match.customer,
            person and one.match.why, _json(car), one.tokens.get("vehicle"), one.leaders.get("vehicle"),
            car and one.match.vehicle, seal_json(seal, one.kept, "import_kept", line, uuid) if one.kept else None,
            None, None,
        )  # fmt: skip


def _defaults(entity: Entity) -> dict[str, Any]:
    """What a new record has where the file says nothing."""
    given = {item.name: item.kind.read(item.default) for item in entity.fields if item.default is not None}
    return {name: value for name, value in given.items() if value is not None}


def _plain(value: object) -> object:
    """A column's value as JSON that PostgreSQL reads back."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


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


def seal_json(seal: Any, value: object, table: str, line: int, uuid: UUID) -> str:
    """A JSON value sealed for one line of one batch, as PostgreSQL's text for bytes."""
    return f"\\x{seal(orjson.dumps(value).decode(), table, f'line {line}', uuid).hex()}"


def _copy(connection: Connection, rows: Iterator[tuple[object, ...]]) -> None:
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    with driver.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)
