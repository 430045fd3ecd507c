"""A file as a table: its columns, and its rows one after another, whatever it was written by."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from app.core.errors import Malformed
from app.core.label import Label
from app.exchange import delimited, encoding, heading, workbook
from app.exchange.heading import DEPTH, Heading
from app.exchange.limits import STAFF, Limits
from app.exchange.raw import RawRow, Skipped
from app.exchange.refusals import unreadable
from app.exchange.workbook import Sheet


class Format(StrEnum):
    """What a file is, by its content."""

    TEXT = "text"
    WORKBOOK = "workbook"


_DEEPEST = 1_000  # line a person may call the heading
_CHOICE = Label(
    "不能这样读取文件，请重新选择编码、分隔符或表头行。",
    "A file cannot be read so; choose encoding, separator or heading again.",
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person corrects when the detection is wrong; None leaves it to the detection; raises Malformed."""

    sheet: str | None = None
    encoding: str | None = None  # one of encoding.KNOWN
    separator: str | None = None  # one character
    header_line: int | None = None  # 0 for a file without a heading

    def __post_init__(self) -> None:
        separator, line = self.separator, self.header_line
        fits = self.encoding in (None, *encoding.KNOWN)
        fits &= separator is None or (len(separator) == 1 and separator not in "\"'\r\n\0")
        if not (fits and (line is None or 0 <= line <= _DEEPEST)):
            raise Malformed(_CHOICE, "import_choice")


@dataclass(frozen=True)
class Source:
    """An opened file; use it as a context, and read `rows` as often as needed."""

    name: str
    format: Format
    heading: Heading
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    sheets: tuple[Sheet, ...] = ()
    sheet: str | None = None
    table: Iterable[RawRow] = field(repr=False, default=())
    release: Callable[[], None] = field(repr=False, default=lambda: None)

    @property
    def header(self) -> tuple[str, ...]:
        """One distinct label a column."""
        return self.heading.labels

    @property
    def header_line(self) -> int:
        """The line of the heading, or 0."""
        return self.heading.line

    @property
    def choices(self) -> Choices:
        """What opens the same file again in the same way, in another process say."""
        return Choices(self.sheet, self.encoding, self.separator, self.header_line)

    def rows(self, skip: Callable[[Skipped], object] | None = None) -> Iterator[RawRow]:
        """The records in order; titles, headings, blank rows, totals and footers go to `skip` instead."""
        why_not = self.heading.why_not
        for row in self.table:
            why = why_not(row)
            if why is None:
                yield row
            elif skip is not None:
                skip(Skipped(row.line, why))

    def sample(self, count: int = 200) -> list[RawRow]:
        """The first records."""
        return list(islice(self.rows(), count))

    def close(self) -> None:
        """Remove what opening left on disk."""
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_source(path: Path, name: str, choices: Choices | None = None, limits: Limits = STAFF) -> Source:
    """The file at `path` (called `name` by the person) as a table; refuses with an Unreadable that says what to do."""
    choices = choices or Choices()
    with path.open("rb") as stream:
        start = stream.read(16)
    if not start:
        raise unreadable("empty")
    if workbook.is_workbook(start):
        return _from_workbook(path, name, choices, limits)
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise unreadable("binary")
    return _from_text(path, name, choices, limits)


def _from_text(path: Path, name: str, choices: Choices, limits: Limits) -> Source:
    table = delimited.read(path, limits, choices.encoding, choices.separator)
    found = _heading(table, choices)
    separator, quote = table.dialect.separator, table.dialect.quote
    return Source(name, Format.TEXT, found, table.encoding, separator, quote, table=table)


def _from_workbook(path: Path, name: str, choices: Choices, limits: Limits) -> Source:
    table = workbook.read(path, limits, choices.sheet)
    try:
        found = _heading(table, choices)
    except BaseException:
        table.close()
        raise
    return Source(
        name, Format.WORKBOOK, found, sheets=table.sheets, sheet=table.sheet, table=table, release=table.close
    )


def _heading(table: Iterable[RawRow], choices: Choices) -> Heading:
    """The heading found in the first rows, or the one the person named."""
    rows = list(islice(table, max(DEPTH, choices.header_line or 0)))
    if choices.header_line is not None:
        return heading.at(rows, choices.header_line)
    found = heading.find(rows)
    if found is None:
        raise unreadable("no_table")
    return found
