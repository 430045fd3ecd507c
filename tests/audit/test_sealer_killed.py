"""Two sealers at once, killed again and again while others write: no gap, nothing sealed twice, soon caught up."""

import random
import signal
import threading
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.audit import sealer
from app.audit.checkpoint import Folder
from app.process.child import Forked, fork, until_told
from tests.audit.conftest import Trail
from tests.telling import tell

LAG = 5.0  # seconds


class Settings:
    """What a sealer reads of the settings."""

    checkpoint_dirs: tuple[Path, ...] = ()

    def __init__(self, trail: Trail, home: Path, every: float) -> None:
        self.home, self.url, self.seal_interval_seconds = home, trail.url, every
        self._key = trail.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def secret(self, _: str) -> bytes:
        return self._key


def begin(settings: Settings) -> Forked:
    return fork(lambda: sealer.run(settings, until_told()))


@pytest.mark.faults
@pytest.mark.parametrize("kills", [50, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(600)])])
def test_sealers_killed_while_others_write_leave_no_gap(kills: int, trail: Trail, tmp_path: Path) -> None:
    settings, over, dice = Settings(trail, tmp_path, 0.02), threading.Event(), random.Random(6)
    written: list[int] = []

    def write() -> None:
        with trail.connect() as connection:
            while not over.wait(0.005):
                connection.execute("INSERT INTO thing (name) SELECT 'x' FROM generate_series(1, 7)")
                written.append(7)

    writer = threading.Thread(target=write)
    writer.start()
    pair = [begin(settings), begin(settings)]
    for strike in range(kills):
        time.sleep(dice.uniform(0.01, 0.12))
        pair[strike % 2].send_signal(signal.SIGKILL)
        pair[strike % 2].wait()
        pair[strike % 2] = begin(settings)
    over.set()
    writer.join()
    began = time.monotonic()
    while trail.run("SELECT count(*) FROM trail.queue") != [(0,)]:
        assert time.monotonic() - began < LAG
        time.sleep(0.02)
    lag = time.monotonic() - began
    for one in pair:
        one.send_signal(signal.SIGTERM)
        assert one.wait() == 0
    seals, different = trail.run("SELECT count(*), count(DISTINCT entry_id) FROM trail.seal")[0]
    folder = next(path for path in tmp_path.rglob("*.notes")).parent
    numbers = [row[0] for row in trail.run("SELECT no FROM trail.batch ORDER BY no")]
    tell(f"R6: {kills} kills of two sealers, {seals} entries in {len(numbers)} batches, caught up in {lag:.1f} s")
    assert seals == different == sum(written) == len(trail.ids())
    assert numbers == [*range(1, len(numbers) + 1)]
    trail.folder = folder
    verdict = trail.verify()
    assert (verdict.exit_code, verdict.pending, verdict.entries) == (0, 0, sum(written))
    assert Folder(folder).last().batch.no == numbers[-1]


def test_what_was_written_last_is_sealed_before_the_sealer_stops(trail: Trail, tmp_path: Path) -> None:
    trail.write()
    running = begin(Settings(trail, tmp_path, 600))
    until = time.monotonic() + 20
    while trail.run("SELECT count(*) FROM trail.queue") != [(0,)]:
        assert time.monotonic() < until
        time.sleep(0.02)
    trail.write()  # it sleeps for ten minutes now
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait() == 0
    assert time.monotonic() - began < 3
    assert trail.run("SELECT count(*) FROM trail.queue") == [(0,)]
