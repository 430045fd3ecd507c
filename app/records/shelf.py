"""Where the bytes of uploaded files lie: each content once, under its hash."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from app.core.errors import Busy, Unfit
from app.core.label import Label
from app.records import content

PIECE = 1024 * 1024
TOO_LARGE = Label("文件超过了 {limit} 的上限，请压缩后再上传。", "The file is larger than {limit}; make it smaller.")
FULL = Label("服务器的存储空间不足，请联系管理员。", "The server is short of space; tell an administrator.")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of all uploaded bytes, mode 0700, its files 0600; `reserve` bytes of the disk stay free."""

    root: Path
    reserve: int = 0

    def path(self, digest: str) -> Path:
        """Where a content lies."""
        return self.root / digest[:2] / digest

    def small(self, digest: str) -> Path:
        """Where a picture's small one lies (WebP)."""
        return self.root / digest[:2] / f"{digest}.small"

    def put(self, stream: IO[bytes], kind: str, limit: int) -> tuple[int, str]:
        """Checks what the stream gives and keeps it: bytes kept and their SHA-256; raises Unfit for what is refused."""
        with self.fresh() as file:
            size, digest = spool(stream, file, limit)
            if kind not in content.PICTURES:
                content.check(Path(file.name), kind)
                self.place(file, self.path(digest))
                return size, digest
            picture, small = content.redraw(Path(file.name), kind)
        digest = sha256(picture).hexdigest()
        self.keep(picture, self.path(digest))
        self.keep(small, self.small(digest))
        return len(picture), digest

    def keep(self, data: bytes, target: Path) -> None:
        """Writes bytes to where they belong, whole or not at all."""
        with self.fresh() as file:
            file.write(data)
            self.place(file, target)

    def place(self, file: IO[bytes], target: Path) -> None:
        """Puts a fresh file where it belongs, whole or not at all."""
        file.flush()
        os.fsync(file.fileno())
        target.parent.mkdir(mode=0o700, exist_ok=True)
        Path(file.name).replace(target)
        if os.name == "posix":  # a new name outlives a crash only when its folder was written too
            folder = os.open(target.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    @contextmanager
    def fresh(self) -> Iterator[IO[bytes]]:
        """A new private file in the shelf's folder; gone afterwards unless it was placed."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.root).free < self.reserve:
            raise Busy(FULL)
        with NamedTemporaryFile(dir=self.root, prefix=".new-", delete=False) as file:
            try:
                yield file
            finally:
                Path(file.name).unlink(missing_ok=True)


def spool(stream: IO[bytes], file: IO[bytes], limit: int) -> tuple[int, str]:
    """Copies what was sent: how many bytes, and their SHA-256. None is Unfit, and so are more than `limit`."""
    size, digest = 0, sha256()
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > limit:
            raise Unfit("file_size", TOO_LARGE.format(limit=megabytes(limit)))
        digest.update(piece)
        file.write(piece)
    file.flush()
    if not size:
        raise Unfit("file_empty", content.EMPTY)
    return size, digest.hexdigest()


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1024 / 1024:.4g} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"
