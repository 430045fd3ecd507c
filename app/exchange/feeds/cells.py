"""A brand's cell in our terms: its words, units and dates read, and what it says of a record it refers to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from app.core.errors import Unfit
from app.core.field import Field
from app.core.label import Label
from app.exchange.cells import Cell, text_of
from app.exchange.feeds.spec import Column, Missing, Spec, Unit
from app.exchange.reading import EMPTY_MARKS, CellReader
from app.models.table import index_column
from app.records.context import Context
from app.records.row import as_json
from app.records.search import tokens_of
from app.records.write import stored

AMOUNT = Unfit("money_form", Label("金额应是数字。", "An amount is a number."))
FORM = Unfit("date_form", Label("日期不是约定的写法，请核对方案里的日期格式。", "The date is not in the form agreed."))
TIMES = {Unit.FEN: Decimal("0.01"), Unit.WAN: Decimal(10_000)}
_KEPT = 4_096  # bare records remembered, a reference
NOT_FOUND_BY = Unfit("not_found_by", Label("不能按这一项查找。", "Nothing is found by this."))


class Finder:
    """What a row says about a record it refers to: by what it is found, and what may be made of it."""

    def __init__(self, context: Context, known: Field, spec: Spec, columns: Sequence[tuple[int, Column]]) -> None:
        self._context = context
        self._target = context.entity(known.target or "")
        self._makes = spec.missing.get(known.name) is Missing.MAKE
        mine = [(place, one) for place, one in columns if one.field == known.name and one.by]
        self._steps = [(place, one, self._target.by_name[one.by]) for place, one in mine]
        self._fixed = [(one.by, one.value) for one in spec.constants if one.field == known.name and one.by]
        self._known: dict[tuple[object, ...], dict[str, Any] | None] = {}
        self.label = mine[0][1].label if mine else ""

    def told(self, cells: Sequence[Cell]) -> Any:
        """The words it is found by."""
        return [text_of(cells[place]).strip() for place, one, _ in self._steps if not one.also]

    def __call__(self, cells: Sequence[Cell]) -> dict[str, Any] | None:
        """The keys it is found by, what else is told of it and the bare record; None when the row names none."""
        words = tuple([word_of(cells[place], one) for place, one, _ in self._steps])
        if words not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[words] = self._find(words)
        return self._known[words]

    def _find(self, words: Sequence[str]) -> dict[str, Any] | None:
        by: list[list[str]] = [list(one) for one in self._fixed]
        also: list[list[str]] = []
        values: dict[str, Any] = {}
        for (_, column, known), word in zip(self._steps, words, strict=True):
            if not word:
                continue
            value = known.kind.seek(word)
            values[known.name] = word
            (also if column.also else by).append([known.name, self._seal(known, value)])
        if not by:
            return None
        return {"by": by, "also": also} | (self._bare(values) if self._makes else {})

    def _seal(self, known: Field, value: Any) -> str:
        """The value as its column holds it for finding: the blind index of a sealed one."""
        if not known.sealed:
            return str(known.kind.dump(value)) if known.kind.sql != "text" else str(value)
        if not index_column(known):
            raise NOT_FOUND_BY
        return self._context.sealer.index(known.kind.code, str(value)).hex()

    def _bare(self, words: Mapping[str, str]) -> dict[str, Any]:
        """The bare record, or why there can be none."""
        entity, uuid = self._target, uuid4()
        values = {one.name: one.kind.read(one.default) for one in entity.fields if one.default is not None}
        try:
            values |= {name: entity.by_name[name].kind.read(word) for name, word in words.items()}
        except Unfit as unfit:
            return {"unfit": [unfit.code, unfit.label.zh, unfit.label.en]}
        if any(one.required and values.get(one.name) is None for one in entity.fields):
            return {}
        columns = stored(self._context, entity, values, uuid)
        return {
            "bare": {"uuid": str(uuid)} | {name: as_json(value) for name, value in columns.items()},
            "tokens": sorted(tokens_of(self._context.sealer, entity, values)),
        }


def reader(known: Field, column: Column) -> Callable[[Cell], Any]:
    """A function that reads a column's cells as one field, in the brand's words, units and dates."""
    ordinary = CellReader(known)
    if not (column.words or column.date or column.unit in TIMES):
        return ordinary
    words = {word.strip(): known.kind.read(ours) for word, ours in column.words.items()}

    def read(cell: Cell) -> Any:
        text = text_of(cell).strip()
        if text in words:
            return words[text]
        if not text or text.casefold() in EMPTY_MARKS:
            return None
        if column.unit in TIMES:
            return known.kind.read(amount(text, TIMES[column.unit]))
        return known.kind.read(dated(column, text)) if column.date else ordinary(cell)

    return read


def amount(text: str, times: Decimal) -> str:
    """An amount of another unit in yuan."""
    try:
        return format(Decimal(text.replace(",", "")) * times, "f")
    except InvalidOperation:
        raise AMOUNT from None


def dated(column: Column, text: str) -> Any:
    """The text, or the moment it means in the column's own form."""
    if not column.date or not text:
        return text
    try:
        return datetime.strptime(text, column.date)  # noqa: DTZ007  # read as Shanghai's by the kind
    except ValueError:
        raise FORM from None


def word_of(cell: Cell, column: Column) -> str:
    """A cell's text in our words; empty for what stands for nothing."""
    text = text_of(cell).strip()
    return "" if text.casefold() in EMPTY_MARKS else column.words.get(text, text)
