"""Which row names the columns, and which rows below it are no records."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.exchange.cells import Cell, text_of
from app.exchange.raw import RawRow, Why, holds, is_blank
from app.exchange.synonyms import known, plain

DEPTH = 60  # a heading further down is no heading
_LONGEST = 40
_DATA = re.compile(
    r"[\d.,:/年月日时分 +%¥￥$()_-]+|(?=.*\d)[A-HJ-NPR-Z0-9]{17}|[\u4e00-\u9fff][A-Z][A-Z0-9]{4,6}|\S+@\S+\.\S+",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(本页|全部)?(合计|总计|小计|共计|总数|合計|總計|小計|共計|grand total|sub-?total|totals?|sum)[\s:：]*[\d.,]*",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(制表|打印|导出|审核|列印|製表|匯出|printed|exported|page)[^,，]*[:：\d].*|第\s*\d+\s*[页頁].*|共\s*\d+\s*[条行页笔筆條頁].*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """The row that names the columns; line 0 when the file has none and columns are numbered."""

    line: int
    labels: tuple[str, ...]

    def why_not(self, row: RawRow) -> Why | None:
        """Why the row is no record, or None when it is one."""
        if row.line <= self.line:
            return Why.BLANK if is_blank(row.cells) else Why.HEADING if row.line == self.line else Why.TITLE
        return _aside(row.cells, self.labels)


def find(rows: Sequence[RawRow]) -> Heading | None:
    """The heading of the first rows of a file; None when they hold no table."""
    body = [row for row in rows[:DEPTH] if not is_blank(row.cells)]
    if not body:
        return None
    width = max(len(_texts(row.cells)) for row in body)
    able = [row for row in body if _may_head(row.cells, width)]
    if not able:
        return Heading(0, labels((), _span(body)))
    best = max(able, key=lambda row: _words(row) if _words(row) > 1 else 0)
    return Heading(best.line, labels(best.cells, _span(body)))


def at(rows: Sequence[RawRow], line: int) -> Heading:
    """The heading a person pointed at; line 0 for a file without one."""
    cells = next((row.cells for row in rows if row.line == line), ())
    return Heading(line if cells else 0, labels(cells, _span(rows)))


def labels(cells: Sequence[Cell], width: int) -> tuple[str, ...]:
    """One distinct, non-empty label a column."""
    seen: dict[str, int] = {}
    found = []
    for index in range(width):
        text = " ".join(text_of(cells[index]).split()) if index < len(cells) else ""
        text = text or f"第{index + 1}列"
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return tuple(found)


def _span(rows: Sequence[RawRow]) -> int:
    """How many columns are used: up to the last one with a value."""
    used = (index + 1 for row in rows for index, cell in enumerate(row.cells) if text_of(cell).strip())
    return max(used, default=0)


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [text for cell in cells if (text := text_of(cell).strip())]


def _words(row: RawRow) -> int:
    """How many of its cells are words columns are known by."""
    return sum(known(plain(text)) for text in _texts(row.cells))


def _may_head(cells: Sequence[Cell], width: int) -> bool:
    """Whether most of the table's columns would get a short, distinct, non-numeric name from the row."""
    texts = _texts(cells)
    if len(texts) * 2 < width or (width > 1 and len(texts) < 2):  # noqa: PLR2004
        return False
    names = [text for text in texts if len(text) <= _LONGEST and not _looks_like_data(text)]
    return len(names) >= len(texts) * 0.8 and len(set(names)) >= len(names) * 0.6


def _looks_like_data(text: str) -> bool:
    return _DATA.fullmatch(unicodedata.normalize("NFKC", text)) is not None


def _aside(cells: tuple[Cell, ...], names: tuple[str, ...]) -> Why | None:
    """Why a row below the heading is no record; most rows are decided by their first cell."""
    filled = len(cells) - cells.count("") - cells.count(None)
    first = next((cell for cell in cells if holds(cell)), None)
    if first is None:
        return Why.BLANK
    if not isinstance(first, str):
        return None
    if first.strip() in names and _repeats(cells, names):
        return Why.REPEATED
    return _sum_or_note(first.strip(), cells, filled, len(names))


def _sum_or_note(first: str, cells: tuple[Cell, ...], filled: int, width: int) -> Why | None:
    if _TOTAL.fullmatch(first) and (filled <= max(2, width // 2) or _only_numbers(cells)):
        return Why.TOTAL
    return Why.FOOTER if filled == 1 and width > 2 and _FOOTER.fullmatch(first) else None  # noqa: PLR2004


def _only_numbers(cells: Sequence[Cell]) -> bool:
    return all(_looks_like_data(text) for text in _texts(cells)[1:])


def _repeats(cells: Sequence[Cell], names: Sequence[str]) -> bool:
    texts = _texts(cells)
    return len(texts) * 2 >= len(names) and sum(text in names for text in texts) >= len(texts) * 0.8
