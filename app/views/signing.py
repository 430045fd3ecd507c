"""Signing in and out, first passwords, password changes, language: the doors of the house."""

from datetime import timedelta
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, redirect, request
from flask import session as browser
from werkzeug.wrappers import Response as Answer

from app.access import own_factor
from app.access.fitness import LEAST_ALONE, LEAST_WITH_FACTOR
from app.access.gate import Visit
from app.access.keys import SignInKeys
from app.access.second_factor import Codes, HalfOpenEnded
from app.access.signin import Door, HalfOpen, Lifetimes, SignedIn
from app.core.errors import Busy, Invalid, NotFound, Refusal, TooMany, Unauthenticated, Unfit
from app.core.label import LOCALES, Label
from app.heads import door
from app.heads.door import cookie, opened, signed_in
from app.heads.frame import draw, frame, say
from app.heads.house import house
from app.heads.pages import CodePage, Control, Link, PasswordPage, SignInPage
from app.views import security_words as w

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
WAITS = 600  # seconds a sign-in waits for its code
KNOWN_FOR = 180 * 24 * 3600  # seconds a device stays known
FURTHEST = 2_000

signing = Blueprint("signing", __name__)


def way_in() -> Door:
    """The one door, on this process's database."""
    keys, lifetimes = keys_and_lifetimes()
    return Door(house().database.engine, keys, lifetimes=lifetimes)


def keys_and_lifetimes() -> tuple[SignInKeys, Lifetimes]:
    """What both doors know."""
    config = house().config
    idle, absolute = timedelta(minutes=config.session_idle_minutes), timedelta(minutes=config.session_absolute_minutes)
    return SignInKeys.parse(config.secret("password_pepper")), Lifetimes(idle, absolute)


def codes() -> Codes:
    """The door for codes, beside the one for passwords."""
    here, lifetimes = keys_and_lifetimes()
    return Codes(house().database.engine, here, house().sealer, lifetimes=lifetimes)


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
        found = way_in().authenticate(
            username, request.form.get("password", "")[:1_000], visit(), previous=request.cookies.get(cookie())
        )
    except (Unauthenticated, TooMany, Busy) as failed:
        return again(draw(page(next_=target, username=username, error=failed.label.text(door.locale()))), failed)
    browser.clear()
    if isinstance(found, HalfOpen):
        return wait(redirect(f"/sign-in/code?next={quote(target, safe='')}", 303), found)
    return remember(redirect(target, 303), found)


def again(html: str, failed: Refusal) -> Response:
    """A page of the door once more, after an attempt that failed."""
    response = Response(html, failed.status, mimetype="text/html")
    if isinstance(failed, TooMany):
        response.headers["Retry-After"] = str(failed.retry_after)
    return response


def half_cookie() -> str:
    """The name of the cookie of a sign-in that waits for a code."""
    return "__Host-half" if request.is_secure else "half"


def wait(response: Answer, waiting: HalfOpen) -> Answer:
    """Lets the browser keep a half-open sign-in, which opens nothing."""
    response.set_cookie(
        half_cookie(), waiting.token, max_age=WAITS, httponly=True, secure=request.is_secure, samesite="Lax", path="/"
    )
    return response


@signing.route("/sign-in/code", methods=("GET", "POST"))
def code() -> Answer | Response:
    """The second page of a sign-in: opens the session for the right code; wrong and used ones read the same."""
    half = door.storable(request.cookies.get(half_cookie(), ""))
    target = home_or(request.values.get("next", "/"))
    if not half:
        return redirect(f"/sign-in?next={quote(target, safe='/')}")
    if request.method == "GET":
        return Response(draw(code_page(target)), mimetype="text/html")
    try:
        shown, trusts = request.form.get("code", "")[:100], request.form.get("trust") == "1"
        signed = codes().answer(half, shown, visit(), trusts=trusts)
    except HalfOpenEnded as ended:
        say(ended.label, "warn")
        return leave_half(redirect(f"/sign-in?next={quote(target, safe='/')}", 303))
    except (Unauthenticated, TooMany, Busy) as failed:
        return again(draw(code_page(target, failed.label.text(door.locale()))), failed)
    browser.clear()
    if signed.codes_left is not None:
        say(w.RECOVERED.format(n=signed.codes_left), "warn")
    return remember(leave_half(redirect(target, 303)), signed)


def leave_half(response: Answer) -> Answer:
    """Takes the cookie of the half-open sign-in away."""
    response.delete_cookie(half_cookie(), path="/", secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def code_page(target: str, error: str | None = None) -> CodePage:
    """The page that asks for a code."""
    locale = door.locale()
    return CodePage(
        frame=frame(),
        title=w.ASK_CODE.text(locale),
        action="/sign-in/code",
        next=target,
        intro=w.ASK_INTRO.text(locale),
        code=Control(
            name="code",
            label=w.CODE_OR.text(locale),
            required=True,
            maxlength=20,
            autocomplete="one-time-code",
            autofocus=True,
        ),
        trust=w.TRUST.text(locale),
        submit=w.GO_ON.text(locale),
        again=Link(text=w.AGAIN.text(locale), href="/sign-in"),
        lost=w.LOST.text(locale),
        error=error,
    )


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
            frame=frame(),
            title=SET.text(door.locale()),
            action=request.path,
            username="",
            minimum=LEAST_ALONE,
            errors=errors,
        )
    )
    return Response(html, status, mimetype="text/html", headers={"Referrer-Policy": "no-referrer"})


@signing.route("/password", methods=("GET", "POST"))
def password() -> Answer | Response:
    """Changes one's password, after the present one."""
    with opened() as context:
        actor = signed_in()
        factor = own_factor.standing(context.connection).set_at
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
        minimum=LEAST_WITH_FACTOR if factor else LEAST_ALONE,
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
