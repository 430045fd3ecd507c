"""Files of signed notes: one note after another, a file a month, appended and never rewritten."""

import fcntl
import os
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.audit.note import ORIGIN, Batch, NotANote, signature_line

_SIGNATURE = f"— {ORIGIN} "
_BYTES = 4 + 64  # key id and Ed25519 signature


@dataclass(frozen=True, slots=True)
class Note:
    """A batch's signed text as it was exported."""

    batch: Batch
    text: str
    key: bytes
    signature: bytes


def notes(place: Path) -> Iterator[Note | NotANote]:
    """Every note in a folder or file of checkpoints, in order; a whole one that cannot be read comes as its fault.

    A note torn by a crash has no complete signature line and is passed over: the sealer writes it again.
    """
    for file in files(place):
        yield from _notes(file)


def files(place: Path) -> list[Path]:
    """The checkpoint files at a place, oldest first."""
    return sorted(place.glob("trail-*.notes")) if place.is_dir() else [place]


def _notes(file: Path) -> Iterator[Note | NotANote]:
    lines: list[str] = []
    with file.open(encoding="utf-8", errors="replace", newline="\n") as stream:
        for line in stream:
            if line == f"{ORIGIN}\n":
                lines = []
            if not line.startswith(_SIGNATURE):
                lines.append(line)
                continue
            signed = _signature(line)
            if signed is not None:
                yield _note(lines, *signed)
                lines = []


def _signature(line: str) -> tuple[bytes, bytes] | None:
    """Key id and signature of a signature line; None when the line was torn."""
    try:
        data = b64decode(line.removeprefix(_SIGNATURE).strip(), validate=True)
    except NotBase64:
        return None
    return (data[:4], data[4:]) if len(data) == _BYTES else None


def _note(lines: list[str], key: bytes, signature: bytes) -> Note | NotANote:
    text = "".join(lines[:-1])
    if lines[-1:] != ["\n"]:
        return NotANote("no empty line before the signature")
    try:
        return Note(Batch.read(text), text, key, signature)
    except NotANote as fault:
        return fault


class Folder:
    """One place that gets every note; several sealers on one machine may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[Path, int, Note | None] | None = None

    def last(self) -> Note | None:
        """The last whole note at this place; None when there is none yet."""
        held = files(self.path) if self.path.is_dir() else []
        if not held:
            return None
        size = held[-1].stat().st_size
        if self._seen is None or self._seen[:2] != (held[-1], size):
            self._seen = (held[-1], size, self._read_last(held))
        return self._seen[2]

    def _read_last(self, held: list[Path]) -> Note | None:
        for file in reversed(held):
            found = [note for note in _notes(file) if isinstance(note, Note)][-1:]
            if found:
                return found[0]
        return None

    def append(self, added: Iterable[Note]) -> int:
        """Adds the notes that follow the last one here, on disk when it returns; answers how many."""
        self.path.mkdir(mode=0o755, parents=True, exist_ok=True)
        with (self.path / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another sealer may have taken over
            last = self.last()
            fresh = [note for note in added if last is None or note.batch.no > last.batch.no]
            for note in fresh:
                self._write(note)
        return len(fresh)

    def _write(self, note: Note) -> None:
        month = self.path / f"trail-{note.batch.sealed_at:%Y-%m}.notes"
        file = max([month, *files(self.path)])  # never back to an older file, whatever the clock did
        data = f"{note.text}\n{signature_line(note.key, note.signature)}\n".encode()
        with file.open("ab") as stream:
            if stream.tell() and not _ends_whole(file):
                stream.write(b"\n\n")  # the last writer was killed within a note
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            self._seen = (file, stream.tell(), note)


def _ends_whole(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(-2, os.SEEK_END)
        return stream.read() == b"\n\n"
