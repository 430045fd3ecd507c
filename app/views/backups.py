"""Backups on the screen of those who look after the system: how they stand, and one more asked for."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as Answer

from app.backup.history import READERS, ask
from app.core.errors import Forbidden
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, say
from app.records.context import Context
from app.views import backups_pages as pages
from app.views import backups_words as w

backups = Blueprint("backups", __name__, url_prefix="/backups")


def permitted() -> Context:
    """The request's transaction, for somebody who looks after the system."""
    signed_in()
    context = door.context()
    if not context.actor.roles & READERS:
        raise Forbidden
    return context


@backups.get("/")
@through_door
def listed() -> str:
    """How backups stand."""
    return draw(pages.page(permitted()))


@backups.post("/now")
@through_door
def now() -> Answer:
    """Asks for a backup, unless one is at work."""
    context = permitted()
    say(w.ASKED if ask(context.connection) else w.BUSY)
    return redirect(pages.HERE, 303)
