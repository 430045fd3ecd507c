"""One cell into one value: a field type's own reading, and what only files need on top of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.errors import Unfit
from app.core.field import Field
from app.core.kind import Kind
from app.core.label import Label
from app.exchange.cells import EXACT, Cell, text_of
from app.fields.date import from_serial, moment_from_serial

EMPTY_MARKS = frozenset(
    {"-", "--", "—", "——", "/", "n/a", "#n/a", "na", "null", "none", "nil"}
    | {"无", "没有", "不详", "未知", "暂无", "空", "無", "沒有", "不詳", "暫無"}
)
_PREFIX = re.compile(r"^[^\W\d_]{1,8}(?:\s?[^\W\d_]{1,8})?\s*[:：]\s*(?=\S)")
_SERIAL = re.compile(r"[0-9]{1,5}(?:\.[0-9]+)?")
_YEARS = range(1900, 2101)
_SERIALS: dict[str, Callable[[float], date]] = {"date": from_serial, "datetime": moment_from_serial}
LAST_SERIAL = 73_050  # 2099-12-31
_KEPT = 4_096  # repeated cells whose values are remembered, a column
_IMMUTABLE = (str, int, date, Decimal, tuple, type(None))

DIGITS_LOST = Unfit(
    "digits_lost",
    Label(
        "这串号码在表格里存成了数字，末尾几位已丢失。请把该列设为文本格式并重新填写。",
        "The spreadsheet stored this number with only fifteen digits. Format the column as text and type it again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Named:
    """A reference as a file gives it: the words by which a record of `target` is to be found."""

    target: str
    text: str


class CellReader:
    """Reads a column's cells as one field; repeated texts are read once."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._known: dict[str, Any] = {}
        self._read = _reference(field.target) if field.target else _kind(field.kind)

    def __call__(self, cell: Cell) -> Any:
        """The field's value, None for an empty cell; raises Unfit."""
        if not isinstance(cell, str):
            return self._read(cell)
        if cell in self._known:
            return self._known[cell]
        value = self._read(cell)
        if len(self._known) < _KEPT and isinstance(value, _IMMUTABLE):
            self._known[cell] = value
        return value

    def accepts(self, cell: Cell) -> bool:
        """Whether the field takes the cell and finds a value in it."""
        try:
            return self(cell) is not None
        except Unfit:
            return False


def _reference(target: str) -> Callable[[Cell], Named | None]:
    def read(cell: Cell) -> Named | None:
        text = text_of(cell).strip()
        return None if text.casefold() in EMPTY_MARKS or not text else Named(target, text)

    return read


def _kind(kind: Kind) -> Callable[[Cell], Any]:
    """The type's reading, then, when it refuses, the same cell as files tend to disfigure it."""
    by_serial = _SERIALS.get(kind.code)

    def read(cell: Cell) -> Any:
        if isinstance(cell, float) and abs(cell) >= EXACT and kind.align != "end":
            raise DIGITS_LOST
        text = text_of(cell)
        if by_serial and (serial := _serial(text)):
            return by_serial(serial)
        try:
            return kind.read(text)
        except Unfit:
            return _again(kind, text)

    return read


def _again(kind: Kind, text: str) -> Any:
    """What the type makes of the text's variants; raises its own refusal of the text when it takes none."""
    if text.strip().casefold() in EMPTY_MARKS:
        return None
    for variant in _variants(text):
        try:
            return kind.read(variant)
        except Unfit:
            continue
    return kind.read(text)


def _variants(text: str) -> Iterator[str]:
    """The text without a typed apostrophe, a label before it, or a decimal point after a number."""
    plain = text.strip()
    if plain[:1] in "'’‘`":
        plain = plain[1:].strip()
        yield plain
    if found := _PREFIX.match(plain):
        plain = plain[found.end() :]
        yield plain
    if plain.endswith(".0"):
        yield plain[:-2]


def _serial(text: str) -> float | None:
    """The day number a text of up to five digits stands for; a year is none."""
    plain = text.strip()
    if not _SERIAL.fullmatch(plain):
        return None
    number = float(plain)
    return number if 1 <= number < LAST_SERIAL + 1 and number not in _YEARS else None
