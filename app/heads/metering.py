"""Times and counts every request of the application, by its rule and never by its address."""

import time
from typing import cast

from flask import Flask, Response, g, request
from sqlalchemy import Engine, QueuePool, event

from app import metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DOORS = frozenset({"signing.sign_in", "signing.code"})
RESULTS = {303: "ok", 401: "refused", 429: "limited", 503: "busy"}


def install(app: Flask) -> None:
    """Times every request of `app`, errors too, and counts the connections its database has at work."""
    app.before_request(begin)
    app.after_request(count)
    watch(app.extensions["forecourt"].database.engine)


def begin() -> None:
    """Notes when the request came."""
    g.began = time.perf_counter()


def count(response: Response) -> Response:
    """Notes how long it took and how it went."""
    rule = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in METHODS else "other"
    taken = time.perf_counter() - g.get("began", time.perf_counter())
    metrics.REQUESTS.labels(rule, method, str(response.status_code)).observe(taken)
    if request.endpoint in DOORS and request.method == "POST":
        metrics.LOGINS.labels(result(response)).inc()
    return response


def result(response: Response) -> str:
    """How an attempt to sign in went; `half` when the password was right and a code is asked for."""
    if (response.location or "").startswith("/sign-in/code"):
        return "half"
    if (response.location or "").startswith("/sign-in"):
        return "refused"  # the code came too late or too often
    return RESULTS.get(response.status_code, "invalid")


def watch(engine: Engine) -> None:
    """Counts the connections of `engine` that somebody uses."""
    pool = cast("QueuePool", engine.pool)  # asked each time, so that a connection that was lost is not counted for ever
    event.listen(engine, "checkout", lambda *_: metrics.POOL.set(pool.checkedout()))
    event.listen(engine, "checkin", lambda *_: metrics.POOL.set(max(0, pool.checkedout() - 1)))
