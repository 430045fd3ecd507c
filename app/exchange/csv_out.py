"""Tables as CSV, streamed: UTF-8 with a byte order mark, so that spreadsheets read Chinese, and no formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from app.exchange.cells import GUARDED, guard

_FIRST, _BATCH = 100, 1_000  # rows: few first, so that the first byte comes at once


def stream(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file in pieces: the heading first, then rows; text that a spreadsheet would calculate is guarded."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(_safe(header))
    yield _taken(buffer)
    source, size = iter(rows), _FIRST
    while batch := list(islice(source, size)):
        writer.writerows(map(_safe, batch))
        size = _BATCH
        yield _taken(buffer)


def _safe(row: Sequence[Any]) -> list[Any]:
    return [guard(cell) if cell.__class__ is str and cell[:1] in GUARDED else cell for cell in row]


def _taken(buffer: io.StringIO) -> bytes:
    """What the buffer holds, as bytes; the buffer is empty afterwards."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
