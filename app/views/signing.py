"""Signing in and out, first passwords, password changes, language: the doors of the house."""

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request
from flask import session as browser
from werkzeug.wrappers import Response as Answer

from app.access.gate import Visit
from app.access.keys import SignInKeys
from app.access.signin import Door, Lifetimes, SignedIn
from app.core.errors import Busy, Invalid, NotFound, Refusal, TooMany, Unauthenticated, Unfit
from app.core.label import LOCALES, Label
from app.heads import door
from app.heads.door import cookie, opened, signed_in
from app.heads.frame import draw, frame, say
from app.heads.house import house
from app.heads.pages import PasswordPage, SignInPage

SIGN_IN = Label("登录", "Sign in")
SET = Label("设置密码", "Set a password")
CHANGE = Label("修改密码", "Change password")
DIFFERS = Label("两次输入不一样，请重新输入。", "The two differ; type them again.")
READY = Label("密码已设好，请登录。", "Your password is set; sign in now.")
CHANGED = Label(
    "密码已修改，其他设备上的登录已结束。", "Your password is changed; sign-ins on other devices have ended."
)
OUT = Label("您已退出登录。", "You have signed out.")
USED = Label(
    "这个链接已用过或已过期，请向管理员再要一个。",
    "This link was used or has expired; ask an administrator for another.",
)
DEVICE = "device"
LEAST = 15  # characters, until second factors come
KNOWN_FOR = 180 * 24 * 3600  # seconds a device stays known
FURTHEST = 2_000

signing = Blueprint("signing", __name__)


def way_in() -> Door:
    """The one door, on this process's database."""
    here = house()
    keys = SignInKeys.parse(here.config.secret("password_pepper"))
    lifetimes = Lifetimes(
        timedelta(minutes=here.config.session_idle_minutes), timedelta(minutes=here.config.session_absolute_minutes)
    )
    return Door(here.database.engine, keys, lifetimes=lifetimes)


def visit() -> Visit:
    """Where this request comes from."""
    return Visit(
        request.remote_addr, request.cookies.get(DEVICE), request.headers.get("User-Agent", "")[:200], door.request_id()
    )


def home_or(target: str) -> str:
    """A path within this site to go on to; anything else is the home page."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    plain = len(target) < FURTHEST and "\\" not in target and not any(ord(letter) < 32 for letter in target)  # noqa: PLR2004  # controls
    return target if inside and plain and not target.startswith(("/sign-in", "/sign-out")) else "/"


def remember(response: Answer, signed: SignedIn) -> Answer:
    """Gives the browser its session and device cookies: unreadable by scripts, over TLS only where there is TLS."""
    secure = request.is_secure
    response.set_cookie(cookie(), signed.token, httponly=True, secure=secure, samesite="Lax", path="/")
    if signed.device:
        response.set_cookie(
            DEVICE, signed.device, max_age=KNOWN_FOR, httponly=True, secure=secure, samesite="Lax", path="/"
        )
    return response


@signing.get("/sign-in")
def sign_in_form() -> str:
    """The sign-in page."""
    return draw(page(next_=home_or(request.args.get("next", "/"))))


def page(*, next_: str, username: str = "", error: str | None = None) -> SignInPage:
    """The sign-in page with what was typed and what went wrong."""
    return SignInPage(
        frame=frame(), title=SIGN_IN.text(door.locale()), action="/sign-in", next=next_, username=username, error=error
    )


@signing.post("/sign-in")
def sign_in() -> Answer | Response:
    """Opens a session; every way to fail reads the same."""
    username, target = request.form.get("username", "").strip()[:128], home_or(request.form.get("next", "/"))
    try:
        signed = way_in().authenticate(
            username, request.form.get("password", "")[:1_000], visit(), previous=request.cookies.get(cookie())
        )
    except (Unauthenticated, TooMany, Busy) as failed:
        html = draw(page(next_=target, username=username, error=failed.label.text(door.locale())))
        response = Response(html, failed.status, mimetype="text/html")
        if isinstance(failed, TooMany):
            response.headers["Retry-After"] = str(failed.retry_after)
        return response
    browser.clear()
    return remember(redirect(target, 303), signed)


@signing.post("/sign-out")
def sign_out() -> Answer:
    """Ends the session here and in the database."""
    way_in().sign_out(request.cookies.get(cookie(), ""), request=door.request_id())
    browser.clear()
    say(OUT)
    response = redirect("/sign-in", 303)
    response.delete_cookie(cookie(), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@signing.route("/welcome/<invitation>", methods=("GET", "POST"))
def welcome(invitation: str) -> Answer | Response | str:
    """A one-time link: its holder chooses a password."""
    errors: tuple[tuple[str, str], ...] = ()
    status = 200
    if request.method == "POST":
        try:
            way_in().redeem(invitation, chosen_password(), visit())
        except Invalid as failed:
            errors, status = worded(failed), 422
        except NotFound:
            raise NotFound(USED) from None
        else:
            say(READY)
            return redirect("/sign-in", 303)
    html = draw(
        PasswordPage(
            frame=frame(), title=SET.text(door.locale()), action=request.path, username="", minimum=LEAST, errors=errors
        )
    )
    return Response(html, status, mimetype="text/html", headers={"Referrer-Policy": "no-referrer"})


@signing.route("/password", methods=("GET", "POST"))
def password() -> Answer | Response:
    """Changes one's password, after the present one."""
    with opened():
        actor = signed_in()
    errors: tuple[tuple[str, str], ...] = ()
    if request.method == "POST":
        try:
            new = chosen_password()
            signed = way_in().change_password(
                request.cookies.get(cookie(), ""), request.form.get("current", "")[:1_000], new, visit()
            )
        except Invalid as failed:
            errors = worded(failed)
        else:
            say(CHANGED)
            return remember(redirect("/", 303), signed)
    made = PasswordPage(
        frame=frame(),
        title=CHANGE.text(door.locale()),
        action="/password",
        username=actor.name,
        minimum=LEAST,
        asks_current=True,
        errors=errors,
        cancel_href="/",
    )
    return Response(draw(made), 422 if errors else 200, mimetype="text/html")


def chosen_password() -> str:
    """The new password, typed twice alike."""
    first, second = request.form.get("password", ""), request.form.get("repeat", "")
    if first != second:
        raise Invalid({"repeat": Unfit("differs", DIFFERS)})
    return first


def worded(failed: Invalid) -> tuple[tuple[str, str], ...]:
    """Field errors as the password page names them."""
    return tuple(
        ({"new": "password"}.get(name, name), unfit.label.text(door.locale())) for name, unfit in failed.fields.items()
    )


@signing.post("/language")
def language() -> Answer:
    """Chooses the language of this browser."""
    chosen = request.form.get("language", "")
    if chosen not in LOCALES:
        raise Refusal(Label("不支持这种语言。", "This language is not available."), "language")
    response = redirect(home_or(request.form.get("next", request.referrer or "/")), 303)
    response.set_cookie(
        door.LANGUAGE,
        chosen,
        max_age=365 * 24 * 3600,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response
