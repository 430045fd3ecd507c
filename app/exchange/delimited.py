"""Rows of a text file, streamed; an unclosed quote stops the reading and is named."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.exchange import dialect, encoding
from app.exchange.cells import bare
from app.exchange.dialect import Dialect
from app.exchange.limits import CELL_CHARACTERS, CELL_LINES, Limits
from app.exchange.raw import RawRow
from app.exchange.refusals import Unreadable, unreadable

_SAMPLE = 1 << 17
_HTML = ("<!doctype html", "<html", "<table", "<?xml", "<meta", "<style")


@dataclass(frozen=True, slots=True)
class Delimited:
    """A text file whose encoding and dialect are known."""

    path: Path
    encoding: str
    dialect: Dialect
    limits: Limits

    def __iter__(self) -> Iterator[RawRow]:
        """Every row with a cell in it, in order; memory is bounded by one row."""
        with self.path.open(encoding=self.encoding, newline="") as stream:
            skipped = sum(1 for _ in islice(stream, self.dialect.skip))
            yield from self._read(stream, skipped)

    def _read(self, stream: Iterator[str], before: int) -> Iterator[RawRow]:
        reader = csv.reader(stream, delimiter=self.dialect.separator, quotechar=self.dialect.quote, strict=True)
        start, most = before + 1, self.limits.columns
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _named(error, start, before + reader.line_num) from error
            end = before + reader.line_num
            if len(cells) > most:
                raise unreadable("columns", line=start, found=len(cells), most=most)
            if end - start > CELL_LINES:
                raise unreadable("quote", line=start)
            if cells:
                yield RawRow(start, tuple([bare(cell) if cell[:1] == "'" else cell for cell in cells]))
            start = end + 1


def read(path: Path, limits: Limits, codec: str | None = None, separator: str | None = None) -> Delimited:
    """The text file at `path`, its encoding and separator detected where they are not given."""
    codec = encoding.require(path, codec) if codec else encoding.detect(path)
    with path.open(encoding=codec, newline="") as stream:
        sample = stream.read(_SAMPLE)
    if not sample.strip():
        raise unreadable("empty")
    if sample.lstrip().lower().startswith(_HTML):
        raise unreadable("html")
    return Delimited(path, codec, dialect.detect(_whole_lines(sample), separator), limits)


def _whole_lines(sample: str) -> str:
    """The sample without the line its end cuts."""
    if len(sample) < _SAMPLE:
        return sample
    with suppress(ValueError):
        return sample[: sample.rindex("\n") + 1]
    return sample


def _named(error: csv.Error, start: int, line: int) -> Unreadable:
    """What the csv module found, as a refusal that names the line where the trouble begins."""
    if "field limit" in str(error) and line - start <= 1:
        return unreadable("cell_too_long", line=start, most=f"{CELL_CHARACTERS:,}")
    return unreadable("quote", line=start)
