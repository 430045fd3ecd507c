"""What travels through Redis: one call of one function with one number, signed.

Who can write to Redis can delay work, never run code: pickles, unsigned, edited and foreign calls are refused.
"""

import hmac
import json
from typing import Any

ENTRY = "app.jobs.entry.execute"
_DOMAIN = b"forecourt rq 1\0"
_MAC = 64  # hex digits
_LONGEST = 512  # bytes of a whole message
_SHORTEST_KEY = 32


class Refused(ValueError):
    """A message that is not ours, or not a message at all."""


class SignedJSON:
    """RQ's serializer: JSON under an HMAC-SHA256, for calls of the one entry point only."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _SHORTEST_KEY:
            raise ValueError("the queue key is too short")
        self._key = key

    def dumps(self, call: Any) -> bytes:
        """The signed message of `(entry, None, (id,), {})`; Refused for anything else."""
        body = json.dumps(_checked(call), separators=(",", ":")).encode()
        return self._mac(body) + b"." + body

    def loads(self, message: bytes) -> Any:
        """The call a message of ours holds, as `[entry, None, [id], {}]`; Refused for anything else."""
        if len(message) > _LONGEST or not hmac.compare_digest(message[:_MAC], self._mac(message[_MAC + 1 :])):
            raise Refused("a message without our signature")
        return _checked(json.loads(message[_MAC + 1 :]))

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, _DOMAIN + body, "sha256").hexdigest().encode()


def _checked(call: Any) -> list[Any]:
    match call:
        case [str(name), None, [int(work_id)], {**options}] if name == ENTRY and not options:
            if work_id > 0 and not isinstance(work_id, bool):
                return [name, None, [work_id], {}]
    raise Refused("a call of something else")
