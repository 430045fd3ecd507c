"""Account security: one's own second factor, devices and sessions, and showing again who one is."""

import pyotp
import segno
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from app.access import own_factor
from app.access.keys import SignInKeys
from app.access.own_factor import OwnFactor
from app.access.password import Passwords
from app.access.second_factor import DIGITS, plain
from app.core.actor import Actor, ActorKind
from app.core.errors import Busy, Forbidden, Invalid, NotFound, TooMany
from app.core.label import Label
from app.heads import door, step_up
from app.heads.door import cookie, opened, signed_in, through_door
from app.heads.frame import draw, frame, say
from app.heads.house import house
from app.heads.pages import ConfirmPage, Control, FactorPage, Link, RecoveryPage
from app.views import security_page as pages
from app.views import security_words as w
from app.views.signing import codes, home_or, remember, visit, way_in

security = Blueprint("security", __name__, url_prefix=pages.HERE)


def myself() -> Actor:
    """The person, signed in by a session of his own."""
    actor = signed_in()
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden
    return actor


def mine() -> OwnFactor:
    """What the person may do with his own factor, in the request's transaction."""
    here = house()
    keys = SignInKeys.parse(here.config.secret("password_pepper"))
    return OwnFactor(door.context().connection, myself().id or 0, keys, here.sealer, Passwords(keys.pepper))


@security.get("/")
@through_door
def overview() -> str:
    """One's factor, trusted devices and sessions."""
    return draw(pages.overview(door.context(), myself()))


@security.post("/factor")
@through_door
def begin() -> Answer:
    """Makes a secret to be confirmed."""
    mine().begin()
    return redirect(f"{pages.HERE}/factor", 303)


@security.get("/factor")
@through_door
def factor() -> Answer | str:
    """The secret that waits, as a picture and in words."""
    shown = set_up()
    return draw(shown) if shown else redirect(f"{pages.HERE}/", 303)


@security.post("/factor/confirm")
@through_door
def confirm() -> Answer | str | tuple[str, int]:
    """Puts the secret in force for the right code, and shows the recovery codes."""
    try:
        made = mine().confirm(request.form.get("code", "")[: 2 * DIGITS * DIGITS])
    except Invalid as invalid:
        shown = set_up(invalid.fields["code"].label.text(door.locale()))
        return (draw(shown), 422) if shown else redirect(f"{pages.HERE}/", 303)
    except NotFound:
        return redirect(f"{pages.HERE}/", 303)
    return draw(recovery(made))


@security.route("/codes", methods=("GET", "POST"))
@through_door
def renew() -> str:
    """Asks, and makes new recovery codes."""
    if request.method == "POST":
        return draw(recovery(mine().renew_codes()))
    myself()
    return draw(question(w.RENEW, w.RENEW_ASK, "codes", danger=False))


@security.route("/factor/off", methods=("GET", "POST"))
@through_door
def off() -> Answer | str:
    """Asks, and takes the factor off."""
    if request.method == "POST":
        if mine().drop():
            say(w.TURNED_OFF)
        return redirect(f"{pages.HERE}/", 303)
    myself()
    return draw(question(w.TURN_OFF, w.OFF_ASK, "factor/off", danger=True))


@security.post("/sessions")
@through_door
def sessions() -> Answer:
    """Ends one of one's own other sessions, or all of them."""
    myself()
    ended = own_factor.end_others(door.context().connection, number())
    say(w.ENDED.format(n=ended))
    return redirect(f"{pages.HERE}/", 303)


@security.post("/devices")
@through_door
def devices() -> Answer:
    """Trusts one of one's own devices no more, or none."""
    myself()
    connection, wanted = door.context().connection, number()
    for trust in own_factor.trusts(connection):
        if wanted in (None, trust.id):
            own_factor.end_trust(connection, trust.id)
    say(w.FORGOTTEN)
    return redirect(f"{pages.HERE}/", 303)


@security.post("/fresh")
def fresh() -> Answer | Response:
    """Takes the password or a code, renews the session, and lets what was asked go on with all it carried."""
    with opened():
        myself()
    target, method = home_or(request.form.get(step_up.TARGET, "/")), request.form.get(step_up.METHOD, "GET")
    shown, token = request.form.get(step_up.ANSWER, "")[: step_up.LONGEST], request.cookies.get(cookie(), "")
    try:
        typed = plain(shown)
        by_code = len(typed) == DIGITS and typed.isdecimal()
        signed = (codes() if by_code else way_in()).step_up(token, shown, visit())
    except (Invalid, TooMany, Busy) as failed:
        label = failed.fields["password"].label if isinstance(failed, Invalid) else failed.label
        return step_up.ask(target, method, label.text(door.locale()), failed.status)
    return remember(redirect(target, 307 if method == "POST" else 303), signed)


def set_up(error: str | None = None) -> FactorPage | None:
    """The page of the secret that waits; None when none does."""
    waiting = mine().pending()
    if waiting is None:
        return None
    address = pyotp.TOTP(waiting.secret).provisioning_uri(name=door.actor().name, issuer_name="Forecourt")
    groups = [waiting.secret[at : at + 4] for at in range(0, len(waiting.secret), 4)]
    return FactorPage(
        frame=frame(),
        title=pages.text(w.SET_UP),
        crumbs=pages.crumbs(w.SET_UP),
        action=f"{pages.HERE}/factor/confirm",
        steps=tuple(pages.text(step) for step in (w.SCAN, w.TYPE, w.CONFIRM)),
        picture=segno.make(address, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff"),
        picture_text=pages.text(w.PICTURE),
        secret=" ".join(groups),
        code=Control(
            name="code",
            label=pages.text(w.CODE),
            widget="code",
            required=True,
            maxlength=12,
            autocomplete="one-time-code",
            error=error,
        ),
        submit=pages.text(w.CONFIRM_IT),
        cancel_href=f"{pages.HERE}/",
    )


def recovery(made: tuple[str, ...]) -> RecoveryPage:
    """The page that shows recovery codes this once."""
    return RecoveryPage(
        frame=frame(),
        title=pages.text(w.RECOVERY),
        crumbs=pages.crumbs(w.RECOVERY),
        note=pages.text(w.ONCE),
        codes=made,
        advice=tuple(pages.text(line) for line in w.ADVICE),
        done=Link(text=pages.text(w.SAVED), href=f"{pages.HERE}/"),
    )


def question(title: Label, asked: Label, path: str, *, danger: bool) -> ConfirmPage:
    """The page that asks before one's factor changes."""
    return ConfirmPage(
        frame=frame(),
        title=pages.text(title),
        crumbs=pages.crumbs(title),
        action=f"{pages.HERE}/{path}",
        question=pages.text(asked),
        submit=pages.text(title),
        cancel_href=f"{pages.HERE}/",
        danger=danger,
    )


def number() -> int | None:
    """The number posted as `end`, None for all; NotFound for neither."""
    value = request.form.get("end", "")
    if value == "all":
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 19):  # noqa: PLR2004  # no number has more digits
        raise NotFound
    return int(value)
