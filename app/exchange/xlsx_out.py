"""Tables as XLSX: text stays text, whatever it begins with, and long numbers keep their digits."""

import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.core.errors import Refusal
from app.core.label import Label
from app.exchange.cells import EXACT, guard

ROWS = 1_048_575  # below the heading
CHARACTERS = 32_767  # of one cell
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_SHEET = re.compile(r"[\[\]:*?/\\]")
_FULL = Label(
    "XLSX 最多 {most} 行，请缩小范围或改为导出 CSV。",
    "XLSX holds {most} rows at most; narrow the selection or export CSV.",
)
_LONG = Label(
    "有一格超过 {most} 个字符，XLSX 放不下，请改为导出 CSV。",
    "A cell has more than {most} characters, which XLSX cannot hold; export CSV.",
)


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], sheet: str = "Forecourt") -> int:
    """Write the table to `path` and give the number of rows; refuses what the format cannot hold whole."""
    name = _SHEET.sub(" ", sheet)[:31].strip(" '") or "Forecourt"
    with closing(xlsxwriter.Workbook(path, _OPTIONS)) as workbook:
        page = workbook.add_worksheet(name)
        page.freeze_panes(1, 0)
        days = workbook.add_format({"num_format": "yyyy-mm-dd"})
        _line(page, 0, header, days)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > ROWS:
                raise Refusal(_FULL.format(most=f"{ROWS:,}"), "xlsx_full")
            _line(page, count, row, days)
    return count


def _line(page: Worksheet, at: int, row: Sequence[Any], days: Format) -> None:
    for column, cell in enumerate(row):
        if cell is not None and cell != "":
            _cell(page, at, column, cell, days)


def _cell(page: Worksheet, at: int, column: int, cell: Any, days: Format) -> None:
    """Numbers and days as such where a spreadsheet keeps them exactly, everything else as text."""
    if isinstance(cell, bool):
        page.write_boolean(at, column, cell)
    elif isinstance(cell, int | float | Decimal) and _exact(cell):
        page.write_number(at, column, cell)
    elif isinstance(cell, date) and not isinstance(cell, datetime) and cell.year >= 1901:  # noqa: PLR2004
        page.write_datetime(at, column, cell, days)
    else:
        _text(page, at, column, str(cell))


def _exact(number: float | Decimal) -> bool:
    """Whether a spreadsheet's fifteen digits hold the number."""
    digits = len(number.normalize().as_tuple().digits) if isinstance(number, Decimal) else 0
    return digits <= 15 and abs(float(number)) < EXACT  # noqa: PLR2004


def _text(page: Worksheet, at: int, column: int, text: str) -> None:
    """Text as text; only what already looks guarded is guarded once more, so that reading gives it back."""
    kept = guard(text) if text[:1] == "'" else text
    if len(kept) > CHARACTERS:
        raise Refusal(_LONG.format(most=f"{CHARACTERS:,}"), "xlsx_cell")
    page.write_string(at, column, kept)
