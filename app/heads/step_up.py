"""The page that asks again who somebody is; all that was to be sent waits in it and goes on afterwards."""

from urllib.parse import urlsplit

from flask import Response, request

from app.core.label import Label
from app.heads import door
from app.heads.frame import draw, frame
from app.heads.pages import AskAgain, Control, StepUpPage, StepUpPart

ACTION = "/security/fresh"
ANSWER, TARGET, METHOD = "step_up_answer", "step_up_target", "step_up_method"
OWN = (ANSWER, TARGET, METHOD, "csrf_token")
LONGEST = 1_000
TITLE = Label("请确认是您本人", "Show that it is you")
QUESTION = Label(
    "接下来的操作比较重要。请输入密码（或验证器上的 6 位验证码），然后继续。",
    "What comes next matters. Enter your password, or the six digits of your authenticator, and it goes on.",
)
SHORT = Label("请输入密码或验证码，然后继续：", "Enter your password or code to go on:")
PASSWORD_OR = Label("密码或验证码", "Password or code")
GO_ON = Label("继续", "Continue")


def ask(target: str, method: str, error: str | None = None, status: int = 403) -> Response:
    """The question, with what this request carried; in the place of a value when a script asked for one."""
    carried = tuple((name, value) for name, value in request.form.items(multi=True) if name not in OWN)
    hidden = (*carried, (TARGET, target), (METHOD, method))
    locale, part = door.locale(), bool(request.headers.get("HX-Request"))
    answer = Control(
        name=ANSWER,
        label=PASSWORD_OR.text(locale),
        widget="password",
        required=True,
        maxlength=LONGEST,
        autocomplete="current-password",
        autofocus=True,
        error=error if part else None,
    )
    form = AskAgain(
        action=ACTION,
        question=(SHORT if part else QUESTION).text(locale),
        answer=answer,
        submit=GO_ON.text(locale),
        hidden=hidden,
        error=error,
    )
    if part:  # a script swaps in what is answered well
        return Response(draw(StepUpPart(frame=frame(), form=form)), mimetype="text/html")
    page = StepUpPage(frame=frame(), title=TITLE.text(locale), form=form, back_href=behind())
    return Response(draw(page), status, mimetype="text/html")


def behind() -> str:
    """Where the person came from, on this site."""
    came = urlsplit(request.referrer or "")
    inside = came.netloc == request.host and came.path.startswith("/") and not came.path.startswith(("//", ACTION))
    return came.path + (f"?{came.query}" if came.query else "") if inside else "/"


def here() -> str:
    """The address of this request, to be asked again."""
    return request.full_path.rstrip("?")
