"""Rows as they stand in a file, before anything is understood."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from app.exchange.cells import Cell


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: the line a person finds it at (from 1) and its cells."""

    line: int
    cells: tuple[Cell, ...] = field(repr=False)

    def __reduce__(self) -> tuple[type[Self], tuple[object, ...]]:
        """Its two parts: what dataclasses do by themselves would cost more than reading the row."""
        return type(self), (self.line, self.cells)


class Why(StrEnum):
    """Why a row is no record."""

    TITLE = "title"  # stands above the heading
    HEADING = "heading"
    REPEATED = "repeated_heading"
    BLANK = "blank"
    TOTAL = "total"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was passed over, and why."""

    line: int
    why: Why


def holds(cell: Cell) -> bool:
    """Whether the cell holds anything but space."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def is_blank(cells: tuple[Cell, ...]) -> bool:
    """Whether no cell holds anything but space."""
    return not any(map(holds, cells))
