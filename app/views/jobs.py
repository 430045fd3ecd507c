"""Jobs on the screen of who tends them: seen, retried, hastened, discarded; schedules switched and run by hand."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from app.core.action import Action
from app.core.errors import Forbidden, NotFound
from app.core.label import Label
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame, say
from app.heads.pages import JobBoardPart
from app.jobs import registry
from app.outbox import State, desk
from app.outbox.desk import JOB
from app.records.context import Context
from app.views import job_page, jobs_pages, schedules_page
from app.views import jobs_words as w

jobs = Blueprint("jobs", __name__, url_prefix="/jobs")


def permitted(action: Action) -> Context:
    """The request's transaction, for somebody who may see or tend jobs."""
    signed_in()
    context = door.context()
    if not context.actor.may(action, JOB):
        raise Forbidden
    return context


@jobs.get("/")
@through_door
def listed() -> str:
    """One board of jobs."""
    return draw(jobs_pages.page(permitted(Action.LIST), request.args.to_dict()))


@jobs.get("/part")
@through_door
def part() -> str:
    """A board alone, as it stands now."""
    board = jobs_pages.board(permitted(Action.LIST), request.args.to_dict())
    return draw(JobBoardPart(frame=frame(), board=board))


@jobs.get("/<int:number>")
@through_door
def show(number: int) -> str:
    """One job."""
    return draw(job_page.page(permitted(Action.LIST), number))


@jobs.get("/<int:number>/progress")
@through_door
def progress(number: int) -> Answer:
    """Its progress alone; the page is drawn anew when it has ended."""
    one = desk.job(permitted(Action.LIST).connection, number)
    answer = Response(draw(job_page.part(one)), mimetype="text/html")
    if one.state != State.RUNNING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@jobs.post("/<int:number>/retry")
@through_door
def retry(number: int) -> Answer:
    """Begins a dead job anew."""
    return act(number, desk.retry, w.RETRIED)


@jobs.post("/<int:number>/hasten")
@through_door
def hasten(number: int) -> Answer:
    """Makes a job due that waits."""
    return act(number, desk.hasten, w.HASTENED)


def act(number: int, deed: Callable[[Connection, int], None], told: Label) -> Answer:
    """Does something with a job and goes back to it."""
    deed(permitted(Action.UPDATE).connection, number)
    say(told)
    return redirect(f"{jobs_pages.HERE}{number}", 303)


@jobs.get("/<int:number>/discard")
@through_door
def ask_discard(number: int) -> str:
    """Asks why a job is given up."""
    return draw(job_page.discarding(desk.job(permitted(Action.DELETE).connection, number)))


@jobs.post("/<int:number>/discard")
@through_door
def discard(number: int) -> Answer | tuple[str, int]:
    """Gives a job up."""
    context = permitted(Action.DELETE)
    reason = door.storable(request.form.get("reason", "")).strip()[:200]
    if not reason:
        one = desk.job(context.connection, number)
        return draw(job_page.discarding(one, error=desk.REFUSED["job_reason"])), 422
    desk.discard(context.connection, number, reason)
    say(w.DISCARDED)
    return redirect(f"{jobs_pages.HERE}{number}", 303)


@jobs.get("/schedules/")
@through_door
def schedules() -> str:
    """Every schedule."""
    return draw(schedules_page.page(permitted(Action.LIST)))


@jobs.post("/schedules/<code>/run")
@through_door
def run(code: str) -> Answer:
    """Asks for a schedule's work now."""
    context = permitted(Action.UPDATE)
    registry.load()
    known = registry.find(schedules_page.found(context, code).kind)
    if known is None:
        raise NotFound
    number = desk.run_now(context.connection, code, known.queue)
    say(w.RUNS)
    return redirect(f"{jobs_pages.HERE}{number}", 303)


@jobs.post("/schedules/<code>/on")
@through_door
def turn_on(code: str) -> Answer:
    """Switches a schedule on."""
    return turn(code, on=True)


@jobs.get("/schedules/<code>/off")
@through_door
def ask_off(code: str) -> str:
    """Asks before a schedule is switched off."""
    return draw(schedules_page.turning_off(schedules_page.found(permitted(Action.UPDATE), code)))


@jobs.post("/schedules/<code>/off")
@through_door
def turn_off(code: str) -> Answer:
    """Switches a schedule off."""
    return turn(code, on=False)


def turn(code: str, *, on: bool) -> Answer:
    """Switches a schedule and goes back to the list."""
    desk.switch(permitted(Action.UPDATE).connection, door.storable(code), on=on)
    say(w.TURNED_ON if on else w.TURNED_OFF)
    return redirect(schedules_page.SCHEDULES, 303)
