"""What travels through Redis is ours or is refused."""

import json
import pickle

import pytest

from app.jobs.serializer import ENTRY, Refused, SignedJSON

SIGNED = SignedJSON(b"k" * 32)
CALL = (ENTRY, None, (5,), {})


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle ran",))


def forged(*call):
    return SIGNED.dumps(CALL)[:65] + json.dumps(call).encode()


def test_a_call_of_the_entry_comes_back_as_it_went():
    assert SIGNED.loads(SIGNED.dumps(CALL)) == [ENTRY, None, [5], {}]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b".",
        pickle.dumps(Bomb()),
        json.dumps(CALL).encode(),
        json.dumps(["os.system", None, ["true"], {}]).encode(),
        SIGNED.dumps(CALL).replace(b"[5]", b"[6]"),
        SIGNED.dumps(CALL) + b" ",
        SIGNED.dumps(CALL)[1:],
        b"0" * 64 + b"." + json.dumps(CALL).encode(),
        SignedJSON(b"x" * 32).dumps(CALL),
        forged("os.system", None, ["true"], {}),
        b"a" * 100_000,
        "é".encode() * 80,
    ],
)
def test_anything_else_is_refused(message):
    with pytest.raises(Refused):
        SIGNED.loads(message)


@pytest.mark.parametrize(
    "call",
    [
        ("os.system", None, ("true",), {}),
        (ENTRY, None, ("5",), {}),
        (ENTRY, None, (0,), {}),
        (ENTRY, None, (5, 6), {}),
        (ENTRY, None, (5,), {"x": 1}),
        (ENTRY, "instance", (5,), {}),
        (ENTRY, None, (True,), {}),
        "text",
        None,
    ],
)
def test_nothing_else_is_ever_signed(call):
    with pytest.raises(Refused):
        SIGNED.dumps(call)


def test_a_signed_call_of_something_else_is_refused_too():
    body = json.dumps(["os.system", None, [1], {}]).encode()
    with pytest.raises(Refused):
        SIGNED.loads(SIGNED._mac(body) + b"." + body)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="too short"):
        SignedJSON(b"short")
