"""The process that opens a workbook: it limits itself, reads one sheet and writes its rows; it knows no secrets.

Called as `python -I workbook_child.py '{"path": …, "out": …, "sheet": …, "limits": {…}}'`; prints one JSON object,
`{"sheets": […], "sheet": …}` or `{"refused": code}`. A row of the output file is `[number, [cell, …]]`.
"""

import json
import resource
import stat
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, PasswordError, load_workbook

ZIP = b"PK\x03\x04"
PIECE = 1 << 20
PADDING = 100  # titles and blank rows above and between records
SHEETS = 200


class RefusedError(Exception):
    """A workbook that is not read; its argument is the refusal's code."""


def limit(limits: dict[str, int]) -> None:
    """Bound this process before it touches the file."""
    for what, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_FSIZE, limits["output"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def check_zip(path: Path, limits: dict[str, int]) -> None:
    """Refuse an archive that is unsafe or unpacks to too much, by unpacking it once to nowhere."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > limits["members"] or any(unsafe(member) for member in members):
            raise RefusedError("unsafe")
        names = {member.filename for member in members}
        if "mimetype" in names or "xl/workbook.bin" in names or "[Content_Types].xml" not in names:
            raise RefusedError("workbook_kind")
        most = min(limits["unpacked"], max(PIECE, limits["ratio"] * path.stat().st_size))
        if sum(member.file_size for member in members) > most:
            raise RefusedError("bomb")
        unpack(archive, members, most)


def unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], most: int) -> None:
    """Read every member, so that a forged size or checksum shows here."""
    total = 0
    for member in members:
        with archive.open(member) as stream:
            while piece := stream.read(PIECE):
                total += len(piece)
                if total > most:
                    raise RefusedError("bomb")


def unsafe(member: zipfile.ZipInfo) -> bool:
    """Whether the member is a link, is encrypted or points out of the archive."""
    name = member.filename.replace("\\", "/")
    link = stat.S_ISLNK(member.external_attr >> 16)
    return link or bool(member.flag_bits & 1) or name.startswith("/") or ".." in name.split("/")


def portable(cell: Any) -> Any:
    """The cell as JSON carries it; days and moments are marked."""
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, time | timedelta):
        return str(cell)
    return cell


def rows(sheet: Any, limits: dict[str, int]) -> Iterator[tuple[int, list[Any]]]:
    """The sheet's rows with their numbers; a value merged over several rows stands in each of them."""
    left = sheet.start[1] if sheet.start else 0
    below = spread(sheet.merged_cell_ranges or [], left)
    carried: dict[int, tuple[Any, int]] = {}
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > limits["rows"] + PADDING:
            raise RefusedError("too_many_rows")
        if len(cells) > limits["columns"]:
            raise RefusedError("columns")
        for column, last in below.get(number - 1, ()):
            carried[column] = (cells[column], last)
        for column, (value, last) in carried.items():
            if number - 1 <= last and cells[column] == "":
                cells[column] = value
        yield number, cells


def spread(merged: list[Any], left: int) -> dict[int, list[tuple[int, int]]]:
    """Merges over several rows: first row → (column, last row), all counted from 0."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in merged:
        if bottom > top and column >= left:
            found.setdefault(top, []).append((column - left, bottom))
    return found


def describe(workbook: Any) -> list[dict[str, Any]]:
    """Every sheet that can hold a table: name, size and whether it is visible."""
    found = []
    if len(workbook.sheets_metadata) > SHEETS:
        raise RefusedError("unsafe")
    for meta in workbook.sheets_metadata:
        if str(meta.typ).endswith("WorkSheet"):
            sheet = workbook.get_sheet_by_name(meta.name)
            visible = str(meta.visible).endswith("Visible")
            found.append({"name": meta.name, "rows": sheet.height, "columns": sheet.width, "visible": visible})
    return found


def choose(sheets: list[dict[str, Any]], wanted: str | None) -> str:
    """The sheet asked for, or the visible one with the most cells."""
    if wanted is not None:
        if all(sheet["name"] != wanted for sheet in sheets):
            raise RefusedError("no_sheet")
        return wanted
    if not sheets:
        raise RefusedError("no_table")
    return str(max(sheets, key=lambda sheet: (sheet["visible"], sheet["rows"] * sheet["columns"]))["name"])


def convert(task: dict[str, Any]) -> dict[str, Any]:
    """Write the chosen sheet's rows; what sheets there are and which was chosen."""
    path, limits = Path(task["path"]), task["limits"]
    with path.open("rb") as stream:
        zipped = stream.read(4) == ZIP
    if zipped:
        check_zip(path, limits)
    workbook = load_workbook(path)
    sheets = describe(workbook)
    name = choose(sheets, task["sheet"])
    with Path(task["out"]).open("w", encoding="utf-8") as out:
        for number, cells in rows(workbook.get_sheet_by_name(name), limits):
            if any(cell != "" for cell in cells):
                out.write(json.dumps([number, cells], default=portable, ensure_ascii=False) + "\n")
    return {"sheets": sheets, "sheet": name}


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """What `convert` gives, or the code of the refusal."""
    try:
        return convert(task)
    except RefusedError as refused:
        return {"refused": str(refused)}
    except PasswordError:
        return {"refused": "encrypted"}
    except MemoryError:
        return {"refused": "too_large"}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, CalamineError, NotImplementedError, EOFError):
        return {"refused": "broken"}


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    limit(asked["limits"])
    sys.stdout.write(json.dumps(answer(asked)))
