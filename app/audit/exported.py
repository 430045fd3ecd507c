"""The exported notes, walked beside the database's batches."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.audit.checkpoint import Note, files, notes
from app.audit.note import is_signed
from app.audit.verdict import Damage, Finding, Verdict
from app.core.label import Label

NO_KEY = Label("没有公钥，未核对签名。", "No public key was given: signatures were not checked.")
NO_NOTES = Label(
    "没有找到导出的检查点：若尾部被截断，无从得知。",
    "No exported checkpoints were found: a tail that was cut off would not show.",
)
MISSING = Label("缺少第 {first} 至 {last} 批的检查点。", "Exported checkpoints {first} to {last} are missing.")


class Exported:
    """The exported notes, read beside the batches; only validly signed ones are believed."""

    def __init__(self, place: Path | None, key: Ed25519PublicKey | None, verdict: Verdict) -> None:
        self._key = key
        self._place = place if place is not None and place.exists() and files(place) else None
        self._notes = notes(self._place) if self._place else iter(())
        self._next: Note | None = None
        self._verdict = verdict
        self._is_asked = place is not None
        self._seen = 0

    def take(self, no: int) -> Note | None:
        """The note of batch `no`, or None when it was not exported; forged ones on the way are reported."""
        while (note := self._peek()) is not None and note.batch.no <= no:
            self._next = None
            self._follow(note)
            if note.batch.no == no:
                return note
        return None

    def rest(self) -> Iterator[Note]:
        """The notes after the last batch that was taken."""
        while (note := self._peek()) is not None:
            self._next = None
            if note.batch.no > self._seen:
                self._follow(note)
                yield note

    def complete(self) -> None:
        """Says in the verdict what could not be checked for want of notes or key."""
        if self._key is None:
            self._verdict.incomplete.append(NO_KEY)
        if self._place is None and (self._verdict.batches or not self._is_asked):
            self._verdict.incomplete.append(NO_NOTES)

    def _follow(self, note: Note) -> None:
        if self._seen and note.batch.no > self._seen + 1:
            self._verdict.incomplete.append(MISSING.format(first=self._seen + 1, last=note.batch.no - 1))
        self._seen = max(self._seen, note.batch.no)

    def _peek(self) -> Note | None:
        while self._next is None:
            note = next(self._notes, None)
            if note is None:
                return None
            if isinstance(note, Note) and (self._key is None or is_signed(self._key, note.text, note.signature)):
                self._next = note
            else:
                no = note.batch.no if isinstance(note, Note) else None
                self._verdict.report(Finding(Damage.CHECKPOINT_FORGED, None, no))
        return self._next
