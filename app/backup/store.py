"""An S3-compatible store as a target: objects appear whole or not at all, and marks in it stand for locks."""

import io
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import IO, Any, Self, cast

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from app.backup.marks import FOLDER as MARKS
from app.backup.marks import Marks
from app.backup.refusals import AWAY, FULL, NO_BUCKET, NO_CREDENTIALS, SHUT_OUT, Unusable
from app.backup.target import PIECE, Draft
from config import Config
from setting import Store as Address

CREDENTIALS = "backup_s3"  # the secret file: access key id, then secret access key, a line each
BLOCK = 16 * PIECE  # of a large object's upload; a store takes 10,000 of them
AT_ONCE = 2
PATIENCE = timedelta(seconds=30)
SAYS_SHUT = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "403 Forbidden")
SAYS_FULL = ("StorageFull", "QuotaExceeded", "InsufficientStorage", "507 Insufficient", "EntityTooLarge")


class Upload:
    """A draft at a store: its bytes travel as they come, and only `keep` gives them their name."""

    def __init__(self, store: "Store", name: str) -> None:
        self._store, self._name, self._size = store, name, 0
        self._writer: Any = store.writer(name)

    def write(self, data: bytes, /) -> int:
        """Adds bytes."""
        with self._store.told():
            self._writer.write(data)
        self._size += len(data)
        return len(data)

    def keep(self) -> None:
        """Ends the upload, and asks the store for the object: what it does not have whole was not kept."""
        self._store.marks.demand()
        with self._store.told():
            self._writer.close()
            found = int(obstore.head(self._store.objects, self._name)["size"])
        if found != self._size:
            self._store.remove(self._name)
            raise Unusable(AWAY.format(folder=self._store.place, why=f"{found} ≠ {self._size}"), "target_away")


class Download(io.RawIOBase):
    """An object as it comes; a store that goes away in the middle is a refusal."""

    def __init__(self, store: "Store", pieces: Iterator[Any]) -> None:
        self._store, self._pieces, self._rest = store, pieces, memoryview(b"")

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """The number of bytes put into `buffer`; 0 at the end."""
        with self._store.told():
            while not self._rest and (piece := next(self._pieces, None)) is not None:
                self._rest = memoryview(bytes(piece))
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


class Store:
    """A bucket, or what lies below a prefix in it; every failure of it is a refusal in words."""

    def __init__(self, address: Address, key: str, secret: str) -> None:
        self.place = str(address)
        self.objects = _objects(address, key, secret)
        self.marks = Marks(self.objects, self.told)

    @classmethod
    def of(cls, address: Address, config: Config) -> Self:
        """The store of an address, with the credentials among the secrets."""
        try:
            lines = config.secret(CREDENTIALS).decode().split()
        except FileNotFoundError:
            lines = []
        if len(lines) != 2:  # noqa: PLR2004
            raise Unusable(NO_CREDENTIALS.format(file=config.secrets_dir / CREDENTIALS), "no_credentials")
        return cls(address, *lines)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """The right to write and to remove, for one at a time, on whatever machine."""
        with self.marks.held("writing", ("writing",)):
            yield

    @contextmanager
    def reading(self, *, only: bool = False) -> Iterator[None]:
        """The promise that nothing is removed meanwhile; who may write nothing there has no such promise."""
        kind, against = ("pruning", ("reading", "pruning")) if only else ("reading", ("pruning",))
        with ExitStack() as held:
            try:
                held.enter_context(self.marks.held(kind, against))
            except Unusable as refusal:
                if only or refusal.code != "target_shut":
                    raise
            yield

    def names(self) -> list[str]:
        """Every object, in order; marks are none."""
        with self.told():
            found = (str(one["path"]) for page in obstore.list(self.objects) for one in page)
            return sorted(name for name in found if name.count("/") == 1 and not name.startswith(f"{MARKS}/"))

    def size(self, name: str) -> int:
        """Its bytes; FileNotFoundError when there is none."""
        with self.told():
            return int(obstore.head(self.objects, name)["size"])

    def open(self, name: str) -> IO[bytes]:
        """Its content as it comes; FileNotFoundError when there is none."""
        with self.told():
            pieces = obstore.get(self.objects, name).stream(min_chunk_size=PIECE)
        return cast("IO[bytes]", io.BufferedReader(Download(self, iter(pieces)), PIECE))

    @contextmanager
    def draft(self, name: str) -> Iterator[Draft]:
        """A new object; what was sent of it is nowhere listed unless it was kept."""
        yield Upload(self, name)

    def writer(self, name: str) -> object:
        """A stream into an object that appears when the stream is closed, and only then."""
        with self.told():
            return obstore.open_writer(self.objects, name, buffer_size=BLOCK, max_concurrency=AT_ONCE)

    def remove(self, name: str) -> None:
        """Takes an object away."""
        self.marks.demand()
        with self.told():
            obstore.delete(self.objects, name)

    def sweep(self) -> None:
        """Nothing: what a killed writer sent has no name, and the store's own rule ends unfinished uploads."""

    def free(self) -> int:
        """As much as one likes, until the store says otherwise."""
        return sys.maxsize

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turns what the store says into a refusal; a missing object stays FileNotFoundError."""
        try:
            yield
        except (BaseError, OSError) as error:
            if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error):
                raise
            raise _refusal(self.place, error) from error


def _objects(address: Address, key: str, secret: str) -> S3Store:
    virtual, endpoint = address.style == "virtual", address.endpoint
    if virtual and endpoint:
        scheme, _, host = endpoint.partition("://")
        endpoint = f"{scheme}://{address.bucket}.{host}"
    return S3Store(
        address.bucket,
        prefix=address.prefix or None,
        config={
            "access_key_id": key,
            "secret_access_key": secret,
            "region": address.region,
            "virtual_hosted_style_request": virtual,
            **({"endpoint": endpoint} if endpoint else {}),
        },
        client_options={"allow_http": endpoint.startswith("http://"), "connect_timeout": timedelta(seconds=10)},
        retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
    )


def _refusal(place: str, error: Exception) -> Unusable:
    """The refusal for what a store or the way to it said."""
    text = str(error).partition("\n\nDebug source")[0]
    if any(word in text for word in SAYS_FULL):
        return Unusable(FULL.format(folder=place), "target_full")
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or any(word in text for word in SAYS_SHUT):
        return Unusable(SHUT_OUT.format(folder=place), "target_shut")
    if "NoSuchBucket" in text:
        return Unusable(NO_BUCKET.format(folder=place), "no_target")
    return Unusable(AWAY.format(folder=place, why=" ".join(text.split())[:200]), "target_away")
