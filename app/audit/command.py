"""The command that verifies the trail."""

import sys
from collections.abc import Iterator

from app.audit.note import private_key, verifier_key
from app.audit.places import checkpoint_places, connect
from app.audit.verdict import Verdict
from app.audit.verify import verify
from app.core.label import Label
from config import Config

SOUND = Label("完好", "sound")
FIRST = Label("第一处损坏：{finding}（共 {count} 处）", "FIRST DAMAGE  {finding} ({count} in all)")
COUNTS = Label(
    "{entries} 条记录，{batches} 批；{pending} 条待封存，{erased} 条内容已擦除",
    "{entries} entries in {batches} batches; {pending} waiting, {erased} erased",
)
GAP = Label("缺口：{name} 的留痕触发器缺失或被关闭", "GAP  {name}: a trigger of the trail is missing or switched off")


def verify_command(config: Config) -> int:
    """Verifies against every place of exported notes and prints what was found; 0 sound, 2 tampered, 3 incomplete."""
    key = private_key(config.secret("seal_key")).public_key()
    codes = []
    for place in checkpoint_places(config):
        with connect(config) as connection:
            verdict = verify(connection, place, key)
        lines = (f"  {label.zh}  ·  {label.en}\n" for label in describe(verdict))
        sys.stdout.write(f"{place}\n{''.join(lines)}")
        codes.append(verdict.exit_code)
    sys.stdout.write(f"{verifier_key(key)}\n")
    return 2 if 2 in codes else max(codes)  # noqa: PLR2004


def describe(verdict: Verdict) -> Iterator[Label]:
    """A verdict line by line, the first damage first."""
    if verdict.first is None:
        yield SOUND
    else:
        yield FIRST.format(finding=verdict.first.label, count=verdict.findings)
    yield COUNTS.format(
        entries=verdict.entries, batches=verdict.batches, pending=verdict.pending, erased=verdict.erased
    )
    yield from (GAP.format(name=name) for name in verdict.gaps)
    yield from verdict.incomplete
