"""A watched folder: which of its files are whole and stand still, and where they go afterwards."""

from collections.abc import Iterator
from pathlib import Path

STILL = 30  # seconds without a change make a file whole
GROWING = (".part", ".tmp", ".crdownload", ".filepart", ".writing")


def files(folder: Path, now: float) -> Iterator[Path]:
    """The files that may be taken, by name; the folder is made where it is missing.

    What is still growing, is named as a file on its way, or has a companion that says so waits for the next look.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$")) and whole(path, now):
            yield path


def whole(path: Path, now: float) -> bool:
    """Whether nobody writes the file any more, as far as can be told from outside."""
    if path.suffix.lower() in GROWING or any(path.with_name(path.name + mark).exists() for mark in GROWING):
        return False
    about = path.stat()
    return about.st_size > 0 and now - about.st_mtime >= STILL


def put_away(path: Path, where: str, why: str = "") -> Path:
    """Moves a file into a folder beside it under a name nothing has, with the reason in a text beside it."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True, mode=0o700)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}~{number}{path.suffix}"
    path.rename(target)
    if why:
        target.with_name(f"{target.name}.txt").write_text(why, encoding="utf-8")
    return target
