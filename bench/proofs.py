"""How fast the trail is verified, and how soon a stopped installation serves again."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from app.audit import sealer
from app.audit.checkpoint import Folder
from app.audit.note import private_key
from app.audit.verify import verify
from bench import ground, load
from config import ROOT

DATABASE = "bench_trail"
ENTRIES, STATEMENT = 300_000, 10_000
PATIENCE = 120.0  # seconds
MADE = """
INSERT INTO customer (store_id, name, kind, stage, do_not_contact, district, gender, birth_date, source, note)
SELECT 1, '客户' || n, 'person', 'new', false, '浦东新区', 'female', '1990-05-06', '到店', '喜欢周末来店'
  FROM generate_series(1, %s) AS n
"""


def verification() -> list[dict[str, Any]]:
    """Entries a second of a whole verification, against signed notes, values and signatures checked."""
    config = ground.settings(DATABASE)
    if not ground.exists(DATABASE):
        load.fill(ground.SMALL, f"{DATABASE}_new")
        with ground.connect(f"{DATABASE}_new") as connection:
            connection.execute("SET synchronous_commit = off")
            for _ in range(ENTRIES // STATEMENT):
                connection.execute(MADE, (STATEMENT,))
            connection.execute("VACUUM (ANALYZE)")
        ground.rename(f"{DATABASE}_new", DATABASE)
    place, signer = ground.home() / "bench-checkpoints", private_key(config.secret("seal_key"))
    began, sealed = time.perf_counter(), 0
    with ground.connect(DATABASE, "sealer") as connection:
        while now := sealer.work(connection, signer, [Folder(place)]):
            sealed += now
    sealing = time.perf_counter() - began
    with ground.connect(DATABASE) as connection:
        connection.execute("VACUUM (ANALYZE) trail.entry, trail.value, trail.seal, trail.batch")
    taken = [once(place, signer.public_key()) for _ in range(3)]
    best = min(taken, key=lambda one: one["seconds"])
    result = {"case": "trail verification", "person": "auditor", "sealed": sealed, "sealing": sealing} | best
    print(result, flush=True)
    return [result]


def once(place: Path, key: Any) -> dict[str, float]:
    """One verification: entries, seconds, and seconds of both processors' work, this process's and the database's."""
    with ground.connect(DATABASE, "sealer") as connection:
        server = Path(f"/proc/{connection.info.backend_pid}/schedstat")
        before = int(server.read_text().split()[0]) if server.exists() else 0
        began, cpu = time.perf_counter(), time.process_time()
        verdict = verify(connection, place, key)
        found = {"entries": verdict.entries, "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
        found["database"] = (int(server.read_text().split()[0]) - before) / 1e9 if server.exists() else 0.0
    if verdict.findings or verdict.incomplete:
        raise RuntimeError(f"{verdict.first} {verdict.incomplete}")
    return found


def start() -> list[dict[str, Any]]:
    """Seconds from `python run.py` on the home with a million customers to its first page, twice."""
    if ground.answers():
        raise RuntimeError("the bench's PostgreSQL runs; a start is measured from rest")
    found = []
    worked = resource.getrusage(resource.RUSAGE_CHILDREN)
    before = worked.ru_utime + worked.ru_stime
    for _ in range(2):
        found.append(warm_start())
        print(f"warm start: {found[-1]:.1f} s", flush=True)
    worked = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (worked.ru_utime + worked.ru_stime - before) / len(found)
    told = {"case": "warm start to first page", "person": "operator", "seconds": min(found), "all": found, "cpu": cpu}
    return [told]


def warm_start() -> float:
    """Starts the whole installation, asks for the sign-in page until it comes, and stops it again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "FORECOURT_HOME": str(ground.home()),
        "FORECOURT_DATABASE": load.name_of(ground.LARGE),
        "FORECOURT_PORT": str(port),
        "FORECOURT_LOG_LEVEL": "warning",
    }
    began = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "run.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not serves(port):
            if running.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError("Forecourt did not start; run it by hand with the bench's home to see why")
            time.sleep(0.05)
        return time.monotonic() - began
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


def serves(port: int) -> bool:
    """Whether the sign-in page comes."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=5) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False
