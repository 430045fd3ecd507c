"""Merkle trees as RFC 9162 hashes them: leaves and nodes are told apart by their first byte."""

from collections.abc import Sequence
from hashlib import sha256


def leaf(digest: bytes) -> bytes:
    """The leaf that stands for an entry's digest."""
    return sha256(b"\x00" + digest).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over `leaves` in their order; of none it is the hash of nothing."""
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + odd
    return level[0]
