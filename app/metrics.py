"""What the product counts and times for its operators, one object a metric; never by a person's or a record's number.

In one process the numbers stay there. Where the environment names a folder when this module is imported, each process
keeps its own in a file of that folder, and whoever is asked adds them all up.
"""

import os
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own variable; read when a metric is made
SHARED = FOLDER in os.environ
_name = ""


def identity() -> str:
    """Whose file this process writes: its own by its number, unless `write_as` gave it another's name."""
    return _name or str(os.getpid())


def write_as(name: str) -> None:
    """From now on this process writes to the file of that name, which no other may write at the same time.

    A worker forks a child for each job: they come one after another and share one file instead of leaving one each.
    """
    global _name  # noqa: PLW0603
    _name = name


if SHARED:
    values.ValueClass = values.MultiProcessValue(process_identifier=identity)  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LONG = (0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)

REQUESTS = Histogram(
    "http_request_seconds",
    "Time from a request to its answer's head, by rule, method and status",
    ("route", "method", "code"),
    buckets=SECONDS,
    registry=REGISTRY,
)
DENIED = Counter("authz_denied", "What somebody asked for and may not do", ("entity", "action"), registry=REGISTRY)
LOGINS = Counter("login", "Attempts to sign in, by how they went", ("result",), registry=REGISTRY)
JOBS = Histogram(
    "job_seconds", "Time a job ran, by its kind and how it went", ("kind", "result"), buckets=LONG, registry=REGISTRY
)
PDF = Histogram("pdf_seconds", "Time a paper took to be printed", buckets=LONG, registry=REGISTRY)
PDF_KILLED = Counter("pdf_killed", "Printing that was killed at its limits", registry=REGISTRY)
REVEALS = Counter("reveal", "Protected values somebody opened, by field", ("field",), registry=REGISTRY)
EXPORTED = Counter("export_rows", "Rows that left in files", registry=REGISTRY)
POOL = Gauge(
    "db_pool_in_use", "Database connections at work", registry=REGISTRY, multiprocess_mode="livesum"
)  # of the web processes; a worker opens its own for each job


def forget(pid: int) -> None:
    """A process ended: what it held at that moment counts no more, what it had counted stays."""
    if SHARED:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def exposition(also: Collector) -> bytes:
    """Every metric of all processes, and what `also` reads now, in Prometheus' text format."""
    registry = CollectorRegistry()
    if SHARED:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Own())
    registry.register(also)
    return generate_latest(registry)


class _Own(Collector):
    def collect(self) -> Any:
        return REGISTRY.collect()
