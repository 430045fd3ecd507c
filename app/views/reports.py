"""Monthly reports on a page: the archive, one more for a month, its download and its publication."""

from datetime import date
from hashlib import file_digest
from pathlib import Path

import structlog
from flask import Blueprint, Response, redirect, request, send_file
from werkzeug.wrappers import Response as Answer

from app.access import fresh
from app.access.fresh import Act
from app.core.action import Action
from app.core.clock import business_date
from app.core.entity import Entity
from app.core.errors import Forbidden, NotFound
from app.core.label import Label
from app.heads import door
from app.heads.door import signed_in, through_door
from app.heads.frame import draw, frame, local, say
from app.heads.house import house
from app.heads.pages import Button, Control, Empty, Option, ReportRow, ReportsPage, Tag
from app.models.monthly_report import STATES
from app.records import read
from app.records.context import Context
from app.records.event import note
from app.records.query import Query
from app.records.row import Record
from app.reports.asking import UnderWay, ask, ask_to_publish, under_way
from app.reports.measure import before

ENTITY = "monthly_report"
SHOWN, BACK = 50, 12
TITLE = Label("经营月报", "Monthly reports")
NOTE = Label(
    "每月 1 日凌晨自动生成草稿；填写分析与建议后发布。每份仅限一位阅读人。",
    "Drafts are made by themselves on the 1st; add your words, then publish. Each is for one reader alone.",
)
COLUMNS = (
    Label("报告编号", "Number"),
    Label("状态", "State"),
    Label("月份", "Month"),
    Label("门店", "Store"),
    Label("阅读人", "Reader"),
    Label("页数", "Pages"),
    Label("生成时间", "Made"),
    Label("操作", "Actions"),
)
STORE, MONTH, MAKE = Label("门店", "Store"), Label("月份", "Month"), Label("为我生成一份", "Make one for me")
DOWNLOAD, WORDS, PUBLISH = Label("下载", "Download"), Label("分析与建议", "Words"), Label("发布", "Publish")
ALL = Label("月报档案", "Reports on file")
ASKED = Label("正在生成，完成后会在收件箱通知您。", "It is being made; your inbox tells when it is ready.")
COMING = Label("{month} 月报正在排版（{done}/{total}）", "The report of {month} is being printed ({done} of {total})")
PUBLISHING = Label(
    "月报 #{number} 正在发布（{done}/{total}）", "Report #{number} is being published ({done} of {total})"
)
EMPTY = Label("还没有月报", "No reports yet")
ADVICE = Label("选择门店和月份，即可生成一份。", "Choose a store and a month to make one.")
ANOTHERS = Label(
    "这份月报仅限“{reader}”阅读；请为自己生成一份。", "This copy is for “{reader}” alone; make one for yourself."
)
LOST = Label("月报文件已损坏或不在服务器上，请联系管理员。", "The file is damaged or gone; tell an administrator.")
LOG = structlog.get_logger("forecourt.reports")

reports = Blueprint("reports", __name__, url_prefix="/reports")


@reports.get("/")
@through_door
def show() -> str:
    """The archive."""
    signed_in()
    return draw(page(door.context()))


@reports.post("/make")
@through_door
def make() -> Answer:
    """Asks for a month's report for whoever asks."""
    context, entity = keeper()
    stores = {str(number) for number in reachable(context, entity)}
    months = {str(one) for one in offered(context)}
    store, month = request.form.get("store", ""), request.form.get("month", "")
    if store not in stores or month not in months:
        raise NotFound
    ask(context.connection, int(store), date.fromisoformat(month))
    say(ASKED, "info")
    return redirect("/reports/", 303)


@reports.post("/<int:pk>/publish")
@through_door
def publish(pk: int) -> Answer:
    """Asks for one's own draft to be printed as published."""
    context, entity = keeper()
    record = own(context, read.get(context, entity, pk))
    if record["status"] != "draft":
        raise NotFound
    ask_to_publish(context.connection, pk, int(record.store or 0))
    say(ASKED, "info")
    return redirect("/reports/", 303)


@reports.get("/<int:pk>/pdf")
@through_door
def download(pk: int) -> Response:
    """One's own copy as an attachment; the trail knows before its first byte."""
    signed_in()
    context = door.context()
    entity = context.entity(ENTITY)
    record = read.get(context, entity, pk)
    context.demand(Action.EXPORT, entity)
    own(context, record)
    fresh.demand(context.connection, Act.EXPORT)
    path = house().shelf.path(record["sha256"])
    if not whole(path, record["sha256"]):
        LOG.error("report_lost", report=pk)
        raise NotFound(LOST)
    details = {"number": record["number"], "sha256": record["sha256"], "format": "pdf"}
    note(context.connection, "export", entity, record=pk, store=record.store, details=details, count=1)
    return send_file(
        path, mimetype="application/pdf", as_attachment=True, download_name=f"{record['number']}.pdf", etag=False
    )


def whole(path: Path, digest: str) -> bool:
    """Whether a file is there and still is what was archived."""
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def keeper() -> tuple[Context, Entity]:
    """The request's transaction for who may make and publish reports; Forbidden for others."""
    signed_in()
    context = door.context()
    entity = context.entity(ENTITY)
    context.demand(Action.UPDATE, entity)
    return context, entity


def own(context: Context, record: Record) -> Record:
    """The record, when it is the actor's own copy; another reader's is Forbidden."""
    if record["account"] != context.actor.id:
        raise Forbidden(ANOTHERS.format(reader=record["reader"]))
    return record


def reachable(context: Context, entity: Entity) -> list[int]:
    """The stores whose reports the actor reaches."""
    sql = "SELECT s.id FROM store s WHERE s.id = ANY (SELECT unnest(gate.my_stores(%s))) ORDER BY s.code"
    return list(context.connection.exec_driver_sql(sql, (entity.name,)).scalars())


def offered(context: Context) -> list[date]:
    """The months a report may be asked for: the last complete one and those before it, the newest first."""
    present = business_date(context.clock.now()).replace(day=1)
    return [before(present, back) for back in range(1, BACK + 1)]


def page(context: Context) -> ReportsPage:
    """The page, as far as the actor may see and do."""
    locale, entity = door.locale(), context.entity(ENTITY)
    found = read.listing(context, entity, Query(size=SHOWN)).records
    may = context.actor.may(Action.UPDATE, ENTITY)
    stores = reachable(context, entity) if may else []
    names = read.titles(context, {"store": {int(one.store or 0) for one in found} | set(stores)}).get("store", {})
    return ReportsPage(
        frame=frame(),
        title=TITLE.text(locale),
        note=NOTE.text(locale),
        columns=tuple(one.text(locale) for one in COLUMNS),
        rows=tuple(row(context, one, names) for one in found),
        coming=tuple(coming(one) for one in under_way(context.connection)),
        buttons=(Button(text=ALL.text(locale), href=f"/data/{ENTITY}/", icon="table"),),
        action="/reports/make" if stores else "",
        controls=controls(context, stores, names) if stores else (),
        submit=MAKE.text(locale),
        empty=None if found else Empty(text=EMPTY.text(locale), advice=ADVICE.text(locale)),
    )


def controls(context: Context, stores: list[int], names: dict[int, str]) -> tuple[Control, ...]:
    """Which store and which month."""
    locale, home = door.locale(), context.actor.store
    shops = tuple(
        Option(value=str(one), text=names.get(one, f"#{one}"), selected=one == (home if home in stores else stores[0]))
        for one in stores
    )
    months = tuple(
        Option(value=str(one), text=f"{one:%Y-%m}", selected=not nth) for nth, one in enumerate(offered(context))
    )
    return (
        Control(name="store", label=STORE.text(locale), widget="select", options=shops, required=True),
        Control(name="month", label=MONTH.text(locale), widget="select", options=months, required=True),
    )


def coming(one: UnderWay) -> str:
    """A line about a report on its way."""
    given = {"done": one.progress or 0, "total": one.total or 2}
    if one.kind == "report.publish":
        return PUBLISHING.format(number=one.args["report"], **given).text(door.locale())
    return COMING.format(month=str(one.args["month"])[:7], **given).text(door.locale())


def row(context: Context, one: Record, names: dict[int, str]) -> ReportRow:
    """One report, with what the actor may do with it."""
    locale = door.locale()
    state = next(option for option in STATES if option.code == one["status"])
    href, mine = f"/data/{ENTITY}/{one.id}", one["account"] == context.actor.id
    actions = []
    if mine and context.actor.may(Action.EXPORT, ENTITY):
        actions.append(Button(text=DOWNLOAD.text(locale), href=f"/reports/{one.id}/pdf", icon="download"))
    if mine and one["status"] == "draft" and context.actor.may(Action.UPDATE, ENTITY):
        actions.append(Button(text=WORDS.text(locale), href=f"{href}/edit", icon="pencil"))
        actions.append(Button(text=PUBLISH.text(locale), href=f"/reports/{one.id}/publish", icon="check", post=True))
    return ReportRow(
        text=one["number"],
        href=href,
        tag=Tag(text=state.label.text(locale), state="ok" if one["status"] == "published" else "neutral"),
        cells=(
            f"{one['month']:%Y-%m}",
            names.get(int(one.store or 0), f"#{one.store}"),
            one["reader"],
            str(one["pages"]),
            f"{local(one['made_at']):%Y-%m-%d %H:%M}",
        ),
        buttons=tuple(actions),
    )
