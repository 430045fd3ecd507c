"""Where backups lie: a few verbs over named objects, and the folder that offers them."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO, Protocol, Self

from app.backup.lock import alone
from app.backup.refusals import NO_FOLDER, Unusable, of_target
from config import Config

NEW = ".forecourt-new-"
PIECE = 1024 * 1024


class Draft(Protocol):
    """An object being written: it has no name, and so does not exist, until it is kept."""

    def write(self, data: bytes, /) -> int:
        """Adds bytes."""
        ...

    def keep(self) -> None:
        """Gives the object its name; it is whole and safe when this returns."""
        ...


class Target(Protocol):
    """Somewhere outside the database that keeps objects under names like `20261122T050700Z-1f2e/manifest.note`."""

    place: str  # as people know it

    def exclusive(self) -> AbstractContextManager[None]:
        """The right to write and to remove, for one at a time."""
        ...

    def reading(self, *, only: bool = False) -> AbstractContextManager[None]:
        """The promise that nothing is removed meanwhile; `only` is for who removes, and waits for readers."""
        ...

    def names(self) -> list[str]:
        """Every object, in order."""
        ...

    def size(self, name: str) -> int:
        """Its bytes; FileNotFoundError when there is none."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """Its content; FileNotFoundError when there is none."""
        ...

    def draft(self, name: str) -> AbstractContextManager[Draft]:
        """A new object that gets `name` when it is kept; gone afterwards unless it was."""
        ...

    def remove(self, name: str) -> None:
        """Takes an object away; nothing happens when there is none."""
        ...

    def sweep(self) -> None:
        """Takes away what writers that were killed left unnamed."""
        ...

    def free(self) -> int:
        """How many bytes may still be written."""
        ...


class FileDraft:
    """A draft in a folder."""

    def __init__(self, root: Path, name: str, file: IO[bytes]) -> None:
        self._root, self._name = root, name
        self._file = file

    def write(self, data: bytes, /) -> int:
        """Adds bytes."""
        return self._file.write(data)

    def keep(self) -> None:
        """Gives the file its name once it is on disk, and writes the folder that holds the name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        place = self._root / self._name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        Path(self._file.name).replace(place)
        for folder in {place.parent, self._root}:
            _settle(folder)


class Folder:
    """A folder as a target; every failure of its disk is a refusal in words."""

    def __init__(self, root: Path) -> None:
        self.root, self.place = root, str(root)

    @classmethod
    def of(cls, config: Config) -> Self:
        """The folder the settings name, which must be there, or `backups` in home, which is made."""
        named = config.backup_target if isinstance(config.backup_target, Path) else None
        root = named or config.home / "backups"
        if named is None:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not root.is_dir():
            raise Unusable(NO_FOLDER.format(folder=root), "no_target")
        return cls(root)

    def exclusive(self) -> AbstractContextManager[None]:
        """The right to write and to remove, for one at a time."""
        return self._locked(".forecourt-writing")

    def reading(self, *, only: bool = False) -> AbstractContextManager[None]:
        """The promise that nothing is removed meanwhile."""
        return self._locked(".forecourt-reading", shared=not only)

    @contextmanager
    def _locked(self, name: str, *, shared: bool = False) -> Iterator[None]:
        with ExitStack() as held:
            if shared and not os.access(self.root, os.W_OK):
                yield  # lent for reading: nobody removes anything by this road
                return
            with self._told():
                held.enter_context(alone(self.root / name, shared=shared))
            yield

    def names(self) -> list[str]:
        """Every object, in order; drafts and locks are none."""
        with self._told():
            self.root.stat()  # a folder that vanished is not an empty one
            found = (path.relative_to(self.root) for path in self.root.glob("*/*") if path.is_file())
            return sorted(PurePosixPath(path).as_posix() for path in found)

    def size(self, name: str) -> int:
        """Its bytes; FileNotFoundError when there is none."""
        with self._told():
            return (self.root / name).stat().st_size

    def open(self, name: str) -> IO[bytes]:
        """Its content; FileNotFoundError when there is none."""
        with self._told():
            return (self.root / name).open("rb")

    @contextmanager
    def draft(self, name: str) -> Iterator[Draft]:
        """A new private file; gone afterwards unless it was kept."""
        with self._told(), NamedTemporaryFile(dir=self.root, prefix=NEW, delete=False) as file:
            try:
                yield FileDraft(self.root, name, file)
            finally:
                with suppress(OSError):
                    Path(file.name).unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Takes a file away, and its folder when that was the last."""
        place = self.root / name
        with self._told():
            place.unlink(missing_ok=True)
            with suppress(OSError):
                place.parent.rmdir()

    def sweep(self) -> None:
        """Takes away what writers that were killed left unnamed."""
        with self._told():
            for path in self.root.glob(f"{NEW}*"):
                path.unlink(missing_ok=True)

    def free(self) -> int:
        """How many bytes the disk has left."""
        with self._told():
            found = os.statvfs(self.root)
            return found.f_bavail * found.f_frsize

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what the disk says into a refusal; a missing object stays FileNotFoundError."""
        try:
            yield
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self.root.is_dir():
                raise
            raise of_target(self.root, error) from error


def _settle(folder: Path) -> None:
    """A new name outlives a crash only when its folder was written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
