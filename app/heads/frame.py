"""What stands around every page of this request."""

import hashlib
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import cast

from flask import current_app, flash, g, get_flashed_messages, render_template, request
from flask_wtf.csrf import generate_csrf

from app.access.roles import ROLES, label_of
from app.core.label import EN, ZH, Label
from app.db.engine import Announced
from app.heads import door
from app.heads.house import house
from app.heads.menu import capped, navigation
from app.heads.pages import ASSETS, Flash, Frame, Link, Option, Page, Part, Person, State, Switch, context
from app.heads.words import texts

LANGUAGES = ((ZH, "简体中文"), (EN, "English"))
TOKENS = Label("接口令牌", "API tokens")
NO_ROLE = Label("没有角色", "No role")
SECURITY, SET_UP = Label("账号安全", "Account security"), Label("现在设置", "Set it up now")
GRACE = Label(
    "您的角色要求开启两步验证，还有 {days} 天。", "Your role asks for two-step sign-in; days left to set it up: {days}."
)


INBOX, UNREAD = Label("收件箱", "Inbox"), Label("收件箱，{n} 条未读", "Inbox, {n} unread")
DEAD = Label("有 {n} 项后台任务失败，需要处理。", "Background jobs that were given up and need somebody: {n}.")
SEE_JOBS = Label("去处理", "See them")


@cache
def asset_urls(folder: str) -> dict[str, str]:
    """Each asset's URL, ending in a print of its content so that browsers may keep it for ever."""
    found = {}
    for name in ASSETS:
        path = Path(folder) / name
        mark = hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.exists() else "missing"
        found[name] = f"/static/{name}?v={mark}"
    return found


def lang() -> str:
    """The language tag of the page."""
    return "en" if door.locale() == EN else "zh-Hans"


def frame() -> Frame:
    """The frame of this request's page; without navigation when nobody is signed in."""
    locale = door.locale()
    actor, snapshot = door.actor(), door.snapshot()
    path = request.full_path.rstrip("?")
    known = actor.id is not None and snapshot is not None
    return Frame(
        t=texts(locale),
        lang=lang(),
        nonce=g.nonce,
        csrf=generate_csrf(),
        assets=asset_urls(current_app.static_folder or ""),
        path=path,
        language=languages(locale),
        flashes=(*told(), *grace(locale), *given_up(locale)),
        nav=navigation(actor, snapshot, locale, path, dead()) if known and snapshot else (),
        person=person(locale) if known else None,
        store=store() if known else None,
        search_action="/search" if known else "",
        search_text=request.args.get("q", "")[:100] if request.path == "/search" else "",
        bell=bell(locale) if known else None,
    )


def told() -> tuple[Flash, ...]:
    """What earlier requests had to say, once."""
    messages = cast("list[tuple[State, str]]", get_flashed_messages(with_categories=True))
    return tuple(Flash(text=text, state=state) for state, text in messages)


def grace(locale: str) -> tuple[Flash, ...]:
    """How long who must set up a second factor has left to do so."""
    due = door.actor().factor_due
    if due is None or request.blueprint == "security":
        return ()
    text = GRACE.format(days=max(days_left(due), 1)).text(locale)
    return (Flash(text=text, state="warn", link=Link(text=SET_UP.text(locale), href="/security/")),)


def bell(locale: str) -> Link:
    """The way to the inbox, with how much in it is unread."""
    announced: Announced | None = g.get("announced")
    unread = announced.unread if announced else 0
    words = UNREAD.format(n=capped(unread)) if unread else INBOX
    count = capped(unread) if unread else None
    return Link(text=words.text(locale), href="/inbox/", icon="bell", count=count, current=request.path == "/inbox/")


def dead() -> int:
    """How much work was given up and waits for whoever is here; nothing for those who tend none."""
    announced: Announced | None = g.get("announced")
    return announced.dead if announced else 0


def given_up(locale: str) -> tuple[Flash, ...]:
    """What somebody who tends jobs is told on his home page while some are dead."""
    if not dead() or request.path != "/":
        return ()
    link = Link(text=SEE_JOBS.text(locale), href="/jobs/?board=dead")
    return (Flash(text=DEAD.format(n=capped(dead())).text(locale), state="bad", link=link),)


def days_left(due: datetime) -> int:
    """Days until then, begun ones counted whole; 0 when it has come."""
    return max(0, -((house().clock.now() - due) // timedelta(days=1)))


def languages(locale: str) -> Switch:
    """The language switch."""
    options = tuple(Option(value=code, text=name, selected=code == locale) for code, name in LANGUAGES)
    return Switch(action="/language", name="language", options=options)


def person(locale: str) -> Person:
    """Who is signed in, as the top bar shows him."""
    actor = door.actor()
    # Shipped roles in their order, then those an administrator made; a clone counts as what it was made from as well.
    shipped = [role.name for role in ROLES if role.name in actor.roles]
    names = [label_of(name).text(locale) for name in (*shipped, *sorted(actor.roles.difference(shipped)))]
    return Person(
        name=actor.name,
        note="、".join(names) if locale == ZH else ", ".join(names),
        password_href="/password",  # noqa: S106  # an address
        sign_out_action="/sign-out",
        links=(
            Link(text=SECURITY.text(locale), href="/security/", icon="shield-lock"),
            Link(text=TOKENS.text(locale), href="/tokens/", icon="plug"),
        ),
    )


def store() -> Switch | None:
    """The store the person works at, as a plain label."""
    name = g.get("store_name")
    return Switch(action="", name="store", options=(Option(value="", text=name, selected=True),)) if name else None


def draw(page: Page | Part) -> str:
    """The page as HTML."""
    return render_template(page.template, **context(page))


def say(label: Label, state: State = "ok") -> None:
    """Tells the person something on the next page."""
    flash(label.text(door.locale()), state)


def local(moment: datetime) -> datetime:
    """A moment in the business's zone."""
    return moment.astimezone(house().config.time_zone)


def now_text() -> str:
    """Today's date in the business's zone, for the home page."""
    return f"{local(house().clock.now()):%Y-%m-%d}"
