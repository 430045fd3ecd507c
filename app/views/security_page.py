"""The page of one's own ways in: the factor, trusted devices, sessions."""

import re
from collections.abc import Iterator
from datetime import datetime

from app.access import own_factor
from app.access.own_factor import Seat, Standing
from app.access.rights import NOUN
from app.core.action import Action
from app.core.actor import Actor
from app.core.label import Label
from app.heads import door
from app.heads.frame import days_left, frame, local
from app.heads.pages import Button, Link, Place, Places, SecurityPage, Tag
from app.records.context import Context
from app.studio.install import ACCOUNTS
from app.views import security_words as w

HERE = "/security"
FEW = 3  # recovery codes
# The first that fits names the browser or the system: others name themselves after it.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip  # noqa: E501


def text(label: Label, **given: object) -> str:
    """Words in the reader's language."""
    return label.format(**given).text(door.locale()) if given else label.text(door.locale())


def crumbs(*more: Label) -> tuple[Link, ...]:
    """The way here."""
    return (Link(text=text(w.TITLE), href=f"{HERE}/"), *(Link(text=text(one), href="") for one in more))


def overview(context: Context, actor: Actor) -> SecurityPage:
    """One's factor, trusted devices and sessions."""
    stands = own_factor.standing(context.connection)
    return SecurityPage(
        frame=frame(),
        title=text(w.TITLE),
        crumbs=(Link(text=text(w.TITLE), href=""),),
        factor_title=text(w.FACTOR),
        state=state(stands),
        demand=demanded(stands),
        lines=tuple(lines(stands)),
        buttons=tuple(buttons(stands)),
        places=tuple(places(context)),
        links=tuple(links(actor)),
    )


def state(stands: Standing) -> Tag:
    """On, off, or off though it should be on."""
    if stands.set_at:
        return Tag(text=text(w.ON), state="ok")
    return Tag(text=text(w.DUE), state="warn") if stands.due else Tag(text=text(w.OFF))


def demanded(stands: Standing) -> str:
    """By when the factor must be set up; nothing when it need not be."""
    if stands.due is None:
        return ""
    left = days_left(stands.due)
    return text(w.MUST, days=left) if left > 0 else text(w.MUST_NOW)


def lines(stands: Standing) -> Iterator[str]:
    """What is to be said of the factor."""
    if stands.set_at is None:
        yield text(w.ABOUT)
        return
    yield text(w.SINCE, at=f"{local(stands.set_at):%Y-%m-%d}", n=stands.codes_left)
    if stands.code_used:
        yield text(w.CODE_USED, at=moment(stands.code_used))
    if stands.codes_left < FEW:
        yield text(w.FEW)


def buttons(stands: Standing) -> Iterator[Button]:
    """What can be done with the factor."""
    if stands.set_at is None:
        yield Button(text=text(w.SET_UP), href=f"{HERE}/factor", icon="shield-lock", main=True, post=True)
        return
    yield Button(text=text(w.RENEW), href=f"{HERE}/codes", icon="refresh")
    yield Button(text=text(w.REPLACE), href=f"{HERE}/factor", icon="phone", post=True)
    yield Button(text=text(w.TURN_OFF), href=f"{HERE}/factor/off", icon="lock-open", danger=True)


def places(context: Context) -> Iterator[Places]:
    """Sessions, and devices that are trusted when there are any."""
    seats = own_factor.seats(context.connection)
    others = any(not one.mine for one in seats)
    yield Places(
        title=text(w.SESSIONS),
        rows=tuple(seat(one) for one in seats),
        action=f"{HERE}/sessions",
        end=text(w.END),
        end_all=text(w.END_ALL) if others else "",
    )
    trusts = own_factor.trusts(context.connection)
    if trusts:
        yield Places(
            title=text(w.DEVICES),
            rows=tuple(
                Place(text=called(one.agent), note=text(w.UNTIL, until=f"{local(one.until):%Y-%m-%d}"), end=str(one.id))
                for one in trusts
            ),
            action=f"{HERE}/devices",
            end=text(w.FORGET),
            end_all=text(w.FORGET_ALL) if len(trusts) > 1 else "",
        )


def seat(one: Seat) -> Place:
    """One session."""
    note = text(w.SEEN, ip=one.ip or "–", since=moment(one.created_at), last=moment(one.last_seen))
    tag = Tag(text=text(w.HERE), state="ok") if one.mine else None
    return Place(text=called(one.agent), note=note, tag=tag, end="" if one.mine else str(one.id))


def links(actor: Actor) -> Iterator[Link]:
    """Where else ways in are seen to."""
    yield Link(text=text(w.PASSWORD), href="/password")
    if actor.may(Action.UPDATE, ACCOUNTS):
        yield Link(text=text(w.PEOPLE), href=f"{HERE}/people")
    if actor.may(Action.LIST, NOUN):
        yield Link(text=text(w.RULES), href=f"{HERE}/rules")


def called(agent: str | None) -> str:
    """A browser as people call it."""
    found = [next((name for mark, name in known if re.search(mark, agent or "")), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or text(w.UNKNOWN_DEVICE)


def moment(at: datetime) -> str:
    """A moment in the business's zone."""
    return f"{local(at):%Y-%m-%d %H:%M}"
