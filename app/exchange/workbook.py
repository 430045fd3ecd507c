"""Rows of a workbook, read by a process that may not harm this one."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from app.exchange.cells import Cell, bare
from app.exchange.limits import MIB, Limits
from app.exchange.raw import RawRow
from app.exchange.refusals import Unreadable, unreadable

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # xls, and every password-protected xlsx
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHILD = Path(__file__).with_name("workbook_child.py")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook and the size of its used area."""

    name: str
    rows: int
    columns: int
    visible: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook of which one sheet has been unfolded into `rows`, a file that `close` removes."""

    sheets: tuple[Sheet, ...]
    sheet: str
    rows: Path

    def __iter__(self) -> Iterator[RawRow]:
        """Every row with a value, in order, under the number the spreadsheet shows."""
        with self.rows.open("rb") as stream:
            for line in stream:
                number, cells = orjson.loads(line)
                yield RawRow(number, tuple([_cell(cell) for cell in cells]))

    def close(self) -> None:
        """Remove the unfolded rows."""
        self.rows.unlink(missing_ok=True)


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so is a workbook (or another archive) and no text."""
    return start.startswith((b"PK", COMPOUND))


def read(path: Path, limits: Limits, sheet: str | None = None) -> Workbook:
    """The workbook at `path` with `sheet` (or the likeliest one) unfolded; every failure is an Unreadable."""
    if _is_encrypted(path):
        raise unreadable("encrypted")
    handle, name = tempfile.mkstemp(prefix="forecourt-sheet-", suffix=".jsonl")
    os.close(handle)
    rows = Path(name)
    try:
        found = _unfold(path, rows, limits, sheet)
    except BaseException:
        rows.unlink(missing_ok=True)
        raise
    return Workbook(tuple(Sheet(**one) for one in found["sheets"]), found["sheet"], rows)


def _unfold(path: Path, rows: Path, limits: Limits, sheet: str | None) -> dict[str, Any]:
    """Run the child; what it found, or the refusal its end stands for."""
    task = json.dumps({"path": str(path), "out": str(rows), "sheet": sheet, "limits": asdict(limits)})
    try:
        done = subprocess.run(  # our own file, no shell, and no environment to leak
            [sys.executable, "-I", str(_CHILD), task],
            capture_output=True, timeout=limits.wall, env={}, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _refusal("too_slow", limits, sheet) from None
    if done.returncode:
        raise _refusal(_ending(done.returncode, done.stderr), limits, sheet)
    found: dict[str, Any] = json.loads(done.stdout)
    if "refused" in found:
        raise _refusal(found["refused"], limits, sheet)
    return found


def _ending(code: int, stderr: bytes) -> str:
    """Why a child that gave no answer ended: by a limit, or by a file its reader could not bear."""
    if code == -signal.SIGXCPU:
        return "too_slow"
    limited = code in (-signal.SIGKILL, -signal.SIGXFSZ, -signal.SIGABRT)
    words = (b"MemoryError", b"memory allocation", b"File too large", b"capacity overflow")
    return "too_large" if limited or any(word in stderr for word in words) else "broken"


def _refusal(code: str, limits: Limits, sheet: str | None) -> Unreadable:
    """The refusal of that code with this file's limits in its words."""
    values: dict[str, dict[str, object]] = {
        "bomb": {"most": limits.unpacked // MIB, "ratio": limits.ratio},
        "too_many_rows": {"most": f"{limits.rows:,}"},
        "too_slow": {"most": limits.wall},
        "columns": {"line": 1, "found": f">{limits.columns}", "most": limits.columns},
        "no_sheet": {"sheet": sheet},
    }
    return unreadable(code, **values.get(code, {}))


def _is_encrypted(path: Path) -> bool:
    """Whether a compound file holds an encrypted package, as its directory says in clear."""
    with path.open("rb") as stream:
        if stream.read(len(COMPOUND)) != COMPOUND:
            return False
        tail = b""
        while piece := stream.read(MIB):
            if _ENCRYPTED in tail + piece:
                return True
            tail = piece[-len(_ENCRYPTED) :]
    return False


def _cell(cell: Any) -> Cell:
    if isinstance(cell, str):
        return bare(cell) if cell[:1] == "'" else cell
    if isinstance(cell, dict):
        return datetime.fromisoformat(cell["t"]) if "t" in cell else date.fromisoformat(cell["d"])
    found: Cell = cell
    return found
