"""How a request comes in: one transaction, announced, with its actor and the descriptions it keeps to."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request
from psycopg import errors as pg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app import metrics
from app.access.scopes import canonical
from app.catalog import Snapshot
from app.core.actor import NOBODY, Actor, ActorKind
from app.core.errors import Busy, FactorDue, Forbidden, TooMany, Unauthenticated
from app.core.label import EN, LOCALES, ZH, Label
from app.db.engine import Announced, announce
from app.heads.house import house
from app.records.context import Context

P = ParamSpec("P")
R = TypeVar("R")

TOKEN = "dlr_"  # noqa: S105  # how an API token begins
API = "/api/"
LANGUAGE = "lang"
ALWAYS = ("security", "signing")  # what stays open to who must set up a second factor first
TRIES = 5  # to find rights and descriptions of one moment; each fails only when something was published within it
CHANGING = Label("数据结构正在更新，请再试一次。", "The data structure is being updated; try again.")
CROWDED, ELSEWHERE = "crowded", "elsewhere"  # how the gate answers a living token that may not speak now, or from here
AT_ONCE = Label(
    "这个令牌同时发出的请求太多（最多 10 个），请稍后再试。",
    "Too many requests of this token at once (ten at most); try again in a moment.",
)
IN_A_MINUTE = Label(
    "这个令牌一分钟内的请求已达 {most} 次，请稍后再试。",
    "This token made its {most} requests of the minute; try again when it is over.",
)
CHANGED = (pg.UndefinedColumn, pg.UndefinedTable)  # what a statement meets when a description changed under it


def cookie() -> str:
    """The session cookie's name: bound to the host and TLS where there is TLS."""
    return "__Host-sid" if request.is_secure else "sid"


def token() -> str:
    """The bearer token or session of this request, or nothing.

    A bearer header that is no token of ours is nobody, and so is a token outside the API or in a cookie: pages are for
    people, and a browser sends cookies by itself.
    """
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, value = header.partition(" ")
        ours = scheme.lower() == "bearer" and value.strip().startswith(TOKEN) and request.path.startswith(API)
        return storable(value.strip()) if ours else "-"
    session = storable(request.cookies.get(cookie(), ""))
    return "-" if session.startswith(TOKEN) else session


def storable(text: str) -> str:
    """The text as PostgreSQL can take it; a quoted cookie or an address may hold the one sign it cannot."""
    return text.replace("\0", "\ufffd")


def by_bearer() -> bool:
    """Whether the request speaks for an API token, not for a browser's session."""
    return bool(request.headers.get("Authorization"))


def by_page() -> bool:
    """Whether a write must prove that it comes from a page of ours: all but a program's, which carries no cookie."""
    program = request.path.startswith(API) and not request.cookies.get(cookie())
    return not (by_bearer() or program)


def address() -> str | None:
    """Where the request comes from, as far as configured proxies are believed; None where it has no address."""
    return canonical(request.remote_addr)


def request_id() -> str:
    """The name of this request in the trail, the logs and the answers."""
    if "request_id" not in g:
        g.request_id = f"r-{secrets.token_hex(8)}"
    return str(g.request_id)


def actor() -> Actor:
    """Who acts; nobody until the door was opened."""
    found: Actor = g.get("actor", NOBODY)
    return found


def snapshot() -> Snapshot | None:
    """The descriptions this request keeps to, or None when the door was not opened."""
    found: Snapshot | None = g.get("snapshot")
    return found


def context() -> Context:
    """The announced transaction of the request; only inside `opened`."""
    found: Context = g.context
    return found


def locale() -> str:
    """The language to answer in: the person's, the cookie's, the browser's, the installation's."""
    chosen = request.cookies.get(LANGUAGE) or actor().locale
    if chosen in LOCALES:
        return str(chosen)
    if not request.accept_languages:
        return house().config.locale
    return EN if (request.accept_languages.best_match(("zh", "zh-CN", "zh-Hans", "en")) or "zh") == "en" else ZH


def pinned(connection: Connection, announced: Announced) -> tuple[Announced, Snapshot]:
    """Rights and descriptions of one moment: announces again when a description changed between the two."""
    for _ in range(TRIES):
        snapshot = house().catalog.at(connection, announced.catalog)
        if snapshot.stamp == announced.catalog:
            return announced, snapshot
        announced = announce(connection, token(), request_id(), address())
    raise Busy(CHANGING)


def within_limits(announced: Announced) -> None:
    """Refuses a token's request beyond what it may make at once or in a minute; people have no such limit."""
    if announced.kind == CROWDED:
        raise TooMany(AT_ONCE, 1)
    if announced.kind == ActorKind.TOKEN and announced.door is not None:
        here = house()
        wait = here.quota.take(announced.door, here.clock.now().timestamp())
        if wait:
            raise TooMany(IN_A_MINUTE.format(most=here.config.api_requests_per_minute), wait)


def overdue(actor: Actor, now: datetime) -> bool:
    """Whether a second factor should have been set up by now; the gate allows him nothing else any more."""
    return actor.factor_due is not None and actor.factor_due <= now


@contextmanager
def opened() -> Iterator[Context]:
    """One announced transaction around the work of this request; what it wrote stands when the block ends well."""
    here = house()
    with here.database.announced(token(), request_id(), address()) as (connection, first):
        within_limits(first)
        g.announced, g.snapshot = pinned(connection, first)
        g.actor = here.actors.of(connection, g.announced, here.clock.now())
        if overdue(g.actor, here.clock.now()) and request.blueprint not in ALWAYS:
            raise FactorDue
        g.context = Context(connection, g.actor, g.snapshot, here.sealer, here.clock)
        try:
            yield g.context
        finally:
            g.pop("context", None)


def through_door(view: Callable[P, R]) -> Callable[P, R]:
    """A view inside one announced transaction; one that only reads starts over when a description changed under it."""

    @wraps(view)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with opened():
                return view(*args, **kwargs)
        except DBAPIError as error:
            if not isinstance(error.orig, CHANGED) or request.method not in ("GET", "HEAD"):
                raise
        with opened():
            return view(*args, **kwargs)

    return inside


def signed_in() -> Actor:
    """The actor, who must be somebody."""
    found = actor()
    if found.id is None:
        raise Unauthenticated
    return found


def note_elsewhere() -> None:
    """Lets the gate note that a token was shown where it may not be used; the request's own transaction is gone."""
    if "announced" in g and g.announced.kind == ELSEWHERE:
        with house().database.announced(token(), request_id(), address()):
            pass


def note_denial(error: Forbidden, entity: str | None) -> None:
    """Writes a denial to the trail on a transaction of its own, since the request's own was rolled back."""
    here = house()
    known = getattr(g.get("entity"), "name", "none")  # an address may hold any word, a description's name only ours
    metrics.DENIED.labels(known, error.action or "other").inc()
    with here.database.announced(token(), request_id(), address()) as (connection, _):
        connection.exec_driver_sql(
            "SELECT trail.note('denied', %s, NULL, NULL, jsonb_build_object('path', %s::text, 'code', %s::text), 1)",
            (entity and storable(entity), storable(request.path)[:200], error.code),
        )
