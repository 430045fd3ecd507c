"""`python -m bench [part …]`: measures everything, or the named parts, and writes docs/reference/performance.md."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from bench import dealership, feeding, ground, load, meter, outbox, proofs, reading, report, writing

Part = Callable[[], list[dict[str, Any]]]


def stock() -> list[dict[str, Any]]:
    """Stock Flask-AppBuilder, in a process of its own: its models share their metadata with ours."""
    done = subprocess.run([sys.executable, "-m", "bench.stock"], stdout=subprocess.PIPE, check=True)
    found: list[dict[str, Any]] = orjson.loads(done.stdout.splitlines()[-1])
    for row in found:
        cost = row[str(ground.LARGE)]
        print(f"stock FAB   {row['case']:<38} web {cost['cpu']:6.2f}  db {cost['database']:7.2f}", flush=True)
    return found


PARTS: dict[str, Part] = {
    "start": proofs.start,  # first: it needs the cluster at rest
    "list": reading.run,
    "stock": stock,
    "insert": writing.insert,
    "export": writing.export,
    "import": writing.bring_in,
    "feed": feeding.run,
    "verify": proofs.verification,
    "outbox": outbox.run,
    "dealership": dealership.run,
}


def main(names: Sequence[str]) -> int:
    """Runs the named parts; `data` makes the databases anew, `report` only writes the page."""
    unknown = set(names) - set(PARTS) - {"data", "report"}
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are data, {', '.join(PARTS)}, report")
        return 64
    with ground.cluster():
        prepare(anew="data" in names)
    wanted = [part for part in PARTS if part in names or not names]
    if "start" in wanted:
        measured("start")
    with ground.cluster():
        for part in wanted:
            if part != "start":
                measured(part)
    print(report.write(tuple(PARTS), meter.REPEATS, meter.WARM))
    return 0


def prepare(anew: bool) -> None:
    """Makes the databases that are missing and brings the others to the present schema."""
    for size in (ground.SMALL, ground.LARGE):
        if anew or not ground.exists(load.name_of(size)):
            print(f"loading {size:,} customers", flush=True)
            load.fill(size)
        else:
            ground.migrated(load.name_of(size))


def measured(part: str) -> None:
    """Runs one part and keeps what it found."""
    began = time.monotonic()
    print(f"— {part}", flush=True)
    report.keep(part, PARTS[part]())
    print(f"  ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
