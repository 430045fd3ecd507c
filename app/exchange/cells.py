"""Cells as files carry them: their text, and the apostrophe that keeps a spreadsheet from calculating it."""

import re
from datetime import date, datetime, time
from decimal import Decimal

Cell = str | int | float | bool | date | time | None

RISKY = frozenset("=+-@\t\r\n\0＝＋－＠")
_RISKY_TEXT = re.compile(r"'*[=+\-@\t\r\n\0＝＋－＠]")
_GUARDED_TEXT = re.compile(r"'+[=+\-@\t\r\n\0＝＋－＠]")
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
GUARDED = RISKY | {"'"}


def guard(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula; `bare(guard(text)) == text`."""
    return f"'{text}" if _RISKY_TEXT.match(text) else text


def bare(text: str) -> str:
    """The text without the apostrophe `guard` or a spreadsheet's user put before it."""
    return text[1:] if _GUARDED_TEXT.match(text) else text


def text_of(cell: Cell) -> str:
    """How a person sees the cell: whole numbers without a point, dates as 2026-11-21."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{Decimal(format(cell, '.15g')):f}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
