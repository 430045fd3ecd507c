"""What a verification found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from app.core.label import Label


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


WORDS: Mapping[Damage, Label] = MappingProxyType(
    {
        Damage.ALTERED: Label("被改动", "altered"),
        Damage.REMOVED: Label("被删除", "removed"),
        Damage.INSERTED: Label("是外来插入的", "inserted"),
        Damage.SWAPPED: Label("被调换", "swapped"),
        Damage.VALUES_MISSING: Label("内容缺失，且没有擦除记录", "values missing without an erasure"),
        Damage.SEAL_REMOVED: Label("封印被删除", "seal removed"),
        Damage.CHAIN_BROKEN: Label("批次链断裂", "batch chain broken"),
        Damage.SIGNATURE_WRONG: Label("签名不符", "signature wrong"),
        Damage.TRUNCATED: Label("尾部被截断", "tail truncated"),
        Damage.REBUILT: Label("与导出的检查点不符，链被重建", "rebuilt against the exported checkpoint"),
        Damage.CHECKPOINT_FORGED: Label("导出的检查点被伪造", "exported checkpoint forged"),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One damaged entry; `entry_id` is None where only the batch can be named."""

    damage: Damage
    entry_id: int | None
    batch: int | None = None

    @property
    def label(self) -> Label:
        """The finding in words."""
        place = Label("第 {no} 条", "entry {no}") if self.entry_id is not None else Label("第 {no} 批", "batch {no}")
        number = self.batch if self.entry_id is None else self.entry_id
        return Label("{place}{what}", "{place}: {what}").format(place=place.format(no=number), what=WORDS[self.damage])


@dataclass(slots=True)
class Verdict:
    """The outcome: the first damage by entry id, and what could not be checked."""

    entries: int = 0  # sealed and checked
    batches: int = 0
    pending: int = 0  # committed and not yet sealed; checked against their own digests
    erased: int = 0  # entries whose values were erased by a sealed erasure
    findings: int = 0
    first: Finding | None = None
    incomplete: list[Label] = field(default_factory=list)  # what could not be checked
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
