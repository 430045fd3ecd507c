"""What a dry run counts."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.exchange.known import Match
from app.exchange.raw import Skipped
from app.exchange.read_row import Failure

REASONS = 20  # the most frequent ones are kept


@dataclass(slots=True)
class Tally:
    """Numbers of rows, records and reasons, as the pages of an import show them."""

    rows: int = 0
    failing: int = 0
    duplicates: int = 0  # rows that only repeat earlier ones
    offers: int = 0  # rows about a customer or car the store has
    unknown: int = 0  # names of staff that are nobody's
    made: Counter[str] = field(default_factory=Counter)  # entity → new records
    matched: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    def skip(self, row: Skipped) -> None:
        """A row that is no record."""
        self.skipped[row.why.value] += 1

    def add(
        self, entities: Collection[str], failures: Sequence[Failure], match: Match, leaders: Mapping[str, int | None]
    ) -> None:
        """A record of the file, what fails in it, what the store has of it and which lines it repeats."""
        self.rows += 1
        if failures:
            self.failing += 1
            for code in {(one.column, one.label.zh, one.label.en) for one in failures}:
                self.reasons[code] += 1
            return
        known = {"customer": match.customer, "vehicle": match.vehicle}
        for name in entities:
            if leaders.get(name) is None:
                (self.made if known[name] is None else self.matched)[name] += 1
        self.duplicates += bool(entities) and all(leaders.get(name) is not None for name in entities)
        self.offers += any(known[name] is not None for name in entities)

    def counts(self) -> dict[str, Any]:
        """The numbers as JSON."""
        return {
            "rows": self.rows,
            "ready": self.rows - self.failing,
            "failing": self.failing,
            "duplicates": self.duplicates,
            "offers": self.offers,
            "unknown_staff": self.unknown,
            "new": dict(self.made),
            "matched": dict(self.matched),
            "skipped": dict(self.skipped),
            "reasons": [[*words, count] for words, count in self.reasons.most_common(REASONS)],
        }
