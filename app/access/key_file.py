"""The keys of sealed values as their file holds them now: a process takes a new key up without being started anew."""

import logging
import time

from app.access.keys import FieldKeys, KeyFileError
from app.access.seal import Sealer
from config import Config

LOOK = 1.0  # seconds between two looks at the file
FILE = "field_keys.json"
log = logging.getLogger(__name__)


class KeyFile:
    """Reads the file again when it changed, at most once a second, and at once for a key that is not held yet.

    Whoever writes a new key puts the whole file in its place first, so a value under it opens wherever it is met.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._stamp = self._look()
        self._keys = FieldKeys.parse(config.secret(FILE), config.secret("index_key"))
        self._looked = time.monotonic()

    def now(self, wanted: int | None = None) -> FieldKeys:
        """The keys of this moment, a second ago at most."""
        missing = wanted is not None and wanted not in self._keys.keys
        if missing or time.monotonic() - self._looked >= LOOK:
            self._renew()
        return self._keys

    def _renew(self) -> None:
        self._looked, stamp = time.monotonic(), self._look()
        if stamp == self._stamp:
            return
        try:
            keys = FieldKeys.parse(self._config.secret(FILE), self._keys.index)
            demand_same(self._keys, keys)
        except (OSError, KeyFileError) as error:
            log.error("%s; the keys read before stay in use", error)  # noqa: TRY400 - the words say all
            return
        self._stamp, self._keys = stamp, keys

    def _look(self) -> tuple[int, ...]:
        try:
            found = (self._config.secrets_dir / FILE).stat()
        except FileNotFoundError:
            return ()
        return found.st_mtime_ns, found.st_ino, found.st_size


def demand_same(held: FieldKeys, found: FieldKeys) -> None:
    """Refuses a file in which a number that is held means another key: it is another installation's."""
    odd = sorted(number for number, key in found.keys.items() if held.keys.get(number, key) != key)
    if odd:
        raise KeyFileError(f"{FILE} now holds other keys under the numbers {odd}")


def sealer_of(config: Config) -> Sealer:
    """What seals and opens values in this process, under the keys of now."""
    return Sealer(KeyFile(config))
