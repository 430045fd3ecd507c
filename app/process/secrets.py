"""The secrets of an installation: written at the first run, one file each, mode 0600, never changed by a later run."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pyrage import x25519

from app.backup.keys import recovery_code
from config import ROLES

PUBLIC_SEAL_KEY = "seal_key.pub"
NEVER_ANEW = ("field_keys.json", "index_key", "password_pepper")  # once there were some, only the same ones will do


def write_missing(folder: Path) -> list[str]:
    """The names of the secrets it wrote into `folder` because they were missing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    written = [name for name, make in MAKERS.items() if _write(folder / name, make)]
    public = folder / PUBLIC_SEAL_KEY
    if not public.exists():
        _write(public, lambda: _public((folder / "seal_key").read_bytes()))
    return written


def _write(path: Path, make: Callable[[], bytes]) -> bool:
    """Whether `path` was missing and now holds what `make` gives; whole and on disk before it has its name."""
    if path.exists():
        return False
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    return True


def _word() -> bytes:
    return secrets.token_urlsafe(32).encode()


def _bytes() -> bytes:
    return secrets.token_bytes(32)


def _field_keys() -> bytes:
    keys = {"1": base64.b64encode(_bytes()).decode()}
    return json.dumps({"current": 1, "keys": keys}).encode()


def _signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public(private: bytes) -> bytes:
    key = load_pem_private_key(private, password=None)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _identity() -> bytes:
    return str(x25519.Identity.generate()).encode()


MAKERS: Mapping[str, Callable[[], bytes]] = {
    "secret_key": _word,
    "password_pepper": _bytes,
    "index_key": _bytes,
    "queue_key": _bytes,
    "field_keys.json": _field_keys,
    "seal_key": _signing_key,
    "backup_key": _signing_key,
    "backup_identity": _identity,
    "recovery_code": recovery_code,
    "valkey": _word,
    **{f"password_{role}": _word for role in ROLES},
}
