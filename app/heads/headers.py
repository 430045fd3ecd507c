"""What every answer carries: a strict content policy, no sniffing, no caching of what is somebody's."""

import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from app.core.errors import Forbidden
from app.core.label import Label
from app.heads import door
from app.heads.frame import draw, frame
from app.heads.house import house
from app.heads.pages import PlainHttpPage

CSRF = CSRFProtect()
PLAIN = Label("连接没有加密", "The connection is not encrypted")
PROBES = ("/livez", "/readyz", "/startupz", "/metrics")
ELSEWHERE = Label(
    "这个请求来自其他网站的页面，没有执行。请在本系统的页面里操作。",
    "A page of another site sent this, so nothing was done. Do it from a page of this one.",
)
OURS = ("same-origin", "none")  # "none": typed or bookmarked
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def policy(nonce: str) -> str:
    """The content security policy of a page: our own assets, and scripts that carry the nonce."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )


def install(app: Flask) -> None:
    """Gives every request a nonce and a CSRF check, and every answer its headers."""
    CSRF.init_app(app)
    app.before_request(begin)
    app.after_request(finish)


def protected() -> bool:
    """Whether this request is encrypted, stays on this machine, or an operator accepted that it is neither."""
    if request.is_secure or house().config.allow_plain_http or request.path in PROBES:
        return True
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return request.remote_addr is None  # a local socket


def begin() -> Response | None:
    """A nonce for this page; a write by a browser must carry the token of its page."""
    g.nonce = secrets.token_urlsafe(16)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=door.request_id())
    if not protected():
        page = PlainHttpPage(frame=frame(), title=PLAIN.text(door.locale()), https_href=house().config.public_url)
        return Response(draw(page), 403, mimetype="text/html")
    if request.method in UNSAFE and door.by_page():
        if from_elsewhere():
            raise Forbidden(ELSEWHERE)
        CSRF.protect()
    return None


def from_elsewhere() -> bool:
    """Whether the browser says that a page of another site sends this; the page's token is asked for all the same.

    Without TLS browsers tell the origin alone, and "null" of a page that sends no referrer, as that of a one-time link.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OURS
    origin = request.headers.get("Origin", "null")
    known = {request.host, urlsplit(house().config.public_url or "").netloc}
    return origin != "null" and urlsplit(origin).netloc not in known - {""}


def finish(response: Response) -> Response:
    """The headers of every answer."""
    headers = response.headers
    headers["X-Request-Id"] = door.request_id()
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    headers["X-Frame-Options"] = "DENY"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if response.mimetype == "text/html":
        headers["Content-Security-Policy"] = policy(g.get("nonce", ""))
    else:
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    if request.path.startswith("/static/"):
        response.cache_control.public = True
        response.cache_control.max_age = 31_536_000 if request.args.get("v") else 3_600
    else:
        headers["Cache-Control"] = "no-store"
        headers["Vary"] = "Cookie, Authorization, Accept-Language"
    return response
