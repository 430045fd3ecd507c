"""A row of a file into values for each entity, or the reasons why not."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any

from app.core.entity import Entity
from app.core.errors import Doubtful, Unfit
from app.core.label import Label
from app.exchange.cells import text_of
from app.exchange.mapping import Mapping, Target, Use, field_of
from app.exchange.raw import RawRow
from app.exchange.reading import CellReader

_REQUIRED = Unfit("required", Label("必填，请补上。", "Required; fill it in."))
_TOO_WIDE = Label(
    "这一行比表头多出内容，可能多了分隔符。请核对后再导入。",
    "The row has more cells than the heading; there may be a stray separator. Check it.",
)
_BY_HAND = Label(
    "导入不接受存疑的内容：请更正后再导入，或在页面上新建并写明原因。",
    "An import takes no doubtful value: correct it, or add the record by hand and say why.",
)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a row cannot be imported as it stands: where, a stable code, words, and what was written there."""

    line: int
    column: str
    target: Target | None
    code: str
    label: Label
    raw: str = member(repr=False)


@dataclass(frozen=True, slots=True)
class Converted:
    """A row's values by entity and field, its cells kept sealed by column label, and what failed.

    An entity all of whose cells are empty is absent; a reference's value is a `Named`.
    """

    line: int
    values: Dict[str, dict[str, Any]] = member(repr=False)
    sealed: Dict[str, str] = member(repr=False)
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    index: int
    label: str
    target: Target
    read: CellReader


def reader(mapping: Mapping, entities: Sequence[Entity]) -> Callable[[RawRow], Converted]:
    """A function that converts rows by the mapping, prepared once for a whole file."""
    return _Reader(mapping, entities)


def convert(mapping: Mapping, row: RawRow, entities: Sequence[Entity]) -> Converted:
    """One row converted; use `reader` for many."""
    return _Reader(mapping, entities)(row)


class _Reader:
    def __init__(self, mapping: Mapping, entities: Sequence[Entity]) -> None:
        described = {entity.name: entity for entity in entities}
        self.width = len(mapping.columns)
        self.steps = [
            _Step(index, column.label, target, CellReader(field))
            for index, column, target in mapping.targets()
            if (field := field_of(described, target))
        ]
        self.sealed = [(i, column.label) for i, column in enumerate(mapping.columns) if column.use is Use.SEALED]
        self.required = [step for step in self.steps if step.read.field.required and step.read.field.default is None]

    def __call__(self, row: RawRow) -> Converted:
        cells = row.cells
        if len(cells) < self.width:
            cells += ("",) * (self.width - len(cells))
        values, failures = self._values(row.line, cells)
        sealed = {label: text for index, label in self.sealed if (text := text_of(cells[index]))}
        failures += self._missing(row.line, values, failures)
        if len(cells) > self.width and (extra := _extra(cells[self.width :])):
            failures.append(Failure(row.line, "", None, "row_too_wide", _TOO_WIDE, extra))
        return Converted(row.line, values, sealed, tuple(failures))

    def _values(self, line: int, cells: Sequence[Any]) -> tuple[dict[str, dict[str, Any]], list[Failure]]:
        values: dict[str, dict[str, Any]] = {}
        failures: list[Failure] = []
        for step in self.steps:
            cell = cells[step.index]
            if cell is None or cell == "":
                continue
            try:
                value = step.read(cell)
            except Unfit as unfit:
                failures.append(Failure(line, step.label, step.target, unfit.code, _words(unfit), text_of(cell)))
                continue
            if value is not None:
                values.setdefault(step.target.entity, {})[step.target.field] = value
        return values, failures

    def _missing(self, line: int, values: dict[str, dict[str, Any]], failures: list[Failure]) -> list[Failure]:
        """A failure for each required field without a value, of the entities the row says anything about."""
        failed = {failure.target for failure in failures}
        about = {target.entity for target in failed if target} | values.keys()
        return [
            Failure(line, step.label, step.target, _REQUIRED.code, _REQUIRED.label, "")
            for step in self.required
            if step.target.entity in about
            and step.target not in failed
            and step.target.field not in values.get(step.target.entity, ())
        ]


def _words(unfit: Unfit) -> Label:
    """What a person reads of a refusal; of a doubt also that no reason is taken here."""
    if not isinstance(unfit, Doubtful):
        return unfit.label
    return Label(unfit.label.zh + _BY_HAND.zh, f"{unfit.label.en} {_BY_HAND.en}")


def _extra(cells: Sequence[Any]) -> str:
    return " ".join(text for cell in cells if (text := text_of(cell).strip()))
