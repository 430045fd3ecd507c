"""A file's row as the records it becomes: read, owned, completed, sealed and indexed; without the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID, uuid4

import orjson

from app.access.seal import Sealer
from app.core.entity import Entity
from app.exchange.known import Keys
from app.exchange.mapping import Mapping, Target
from app.exchange.owners import OwnerRule
from app.exchange.raw import RawRow
from app.exchange.read_row import Failure, reader
from app.exchange.steps import IMPORTED
from app.records.context import Context
from app.records.row import as_json
from app.records.rulebook import RULEBOOK
from app.records.search import tokens_of
from app.records.write import MASKED, stored


@dataclass(slots=True)
class Ready:
    """A row as it will be laid in the stage: each record's columns as JSON and its tokens, or why the row fails."""

    raw: RawRow
    keys: Keys
    records: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    kept: str | None = None  # sealed
    failures: list[Failure] = field(default_factory=list)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)  # only where business rules want them

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Its parts; see RawRow."""
        parts = (self.raw, self.keys, self.records, self.tokens, self.kept, self.failures, self.values)
        return type(self), parts


class Preparer:
    """Prepares rows of one batch. Of the context it is made in, whose transaction ends, it uses the seals alone."""

    def __init__(self, context: Context, mapping: Mapping, rule: OwnerRule, uuid: UUID) -> None:
        self._context, self._rule, self._uuid = context, rule, uuid
        self._read = reader(mapping, IMPORTED)
        self._labels = {target: column.label for _, column, target in mapping.targets()}
        self._defaults = {entity.name: _defaults(entity) for entity in IMPORTED}
        self._ruled = ruled()

    def __call__(self, rows: Sequence[RawRow]) -> tuple[list[Ready], int]:
        """The rows made ready, and how many names of staff were nobody's."""
        before = self._rule.staff.unknown
        made = [self._row(raw) for raw in rows]
        return made, self._rule.staff.unknown - before

    def _row(self, raw: RawRow) -> Ready:
        read = self._read(raw)
        ready = Ready(raw, Keys(raw.line), failures=list(read.failures))
        columns: dict[str, dict[str, Any]] = {}
        for entity in IMPORTED:
            values = read.values.get(entity.name)
            if not values or ready.failures:
                continue
            self._rule.apply(entity, values)
            whole = self._defaults[entity.name] | values
            ready.failures += self._masks(entity, whole, raw.line)
            columns[entity.name] = self._columns(entity, whole)
            ready.tokens[entity.name] = _array(tokens_of(self._context.sealer, entity, whole))
            if self._ruled:
                ready.values[entity.name] = whole
        ready.keys = Keys.of(raw.line, columns.get("customer"), columns.get("vehicle"))
        ready.records = {name: orjson.dumps(one).decode() for name, one in columns.items()}
        if read.sealed:
            ready.kept = seal_json(self._context.sealer, dict(read.sealed), "import_kept", raw.line, self._uuid)
        return ready

    def _masks(self, entity: Entity, values: dict[str, Any], line: int) -> Iterator[Failure]:
        """Masks given as values of sealed fields."""
        for name, value in values.items():
            if entity.by_name[name].sealed and isinstance(value, str) and ("**" in value or "••" in value):
                target = Target(entity.name, name)
                yield Failure(line, self._labels.get(target, ""), target, MASKED.code, MASKED.label, value)

    def _columns(self, entity: Entity, values: dict[str, Any]) -> dict[str, Any]:
        """A record's columns as JSON that PostgreSQL reads back, its uuid among them."""
        uuid = uuid4()
        columns = stored(self._context, entity, values, uuid)
        return {"uuid": str(uuid)} | {name: as_json(value) for name, value in columns.items()}


def ruled() -> bool:
    """Whether business rules have a say in imported records."""
    return any(RULEBOOK.tests.get(entity.name) for entity in IMPORTED)


def seal_json(sealer: Sealer, value: object, table: str, line: int, uuid: UUID) -> str:
    """A JSON value sealed for one line of one batch, as PostgreSQL's text for bytes."""
    return f"\\x{sealer.seal(orjson.dumps(value).decode(), table, f'line {line}', uuid).hex()}"


def _defaults(entity: Entity) -> dict[str, Any]:
    """What a new record has where the file says nothing."""
    given = {one.name: one.kind.read(one.default) for one in entity.fields if one.default is not None}
    return {name: value for name, value in given.items() if value is not None}


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
