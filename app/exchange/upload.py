"""Uploaded files at rest: encrypted in pieces under a key of their own, opened only while they are read."""

import fcntl
import hashlib
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.access.keys import KeySource, derive
from app.core.label import Label
from app.exchange.limits import MIB
from app.exchange.refusals import Unreadable

PIECE = MIB
_MAGIC = b"FCU1"
_NONCE = 8  # random; the number of the piece follows it
_TAG = 16
_LAST = 1 << 31  # set in the number of the last piece, so that a file cut short does not open

GONE = Unreadable(
    Label("上传的文件已清除，请重新上传。", "The uploaded file is no longer kept; upload it again."), "upload_gone"
)
TOO_LARGE = Label("文件太大，最大 {most} MB。请拆分后再上传。", "The file is too large, at most {most} MB. Split it.")


class TooLarge(Unreadable):
    """An upload over its person's limit."""

    status = 413
    code = "upload_too_large"


@dataclass(frozen=True, slots=True)
class Stored:
    """An upload at rest: the SHA-256 of its content, and its size in bytes."""

    hash: bytes
    size: int


class Uploads:
    """The folder of uploads and the keys they are sealed with; files are named by content and batch, mode 0600."""

    def __init__(self, home: Path, keys: KeySource) -> None:
        self._folder = home / "uploads"
        self._keys = keys

    def keep(self, stream: IO[bytes], batch: UUID, most: int) -> Stored:
        """Seals what the stream gives, up to `most` bytes; raises TooLarge, and then keeps nothing."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f".{secrets.token_hex(8)}"
        try:
            with _private(path) as target:
                stored = self._seal(stream, target, batch, most)
            path.rename(self._path(stored.hash, batch))
        finally:
            path.unlink(missing_ok=True)
        return stored

    def remove(self, content: bytes, batch: UUID) -> None:
        """Removes an upload; nothing when it is gone already."""
        self._path(content, batch).unlink(missing_ok=True)

    @contextmanager
    def opened(self, content: bytes, batch: UUID) -> Iterator[Path]:
        """A private plain copy that vanishes with the block; raises Unreadable when the upload is gone or damaged."""
        sealed = self._path(content, batch)
        if not sealed.exists():
            raise GONE
        sweep(self._folder)
        path = self._folder / f".open-{secrets.token_hex(8)}"
        try:
            with _private(path) as target:
                fcntl.flock(target, fcntl.LOCK_SH)  # says that it is in use; see `sweep`
                self._open(sealed, target, batch)
                target.flush()
                yield path
        finally:
            path.unlink(missing_ok=True)

    def under(self) -> dict[int, int]:
        """How many uploads are sealed under each key."""
        heads = [_head(path) for path in self._folder.glob("[!.]*")]
        return dict(Counter(int.from_bytes(head[4:6], "big") for head in heads if head[:4] == _MAGIC))

    def _path(self, content: bytes, batch: UUID) -> Path:
        return self._folder / f"{content.hex()}.{batch}"

    def _seal(self, stream: IO[bytes], target: IO[bytes], batch: UUID, most: int) -> Stored:
        nonce, digest, size, number = secrets.token_bytes(_NONCE), hashlib.sha256(), 0, 0
        keys = self._keys.now()
        cipher = _cipher(keys.keys[keys.current])
        target.write(_MAGIC + keys.current.to_bytes(2, "big") + nonce)
        piece = stream.read(PIECE)
        while True:
            following = stream.read(PIECE)
            size += len(piece)
            if size > most:
                raise TooLarge(TOO_LARGE.format(most=most // MIB))
            digest.update(piece)
            marked = number | (0 if following else _LAST)
            target.write(cipher.encrypt(nonce + marked.to_bytes(4, "big"), piece, batch.bytes))
            if not following:
                return Stored(digest.digest(), size)
            piece, number = following, number + 1

    def _open(self, sealed: Path, target: IO[bytes], batch: UUID) -> None:
        with sealed.open("rb") as source:
            head = source.read(len(_MAGIC) + 2 + _NONCE)
            under = int.from_bytes(head[4:6], "big")
            key = self._keys.now(under).keys.get(under)
            if head[:4] != _MAGIC or key is None:
                raise GONE
            cipher = _cipher(key)
            number, piece = 0, source.read(PIECE + _TAG)
            while piece:
                following = source.read(PIECE + _TAG)
                marked = number | (0 if following else _LAST)
                try:
                    target.write(cipher.decrypt(head[6:] + marked.to_bytes(4, "big"), piece, batch.bytes))
                except InvalidTag:
                    raise GONE from None
                number, piece = number + 1, following


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(derive(key, "upload"))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(6)
    except FileNotFoundError:  # its import has ended
        return b""


def sweep(folder: Path) -> None:
    """Removes plain copies whose reader was killed."""
    for path in folder.glob(".open-*"):
        try:
            with path.open("rb") as left:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
        except (BlockingIOError, FileNotFoundError):
            continue


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb")
