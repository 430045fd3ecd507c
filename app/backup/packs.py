"""Uploaded files: each content is packed once, and every backup names the packs it needs."""

import json
import os
import secrets
import tarfile
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import pyrage

from app.backup import parts
from app.backup.manifest import Manifest, Part
from app.backup.parts import Pieces
from app.backup.refusals import ALTERED, Unsound
from app.backup.target import PIECE, Target

FOLDER = "packs"
MOST = 64  # packs of one backup; more, and the smaller half is packed anew as one
BLOCK = 512  # of a tar
DIGEST = 64


@dataclass(frozen=True, slots=True)
class Shelved:
    """The packs that hold the uploaded files, and which files each holds."""

    packs: tuple[Part, ...]
    contents: Mapping[str, Sequence[str]]  # the files of each pack, by the pack's object

    @property
    def files(self) -> int:
        """How many files they hold."""
        return sum(len(names) for names in self.contents.values())


def shelf_of(home: Path) -> Path:
    """Where uploaded files lie."""
    return home / "files"


def listed(root: Path) -> list[str]:
    """Every kept file below `root`, as `ab/abcdef…`; files being uploaded are none."""
    return sorted(path.relative_to(root).as_posix() for path in root.glob("??/*") if path.is_file())


def pack(target: Target, root: Path, before: Shelved, recipients: Sequence[pyrage.x25519.Recipient]) -> Shelved:
    """The packs of every file below `root`: those of `before`, and a new one of what they lack."""
    kept = _worth_keeping(target, before)
    known = {name for part in kept for name in before.contents[part.name]}
    missing = [name for name in listed(root) if name not in known]
    contents = {part.name: before.contents[part.name] for part in kept}
    if not missing:
        return Shelved(kept, contents)
    name = f"{FOLDER}/{secrets.token_hex(16)}.age"  # by chance: a store wants it before the hash is known
    made = parts.write(target, name, Pieces(_zipped(_tar(root, missing))), recipients)
    return Shelved((*kept, made), {**contents, made.name: missing})


def _worth_keeping(target: Target, before: Shelved) -> tuple[Part, ...]:
    """The packs that are still there as they were, without the smaller half where they became too many."""
    there = [part for part in before.packs if part.name in before.contents and _is_there(target, part)]
    if len(there) > MOST:
        there = sorted(there, key=lambda part: part.size)[len(there) // 2 :]
    return tuple(there)


def _is_there(target: Target, part: Part) -> bool:
    with suppress(FileNotFoundError):
        return target.size(part.name) == part.size
    return False


def contents(shelved: Shelved) -> Pieces:
    """The list of all files as a stream."""
    return Pieces([zlib.compress(json.dumps(shelved.contents).encode())])


def shelved(target: Target, manifest: Manifest, identities: Sequence[pyrage.x25519.Identity]) -> Shelved:
    """The packs of a backup with what each holds."""
    out = BytesIO()
    parts.read(target, manifest.name, manifest.part("files"), identities, out)
    return Shelved(manifest.packs, json.loads(zlib.decompress(out.getvalue())))


def unpack(target: Target, manifest: Manifest, identities: Sequence[pyrage.x25519.Identity], root: Path | None) -> int:
    """How many files were brought to `root`, or with None only looked at; each is what its name says.

    A file that is there already, whole, is left as it is.
    """
    wanted, found = shelved(target, manifest, identities), 0
    for part in wanted.packs:
        names = set(wanted.contents[part.name])
        with _streamed(target, manifest.name, part, identities) as tar:
            for member in tar:
                if member.name not in names or not _is_name(member.name):
                    raise Unsound(ALTERED.format(name=manifest.name, part=part.name))
                names.discard(member.name)
                _bring(tar, member, root, manifest.name, part)
                found += 1
        if names:
            raise Unsound(ALTERED.format(name=manifest.name, part=part.name))
    return found


def _is_name(name: str) -> bool:
    folder, _, rest = name.partition("/")
    return len(folder) == 2 and rest.startswith(folder) and "/" not in rest and ".." not in rest  # noqa: PLR2004


def _bring(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path | None, backup: str, part: Part) -> None:
    stream = tar.extractfile(member)
    if stream is None:
        raise Unsound(ALTERED.format(name=backup, part=part.name))
    name = member.name.partition("/")[2]
    with _fresh(root) as file:
        digest = sha256()
        while piece := stream.read(PIECE):
            digest.update(piece)
            file.write(piece)
        if len(name) == DIGEST and digest.hexdigest() != name:  # a picture's small one has a name of its own
            raise Unsound(ALTERED.format(name=backup, part=f"{part.name}: {member.name}"))
        if root is not None:
            _place(file, root / member.name, digest.hexdigest())


@contextmanager
def _fresh(root: Path | None) -> Iterator[IO[bytes]]:
    if root is None:
        with Path(os.devnull).open("wb") as nothing:
            yield nothing
        return
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=root, prefix=".new-", delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def _place(file: IO[bytes], place: Path, digest: str) -> None:
    if place.is_file():
        with place.open("rb") as held:
            if file_digest(held, "sha256").hexdigest() == digest:
                return
    file.flush()
    os.fsync(file.fileno())
    place.parent.mkdir(mode=0o700, exist_ok=True)
    Path(file.name).replace(place)


@contextmanager
def _streamed(
    target: Target, backup: str, part: Part, identities: Sequence[pyrage.x25519.Identity]
) -> Iterator[tarfile.TarFile]:
    """A pack as a tar that is read while it is decrypted; a fault of the pack wins over what the tar makes of it."""
    inlet, outlet = os.pipe()
    failed: list[BaseException] = []

    def feed() -> None:
        with os.fdopen(outlet, "wb") as out:
            try:
                parts.read(target, backup, part, identities, out)
            except BrokenPipeError:
                pass
            except BaseException as error:  # noqa: BLE001  # told by the thread that reads
                failed.append(error)

    thread = threading.Thread(target=feed, name="unpack", daemon=True)
    with os.fdopen(inlet, "rb") as stream:
        thread.start()
        try:
            with tarfile.open(fileobj=stream, mode="r|gz") as tar:
                yield tar
                while stream.read(PIECE):
                    pass
        except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
            failed.append(Unsound(ALTERED.format(name=backup, part=part.name)))
            failed[-1].__cause__ = error
    thread.join()
    if failed:
        raise failed[0]


def _tar(root: Path, names: Iterable[str]) -> Iterator[bytes]:
    """A tar of files below `root`, piece by piece."""
    for name in names:
        path = root / name
        info = tarfile.TarInfo(name)
        info.size = path.stat().st_size
        yield info.tobuf()
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
        yield bytes(-info.size % BLOCK)
    yield bytes(2 * BLOCK)


def _zipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces as gzip, fast: most uploads are compressed by themselves."""
    packer = zlib.compressobj(1, wbits=31)
    for piece in pieces:
        if out := packer.compress(piece):
            yield out
    yield packer.flush()
