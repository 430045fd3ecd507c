"""The keys of backups: which sign, which open, and the escrow that brings all keys of a lost machine back."""

import json
import os
import secrets
from base64 import b32encode, b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Self

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.backup.refusals import Unusable
from app.core.label import Label
from config import Config

# What cannot be made anew: without these, values stay sealed, passwords fail, the trail's seals have no key.
ESCROWED = (
    "field_keys.json",
    "index_key",
    "password_pepper",
    "secret_key",
    "seal_key",
    "seal_key.pub",
    "backup_key",
    "backup_identity",
)
FORMAT = 1
GROUPS, GROUP = 8, 4  # of the recovery code: 160 bits
CURRENT = "current"

NO_ESCROW = Label(
    "没有密钥 {keys} 的托管文件（{folder}）。请运行 backup keys。",
    "There is no escrow file of the keys {keys} in {folder}. Run: backup keys.",
)
WRONG_CODE = Label(
    "恢复码不对，或托管文件 {file} 已损坏。没有改动任何密钥。",
    "The recovery code is wrong, or the escrow file {file} is damaged. No key was changed.",
)
HAS_KEYS = Label(
    "{folder} 里已有另一套密钥（{found}）。确定要换，请加 --replace：现有的会移到旁边，不会删除。",
    "{folder} holds other keys already ({found}). To change them say --replace: they are moved aside, never deleted.",
)
NO_KEYS = Label(
    "{folder} 里没有密钥。请先从托管文件恢复：backup keys restore 文件。",
    "There are no keys in {folder}. Bring them back from the escrow file first: backup keys restore FILE.",
)
NO_RECIPIENT = Label("{text} 不是 age 公钥。", "{text} is no age recipient.")


@dataclass(frozen=True)
class Keys:
    """What a process that backs up holds: the key that signs, the identity that opens, and all who may open."""

    signer: Ed25519PrivateKey = field(repr=False)
    identity: pyrage.x25519.Identity = field(repr=False)
    recipients: tuple[pyrage.x25519.Recipient, ...]

    @classmethod
    def of(cls, config: Config) -> Self:
        """The keys of this installation; what it writes also opens to the recipients the settings name."""
        try:
            identity = pyrage.x25519.Identity.from_str(config.secret("backup_identity").decode().strip())
        except FileNotFoundError:
            raise Unusable(NO_KEYS.format(folder=config.secrets_dir), "no_keys") from None
        others = tuple(_recipient(text) for text in config.backup_recipients)
        return cls(signer_of(config.secret("backup_key")), identity, (identity.to_public(), *others))


def signer_of(pem: bytes) -> Ed25519PrivateKey:
    """The signing key in a PEM file."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("backup_key is no Ed25519 key")
    return key


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Unusable(NO_RECIPIENT.format(text=text), "no_recipient") from None


def recovery_code() -> bytes:
    """A new code of 160 bits that people can write down."""
    text = b32encode(secrets.token_bytes(GROUPS * GROUP * 5 // 8)).decode()
    return "-".join(text[i : i + GROUP] for i in range(0, len(text), GROUP)).encode()


def read_code(text: str) -> str:
    """A recovery code as it was made, from what somebody typed."""
    letters = "".join(text.upper().split()).replace("-", "")
    return "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))


@dataclass(frozen=True, slots=True)
class Escrow:
    """The folder of escrow files, one for each set of keys there ever was."""

    root: Path

    @classmethod
    def of(cls, config: Config) -> Self:
        """The installation's; copies of it belong where neither its disk nor its backups are."""
        return cls(config.home / "escrow")

    def file(self, keys: str) -> Path:
        """Where a set of keys lies."""
        return self.root / f"keys-{keys}.age"

    @property
    def current(self) -> str:
        """The fingerprint of the keys in use; empty before they were first kept."""
        try:
            return (self.root / CURRENT).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""

    def keep(self, config: Config, coming: Mapping[str, bytes] = MappingProxyType({})) -> Path:
        """The escrow file of the keys in use, made where it is missing; for an administrator's process.

        With `coming`, of the keys as they are to be in a moment: they are kept before anything is sealed under them.
        """
        held = {name: coming.get(name) or config.secret(name) for name in ESCROWED}
        keys = fingerprint(held)
        self.root.mkdir(mode=0o700, exist_ok=True)
        if not self.file(keys).exists():
            told = {"format": FORMAT, "keys": {name: b64encode(data).decode() for name, data in held.items()}}
            code = config.secret("recovery_code").decode().strip()
            write_private(self.file(keys), pyrage.passphrase.encrypt(json.dumps(told).encode(), code))
        if self.current != keys:
            write_private(self.root / CURRENT, keys.encode())
        return self.file(keys)

    def open(self, keys: str, code: str) -> Mapping[str, bytes]:
        """The keys of that fingerprint; raises Unusable without their file or with another code."""
        if not keys or not self.file(keys).is_file():
            raise Unusable(NO_ESCROW.format(keys=keys or "-", folder=self.root), "no_escrow")
        return unlock(self.file(keys), code)


def unlock(file: Path, code: str) -> Mapping[str, bytes]:
    """The keys in an escrow file; raises Unusable when the code does not open it."""
    try:
        told = json.loads(pyrage.passphrase.decrypt(file.read_bytes(), read_code(code)))
    except (pyrage.DecryptError, ValueError, OSError):
        raise Unusable(WRONG_CODE.format(file=file), "wrong_code") from None
    return {name: b64decode(text) for name, text in told["keys"].items() if name in ESCROWED}


def fingerprint(keys: Mapping[str, bytes]) -> str:
    """The short name of a set of keys; nothing about them can be told from it."""
    digest = sha256()
    for name in ESCROWED:
        data = keys.get(name, b"")
        digest.update(b"%s %d\n" % (name.encode(), len(data)) + data)
    return digest.hexdigest()[:16]


def bring_back(config: Config, file: Path, code: str, *, replace: bool) -> str:
    """Puts the keys of an escrow file into the secrets of this installation; answers their fingerprint.

    Other keys that are there are refused, or with `replace` moved aside.
    """
    keys = unlock(file, code)
    folder = config.secrets_dir
    held = {name: (folder / name).read_bytes() for name in ESCROWED if (folder / name).is_file()}
    if any(data != keys.get(name) for name, data in held.items()):
        if not replace:
            raise Unusable(HAS_KEYS.format(folder=folder, found=fingerprint(held)), "has_keys")
        _set_aside(folder, held)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, data in {**keys, "recovery_code": read_code(code).encode()}.items():
        write_private(folder / name, data)
    escrow = Escrow.of(config)
    escrow.root.mkdir(mode=0o700, exist_ok=True)
    write_private(escrow.file(fingerprint(keys)), file.read_bytes())
    write_private(escrow.root / CURRENT, fingerprint(keys).encode())
    return fingerprint(keys)


def _set_aside(folder: Path, held: Mapping[str, bytes]) -> None:
    aside = folder / f"before-{fingerprint(held)}"
    aside.mkdir(mode=0o700, exist_ok=True)
    for name in (*held, "recovery_code"):
        if (folder / name).is_file():
            write_private(aside / name, (folder / name).read_bytes())


def write_private(path: Path, data: bytes) -> None:
    """Writes a private file, whole and on disk before it has its name."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
