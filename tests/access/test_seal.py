import json
import sys
from base64 import b64encode
from uuid import UUID, uuid4

import pytest

from app.access.keys import FieldKeys, KeyFileError, SignInKeys
from app.access.seal import HEADER, SealBroken, Sealer, key_id

RECORD = UUID("01234567-89ab-cdef-0123-456789abcdef")
INDEX = bytes(range(32))
OLD, NEW = b"o" * 32, b"n" * 32
PHONE = "+8613800138000"


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(FieldKeys(1, {1: OLD}, INDEX))


@pytest.fixture
def blob(sealer: Sealer) -> bytes:
    return sealer.seal(PHONE, "customer", "phone", RECORD)


def test_a_sealed_value_opens_in_its_place_and_shows_nothing(sealer, blob):
    assert sealer.open(blob, "customer", "phone", RECORD) == PHONE
    assert PHONE.encode() not in blob
    assert len(blob) == HEADER + len(PHONE) + 16


@pytest.mark.parametrize("value", ["", "李雷", "𠮷㛃", "x" * 10_000])
def test_any_text_is_sealed(value, sealer):
    assert sealer.open(sealer.seal(value, "customer", "note", RECORD), "customer", "note", RECORD) == value


@pytest.mark.parametrize(
    "place",
    [("customer", "phone", uuid4()), ("customer", "email", RECORD), ("employee", "phone", RECORD)],
    ids=["record", "field", "entity"],
)
def test_a_value_moved_to_another_place_is_refused(place, sealer, blob):
    with pytest.raises(SealBroken, match="altered or belongs to another place"):
        sealer.open(blob, *place)


def test_every_flipped_bit_is_refused(sealer, blob):
    for bit in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            sealer.open(bytes(flipped), "customer", "phone", RECORD)


def test_every_truncation_is_refused(sealer, blob):
    for length in range(len(blob)):
        with pytest.raises(SealBroken):
            sealer.open(blob[:length], "customer", "phone", RECORD)


def test_an_old_key_opens_and_the_current_one_seals(blob):
    rotated = Sealer(FieldKeys(2, {1: OLD, 2: NEW}, INDEX))
    assert rotated.open(blob, "customer", "phone", RECORD) == PHONE
    assert key_id(rotated.seal(PHONE, "customer", "phone", RECORD)) == 2


def test_a_value_does_not_pass_as_sealed_under_another_key(blob):
    twins = Sealer(FieldKeys(2, {1: OLD, 2: OLD}, INDEX))
    with pytest.raises(SealBroken):
        twins.open(blob[:1] + (2).to_bytes(2, "big") + blob[3:], "customer", "phone", RECORD)


def test_a_missing_key_is_named(blob):
    with pytest.raises(SealBroken, match="key 1, which the key file does not hold"):
        Sealer(FieldKeys(2, {2: NEW}, INDEX)).open(blob, "customer", "phone", RECORD)


def test_nonces_do_not_repeat(sealer):
    blobs = [sealer.seal(PHONE, "customer", "phone", RECORD) for _ in range(100_000)]
    assert len({blob[3:HEADER] for blob in blobs}) == len(blobs)


def test_a_blind_index_is_one_across_tables_and_differs_by_kind(sealer):
    assert sealer.index("phone", PHONE) == Sealer(FieldKeys(2, {2: NEW}, INDEX)).index("phone", PHONE)
    assert sealer.index("phone", PHONE) != sealer.index("text", PHONE)
    assert sealer.index("phone", PHONE) != sealer.index("phone", PHONE + "1")
    assert len(sealer.index("phone", PHONE)) == 16


def test_a_blind_index_depends_on_its_key(sealer):
    assert sealer.index("phone", PHONE) != Sealer(FieldKeys(1, {1: OLD}, bytes(32))).index("phone", PHONE)


def test_search_tokens_are_signed_64_bit_numbers_of_their_entity(sealer):
    tokens = [sealer.token("customer", f"word{n}") for n in range(1000)]
    assert all(-(2**63) <= token < 2**63 for token in tokens)
    assert min(tokens) < 0 < max(tokens)
    assert sealer.token("vehicle", "word1") != tokens[1]


# Key files -----------------------------------------------------------------------------------------------------------
def key_file(**changes: object) -> bytes:
    return json.dumps({"current": 1, "keys": {"1": b64encode(OLD).decode()}} | changes).encode()


def test_keys_are_read_from_private_files(tmp_path):
    for name, content in (("field_keys.json", key_file()), ("index_key", INDEX)):
        (tmp_path / name).touch(0o600)
        (tmp_path / name).write_bytes(content)
    keys = FieldKeys.read(tmp_path)
    assert (keys.current, keys.keys, keys.index) == (1, {1: OLD}, INDEX)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_others_may_touch_is_refused(mode, tmp_path):
    path = tmp_path / "field_keys.json"
    path.write_bytes(key_file())
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        FieldKeys.read(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"current": 1, "keys": []}',
        key_file(current=2),
        key_file(keys={"1": "short"}),
        key_file(keys={"1": b64encode(b"x" * 16).decode()}),
        key_file(current=70000, keys={"70000": b64encode(OLD).decode()}),
        key_file(keys={"one": b64encode(OLD).decode()}),
    ],
)
def test_a_key_file_that_cannot_be_used_says_so(content):
    with pytest.raises(KeyFileError, match=r"field_keys\.json"):
        FieldKeys.parse(content, INDEX)


def test_a_short_key_is_refused():
    with pytest.raises(KeyFileError, match="index_key is shorter"):
        FieldKeys.parse(key_file(), b"short")
    with pytest.raises(KeyFileError, match="password_pepper is shorter"):
        SignInKeys.parse(b"short")


def test_keys_show_nothing_in_text():
    keys = FieldKeys(1, {1: OLD}, INDEX)
    assert "oooo" not in repr(keys)
    assert repr(SignInKeys.parse(OLD)) == "SignInKeys()"


def test_the_key_the_database_learns_is_none_of_the_others():
    keys = SignInKeys.parse(OLD)
    assert len({OLD, keys.pepper, keys.proof, keys.digest}) == 4
