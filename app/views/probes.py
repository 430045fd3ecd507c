"""What an operator's monitor asks: is the process alive, is it ready to serve."""

import shutil
from ipaddress import ip_address, ip_network

import redis
from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from app.backup.ledger import alarms
from app.core.errors import NotFound
from app.heads.house import house

probes = Blueprint("probes", __name__)


@probes.get("/livez")
def livez() -> Response:
    """Alive: answers without asking anything else."""
    return Response("ok", mimetype="text/plain")


@probes.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready: the database answers, the disk has room. The queue away, or no backup, is degraded and not down."""
    from_operators()
    parts = {"database": database(), "disk": disk(), "queue": queue(), "backup": backup()}
    down = [name for name in ("database", "disk") if parts[name] != "ok"]
    status = "down" if down else "degraded" if {parts["queue"], parts["backup"]} != {"ok"} else "ok"
    return jsonify(status=status, **parts), 503 if down else 200


def from_operators() -> None:
    """Hides the probe from everybody outside the operators' networks."""
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  # no address is outside every network
    if not any(address in ip_network(network) for network in house().config.ops_networks):
        raise NotFound


def database() -> str:
    """Whether a transaction can begin and the gate answers."""
    try:
        with house().database.announced("", "readyz"):
            return "ok"
    except SQLAlchemyError as error:
        return type(error).__name__


def disk() -> str:
    """Whether there is room to write."""
    here = house().config
    free = shutil.disk_usage(here.home).free
    return "ok" if free > here.disk_reserve_mb * 1024 * 1024 else "full"


def backup() -> str:
    """What somebody should look at about backups, by code."""
    try:
        with house().database.announced("", "readyz") as (connection, _):
            return ", ".join(alarm.code for alarm in alarms(connection)) or "ok"
    except SQLAlchemyError as error:
        return type(error).__name__


def queue() -> str:
    """Whether Valkey answers; without it work waits in the database."""
    try:
        client = redis.Redis.from_url(house().config.redis(), socket_timeout=1, socket_connect_timeout=1)
        with client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return type(error).__name__
    return "ok"
