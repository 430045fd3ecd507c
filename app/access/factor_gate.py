"""The gate's functions for second factors as one transaction may call them, each with the proof it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.access.gate import Gate, Session, Visit, address, hashed


@dataclass(frozen=True, slots=True)
class CodeKnock:
    """A counted attempt at a code: seconds to wait, whose, what it is checked with, the step it is."""

    wait: int
    person: int | None
    secret: bytes | None = field(repr=False)
    salt: bytes | None = field(repr=False)
    step: int
    bucket: str
    ip: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a code turned out to be: a time step, or the digest of a recovery code; neither when it is wrong."""

    step: int | None = None
    digest: bytes | None = field(default=None, repr=False)


class FactorGate(Gate):
    """The functions for second factors on one transaction."""

    def knock_code(self, token: str, visit: Visit) -> CodeKnock:
        """Counts an attempt by the holder of a half-open sign-in or a session."""
        key, counted = hashed(token), address(visit.ip)
        known = hashed(visit.device) if visit.device else None
        row = self._row(
            "knock_code(:key, :ip, :device, :proof)",
            ("knock_code", key, counted, known),
            key=key,
            ip=counted,
            device=known,
        )
        return CodeKnock(row.wait, row.person, row.secret, row.salt, row.step or 0, row.bucket or "", counted)

    def pass_code(
        self, half: str, knock: CodeKnock, shown: Shown, opened: Session, visit: Visit, *, trusts: bool
    ) -> Row[Any]:
        """Opens the session; the row's `person` alone is a wrong code, nothing at all a sign-in that has ended."""
        old, key, device = hashed(half), hashed(opened.token), hashed(opened.device)
        told = str(trusts).lower()
        parts = (old, shown.step, shown.digest, key, device, told, knock.bucket, opened.idle, opened.life)
        return self._row(
            "pass_code(:old, :step, :digest, :key, :device, :trusts, :bucket, :idle, :life,"
            " :ip, :agent, :request, :proof)",
            ("pass_code", *parts),
            old=old,
            step=shown.step,
            digest=shown.digest,
            key=key,
            device=device,
            trusts=trusts,
            bucket=knock.bucket,
            idle=opened.idle,
            life=opened.life,
            ip=knock.ip,
            agent=visit.agent,
            request=visit.request,
        )

    def renew_by_code(
        self, token: str, renewed: str, knock: CodeKnock, step: int | None, request: str
    ) -> datetime | None:
        """Makes a session fresh under a new token; when it ends, or None for a code that does not count."""
        old, new = hashed(token), hashed(renewed)
        answer: datetime | None = self._value(
            "renew_by_code(:old, :new, :step, :bucket, :ip, :request, :proof)",
            ("renew_by_code", old, new, step, knock.bucket),
            old=old,
            new=new,
            step=step,
            bucket=knock.bucket,
            ip=knock.ip,
            request=request,
        )
        return answer

    def prepare(self, person: int, sealed: bytes) -> None:
        """Keeps a secret that waits to be confirmed."""
        self._row("prepare_factor(:sealed, :proof)", ("prepare_factor", person, sealed), sealed=sealed)

    def confirm(self, person: int, sealed: bytes, step: int, salt: bytes, digests: Sequence[bytes]) -> bool:
        """Puts the pending secret in force; False when it is not pending any more."""
        answer: bool = self._value(
            "confirm_factor(:sealed, :step, :salt, :digests, :proof)",
            ("confirm_factor", person, sealed, step, salt, _joined(digests)),
            sealed=sealed,
            step=step,
            salt=salt,
            digests=list(digests),
        )
        return answer

    def renew_codes(self, person: int, salt: bytes, digests: Sequence[bytes]) -> bool:
        """Puts new recovery codes in the place of the old ones; False when there is no factor."""
        answer: bool = self._value(
            "renew_codes(:salt, :digests, :proof)",
            ("renew_codes", person, salt, _joined(digests)),
            salt=salt,
            digests=list(digests),
        )
        return answer

    def drop(self, person: int) -> bool:
        """Takes one's own factor off; whether there was one."""
        answer: bool = self._value("drop_factor(:proof)", ("drop_factor", person))
        return answer


def _joined(digests: Sequence[bytes]) -> str:
    return ",".join(digest.hex() for digest in digests)
