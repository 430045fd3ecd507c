"""What went wrong, answered in the way of the head that was asked: a page, or problem JSON (RFC 9457)."""

from typing import Any
from urllib.parse import quote

import orjson
import structlog
from flask import Flask, Response, g, redirect, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from app.access.seal import SealBroken
from app.core.entity import Entity
from app.core.errors import (
    Busy,
    Conflict,
    Doubtful,
    FactorDue,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    StepUp,
    TooMany,
    Unauthenticated,
)
from app.core.label import Label
from app.core.protected import Protected
from app.heads import door, step_up
from app.heads.door import API
from app.heads.frame import draw, frame
from app.heads.pages import Link, error_page
from app.records.asking import may_ask
from app.records.refusals import refusal_of

LOG = structlog.get_logger("forecourt.heads")
ASK = Label("申请查看", "Ask for access")
STALE_FORM = Label(
    "页面放得太久了，请刷新后再提交；您填写的内容还在。", "This page stood too long; reload it and submit again."
)
AWAY = Label("数据库暂时不可用，请稍后再试。", "The database is not available now; try again in a moment.")
CROWDED = Label("现在使用的人太多，请稍后再试。", "Too many are at work here now; try again in a moment.")
UNOPENED = Label(
    "有一项加密内容打不开（密钥缺失或内容被改动），已记录；请把编号告诉管理员。",
    "An encrypted value does not open (its key is missing or it was altered); tell an administrator the request id.",
)
WORDS: dict[int, Label] = {
    400: Label("这个请求读不懂，请检查后重试。", "This request cannot be read; check it and try again."),
    404: Label("没有找到这个页面。", "There is no such page."),
    405: Label("这个地址不支持这种操作。", "This address does not take this method."),
    413: Label("上传的内容太大。", "What was sent is too large."),
    415: Label("这种内容格式不支持。", "This media type is not supported."),
    500: Label(
        "系统出错了，已记录；请把编号告诉管理员。",
        "Something failed here and was recorded; tell an administrator the request id.",
    ),
}


def install(app: Flask) -> None:
    """Makes every error of `app` an answer of ours."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, lambda _: refused(Malformed(STALE_FORM, "csrf")))
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(DBAPIError, database)
    app.register_error_handler(NoConnection, crowded)
    app.register_error_handler(SealBroken, unopened)
    app.register_error_handler(Exception, unforeseen)


def refused(error: Refusal) -> Any:
    """An expected refusal."""
    if isinstance(error, Forbidden) and door.actor().id is not None:
        door.note_denial(error, getattr(g.get("entity"), "name", None) or (request.view_args or {}).get("entity"))
    if isinstance(error, Unauthenticated):
        door.note_elsewhere()
    if isinstance(error, Unauthenticated) and not request.path.startswith(API) and request.method in ("GET", "HEAD"):
        return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='/')}")
    if isinstance(error, StepUp) and not request.path.startswith(API):
        return step_up.ask(step_up.here(), request.method)
    if isinstance(error, FactorDue) and not request.path.startswith(API):
        return redirect("/security/", 303)
    links = asking() if isinstance(error, NotFound) else ()
    retry = error.retry_after if isinstance(error, TooMany) else 5 if isinstance(error, Busy) else None
    response = answer(error.status, error.label, error.code, details(error), retry=retry, links=links)
    if isinstance(error, Unauthenticated) and request.path.startswith(API):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def asking() -> tuple[Link, ...]:
    """Where a record that is missing or beyond reach may be asked for; the same for both."""
    entity, number = g.get("entity"), (request.view_args or {}).get("pk")
    if not isinstance(entity, Entity) or not isinstance(number, int) or not may_ask(door.actor(), entity):
        return ()
    return (Link(text=ASK.text(door.locale()), href=f"/ask/{entity.name}/{number}"),)


def http(error: HTTPException) -> Any:
    """An error of the protocol: no such page, wrong method, too large."""
    status = error.code or 500
    if status < 400:  # noqa: PLR2004  # a redirect travels as an exception
        return error
    headers = {"Allow": ", ".join(sorted(error.valid_methods))} if getattr(error, "valid_methods", None) else {}  # type: ignore[attr-defined]
    response = answer(status, WORDS.get(status, WORDS[400 if status < 500 else 500]), f"http_{status}")  # noqa: PLR2004
    response.headers.update(headers)
    return response


def database(error: DBAPIError) -> Any:
    """The database refused or is away."""
    if (
        (isinstance(error, OperationalError) and error.connection_invalidated)
        or error.orig is None
        or "connect" in str(error.orig)[:60]
    ):
        LOG.warning("database_away", error=type(error.orig).__name__)
        return answer(503, AWAY, "busy", retry=5)
    entity = g.get("entity")
    refusal = refusal_of(error.orig, entity) if entity is not None else None
    if refusal is not None:
        return refused(refusal)
    return unforeseen(error)


def crowded(_error: NoConnection) -> Any:
    """Every connection of this process was in use for too long."""
    LOG.warning("connections_exhausted")
    return answer(503, CROWDED, "busy", retry=5)


def unopened(error: SealBroken) -> Any:
    """A sealed value that does not open: its key is missing, or it was altered; an administrator must know which."""
    LOG.error("seal_broken", path=request.path, reason=str(error))
    return answer(503, UNOPENED, "seal_broken")


def unforeseen(error: Exception) -> Any:
    """A fault of ours: recorded with its trace, told without it."""
    LOG.error("unforeseen", path=request.path, exc_info=error)
    return answer(500, WORDS[500], "fault")


def answer(
    status: int,
    label: Label,
    code: str,
    more: dict[str, Any] | None = None,
    *,
    retry: int | None = None,
    links: tuple[Link, ...] = (),
) -> Response:
    """The error as problem JSON under /api/, as a page elsewhere."""
    text = label.text(door.locale())
    if request.path.startswith(API):
        response = problem(status, code, text, more)
    else:
        page = error_page(frame(), status, door.request_id(), text, retry_after=retry, links=links)
        response = Response(draw(page), status, mimetype="text/html")
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    return response


def problem(status: int, code: str, text: str, more: dict[str, Any] | None = None) -> Response:
    """Problem JSON: type, title, status, code, request_id, and what the refusal adds."""
    body = {"type": "about:blank", "title": text, "status": status, "code": code, "request_id": door.request_id()} | (
        more or {}
    )
    return Response(orjson.dumps(body, default=str), status, mimetype="application/problem+json")


def details(error: Refusal) -> dict[str, Any] | None:
    """What a refusal tells beyond its words: the fields that fail, or the fields two editors disagree on."""
    locale = door.locale()
    if isinstance(error, Invalid):
        failing = [
            {"field": name, "code": unfit.code, "message": unfit.label.text(locale)}
            | ({"doubtful": True} if isinstance(unfit, Doubtful) else {})
            for name, unfit in error.fields.items()
        ]
        return {"errors": failing}
    if isinstance(error, StepUp):
        return {"step_up": {"act": error.act, "minutes": error.minutes, "page": step_up.ACTION}}
    if isinstance(error, Conflict):
        return {
            "version": error.version,
            "changed_by": error.by,
            "changed_at": error.at,
            "differences": [
                {"field": d.field, "yours": plain(d.yours), "theirs": plain(d.theirs)} for d in error.differences
            ],
        }
    return None


def plain(value: Any) -> Any:
    """A value as JSON carries it; protected ones as their mask."""
    return (
        str(value)
        if isinstance(value, Protected) or not isinstance(value, str | int | float | bool | type(None) | list)
        else value
    )
