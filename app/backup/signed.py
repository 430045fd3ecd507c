"""Text with a signature under it: what is not signed with the installation's own key does not count."""

from base64 import b64decode, b64encode
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MARK = "\n— forecourt/backup "
KEY, WHOLE = 8, 8 + 64  # bytes: which key signed, and the Ed25519 signature


class Torn(Exception):
    """Text without a whole signature."""


class OtherKey(Exception):
    """Text signed with another key; the message names that key."""


class Altered(Exception):
    """Text that is not what was signed."""


def key_name(key: Ed25519PublicKey) -> str:
    """The short name of an installation's key."""
    return sha256(b"forecourt/backup\n" + key.public_bytes_raw()).digest()[:KEY].hex()


def sign(text: str, key: Ed25519PrivateKey) -> bytes:
    """The text with its signature line."""
    made = bytes.fromhex(key_name(key.public_key())) + key.sign(text.encode())
    return f"{text}{MARK}{b64encode(made).decode()}\n".encode()


def opened(data: bytes, key: Ed25519PublicKey) -> str:
    """The text that was signed with `key`; raises Torn, OtherKey or Altered."""
    text, mark, line = data.decode("utf-8", errors="replace").rpartition(MARK)
    try:
        made = b64decode(line.strip(), validate=True) if mark else b""
    except ValueError:  # not base64, or not even letters
        made = b""
    if len(made) != WHOLE:
        raise Torn
    if made[:KEY].hex() != key_name(key):
        raise OtherKey(made[:KEY].hex())
    try:
        key.verify(made[KEY:], text.encode())
    except InvalidSignature:
        raise Altered from None
    if data != f"{text}{MARK}{b64encode(made).decode()}\n".encode():  # signed, and nothing else beside it
        raise Altered
    return text
