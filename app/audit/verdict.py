"""What a verification found."""

from dataclasses import dataclass, field
from enum import StrEnum


class Damage(StrEnum):
    """What happened to an entry, or to what seals it."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    SWAPPED = "swapped"
    VALUES_MISSING = "values missing"
    SEAL_REMOVED = "seal removed"
    CHAIN_BROKEN = "batch chain broken"
    SIGNATURE_WRONG = "signature wrong"
    TRUNCATED = "tail truncated"
    REBUILT = "rebuilt against the exported checkpoint"
    CHECKPOINT_FORGED = "exported checkpoint forged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One damaged entry; `entry_id` is None where only the batch can be named."""

    damage: Damage
    entry_id: int | None
    batch: int | None = None

    def __str__(self) -> str:
        place = f"entry {self.entry_id}" if self.entry_id is not None else f"batch {self.batch}"
        return f"{place}: {self.damage}"


@dataclass(slots=True)
class Verdict:
    """The outcome: the first damage by entry id, and what could not be checked."""

    entries: int = 0  # sealed and checked
    batches: int = 0
    pending: int = 0  # committed and not yet sealed; checked against their own digests
    erased: int = 0  # entries whose values were erased by a sealed erasure
    findings: int = 0
    first: Finding | None = None
    incomplete: list[str] = field(default_factory=list)  # sentences
    gaps: tuple[str, ...] = ()  # audited tables with a trail trigger missing or switched off

    def report(self, finding: Finding) -> None:
        """Counts a finding and keeps it when it is the first by entry id."""
        self.findings += 1
        if self.first is None or _order(finding) < _order(self.first):
            self.first = finding

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found damaged."""
        return self.first is None

    @property
    def exit_code(self) -> int:
        """0 sound, 2 tampered, 3 sound as far as it could be checked."""
        if self.first is not None:
            return 2
        return 3 if self.incomplete or self.gaps else 0


def _order(finding: Finding) -> tuple[bool, int]:
    named = finding.entry_id is not None
    return (not named, (finding.entry_id if named else finding.batch) or 0)
