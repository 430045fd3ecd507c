"""The inbox: what somebody was told, read by opening it or by marking it."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as Answer

from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame, local, say
from app.heads.pages import Button, Empty, InboxPage, Link, NoticeRow
from app.outbox.inbox import Notice, mark, mark_all, told
from app.records.query import natural
from app.views import jobs_words as w
from app.views.jobs_pages import text

HERE = "/inbox/"
PAGE = 50

inbox = Blueprint("inbox", __name__, url_prefix="/inbox")


@inbox.get("/")
@through_door
def listed() -> str:
    """What the actor was told, newest first."""
    signed_in()
    found = told(door.context().connection, PAGE + 1, before=natural(request.args.get("before", "")))
    return draw(page(found))


@inbox.post("/<int:number>/open")
@through_door
def read(number: int) -> Answer:
    """Marks one thing as read and goes where it leads."""
    signed_in()
    return redirect(mark(door.context().connection, number) or HERE, 303)


@inbox.post("/read")
@through_door
def read_all() -> Answer:
    """Marks everything as read."""
    signed_in()
    mark_all(door.context().connection)
    say(w.MARKED)
    return redirect(HERE, 303)


def page(found: list[Notice]) -> InboxPage:
    """The page of these notices."""
    unread = any(one.read_at is None for one in found)
    older = Link(text=text(w.OLDER), href=f"{HERE}?before={found[PAGE - 1].id}") if len(found) > PAGE else None
    button = Button(text=text(w.MARK_ALL), href=f"{HERE}read", icon="checks", post=True)
    return InboxPage(
        frame=frame(),
        title=text(w.INBOX),
        note=text(w.INBOX_NOTE),
        buttons=(button,) if unread else (),
        rows=tuple(row(one) for one in found[:PAGE]),
        unread=text(w.UNREAD),
        mark=text(w.MARK),
        older=older,
        empty=None if found else Empty(text=text(w.NOTHING), advice=text(w.NOTHING_HINT)),
    )


def row(one: Notice) -> NoticeRow:
    """One thing somebody was told."""
    icon, state = w.LEVELS[one.level]
    return NoticeRow(
        title=text(one.title),
        note=text(one.note) if one.note else "",
        when=f"{local(one.created_at):%m-%d %H:%M}",
        exact=one.created_at.isoformat(),
        icon=icon,
        state=state,
        unread=one.read_at is None,
        href=one.href or "",
        action=f"{HERE}{one.id}/open",
    )
