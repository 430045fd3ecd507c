"""Where embedded servers live: the home folder, the short folder of their sockets, and the account they run as."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

SERVICE = "forecourt"
LONGEST_SOCKET = 103  # macOS; Linux takes 107 bytes
LONGEST_NAME = len("/.s.PGSQL.5432.lock")


class Unusable(Exception):
    """A machine or folder that cannot hold the servers; the message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system account by its numbers."""

    name: str
    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Whether the folder's mode lets it pass through."""
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)

    def barrier(self, path: Path) -> Path | None:
        """The outermost folder above `path` that it may not enter, or None when it can get there."""
        return next((folder for folder in reversed(path.resolve().parents) if not self.may_enter(folder)), None)


@dataclass(frozen=True, slots=True)
class Place:
    """A prepared home: `account` is None where servers run as the person who starts them."""

    home: Path
    sockets: Path
    account: Account | None

    @classmethod
    def prepare(cls, home: Path) -> Self:
        """The place at `home`, made where it is missing; for root with an account of its own for the servers."""
        account = _service_account() if os.geteuid() == 0 else None
        make_home(home)
        if account:
            os.chown(home, 0, account.gid)
            home.chmod(0o710)
            if barrier := account.barrier(home / "postgres"):
                raise Unusable(
                    f"{home} lies below {barrier}, which the account {account.name} may not enter, and PostgreSQL does "
                    f"not run as root. Set FORECOURT_HOME to a folder such as /var/lib/forecourt/main."
                )
        else:
            home.chmod(0o700)
        return cls(home, _sockets(home, account), account)

    @property
    def identity(self) -> dict[str, Any]:
        """The arguments by which subprocess runs a command as the servers' account."""
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def folder(self, name: str) -> Path:
        """A folder in home that only the servers' account can read, made where it is missing."""
        folder = self.home / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        self.give(folder)
        return folder

    def give(self, path: Path) -> None:
        """Make `path` the servers' account's own."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def write(self, path: Path, text: str) -> None:
        """Write a file that only the servers' account can read; never a moment readable by others."""
        new = path.with_name(path.name + ".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        self.give(new)
        new.replace(path)


def make_home(home: Path) -> None:
    """Make the home folder; folders above it that were missing let others pass, whatever the umask."""
    missing = [folder for folder in (home, *home.parents) if not folder.exists()]
    home.mkdir(parents=True, exist_ok=True)
    for folder in missing[1:]:
        folder.chmod(0o711)


def _service_account() -> Account:
    """The system account for servers: `forecourt`, made where that is allowed, else `nobody`."""
    for name in (SERVICE, "nobody"):
        if (
            name == SERVICE
            and not _exists(name)
            and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin"))
        ):
            subprocess.run(
                [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
                check=False,
                capture_output=True,
            )
        if _exists(name):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise Unusable("PostgreSQL does not run as root, and no account forecourt or nobody exists. Start as another user.")


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _sockets(home: Path, account: Account | None) -> Path:
    """The private folder of the sockets that `home` records, or a new one."""
    record = home / "run.path"
    owner = account.uid if account else os.geteuid()
    if record.is_file():
        known = Path(record.read_text(encoding="utf-8").strip())
        if _is_private(known, owner):
            return known
    folder = _new_sockets(home)
    folder.chmod(0o700)
    if account:
        os.chown(folder, account.uid, account.gid)
    if len(os.fsencode(folder)) + LONGEST_NAME > LONGEST_SOCKET:
        raise Unusable(f"{folder} is too long a path for a socket. Set TMPDIR to a shorter one.")
    record.write_text(f"{folder}\n", encoding="utf-8")
    return folder


def _is_private(folder: Path, owner: int) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == stat.S_IRWXU


def _new_sockets(home: Path) -> Path:
    """A new folder with a short path: below /run for root, else below the short temporary folder."""
    run = Path("/run")
    folder = run / f"forecourt-{sha256(os.fsencode(home)).hexdigest()[:8]}"
    if os.geteuid() == 0 and os.access(run, os.W_OK):
        if folder.is_dir() and not folder.is_symlink():
            return folder
        folder.mkdir()
        return folder
    short = "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108  # mkdtemp makes a private folder in it
    return Path(tempfile.mkdtemp(prefix="fc-", dir=short))
