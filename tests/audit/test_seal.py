"""The sealer at work: beside writers, beside another sealer, killed anywhere."""

import threading
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from app.audit import merkle, seal, sealer
from app.audit.checkpoint import Folder, notes
from app.audit.command import verify_command
from app.audit.note import Batch, NotANote, head, is_signed, prints, verifier_key
from tests.audit.conftest import Trail
from tests.audit.test_tamper import sealed

MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_roots_are_those_of_rfc_9162(digests: list[bytes]):
    tree = InmemoryTree(algorithm="sha256")
    for digest in digests:
        tree.append_entry(digest)
    assert merkle.root([merkle.leaf(digest) for digest in digests]) == tree.get_root()


def test_a_leaf_never_reads_as_a_node():
    left, right = merkle.leaf(b"l"), merkle.leaf(b"r")
    assert merkle.root([left, right]) == sha256(b"\x01" + left + right).digest()
    assert merkle.leaf(left + right) != merkle.root([left, right])


@given(st.sets(st.integers(1, 2**40), min_size=1, max_size=40), st.integers(1, 2**40))
def test_a_note_reads_back_as_the_batch_that_wrote_it(ids: set[int], no: int):
    entries = tuple(sorted(ids))
    leaves = [merkle.leaf(str(i).encode()) for i in entries]
    batch = Batch(no, no + 5, merkle.root(leaves), bytes(32), MOMENT, entries, prints(leaves))
    assert Batch.read(batch.text) == batch
    assert batch.text.splitlines()[0] == "forecourt/trail"


@pytest.mark.parametrize(
    "text", ["", "forecourt/trail\n", "forecourt/trail\n1\nx\nbatch 1\n", "forecourt/trail\nx\n\n\n\n\n\n\n\n"]
)
def test_other_text_is_not_a_note(text: str):
    with pytest.raises(NotANote):
        Batch.read(text)


def test_a_note_can_be_checked_with_the_public_key_alone(trail: Trail):
    sealed(trail, 2)
    first, second = notes(trail.folder)
    assert is_signed(trail.key.public_key(), second.text, second.signature)
    assert not is_signed(Ed25519PrivateKey.generate().public_key(), second.text, second.signature)
    assert second.batch.previous == first.batch.head == head(bytes(32), 1, 5, first.batch.root)
    assert verifier_key(trail.key.public_key()).startswith("forecourt/trail+" + second.key.hex())


def test_writers_never_wait_for_the_sealer_and_nothing_is_left_out(trail: Trail):
    stop = threading.Event()

    def write(number: int) -> None:
        with trail.connect() as connection:
            for i in range(40):
                with connection.transaction(force_rollback=i % 10 == 9):
                    connection.execute("INSERT INTO thing (store_id, name) VALUES (%s, 'x'), (%s, 'y')", (number, i))
                    connection.execute("UPDATE thing SET price = %s WHERE store_id = %s", (i, number))

    def run() -> None:
        while not stop.is_set():
            trail.seal()

    writers = [threading.Thread(target=write, args=(100 + n,)) for n in range(4)]
    sealing = threading.Thread(target=run)
    for thread in (sealing, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    sealing.join()
    trail.seal()
    verdict = trail.verify()
    assert (verdict.exit_code, verdict.pending) == (0, 0)
    assert verdict.entries == len(trail.ids())
    assert verdict.batches > 1


def test_only_one_of_two_sealers_leads_and_the_other_takes_over(trail: Trail):
    trail.write()
    with trail.connect("sealer") as waiting:
        with trail.connect("sealer") as leading:
            assert sealer.try_lead(leading)
            assert not sealer.try_lead(waiting)
        for _ in range(100):
            if sealer.try_lead(waiting):
                break
            threading.Event().wait(0.02)
        else:
            pytest.fail("the second sealer never led")


def test_two_sealers_at_once_seal_everything_once(trail: Trail):
    for _ in range(10):
        trail.write()
    barrier = threading.Barrier(2)

    def run() -> None:
        with trail.connect("sealer") as connection:
            barrier.wait()
            for _ in range(30):
                sealer.work(connection, trail.key, [Folder(trail.folder)])

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = trail.verify()
    assert (verdict.exit_code, verdict.pending, verdict.entries) == (0, 0, 50)
    assert trail.run("SELECT count(*), count(DISTINCT entry_id) FROM trail.seal") == [(50, 50)]


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.mark.parametrize("place", ["_write", "root", "signing", "append", "torn"])
def test_a_sealer_killed_anywhere_leaves_a_trail_that_goes_on(
    trail: Trail, place: str, monkeypatch: pytest.MonkeyPatch
):
    sealed(trail, 1)
    trail.write()
    with monkeypatch.context() as patch:
        plant(patch, place, trail.folder)
        with pytest.raises(Killed):
            trail.seal()
    assert trail.verify().first is None, "nothing looks tampered with"
    trail.write()
    while trail.seal():
        pass
    verdict = trail.verify()
    assert (verdict.exit_code, verdict.pending, verdict.entries) == (0, 0, 15)
    assert [note.batch.no for note in notes(trail.folder)] == list(range(1, verdict.batches + 1))


def plant(patch: pytest.MonkeyPatch, place: str, folder: Path) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    def torn(_: Folder, note: object) -> None:
        with next(folder.glob("*.notes")).open("a", encoding="utf-8") as file:
            file.write(f"{note.text}\n— forecourt/trail AAAA")
        raise Killed

    if place == "_write":
        patch.setattr(seal, "_write", die)
    elif place == "root":
        patch.setattr(merkle, "root", die)
    elif place == "signing":
        patch.setattr(seal, "key_id", die)
    elif place == "append":
        patch.setattr(Folder, "append", lambda self, added: die() if list(added) else 0)
    else:
        patch.setattr(Folder, "_write", torn)


def test_a_place_that_cannot_be_written_is_caught_up_later(trail: Trail, tmp_path: Path):
    blocked = tmp_path / "mount"
    blocked.write_text("no folder")
    trail.write()
    with trail.connect("sealer") as connection:
        assert sealer.work(connection, trail.key, [Folder(trail.folder), Folder(blocked)]) == 5
        blocked.unlink()
        sealer.work(connection, trail.key, [Folder(trail.folder), Folder(blocked)])
    assert [note.text for note in notes(blocked)] == [note.text for note in notes(trail.folder)]


def test_nothing_is_sealed_onto_a_chain_that_contradicts_what_was_exported(trail: Trail):
    sealed(trail)
    trail.tamper("DELETE FROM trail.seal WHERE batch_no = 3", "DELETE FROM trail.batch WHERE no = 3")
    trail.write()
    assert trail.seal() == 0
    assert trail.run("SELECT max(no) FROM trail.batch") == [(2,)]


def test_a_bulk_write_is_sealed_in_several_batches(trail: Trail):
    trail.run("INSERT INTO thing (name) SELECT 'x' FROM generate_series(1, 12000)")
    with trail.connect("sealer") as connection:
        sizes = []
        while entries := seal.seal_next(connection, trail.key, 5000).entries:
            sizes.append(entries)
    assert sizes == [5000, 5000, 2000]
    assert trail.run("SELECT count(*) FROM trail.queue") == [(0,)]


def test_the_loop_seals_until_it_is_told_to_stop(trail: Trail, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    class Settings:
        home = tmp_path
        checkpoint_dirs = (tmp_path / "second",)
        seal_interval_seconds = 0.05
        url = staticmethod(trail.url)

        @staticmethod
        def secret(_: str) -> bytes:
            return trail.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    stop = threading.Event()
    loop = threading.Thread(target=sealer.run, args=(Settings, stop))
    loop.start()
    trail.write()
    for _ in range(100):
        if not trail.run("SELECT FROM trail.queue"):
            break
        stop.wait(0.05)
    stop.set()
    loop.join(5)
    assert not loop.is_alive()
    for place in (tmp_path / "checkpoints", tmp_path / "second"):
        trail.folder = place
        assert trail.verify().exit_code == 0
    assert verify_command(Settings) == 0
    trail.tamper("DELETE FROM trail.value WHERE entry_id = 2")
    assert verify_command(Settings) == 2
    printed = capsys.readouterr().out
    assert "第 2 条内容缺失" in printed
    assert "entry 2: values missing" in printed
