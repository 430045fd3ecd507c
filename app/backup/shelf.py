"""The backups at a target: which there are, which were altered, and what is known to restore."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.backup import manifest as manifests
from app.backup import packs, parts, signed
from app.backup.manifest import Manifest
from app.backup.refusals import NO_BACKUP, NO_SUCH, Unusable
from app.backup.target import Target
from app.core.errors import Refusal

PROOF = "proof.note"
OURS = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4,9}/[a-z]+\.(age|note)|packs/[0-9a-f]{32}\.age")


@dataclass(frozen=True, slots=True)
class Proof:
    """That a backup was restored whole: when, and how many seconds that took."""

    manifest: str  # the digest of what was restored
    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Held:
    """A backup at the target; `proof` is None until it was restored."""

    manifest: Manifest
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a target: whole backups, oldest first, and what is none, with the reason."""

    backups: tuple[Held, ...]
    faults: Mapping[str, Refusal]

    def pick(self, name: str | None) -> Held:
        """The backup of that name, or the newest; raises what is wrong with it, or Unusable when there is none."""
        if name is None:
            if not self.backups:
                raise next(iter(self.faults.values()), Unusable(NO_BACKUP, "no_backup"))
            return self.backups[-1]
        if name in self.faults:
            raise self.faults[name]
        for held in self.backups:
            if held.manifest.name == name:
                return held
        raise Unusable(NO_SUCH.format(name=name), "no_such_backup")


def look(target: Target, key: Ed25519PublicKey) -> Found:
    """Reads every manifest; parts are not looked at."""
    backups, faults = [], dict[str, Refusal]()
    for name in named(target):
        try:
            backups.append(hold(target, name, key))
        except FileNotFoundError:  # pruned while we looked
            continue
        except Refusal as refusal:
            faults[name] = refusal
    return Found(tuple(sorted(backups, key=lambda held: (held.manifest.made_at, held.manifest.name))), faults)


def named(target: Target) -> list[str]:
    """The names of all backups that have a manifest, whatever it says."""
    return [
        one.partition("/")[0] for one in filter(OURS.fullmatch, target.names()) if one.endswith(f"/{manifests.NAME}")
    ]


def hold(target: Target, name: str, key: Ed25519PublicKey) -> Held:
    """One backup with its proof."""
    with target.open(f"{name}/{manifests.NAME}") as file:
        manifest = Manifest.read(name, file.read(), key)
    return Held(manifest, _proof(target, manifest, key))


def check(target: Target, manifest: Manifest) -> None:
    """Raises Unsound, naming the first part or pack that is not as it was written."""
    for part in (*manifest.parts, *manifest.packs):
        parts.check(target, manifest.name, part)


def prove(target: Target, manifest: Manifest, at: datetime, seconds: float, key: Ed25519PrivateKey) -> Proof:
    """Notes beside a backup that it was restored whole."""
    proof = Proof(manifest.digest, at, round(seconds, 1))
    told = {"backup": manifest.name, "manifest": proof.manifest, "at": at.isoformat(), "seconds": proof.seconds}
    with target.draft(f"{manifest.name}/{PROOF}") as draft:
        draft.write(signed.sign(json.dumps(told, indent=1), key))
        draft.keep()
    return proof


def _proof(target: Target, manifest: Manifest, key: Ed25519PublicKey) -> Proof | None:
    """The proof of this very backup; whatever else lies in its place proves nothing."""
    try:
        with target.open(f"{manifest.name}/{PROOF}") as file:
            told = json.loads(signed.opened(file.read(), key))
        proof = Proof(told["manifest"], datetime.fromisoformat(told["at"]), float(told["seconds"]))
    except (FileNotFoundError, signed.Torn, signed.OtherKey, signed.Altered, ValueError, KeyError):
        return None
    return proof if proof.manifest == manifest.digest else None


def orphans(target: Target, found: Found) -> Iterator[str]:
    """Objects no backup needs: those of backups without a manifest, and packs that none names any more.

    While any manifest cannot be read no pack is one: it may be needed there. What others keep there is not ours.
    """
    whole = {*named(target)}
    needed = {pack.name for held in found.backups for pack in held.manifest.packs}
    for name in filter(OURS.fullmatch, target.names()):
        folder = name.partition("/")[0]
        if folder == packs.FOLDER:
            if not found.faults and name not in needed:
                yield name
        elif folder not in whole:
            yield name
