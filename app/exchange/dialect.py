"""How a text file separates and quotes its cells."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

SEPARATORS = (",", "\t", ";", "|", "，")
_SAMPLE_LINES = 400
_DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a spreadsheet's own hint on the first line
_SINGLE_QUOTED = re.compile(r"(?:^|[,;\t|，])'[^'\r\n]*'(?=[,;\t|，\r\n]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A separator and a quote; `skip` leading lines are no rows."""

    separator: str
    quote: str = '"'
    skip: int = 0


def detect(sample: str, separator: str | None = None) -> Dialect:
    """The dialect under which most lines of the sample have the same number of cells."""
    if declared := _DECLARED.match(sample):
        return Dialect(separator or declared[1], _quote(sample), skip=1)
    quote = _quote(sample)
    return Dialect(separator or max(SEPARATORS, key=lambda one: _evenness(sample, one, quote)), quote)


def _quote(sample: str) -> str:
    """A single quote only where whole cells stand in it on most lines and no double quote is used."""
    lines = sum(1 for line in sample.splitlines() if line.strip())
    return "'" if '"' not in sample and len(_SINGLE_QUOTED.findall(sample)) > lines else '"'


def _evenness(sample: str, separator: str, quote: str) -> float:
    """How evenly the separator divides the lines: the share of the commonest width, weighted by that width."""
    lines = islice(io.StringIO(sample, newline=""), _SAMPLE_LINES)
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator, quotechar=quote) if any(row))
    if not widths:
        return 0
    parted = Counter({width: count for width, count in widths.items() if width > 1})
    if not parted:
        return 0
    width, count = parted.most_common(1)[0]
    return (count / widths.total()) ** 2 * (width - 1)
