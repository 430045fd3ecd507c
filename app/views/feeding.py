"""Feeds on the screen: profiles, what came in day by day, files sent by hand, refused rows, rolling back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from app import outbox
from app.core.action import Action
from app.core.errors import Forbidden, NotFound, Refusal
from app.core.label import Label
from app.exchange import failed_rows
from app.exchange.feeds import profile as profiles
from app.exchange.feeds import run as runs
from app.exchange.feeds.feed import failing, receive
from app.exchange.feeds.profile import Profile
from app.exchange.feeds.run import Arrival, Begun, Run, State
from app.exchange.feeds.undo import NOT_DONE
from app.exchange.mapping import Target
from app.exchange.raw import RawRow
from app.exchange.read_row import Failure
from app.exchange.refusals import unreadable
from app.heads import door
from app.heads.door import opened, signed_in, through_door
from app.heads.frame import draw
from app.heads.house import house
from app.jobs.importing import tools_of
from app.records.context import Context
from app.records.event import note
from app.views import feed_form, feed_pages, feed_sample
from app.views.importing import most

feeding = Blueprint("feeding", __name__, url_prefix="/feeds")
UNFIT = (413, 422)  # the file's own fault


class Moved(Refusal):
    """The run has gone on meanwhile."""

    status = 409
    code = "feed_moved"


def permitted() -> Context:
    """The request's transaction, for somebody who may import anything at all."""
    signed_in()
    context = door.context()
    if not any(context.actor.may(Action.IMPORT, name) for name in context.snapshot.entities):
        raise Forbidden
    return context


@feeding.get("/")
@through_door
def listed() -> str:
    """The profiles within reach."""
    return draw(feed_pages.listing(permitted()))


@feeding.get("/<code>/")
@through_door
def show(code: str) -> str:
    """One profile, day by day."""
    context = permitted()
    return draw(feed_pages.profile_page(context, profiles.get(context.connection, code)))


class _Web:
    """The steps of a file's beginning, each in a transaction of the person's."""

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of the request's actor."""
        with opened():
            yield permitted().connection

    def progress(self, done: int, total: int | None = None, note: dict[str, Any] | None = None) -> None:
        """Nobody watches."""

    def finish(self, connection: Connection, result: object = None) -> None:
        """No work waits for it."""


@feeding.post("/<code>/")
def send(code: str) -> Answer | tuple[str, int]:
    """Keeps a file that was sent and takes it in in the background; otherwise says what to do."""
    with opened():
        profiles.demand(permitted(), profiles.get(permitted().connection, code))
    try:
        begun = _kept(code)
    except Refusal as refused:
        if refused.status not in UNFIT:
            raise
        with opened():
            context = permitted()
            page = feed_pages.profile_page(context, profiles.get(context.connection, code), refused.label)
            return draw(page), refused.status
    with opened():
        context = permitted()
        if not begun.repeated:
            work = outbox.enqueue(context.connection, "feed.run", {"run": begun.run})
            runs.change(context.connection, begun.run, work_id=work)
    return redirect(f"/feeds/runs/{begun.run}", 303)


def _kept(code: str) -> Begun:
    """The run of the sent file."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise unreadable("empty")
    tools, uuid = tools_of(house().config), uuid4()
    stored = tools.uploads.keep(sent.stream, uuid, most())
    return receive(_Web(), tools, code, Arrival(uuid, stored, sent.filename, "screen"))


@feeding.get("/runs/<int:number>")
@through_door
def run_page(number: int) -> str:
    """What became of a file."""
    context = permitted()
    run, one = _run(context, number)
    return draw(feed_pages.result(context, one, run))


def _run(context: Context, number: int) -> tuple[Run, Profile]:
    run = runs.get(context.connection, number)
    return run, profiles.by_id(context.connection, run.profile)


@feeding.post("/runs/<int:number>/rollback")
@through_door
def rollback(number: int) -> Answer:
    """Starts rolling a run back."""
    context = permitted()
    run, one = _run(context, number)
    for name in one.spec.entities:
        context.demand(Action.DELETE, context.entity(name))
    profiles.demand(context, one)
    run = runs.get(context.connection, number, lock=True)
    if run.state is not State.DONE:
        raise Moved(NOT_DONE)
    work = outbox.enqueue(context.connection, "feed.undo", {"run": number})
    runs.change(context.connection, number, state=State.UNDOING.value, work_id=work)
    return redirect(f"/feeds/runs/{number}", 303)


@feeding.get("/runs/<int:number>/failed.csv")
@through_door
def failed(number: int) -> Answer:
    """The lines that were not taken as a file: the brand's own columns, then line, column and reason."""
    context = permitted()
    run, one = _run(context, number)
    profiles.demand(context, one)
    entity = context.entity(one.spec.entities[0])
    context.demand(Action.EXPORT, entity)
    left = failing(context, run)
    if not left:
        raise NotFound
    note(context.connection, "export", entity, details={"feed": one.code, "run": number}, count=len(left))
    rows = [(RawRow(line, tuple(cells)), [_failure(line, entity.name, *told) for told in why])
            for line, _, cells, why in left]  # fmt: skip
    body = b"".join(failed_rows.stream(run.header, rows, door.locale()))
    response = Response(body, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=failed-{number}.csv"
    return response


def _failure(line: int, entity: str, column: str, field: str, code: str, zh: str, en: str) -> Failure:  # noqa: PLR0917
    return Failure(line, column, Target(entity, field) if field else None, code, Label(zh, en), "")


@feeding.get("/new")
@through_door
def new() -> str:
    """The form of a new profile."""
    return draw(feed_form.begin(permitted()))


@feeding.post("/new")
def make() -> str | tuple[str, int]:
    """Reads the sent export and draws the form with what its columns seem to be."""
    with opened():
        context = permitted()
        asked = [name for name in (request.form.get("entity", ""), request.form.get("part", "")) if name]
        for name in asked:
            context.demand(Action.IMPORT, context.entity(name))
        entities = [context.entity(name) for name in asked]
    try:
        read = feed_sample.proposed(tools_of(house().config), most(), entities)
    except Refusal as refused:
        if refused.status not in UNFIT:
            raise
        with opened():
            return draw(feed_form.begin(permitted(), refused.label)), refused.status
    with opened():
        context = permitted()
        return draw(feed_form.page(context, feed_sample.first(context, *read)))


@feeding.get("/<code>/settings")
@through_door
def settings(code: str) -> str:
    """The form of a profile."""
    context = permitted()
    return draw(feed_form.page(context, profiles.get(context.connection, code)))


@feeding.post("/")
@through_door
def save() -> Answer | tuple[str, int]:
    """Saves a profile, or shows what is to be put right."""
    found = feed_form.save(permitted())
    if isinstance(found, Profile):
        return redirect(f"/feeds/{found.code}/", 303)
    return draw(found), 422
