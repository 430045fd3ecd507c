"""Parts: streams that are encrypted while they are written and checked before anything is made of them."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import IO, Protocol

import pyrage

from app.backup.manifest import Part
from app.backup.refusals import ALTERED, MISSING, SHORT, SHUT, Unsound, Unusable
from app.backup.target import PIECE, Draft, Target


class Source(Protocol):
    """Something to read from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; none at the end."""
        ...


class Out(Protocol):
    """Something to write to."""

    def write(self, data: bytes, /) -> int:
        """Takes bytes."""
        ...


class Pieces:
    """Pieces of bytes as a source."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, one piece or less at a time."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        taken, self._rest = (self._rest[:size], self._rest[size:]) if size >= 0 else (self._rest, b"")
        return taken


class _In:
    """Passes on what it reads, and remembers its hash and what went wrong: encryption tells only the words."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.hash, self.size = sha256(), 0
        self.error: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        try:
            data = self._source.read(size)
        except BaseException as error:
            self.error = error
            raise
        self.hash.update(data)
        self.size += len(data)
        return data


class _Out:
    """The same for what is written."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self.hash, self.size = sha256(), 0
        self.error: BaseException | None = None

    def write(self, data: bytes, /) -> int:
        try:
            self._out.write(data)
        except BaseException as error:
            self.error = error
            raise
        self.hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def seal(source: Source, draft: Draft, recipients: Sequence[pyrage.x25519.Recipient]) -> tuple[str, int]:
    """Encrypts a stream into a draft; the SHA-256 and the number of the bytes written."""
    given, out = _In(source), _Out(draft)
    try:
        pyrage.encrypt_io(given, out, list(recipients))
    except (pyrage.EncryptError, OSError):
        if error := given.error or out.error:
            raise error from None
        raise
    return out.hash.hexdigest(), out.size


def write(target: Target, name: str, source: Source, recipients: Sequence[pyrage.x25519.Recipient]) -> Part:
    """Encrypts a stream into the object `name`, whole or not at all."""
    with target.draft(name) as draft:
        digest, size = seal(source, draft, recipients)
        draft.keep()
    return Part(name, digest, size)


def check(target: Target, backup: str, part: Part) -> None:
    """Raises Unsound, naming the part, unless it lies at the target exactly as it was written."""
    _measure(target, backup, part)
    digest = sha256()
    with _opened(target, backup, part) as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    if digest.hexdigest() != part.sha256:
        raise Unsound(ALTERED.format(name=backup, part=part.name))


def read(target: Target, backup: str, part: Part, identities: Sequence[pyrage.x25519.Identity], out: Out) -> None:
    """Decrypts a part into `out`; raises Unsound when it is not what was written, Unusable when no key opens it.

    What `out` got before an Unsound is worth nothing; `check` first wherever something is made of it.
    """
    _measure(target, backup, part)
    with _opened(target, backup, part) as stream:
        given, taken = _In(stream), _Out(out)
        try:
            pyrage.decrypt_io(given, taken, list(identities))
        except (pyrage.DecryptError, OSError) as error:
            if failed := given.error or taken.error:
                raise failed from None
            if "No matching keys" in str(error):
                raise Unusable(SHUT.format(name=backup, part=part.name), "wrong_key") from None
            raise Unsound(ALTERED.format(name=backup, part=part.name)) from error
        while given.read(PIECE):  # what follows the end of the encrypted stream counts too
            pass
    if given.hash.hexdigest() != part.sha256:
        raise Unsound(ALTERED.format(name=backup, part=part.name))


def _measure(target: Target, backup: str, part: Part) -> None:
    try:
        size = target.size(part.name)
    except FileNotFoundError:
        raise Unsound(MISSING.format(name=backup, part=part.name)) from None
    if size != part.size:
        raise Unsound(SHORT.format(name=backup, part=part.name, size=part.size, found=size))


def _opened(target: Target, backup: str, part: Part) -> IO[bytes]:
    try:
        return target.open(part.name)
    except FileNotFoundError:
        raise Unsound(MISSING.format(name=backup, part=part.name)) from None
