"""A row of a brand's file as the records it becomes: read in its words, completed, sealed; without the database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import orjson

from app.core.entity import Entity
from app.core.errors import Unfit
from app.core.field import Field
from app.core.label import Label
from app.exchange.cells import Cell, text_of
from app.exchange.feeds.cells import Finder, dated, reader
from app.exchange.feeds.spec import Spec, Use
from app.exchange.raw import RawRow
from app.fields import Date, DateTime
from app.records.context import Context
from app.records.row import as_json
from app.records.rulebook import RULEBOOK
from app.records.search import tokens_of
from app.records.write import MASKED, stored

REQUIRED = Unfit("required", Label("必填，请补上。", "Required; fill it in."))
NO_KEY = Unfit("no_key", Label("这一行没有主键，无法辨认是哪条记录。", "The row lacks the key of its record."))


@dataclass(frozen=True, slots=True)
class Why:
    """Why a line cannot be taken: the file's column, our field, a stable code and words."""

    column: str
    field: str
    code: str
    zh: str
    en: str

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Its parts; see RawRow."""
        return type(self), (self.column, self.field, self.code, self.zh, self.en)

    @classmethod
    def of(cls, column: str, name: str, unfit: Unfit) -> Self:
        """A refusal of a column's cell."""
        return cls(column, name, unfit.code, unfit.label.zh, unfit.label.en)


@dataclass(slots=True)
class Made:
    """One record to be: its key as text, its columns and references as JSON, its tokens; `values` for rules alone."""

    key: str
    record: str
    refs: str | None
    tokens: list[int]
    values: dict[str, Any] | None = None

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Its parts; see RawRow."""
        return type(self), (self.key, self.record, self.refs, self.tokens, self.values)


@dataclass(slots=True)
class Ready:
    """A line made ready; `whole` is None where it repeats the line before, whose key it then has too."""

    line: int
    key: str = ""
    whole: Made | None = None
    part: Made | None = None
    store: str = ""
    changed: str | None = None
    day: str | None = None
    failures: list[Why] = field(default_factory=list)

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Its parts; see RawRow."""
        parts = (self.line, self.key, self.whole, self.part, self.store, self.changed, self.day, self.failures)
        return type(self), parts


class Preparer:
    """Prepares rows of one file. Of the context it is made in, whose transaction ends, it uses the seals alone."""

    def __init__(self, context: Context, spec: Spec, places: Mapping[str, int]) -> None:
        self._spec, self._places = spec, places
        self._whole = Filler(context, context.entity(spec.entity), spec, places) if spec.entity else None
        self._part = Filler(context, context.entity(spec.part), spec, places) if spec.part else None
        self._moment, self._day = DateTime(), Date()
        self._columns = {use: spec.used(use) for use in (Use.STORE, Use.CHANGED, Use.DAY)}

    def __call__(self, rows: Sequence[RawRow]) -> list[Ready]:
        """The rows made ready, in order; a record told twice running is made once."""
        width = max(self._places.values(), default=0) + 1
        made: list[Ready] = []
        last: tuple[Cell, ...] = ()
        for raw in rows:
            cells = raw.cells + ("",) * (width - len(raw.cells))
            ready = Ready(raw.line)
            self._around(cells, ready)
            if self._whole:
                told = (*[cells[place] for place in self._whole.places], ready.store)
                if made and told == last and made[-1].key and not made[-1].failures:
                    ready.key = made[-1].key
                else:
                    ready.whole = self._whole(cells, ready.failures)
                    ready.key = ready.whole.key if ready.whole else ""
                last = told
            if self._part and not self._part.blank(cells):
                ready.part = self._part(cells, ready.failures)
            if not self._whole and ready.part:
                ready.key = self._part.told(cells, self._spec.within) if self._part else ""
            made.append(ready)
        return made

    def _around(self, cells: Sequence[Cell], ready: Ready) -> None:
        """The row's store, the moment it was changed and the day it is of."""
        if column := self._columns[Use.STORE]:
            ready.store = text_of(cells[self._places[column.label]]).strip()
        for use, kind in ((Use.CHANGED, self._moment), (Use.DAY, self._day)):
            if column := self._columns[use]:
                try:
                    found = kind.read(dated(column, text_of(cells[self._places[column.label]])))
                except Unfit as unfit:
                    ready.failures.append(Why.of(column.label, "", unfit))
                    continue
                setattr(ready, use.value, found.isoformat() if found else None)


class Filler:
    """Fills the fields of one entity from a row's cells."""

    def __init__(self, context: Context, entity: Entity, spec: Spec, places: Mapping[str, int]) -> None:
        self._context, self._entity, self._spec = context, entity, spec
        columns = [(places[one.label], one) for _, one in spec.of(entity.name)]
        plain = [(place, one) for place, one in columns if not one.by]
        self._steps = [(place, one, reader(entity.by_name[one.field], one)) for place, one in plain]
        self._refs = [(name, Finder(context, entity.by_name[name], spec, columns)) for name in references(entity, spec)]
        self.places = [place for place, _ in columns]
        self._own = [place for place, one in columns if entity.name != spec.part or one.field != spec.within]
        self._constants = {
            one.field: entity.by_name[one.field].kind.read(one.value)
            for one in spec.constants
            if one.entity == entity.name and not one.by
        }
        self._mapped = [*dict.fromkeys([*(one.field for _, one in plain), *self._constants])]
        self._defaults = {
            one.name: one.kind.read(one.default) for one in entity.fields if one.default is not None and not one.target
        }
        self._key = spec.keys.get(entity.name, ())
        self._labels = {one.field: one.label for _, one in columns}
        self._ruled = bool(RULEBOOK.tests.get(entity.name))

    def blank(self, cells: Sequence[Cell]) -> bool:
        """Whether the row says nothing of such a record."""
        return not any(text_of(cells[place]).strip() for place in self._own)

    def told(self, cells: Sequence[Cell], name: str) -> str:
        """What the row says of one reference, as text."""
        return orjson.dumps(next((one.told(cells) for ref, one in self._refs if ref == name), None)).decode()

    def __call__(self, cells: Sequence[Cell], failures: list[Why]) -> Made | None:
        """The record to be, or None when a reason why not was added to `failures`."""
        before = len(failures)
        values = self._values(cells, failures)
        refs = self._references(cells, failures)
        key = [self._told(name, values, refs) for name in self._key if name != self._spec.counted]
        if None in key:
            failures.append(Why.of(self._labels.get(self._key[0], ""), self._key[0], NO_KEY))
        if len(failures) > before:
            return None
        uuid = uuid4()
        whole = self._defaults | values
        columns = {"uuid": str(uuid)} | {
            n: as_json(v) for n, v in stored(self._context, self._entity, whole, uuid).items()
        }
        return Made(
            orjson.dumps(key).decode(),
            orjson.dumps(columns).decode(),
            orjson.dumps(refs).decode() if refs else None,
            sorted(tokens_of(self._context.sealer, self._entity, whole)),
            whole if self._ruled else None,
        )

    def _told(self, name: str, values: Mapping[str, Any], refs: Mapping[str, Any]) -> Any:
        if name in refs:
            return refs[name]["by"]
        return as_json(values.get(name))

    def _values(self, cells: Sequence[Cell], failures: list[Why]) -> dict[str, Any]:
        values: dict[str, Any] = dict(self._constants)
        for place, column, read in self._steps:
            name, known = column.field, self._entity.by_name[column.field]
            try:
                value = read(cells[place])
                if known.sealed and isinstance(value, str) and ("**" in value or "••" in value):
                    raise MASKED
            except Unfit as unfit:
                failures.append(Why.of(column.label, name, unfit))
                continue
            if value is None:
                value = self._defaults.get(name) if known.required else None
                if value is None and known.required and name != self._spec.counted:
                    failures.append(Why.of(column.label, name, REQUIRED))
            values[name] = value
        return values

    def _references(self, cells: Sequence[Cell], failures: list[Why]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, finder in self._refs:
            try:
                told = finder(cells)
            except Unfit as unfit:
                failures.append(Why.of(finder.label, name, unfit))
                continue
            if told is None and self._entity.by_name[name].required and name != self._spec.within:
                failures.append(Why.of(finder.label, name, REQUIRED))
            elif told is not None or name != self._spec.within:
                found[name] = told
        return {name: told or {"by": []} for name, told in found.items()}


def references(entity: Entity, spec: Spec) -> Iterator[str]:
    """The reference fields of an entity that columns or constants speak of, each once."""
    told = [one.field for _, one in spec.of(entity.name) if one.by]
    told += [one.field for one in spec.constants if one.entity == entity.name and one.by]
    return iter(dict.fromkeys(told))


def mapped(entity: Entity, spec: Spec) -> Iterable[Field]:
    """The fields a file decides, in the entity's order."""
    told = {one.field for _, one in spec.of(entity.name)}
    told |= {one.field for one in spec.constants if one.entity == entity.name}
    told |= {spec.within, spec.counted} if entity.name == spec.part else set()
    return (one for one in entity.fields if one.name in told)
