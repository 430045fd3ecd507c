"""The rows that failed, as a file a person corrects and imports again."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from app.core.label import Label
from app.exchange import csv_out
from app.exchange.cells import text_of
from app.exchange.raw import RawRow
from app.exchange.read_row import Failure
from app.exchange.synonyms import REPORT

_AND = Label("；", "; ")


def stream(header: Sequence[str], failed: Iterable[tuple[RawRow, Sequence[Failure]]], locale: str) -> Iterator[bytes]:
    """A CSV in pieces: the file's own columns, then line, column and reason of what has to be corrected."""
    extra = [label.text(locale) for label in REPORT]
    rows = (_row(len(header), row, failures, locale) for row, failures in failed)
    return csv_out.stream([*header, *extra], rows)


def _row(width: int, row: RawRow, failures: Sequence[Failure], locale: str) -> list[str | int]:
    cells = [text_of(cell) for cell in row.cells]
    own = cells[:width] + [""] * (width - len(cells))
    return [*own, row.line, *_why(failures, locale)]


def _why(failures: Sequence[Failure], locale: str) -> tuple[str, str]:
    """The columns that failed, each once, and the reasons, each with its column where there are several."""
    columns = list(dict.fromkeys(filter(None, (failure.column for failure in failures))))
    several = len(failures) > 1
    colon = "：" if locale.startswith("zh") else ": "
    reasons = (
        f"{failure.column}{colon}{failure.label.text(locale)}"
        if several and failure.column
        else failure.label.text(locale)
        for failure in failures
    )
    return "、".join(columns) if locale.startswith("zh") else ", ".join(columns), _AND.text(locale).join(chain(reasons))
