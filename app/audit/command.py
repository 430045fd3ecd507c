"""The command that verifies the trail."""

import sys

from app.audit.note import private_key, verifier_key
from app.audit.sealer import checkpoint_places, connect
from app.audit.verdict import Verdict
from app.audit.verify import verify
from config import Config


def verify_command(config: Config) -> int:
    """Verifies against every place of exported notes and prints what was found; 0 sound, 2 tampered, 3 incomplete."""
    key = private_key(config.secret("seal_key")).public_key()
    codes = []
    for place in checkpoint_places(config):
        with connect(config) as connection:
            verdict = verify(connection, place, key)
        sys.stdout.write(f"{place}\n{describe(verdict)}\n")
        codes.append(verdict.exit_code)
    sys.stdout.write(f"{verifier_key(key)}\n")
    return 2 if 2 in codes else max(codes)  # noqa: PLR2004


def describe(verdict: Verdict) -> str:
    """A verdict as lines of text, the first damage first."""
    lines = [f"FIRST DAMAGE  {verdict.first} ({verdict.findings} in all)"] if verdict.first else ["sound"]
    lines.append(
        f"{verdict.entries} entries in {verdict.batches} batches, {verdict.pending} waiting, {verdict.erased} erased"
    )
    lines += [f"GAP  {name}: a trigger of the trail is missing or switched off" for name in verdict.gaps]
    return "\n".join(lines + verdict.incomplete)
