"""The import wizard: upload, mapping, dry run, import, and what became of it."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Answer

from app import outbox
from app.core.action import Action
from app.core.errors import Forbidden, NotFound, Refusal
from app.core.label import Label
from app.exchange import batch as batches
from app.exchange import failed_rows, report
from app.exchange.batch import RUNNING, Batch, State
from app.exchange.begin import Upload, add, answer, demand, look, look_anew, offered
from app.exchange.limits import MIB
from app.exchange.refusals import Unreadable, unreadable
from app.exchange.source import Choices
from app.exchange.steps import CUSTOMER, IMPORTED, Tools
from app.heads import door
from app.heads.door import opened, signed_in, through_door
from app.heads.frame import draw
from app.heads.house import House, house
from app.jobs.importing import stop, tools_of
from app.records.context import Context
from app.records.event import note
from app.views import import_mapping, import_pages, import_results
from app.views.import_words import NO_STORE

importing = Blueprint("importing", __name__, url_prefix="/import")
ADMINISTRATOR = "administrator"
LEFT = Label(
    "后台任务没有完成，请重试；已写入的不会重复。",
    "The work in the background did not finish; try again, nothing is written twice.",
)
ANSWERS = ("join", "new", "skip")
JOIN = re.compile(r"join__([0-9]{1,9})")  # a line's answer


def permitted() -> Context:
    """The request's transaction, for somebody who may import."""
    signed_in()
    context = door.context()
    context.demand(Action.IMPORT, CUSTOMER)
    return context


def tools() -> Tools:
    """The keys and the folder of uploads."""
    return tools_of(house().config)


def mine(context: Context, number: int) -> Batch:
    """An import the actor began himself; others' files are not his to read."""
    batch = batches.get(context.connection, number)
    if batch.by != context.actor.id:
        raise Forbidden
    return batch


def ask(context: Context, batch: Batch, kind: str, to: State, **changes: object) -> Answer:
    """Sends an import on its way in the background."""
    number = outbox.enqueue(context.connection, kind, {"batch": batch.id}, store_id=batch.store)
    batches.change(context.connection, batch, to, work_id=number, problem=None, **changes)
    return redirect(f"/import/{batch.id}", 303)


@importing.get("/")
@through_door
def listed() -> str:
    """The imports within reach, newest first."""
    before = request.args.get("before", "")
    return draw(import_results.listing(permitted(), int(before) if before.isdecimal() and len(before) < 19 else None))  # noqa: PLR2004


@importing.get("/new")
@through_door
def upload_form() -> str:
    """The first step: a file, a store, an owner rule."""
    return draw(import_pages.upload(permitted(), most()))


@importing.post("/new")
def upload() -> Answer | str | tuple[str, int]:
    """Keeps the file, looks at it and goes on to the mapping; otherwise the form again with what to do."""
    with opened():
        context = permitted()
        store, owner = import_pages.store_of(context), import_pages.owner_of()
        if store is None:
            return draw(import_pages.upload(context, most(), problem=NO_STORE)), 422
        demand(context, IMPORTED, store)
        entities = offered(context)
    try:
        made = receive(entities)
    except Unreadable as refused:
        with opened():
            return draw(import_pages.upload(permitted(), most(), problem=refused.label)), refused.status
    try:
        with opened():
            number = add(permitted(), made, store, owner)
    except BaseException:
        tools().uploads.remove(made.stored.hash, made.uuid)
        raise
    return redirect(f"/import/{number}/mapping", 303)


def most() -> int:
    """The largest file the actor may send, in bytes."""
    config = house().config
    large = ADMINISTRATOR in door.actor().roles
    return (config.admin_upload_limit_mb if large else config.upload_limit_mb) * MIB


def receive(entities: list[Any]) -> Upload:
    """The sent file, kept and looked at; nothing is kept of one that is refused."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise unreadable("empty")
    with_tools, uuid = tools(), uuid4()
    stored = with_tools.uploads.keep(sent.stream, uuid, most())
    try:
        with with_tools.uploads.opened(stored.hash, uuid) as path:
            return Upload(
                uuid, stored, sent.filename, look(path, sent.filename, Choices(), entities, with_tools.limits)
            )
    except BaseException:
        with_tools.uploads.remove(stored.hash, uuid)
        raise


@importing.get("/<int:number>/mapping")
@through_door
def mapping_form(number: int) -> Answer | str:
    """The second step: which column is which field."""
    context = permitted()
    batch = mine(context, number)
    if batch.state not in (State.MAPPING, State.CHECKED):
        return redirect(f"/import/{number}", 303)
    return draw(import_mapping.page(context, batch))


@importing.post("/<int:number>/mapping")
def mapping(number: int) -> Answer | str | tuple[str, int]:
    """Saves the mapping and begins the dry run; reads the file anew when it is to be read otherwise."""
    with opened():
        context = permitted()
        batch = mine(context, number)
        chosen, entities = import_mapping.choices_of(batch), offered(context)
        if chosen == batch.choices:
            return begin_check(context, batch)
    try:
        with tools().uploads.opened(batch.hash, batch.uuid) as path:
            found = look(path, batch.file, chosen, entities, tools().limits)
    except Refusal as refused:
        with opened():
            return draw(import_mapping.page(permitted(), batch, problem=refused.label)), refused.status
    with opened():
        look_anew(permitted(), batch, found)
    return redirect(f"/import/{number}/mapping", 303)


def begin_check(context: Context, batch: Batch) -> Answer | tuple[str, int]:
    """Starts the dry run by the posted mapping, or shows what stands in its way."""
    posted = import_mapping.mapping_of(context, batch)
    owner = import_mapping.employee_of(context, batch)
    problems = posted.problems(offered(context))
    missing = import_mapping.missing_owner(batch, posted, owner)
    if problems or missing:
        return draw(import_mapping.page(context, batch, posted=posted, problems=problems, problem=missing)), 422
    named = [entity for entity in IMPORTED if any(target.entity == entity.name for _, _, target in posted.targets())]
    demand(context, named, batch.store)
    return ask(context, batch, "import.check", State.CHECKING, mapping=posted, owner_id=owner)


@importing.get("/<int:number>")
@through_door
def show(number: int) -> Answer | str:
    """Where an import stands: its progress, its dry run, or what it did."""
    context = permitted()
    batch = settled(context, number)
    if batch.state in RUNNING:
        return draw(import_pages.running(context, batch))
    if batch.state is State.MAPPING:
        return redirect(f"/import/{number}/mapping", 303)
    if batch.state is State.CHECKED:
        return draw(import_pages.dry_run(context, batch, own=batch.by == context.actor.id))
    return draw(import_results.result(context, batch))


def settled(context: Context, number: int) -> Batch:
    """The import; one whose work was given up goes back to where a person can act."""
    batch = batches.get(context.connection, number)
    work = outbox.get(context.connection, batch.work) if batch.work and batch.state in RUNNING else None
    if work is None or work.state not in (outbox.State.DEAD, outbox.State.CANCELLED):
        return batch
    stop(context.connection, number, LEFT)
    return batches.get(context.connection, number)


@importing.get("/<int:number>/progress")
@through_door
def progress(number: int) -> Answer:
    """The progress alone; the page is drawn anew when it has ended."""
    context = permitted()
    batch = settled(context, number)
    answer_ = Response(draw(import_pages.part(context, batch)), mimetype="text/html")
    if batch.state not in RUNNING:
        answer_.headers["HX-Refresh"] = "true"
    return answer_


@importing.post("/<int:number>/run")
@through_door
def run(number: int) -> Answer:
    """Starts the import with the answers to what the store knows already; also goes on where one stopped."""
    context = permitted()
    batch = mine(context, number)
    demand(context, [entity for entity in IMPORTED if entity.name in batch.entities], batch.store)
    if batch.state is State.CHECKED:
        answers = {
            int(found[1]): value
            for name, value in request.form.items()
            if value in ANSWERS and (found := JOIN.fullmatch(name))
        }
        others = request.form.get("join_all", "")
        answer(context.connection, batch, {} if others in ANSWERS else answers, others if others in ANSWERS else "join")
    elif batch.state is not State.FAILED:
        raise batches.Moved(batches.MOVED)
    return ask(context, batch, "import.run", State.IMPORTING)


@importing.post("/<int:number>/rollback")
@through_door
def rollback(number: int) -> Answer:
    """Starts rolling an import back."""
    context = permitted()
    batch = batches.get(context.connection, number)
    for entity in IMPORTED:
        if entity.name in batch.entities:
            context.demand(Action.DELETE, entity)
    if batch.state not in (State.DONE, State.FAILED):
        raise batches.Moved(batches.MOVED)
    return ask(context, batch, "import.undo", State.UNDOING)


@importing.get("/<int:number>/failed.csv")
@through_door
def failed(number: int) -> Answer:
    """The failed rows as a file to correct and import again; it holds what its importer sent, so it is his alone."""
    context = permitted()
    batch = mine(context, number)
    if batch.mapping is None or not batch.counts.get("failing"):
        raise NotFound
    count = int(batch.counts["failing"])
    note(context.connection, "export", CUSTOMER, store=batch.store, details={"import": batch.id}, count=count)
    header = [column.label for column in batch.mapping.columns]
    rows = failing_rows(house(), door.token(), door.request_id(), batch)
    response = Response(failed_rows.stream(header, rows, door.locale()), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=failed-{batch.id}.csv"
    return response


def failing_rows(here: House, token: str, request_id: str, batch: Batch) -> Iterator[Any]:
    """The failed rows, in a transaction that lasts as long as the file is sent."""
    with here.database.announced(token, request_id) as (connection, announced):
        actor = here.actors.of(connection, announced, here.clock.now())
        context = Context(connection, actor, here.catalog.at(connection, announced.catalog), here.sealer, here.clock)
        yield from report.failing(context, batch)
