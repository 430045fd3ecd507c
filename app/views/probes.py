"""What an operator's monitor asks: is the process alive, has it started, is it ready, and its figures."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, jsonify, request
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from app import metrics
from app.core.errors import NotFound
from app.heads import readiness
from app.heads.house import House, house
from app.heads.vitals import Vitals

probes = Blueprint("probes", __name__)
PLAIN = (
    ("outbox_oldest_seconds", "How long the oldest due work has waited", "oldest"),
    ("job_dead", "Work that was given up and waits for a person's judgement", "dead"),
    ("backup_age_seconds", "Age of the newest backup", "backup_age"),
    ("backup_bytes", "Size of the newest backup", "backup_bytes"),
    ("drill_age_seconds", "Time since a backup was last restored whole", "drill_age"),
)


@probes.get("/livez")
def livez() -> Response:
    """Alive: answers without asking anything else."""
    return Response("ok", mimetype="text/plain")


@probes.get("/startupz")
def startupz() -> tuple[Response, int]:
    """Started: the database has taken a write of this version once; true from then on."""
    from_operators()
    here = house()
    here.watch.started = here.watch.started or readiness.database(here) == "ok"
    status = ("ok", 200) if here.watch.started else ("starting", 503)
    return jsonify(status=status[0]), status[1]


@probes.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready: each part by name. The queue away, late seals or no backup is degraded and not down."""
    from_operators()
    up, parts = readiness.ready(house())
    return jsonify(parts), 200 if up else 503


@probes.get("/metrics")
def figures() -> Response:
    """Every metric, as Prometheus reads it."""
    from_operators()
    return Response(metrics.exposition(Figures(house())), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def from_operators() -> None:
    """Hides the probe from everybody outside the operators' networks.

    Who comes through a proxy nobody told us of has the proxy's address, and so is nobody's operator.
    """
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  # no address is outside every network
    config = house().config
    unknown_proxy = "X-Forwarded-For" in request.headers and not config.trusted_proxies
    if unknown_proxy or not any(address in ip_network(network) for network in config.ops_networks):
        raise NotFound


class Figures(Collector):
    """What is read when it is asked for: the database's figures, and the key that seals."""

    def __init__(self, here: House) -> None:
        self._here = here

    def collect(self) -> Iterator[Metric]:
        """The figures; without the database's where it does not answer, for a figure of before would lie."""
        vitals = self._here.watch.look(self._here.database)
        yield gauge("database_up", "Whether the database answered in time", vitals is not None)
        yield gauge("key_version", "The number of the key that seals", readiness.key_version(self._here))
        if vitals is not None:
            yield from told(vitals)


def told(vitals: Vitals) -> Iterator[Metric]:
    """The database's figures; what there is none of, as the age of a backup before the first, is left out."""
    work, trail = vitals.work, vitals.trail
    depth = GaugeMetricFamily("outbox_depth", "Work that is not done, by kind and state", labels=("kind", "state"))
    for kind, state, number in work["depth"]:
        depth.add_metric((kind, state), number)
    yield depth
    yield from (gauge(name, meaning, work[key]) for name, meaning, key in PLAIN if work[key] is not None)
    yield gauge("audit_unsealed_age_seconds", "Age of the oldest entry without a seal", trail["unsealed"])
    yield CounterMetricFamily("audit_events", "Numbers given to entries of the trail", trail["events"])
    if trail["sound"] is not None:
        yield gauge("audit_verify_ok", "Whether the last check of the trail found it sound", trail["sound"])
    yield gauge("clock_offset_seconds", "How far the database's clock is ahead of this machine's", vitals.ahead)


def gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    """One figure without labels."""
    return GaugeMetricFamily(name, meaning, float(value))
